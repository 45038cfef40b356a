import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIXING_KINDS, mixInto, normalizeLogs, type MixingKind } from '../../src/ensemble/mix.js';
import { distribution } from './made-up-examples.js';

function mixed(kind: MixingKind, logs: readonly (readonly number[])[], weights: readonly number[]): number[] {
  const out = new Float64Array(logs[0]!.length);
  // With something before it, as in a table.
  mixInto(out, kind, [0, 0, 0, ...logs.flat()], 3, weights);
  return [...out].map(Math.exp);
}

const weight = fc.double({ min: 0.01, max: 1, noNaN: true });

describe('mixInto', () => {
  const half = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];
  const other = [Math.log(0.1), Math.log(0.1), Math.log(0.8)];

  it('adds probabilities, linear', () => {
    const p = mixed('linear', [half, other], [0.75, 0.25]);
    [0.4, 0.25, 0.35].forEach((expected, v) => expect(p[v]).toBeCloseTo(expected, 12));
  });

  it('multiplies their powers, geometric', () => {
    const p = mixed('geometric', [half, other], [1, 2]);
    // 0.5·0.01, 0.3·0.01, 0.2·0.64
    const sum = 0.005 + 0.003 + 0.128;
    [0.005, 0.003, 0.128].forEach((product, v) => expect(p[v]).toBeCloseTo(product / sum, 12));
    // Raising to a power is a temperature.
    const sharper = mixed('geometric', [half], [2]);
    [0.25, 0.09, 0.04].forEach((square, v) => expect(sharper[v]).toBeCloseTo(square / 0.38, 12));
  });

  it('is a distribution for any members and weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(distribution(5), weight), { minLength: 1, maxLength: 4 }),
        fc.array(fc.double({ min: -2, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (members, powers) => {
          const logs = members.map(([each]) => each);
          const total = members.reduce((sum, [, w]) => sum + w, 0);
          const shares = members.map(([, w]) => w / total);
          const sum = (p: number[]) => p.reduce((a, b) => a + b, 0);
          expect(sum(mixed('linear', logs, shares))).toBeCloseTo(1, 12);
          expect(sum(mixed('geometric', logs, powers.slice(0, logs.length)))).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it.each(MIXING_KINDS)('is the member itself that has all the weight, %s', (kind) => {
    fc.assert(
      fc.property(distribution(6), distribution(6), (logs, silent) => {
        mixed(kind, [silent, logs], [0, 1]).forEach((p, v) => expect(p).toBeCloseTo(Math.exp(logs[v]!), 12));
      }),
    );
  });

  it('keeps what is too small for a probability', () => {
    const out = new Float64Array(2);
    mixInto(out, 'linear', [-2000, 0, -2001, 0], 0, [0.5, 0.5]);
    expect(out[0]).toBeCloseTo(-2000 + Math.log((1 + Math.exp(-1)) / 2), 9);
  });
});

it('normalizeLogs leaves out what comes after the outcomes', () => {
  const out = new Float64Array(4).fill(7);
  normalizeLogs([9, Math.log(1), Math.log(3), 50], 1, 2, out, 1);
  expect(out[0]).toBe(7);
  expect(Math.exp(out[1]!)).toBeCloseTo(0.25, 12);
  expect(Math.exp(out[2]!)).toBeCloseTo(0.75, 12);
  expect(out[3]).toBe(7);
});
