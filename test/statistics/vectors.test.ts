import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineMatrix, cosineSimilarity, setSimilarity } from '../../src/statistics/similarity.js';
import { principalComponents } from '../../src/statistics/principal-components.js';

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const entry = fc.double({ min: -10, max: 10, noNaN: true });
const points = (dimensions: number) =>
  fc.array(fc.array(entry, { minLength: dimensions, maxLength: dimensions }), {
    minLength: 1,
    maxLength: 12,
  });

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

  it('keeps distances when no direction is left out, and explains all variance', () => {
    fc.assert(
      fc.property(points(4), (given) => {
        const { coordinates, shares } = principalComponents(given, 4);
        const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((x, i) => x - b[i]!));
        given.forEach((point, i) =>
          expect(distance(coordinates[i]!, coordinates[0]!)).toBeCloseTo(distance(point, given[0]!), 7),
        );
        const total = shares.reduce((a, b) => a + b, 0);
        if (given.some((point) => distance(point, given[0]!) > 1e-6)) expect(total).toBeCloseTo(1, 9);
      }),
    );
  });

  it('gives directions at right angles, along which the covariance only stretches', () => {
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

  it('has along the first direction at least the variance of any axis', () => {
    fc.assert(
      fc.property(points(3), (given) => {
        const variance = (values: number[]) => {
          const centre = values.reduce((a, b) => a + b, 0) / values.length;
          return values.reduce((sum, x) => sum + (x - centre) ** 2, 0);
        };
        const first = variance(principalComponents(given, 1).coordinates.map(([x]) => x!));
        for (const d of [0, 1, 2]) expect(first).toBeGreaterThanOrEqual(variance(given.map((p) => p[d]!)) - 1e-6);
      }),
    );
  });

  it('gives equal points no direction that explains anything', () => {
    expect(
      principalComponents(
        [
          [1, 2],
          [1, 2],
        ],
        2,
      ).shares,
    ).toEqual([0, 0]);
  });

  it('refuses what is no set of points, and more directions than there are', () => {
    expect(() => principalComponents([])).toThrow('expected points');
    expect(() => principalComponents([[1, 2], [1]])).toThrow('same number of coordinates');
    expect(() => principalComponents([[1, 2]], 3)).toThrow('expected 1 to 2 components');
  });
});

describe('cosineSimilarity', () => {
  it('is the cosine of the angle, whatever the lengths', () => {
    expect(cosineSimilarity([3, 0], [0.1, 0.1])).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosineSimilarity([1, 2], [-2, -4])).toBe(-1);
    expect(cosineSimilarity([1, 0], [0, 5])).toBe(0);
    expect(cosineSimilarity([0, 0], [0, 5])).toBeNaN();
  });

  it('makes a symmetric matrix with ones on its diagonal', () => {
    const matrix = cosineMatrix([
      [1, 0],
      [1, 1],
      [0, 2],
    ]);
    expect(matrix.map((row, i) => row[i])).toEqual([1, expect.closeTo(1, 12), 1]);
    expect(matrix[0]![1]).toBe(matrix[1]![0]);
    expect(matrix[0]![1]).toBeCloseTo(Math.SQRT1_2, 12);
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

  it('counts the sets of the same size that are as alike', () => {
    expect(setSimilarity(similarity, [0, 1])).toEqual({
      within: 0.9,
      across: expect.closeTo((0.1 + 0.2 + 0.3 + 0.1) / 4, 12) as number,
      sets: 6,
      asHigh: 1,
    });
    expect(setSimilarity(similarity, [2, 0]).asHigh).toBe(6); // 0.1 is the lowest, and 1–3 has it too
    expect(setSimilarity(similarity, [3, 2]).asHigh).toBe(2);
  });

  it('finds every set as alike as any other where all are', () => {
    const equal = Array.from({ length: 7 }, () => new Array<number>(7).fill(0.1));
    expect(setSimilarity(equal, [1, 3, 5])).toMatchObject({ sets: 35, asHigh: 35 });
  });
});
