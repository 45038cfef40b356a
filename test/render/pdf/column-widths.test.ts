import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnGroups, columnWidths, type ColumnNeed } from '../../../src/render/pdf/column-widths.js';

const need = (natural: number, least: number, wide = natural): ColumnNeed => ({ wide, natural, least });
const needs = fc.array(fc.record({ least: fc.integer({ min: 1, max: 50 }), more: fc.integer({ min: 0, max: 200 }) }), {
  minLength: 1,
  maxLength: 15,
});
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('columnWidths', () => {
  it('gives all columns what they need when there is room', () => {
    expect(columnWidths([need(30, 10), need(60, 20)], 100)).toEqual([30, 60]);
  });

  it('breaks headers before texts', () => {
    expect(columnWidths([need(60, 20), need(20, 20, 40), need(10, 10, 30)], 100)).toEqual([60, 25, 15]);
    expect(columnWidths([need(60, 20), need(20, 20, 40)], 100)).toEqual([60, 40]);
  });

  it('gives narrow columns what they need, and the rest to wide ones', () => {
    expect(columnWidths([need(30, 10), need(500, 20), need(20, 20)], 100)).toEqual([30, 50, 20]);
  });

  it('shares what is left in proportion to what is lacking', () => {
    expect(columnWidths([need(110, 10), need(310, 10)], 100)).toEqual([30, 70]);
  });

  it('shares the room when it is not enough for the least', () => {
    expect(columnWidths([need(100, 50), need(300, 150)], 100)).toEqual([25, 75]);
  });

  it('never goes beyond the room, below the least or above what is needed', () => {
    fc.assert(
      fc.property(needs, fc.integer({ min: 50, max: 1000 }), (shapes, room) => {
        const given = shapes.map(({ least, more }) => need(least + more, least));
        const widths = columnWidths(given, room);
        expect(sum(widths)).toBeLessThanOrEqual(room + 1e-6);
        if (sum(given.map(({ least }) => least)) > room) return;
        const wanted = sum(given.map(({ natural }) => natural));
        expect(sum(widths)).toBeCloseTo(Math.min(room, wanted), 6);
        widths.forEach((width, column) => {
          expect(width).toBeGreaterThanOrEqual(given[column]!.least - 1e-6);
          expect(width).toBeLessThanOrEqual(given[column]!.natural + 1e-6);
        });
      }),
    );
  });
});

describe('columnGroups', () => {
  it('begins every group with the first column, and makes groups about equal', () => {
    const six = Array.from({ length: 6 }, () => need(50, 40));
    expect(columnGroups(six, 240)).toEqual([[0, 1, 2, 3, 4, 5]]);
    expect(columnGroups(six, 200)).toEqual([
      [0, 1, 2, 3],
      [0, 4, 5],
    ]);
  });

  it('has every column once, in groups with room for them, or alone beside the first', () => {
    fc.assert(
      fc.property(needs, fc.integer({ min: 50, max: 300 }), (shapes, room) => {
        const given = shapes.map(({ least, more }) => need(least + more, least));
        const groups = columnGroups(given, room);
        expect(groups.every(([first]) => first === 0)).toBe(true);
        expect(groups.flatMap((group) => group.slice(1))).toEqual(given.map((_, column) => column).slice(1));
        const fits = groups.every((group) => sum(group.map((column) => given[column]!.least)) <= room);
        expect(fits || groups.every(({ length }) => length <= 2)).toBe(true);
      }),
    );
  });
});
