import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineMatrix, setSimilarity } from '../../src/statistics/similarity.js';
import { principalComponents } from '../../src/statistics/principal-components.js';

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const entry = fc.double({ min: -10, max: 10, noNaN: true });
const points = (dimensions: number) =>
  fc.array(fc.array(entry, { minLength: dimensions, maxLength: dimensions }), { minLength: 1, maxLength: 12 });

describe('principalComponents', () => {
  it('finds the line that points lie on, and how far along it they are', () => {
    const { coordinates, directions, shares } = principalComponents(
      [-1, 0, 1].map((t) => [5 + 3 * t, 7 + 4 * t]),
      2,
    );
    expect(directions[0]![0]).toBeCloseTo(0.6, 12);
    expect(directions[0]![1]).toBeCloseTo(0.8, 12);
    expect(coordinates.map(([along]) => along)).toEqual([-5, 0, 5].map((x) => expect.closeTo(x, 10) as number));
    expect(shares[0]).toBeCloseTo(1, 12);
    expect(shares[1]).toBeCloseTo(0, 12);
  });

  it('keeps distances and all variance when no direction is left out', () => {
    fc.assert(
      fc.property(points(4), (given) => {
        const { coordinates, shares } = principalComponents(given, 4);
        const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((x, i) => x - b[i]!));
        given.forEach((point, i) =>
          expect(distance(coordinates[i]!, coordinates[0]!)).toBeCloseTo(distance(point, given[0]!), 7),
        );
        expect([...shares].sort((a, b) => b - a)).toEqual(shares);
        const total = shares.reduce((a, b) => a + b, 0);
        if (given.some((point) => distance(point, given[0]!) > 1e-6)) expect(total).toBeCloseTo(1, 9);
      }),
    );
  });

  it('gives orthonormal directions, along which coordinates are uncorrelated', () => {
    fc.assert(
      fc.property(points(4), (given) => {
        const { directions, coordinates } = principalComponents(given, 4);
        directions.forEach((a, k) => directions.forEach((b, l) => expect(dot(a, b)).toBeCloseTo(k === l ? 1 : 0, 9)));
        const covariance = (k: number, l: number) =>
          coordinates.reduce((sum, at) => sum + at[k]! * at[l]!, 0) / coordinates.length;
        for (let k = 1; k < 4; k++) for (let l = 0; l < k; l++) expect(covariance(k, l)).toBeCloseTo(0, 8);
      }),
    );
  });

  it('gives equal points shares of 0', () => {
    expect(principalComponents(Array<number[]>(2).fill([1, 2]), 2).shares).toEqual([0, 0]);
  });

  it('rejects points of different lengths, and more directions than dimensions', () => {
    expect(() => principalComponents([])).toThrow('expected points');
    expect(() => principalComponents([[1, 2], [1]])).toThrow('same number of coordinates');
    expect(() => principalComponents([[1, 2]], 3)).toThrow('expected 1 to 2 components');
  });
});

describe('cosineMatrix', () => {
  it('holds the cosines of the angles, whatever the lengths', () => {
    const matrix = cosineMatrix([
      [3, 0],
      [0.1, 0.1],
      [-6, 0],
      [0, 5],
      [0, 0],
    ]);
    expect(matrix[0]).toEqual([1, expect.closeTo(Math.SQRT1_2, 12), -1, 0, NaN]);
    expect(matrix.map((row, i) => row[i])).toEqual([1, expect.closeTo(1, 12), 1, 1, NaN]);
    expect(matrix.map((row) => row[0])).toEqual(matrix[0]);
  });
});

describe('setSimilarity', () => {
  // Two are alike (0 and 1), everything else is not.
  const similarity = [
    [1, 0.9, 0.1, 0.2],
    [0.9, 1, 0.3, 0.1],
    [0.1, 0.3, 1, 0.4],
    [0.2, 0.1, 0.4, 1],
  ];

  it('counts the sets of the same size with at least that similarity', () => {
    expect(setSimilarity(similarity, [0, 1])).toEqual({
      within: 0.9,
      across: expect.closeTo((0.1 + 0.2 + 0.3 + 0.1) / 4, 12) as number,
      sets: 6,
      asHigh: 1,
    });
    expect(setSimilarity(similarity, [2, 0]).asHigh).toBe(6); // 0.1 is the lowest, and 1–3 has it too
    expect(setSimilarity(similarity, [3, 2]).asHigh).toBe(2);
  });

  it('counts every set where all similarities are equal', () => {
    const equal = Array.from({ length: 7 }, () => new Array<number>(7).fill(0.1));
    expect(setSimilarity(equal, [1, 3, 5])).toMatchObject({ sets: 35, asHigh: 35 });
  });
});
