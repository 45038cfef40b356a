import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnWidths, type ColumnNeed } from '../../../src/render/pdf/table.js';

const need = (natural: number, least: number, wide = natural): ColumnNeed => ({ wide, natural, least });
const needs = fc.array(
  fc
    .record({ least: fc.integer({ min: 1, max: 50 }), more: fc.integer({ min: 0, max: 200 }) })
    .map(({ least, more }) => need(least + more, least)),
  { minLength: 1, maxLength: 15 },
);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('columnWidths', () => {
  it.each<[string, ColumnNeed[], number[]]>([
    ['gives all columns what they need when there is room', [need(30, 10), need(60, 20)], [30, 60]],
    ['gives headers one line when there is room', [need(60, 20), need(20, 20, 40)], [60, 40]],
    ['breaks headers before texts', [need(60, 20), need(20, 20, 40), need(10, 10, 30)], [60, 25, 15]],
    ['gives narrow columns one line, and wide ones the rest', [need(30, 9), need(500, 9), need(20, 20)], [30, 50, 20]],
    ['shares what is left in proportion to what is lacking', [need(110, 10), need(310, 10)], [30, 70]],
    ['shares the room when it is not enough for the least', [need(100, 50), need(300, 150)], [25, 75]],
  ])('%s', (_name, given, expected) => {
    expect(columnWidths(given, 100)).toEqual(expected);
  });

  it('never exceeds the room, nor leaves it empty, nor goes below the least or above what is needed', () => {
    fc.assert(
      fc.property(needs, fc.integer({ min: 50, max: 1000 }), (given, room) => {
        const found = columnWidths(given, room);
        expect(sum(found)).toBeLessThanOrEqual(room + 1e-6);
        if (sum(given.map(({ least }) => least)) > room) return;
        expect(sum(found)).toBeCloseTo(Math.min(room, sum(given.map(({ natural }) => natural))), 6);
        found.forEach((width, column) => {
          expect(width).toBeGreaterThanOrEqual(given[column]!.least - 1e-6);
          expect(width).toBeLessThanOrEqual(given[column]!.natural + 1e-6);
        });
      }),
    );
  });
});
