import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawSettings, parseVariation, type SearchSpace } from '../../src/tune/search-space.js';
import { errorOf } from '../support/error-of.js';

describe('parseVariation', () => {
  it.each([
    ['training.learningRate=1e-3..1e-2:log', { kind: 'range', low: 1e-3, high: 1e-2, log: true }],
    ['a.b=0..0.5', { kind: 'range', low: 0, high: 0.5, log: false }],
    ['a.b=-1.5..2', { kind: 'range', low: -1.5, high: 2, log: false }],
    ['model.positions=learned, rotary', { kind: 'choices', values: ['learned', 'rotary'] }],
    ['a.b=0,0.1,null', { kind: 'choices', values: [0, 0.1, null] }],
    ['s={"kind":"a","x":[1,2]},{"kind":"b"}', { kind: 'choices', values: [{ kind: 'a', x: [1, 2] }, { kind: 'b' }] }],
  ])('reads %s', (text, variation) => {
    expect(parseVariation(text)).toEqual([text.slice(0, text.indexOf('=')), variation]);
  });

  it.each(['a.b', '=1,2', 'a=', 'a=2..1', 'a=0..1:log', 'a=1..x', 'a=..2', 'a=1..2:lin'])('refuses %s', (text) => {
    expect(errorOf(() => parseVariation(text))).toMatchObject({ code: 'BAD_OPTION' });
  });
});

describe('drawSettings', () => {
  it('stays within a narrow range, and tells its values apart', () => {
    for (const [low, high, log] of [
      [0.9995, 0.9999, false],
      [0.9995, 0.9999, true],
      [1_000_001, 1_000_002, false],
      [-1.0005, -1, false],
    ] as const) {
      const space: SearchSpace = { it: { kind: 'range', low, high, log } };
      const drawn = Array.from({ length: 50 }, (_, i) => drawSettings(space, 3, i + 1)['it'] as number);
      expect(drawn.every((value) => value >= low && value <= high)).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(25);
    }
  });

  const space: SearchSpace = {
    rate: { kind: 'range', low: 1e-3, high: 1e-1, log: true },
    share: { kind: 'range', low: -1, high: 1, log: false },
    'a.x+a.y': { kind: 'choices', values: ['p', 'q'] },
  };

  it('is a function of seed and trial, within the space; trial 0 changes nothing', () => {
    expect(drawSettings(space, 5, 0)).toEqual({});
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 1000 }), (seed, trial) => {
        const drawn = drawSettings(space, seed, trial);
        expect(drawSettings(space, seed, trial)).toEqual(drawn);
        expect(Object.keys(drawn)).toEqual(['rate', 'share', 'a.x', 'a.y']);
        expect(drawn['rate']).toBeGreaterThanOrEqual(1e-3);
        expect(drawn['rate']).toBeLessThanOrEqual(1e-1);
        expect(Math.abs(Number(drawn['share']))).toBeLessThanOrEqual(1);
        expect(['p', 'q']).toContain(drawn['a.x']);
        expect(drawn['a.y']).toBe(drawn['a.x']);
      }),
    );
  });

  it('draws uniformly: half of a logarithmic range lies below its geometric mean', () => {
    const draws = Array.from({ length: 2000 }, (_, i) => drawSettings(space, 1, i + 1));
    const below = (name: string, middle: number) => draws.filter((draw) => Number(draw[name]) < middle).length / 2000;
    // Four standard deviations of a fair coin are 0.045.
    expect(Math.abs(below('rate', 1e-2) - 0.5)).toBeLessThan(0.045);
    expect(Math.abs(below('share', 0) - 0.5)).toBeLessThan(0.045);
    expect(Math.abs(draws.filter((draw) => draw['a.x'] === 'p').length / 2000 - 0.5)).toBeLessThan(0.045);
  });
});
