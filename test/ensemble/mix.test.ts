import { describe, expect, it } from 'vitest';
import { mixInto, normalizeLogs, type MixingKind } from '../../src/ensemble/mix.js';

function mixed(kind: MixingKind, logs: readonly (readonly number[])[], weights: readonly number[]): number[] {
  const out = new Float64Array(logs[0]!.length);
  // With something before it, as in a table.
  mixInto(out, kind, [0, 0, 0, ...logs.flat()], 3, weights);
  return [...out].map(Math.exp);
}

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
