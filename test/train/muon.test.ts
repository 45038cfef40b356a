import { EigenvalueDecomposition, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { portable } from '../../src/backend/portable/index.js';
import { NEWTON_SCHULZ } from '../../src/backend/portable/muon.js';
import type { Backend, FloatArray } from '../../src/backend/types.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { AdamWOptimizer } from '../../src/train/optimizer/adamw.js';
import { MuonOptimizer } from '../../src/train/optimizer/muon.js';
import { PYTORCH_ADAMW } from '../../src/train/optimizer/optimizer.js';
import { backendsUnderTest } from '../support/backends.js';
import { relativeError } from '../support/goldens.js';
import { testRandom } from '../support/op-call.js';
import { PLAIN, tinyPlan } from './tiny.js';

type Matrix = number[][];

const transposed = (a: Matrix): Matrix => a[0]!.map((_, c) => a.map((row) => row[c]!));
const product = (a: Matrix, b: Matrix): Matrix => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, x, i) => sum + x * column[i]!, 0)));
};
const flat = (a: Matrix) => Float64Array.from(a.flat());
const unflat = (a: FloatArray, rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, (_, r) => Array.from(a.subarray(r * columns, (r + 1) * columns)));

/** Rows that are orthogonal and of length 1: `count` of them, of so many numbers. */
function orthogonalRows(count: number, length: number, seed: number): Matrix {
  const random = testRandom(seed);
  const half = Array.from({ length }, () => Array.from({ length }, () => random.normal()));
  const symmetric = half.map((row, r) => row.map((x, c) => x + half[c]![r]!));
  const { eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return Array.from({ length: count }, (_, k) => eigenvectorMatrix.getColumn(k));
}

/** The polynomial of the iteration on a number, five times. */
function iterated(x: number): number {
  const { a, b, c, iterations } = NEWTON_SCHULZ;
  for (let i = 0; i < iterations; i++) x = a * x + b * x ** 3 + c * x ** 5;
  return x;
}

/** What the iteration makes of a matrix: one update of weights of 0, without momentum. */
function orthogonal(backend: Backend, matrix: FloatArray, rows: number, columns: number): FloatArray {
  const parameters = matrix.slice().fill(0);
  backend.muon({
    length: matrix.length,
    parameters,
    gradients: matrix,
    momentum: matrix.slice().fill(0),
    matrices: Int32Array.of(0, rows, columns),
    learningRate: -1,
    momentumDecay: 0,
    weightDecay: 0,
    updateSize: 1 / Math.sqrt(Math.max(rows, columns)),
    gradientScale: 1,
  });
  return parameters;
}

function singularValues(a: Matrix): number[] {
  return new SingularValueDecomposition(a, { autoTranspose: true }).diagonal;
}

describe('the iteration of Newton and Schulz', () => {
  it.each([
    [4, 9],
    [9, 4],
    [6, 6],
    [1, 5],
    [7, 1],
  ])('takes the singular values of %i × %i matrices, and no others, to the polynomial of them', (rows, columns) => {
    const m = Math.min(rows, columns);
    const [u, v] = [orthogonalRows(m, rows, 1), orthogonalRows(m, columns, 2)];
    const sizes = Array.from({ length: m }, (_, i) => 3 * 0.6 ** i);
    const norm = Math.sqrt(sizes.reduce((sum, s) => sum + s * s, 0)) + 1e-7;
    const compose = (values: readonly number[]) =>
      product(
        transposed(u),
        v.map((row, i) => row.map((x) => x * values[i]!)),
      );
    const matrix = flat(compose(sizes));
    const expected = flat(compose(sizes.map((s) => iterated(s / norm))));
    const kept = matrix.slice();
    expect(relativeError(orthogonal(portable, matrix, rows, columns), expected)).toBeLessThan(1e-10);
    expect(matrix).toEqual(kept);
  });

  it.each(backendsUnderTest())('leaves singular values near 1, on $info.name', (backend) => {
    const random = testRandom(5);
    for (const [rows, columns] of [
      [12, 40],
      [40, 12],
      [16, 16],
    ] as const) {
      const matrix = Float32Array.from({ length: rows * columns }, () => 1e-3 * random.normal());
      const got = orthogonal(backend, matrix, rows, columns);
      const exact = orthogonal(portable, Float64Array.from(matrix), rows, columns);
      expect(relativeError(got, exact)).toBeLessThan(1e-4);
      const values = singularValues(unflat(got, rows, columns));
      // A square matrix may have a singular value so small that five iterations do not bring it up.
      const regular = rows === columns ? values.slice(0, -2) : values;
      for (const value of regular) {
        expect(value).toBeGreaterThan(0.65);
        expect(value).toBeLessThan(1.25);
      }
    }
    const zeros = orthogonal(backend, new Float32Array(12), 3, 4);
    expect(Array.from(zeros, Math.abs)).toEqual(Array(12).fill(0));
  });
});

describe('Muon', () => {
  const options = { ...PYTORCH_ADAMW, weightDecay: 0.3 };
  const model = () => new DecoderTransformer(tinyPlan({ set: PLAIN }).model, { seed: 3, precision: 'float64' });
  const gradient = (step: number) => {
    const random = testRandom(10 + step);
    return () => random.normal();
  };

  it('moves the matrices inside blocks by its formula, and leaves all else to AdamW', () => {
    const [byMuon, byAdamW] = [model(), model()];
    const muon = new MuonOptimizer(portable, byMuon.parameters, options);
    const adamw = new AdamWOptimizer(portable, byAdamW.parameters, options);
    const starts = byMuon.parameters.values.slice();
    const gradients: FloatArray[] = [];
    for (const step of [0, 1]) {
      const draw = gradient(step);
      const { gradients: flatGradients } = byMuon.parameters;
      flatGradients.forEach((_, i) => (flatGradients[i] = draw()));
      byAdamW.parameters.gradients.set(flatGradients);
      gradients.push(flatGradients.slice());
      muon.update(0.01, 0.5);
      adamw.update(0.01, 0.5);
    }
    expect(muon.step).toBe(2);
    const moved: string[] = [];
    for (const { name, kind, shape, offset, length } of byMuon.parameters.specs) {
      const part = (all: FloatArray) => all.slice(offset, offset + length);
      const got = part(byMuon.parameters.values);
      if (kind !== 'matrix' || name === 'logits.0.weight') {
        expect(got, name).toEqual(part(byAdamW.parameters.values));
        continue;
      }
      moved.push(name);
      const [rows, columns] = shape as [number, number];
      const [g0, g1] = gradients.map((all) => part(all).map((x) => 0.5 * x)) as [FloatArray, FloatArray];
      let weights = part(starts);
      // Momentum g0, then 0.95 · g0 + g1; and the step looks ahead.
      const directions = [g0.map((x) => 1.95 * x), g1.map((x, i) => x + 0.95 * (x + 0.95 * g0[i]!))];
      for (const direction of directions) {
        const update = orthogonal(portable, direction, rows, columns);
        const factor = 0.01 * 0.2 * Math.sqrt(Math.max(rows, columns));
        weights = weights.map((x, i) => (1 - 0.01 * 0.3) * x - factor * update[i]!);
      }
      expect(relativeError(got, weights), name).toBeLessThan(1e-12);
    }
    const block = 'transformer_blocks.0';
    expect(moved).toEqual(
      ['msha.w_k', 'msha.w_q', 'msha.w_v', 'msha.w_c', 'mlp.0', 'mlp.2'].map((x) => `${block}.${x}.weight`),
    );
  });

  it("makes updates of the size of AdamW's, whatever the gradients' size", () => {
    const { parameters } = model();
    const muon = new MuonOptimizer(portable, parameters, { ...options, weightDecay: 0 });
    const before = parameters.values.slice();
    const draw = gradient(0);
    parameters.gradients.forEach((_, i) => (parameters.gradients[i] = 1e-4 * draw()));
    muon.update(0.01);
    for (const { name, offset, length } of parameters.specs) {
      if (!name.includes('.mlp.') || !name.endsWith('weight')) continue;
      let squares = 0;
      for (let i = offset; i < offset + length; i++) squares += (parameters.values[i]! - before[i]!) ** 2;
      const size = Math.sqrt(squares / length);
      expect(size / 0.01).toBeGreaterThan(0.13);
      expect(size / 0.01).toBeLessThan(0.25);
    }
  });
});
