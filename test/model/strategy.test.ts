import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { checkStrategy, sampleToken, type SamplingStrategy } from '../../src/model/strategy.js';
import { errorOf } from '../runs/fixtures.js';

const random = new Random(21, 'test');
const logits = Float32Array.from({ length: 12 }, () => random.normal());

/** p_i = e^{z_i/τ} / Σ_j e^{z_j/τ} */
function softmax(z: ArrayLike<number>, temperature = 1): number[] {
  const weights = Array.from(z, (x) => Math.exp(x / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

function draw(strategy: SamplingStrategy, uniform: number): number {
  return sampleToken(logits, 0, logits.length, strategy, uniform);
}

/** How often each token comes out of `n` draws. */
function counts(strategy: SamplingStrategy, n: number): number[] {
  const uniforms = new Random(4, 'test', 1);
  const found = Array<number>(logits.length).fill(0);
  for (let i = 0; i < n; i++) found[draw(strategy, uniforms.uniform())]!++;
  return found;
}

/** Pearson's Σ (observed − expected)² / expected; every expected count must be large enough for its limit law. */
function chiSquare(observed: readonly number[], probabilities: readonly number[]): number {
  const n = observed.reduce((a, b) => a + b, 0);
  return observed.reduce((sum, count, i) => {
    if (probabilities[i] === 0) {
      expect(count).toBe(0);
      return sum;
    }
    return sum + (count - n * probabilities[i]!) ** 2 / (n * probabilities[i]!);
  }, 0);
}

/** The bound that χ² with 11 degrees of freedom (or fewer) exceeds once in a thousand times. */
const CHI_SQUARE_BOUND = 31.3;

/** Probabilities with all but `kept` set to 0, normalised. */
function only(probabilities: readonly number[], kept: readonly number[]): number[] {
  const total = kept.reduce((sum, i) => sum + probabilities[i]!, 0);
  return probabilities.map((p, i) => (kept.includes(i) ? p / total : 0));
}

const byProbability = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);

describe('sampleToken', () => {
  it.each([NaN, Infinity])('refuses a logit of %d', (logit) => {
    const error = errorOf(() => sampleToken([0, logit], 0, 2, { temperature: 1 }, 0.5));
    expect(error).toMatchObject({ code: 'BAD_RUN', message: expect.stringContaining('too large') as unknown });
  });

  it.each([0.5, 1, 2])('samples from softmax(logits / τ) at τ = %d', (temperature) => {
    const expected = softmax(logits, temperature);
    expect(chiSquare(counts({ temperature }, 50_000), expected)).toBeLessThan(CHI_SQUARE_BOUND);
  });

  it('keeps the k most probable tokens in their proportions', () => {
    for (const topK of [1, 3, 12, 50]) {
      const expected = only(softmax(logits), byProbability.slice(0, topK));
      expect(chiSquare(counts({ temperature: 1, topK }, 20_000), expected)).toBeLessThan(CHI_SQUARE_BOUND);
    }
  });

  it('keeps the fewest tokens that together reach p', () => {
    const probabilities = softmax(logits);
    for (const topP of [1e-9, 0.3, 0.5, 0.9, 1]) {
      let mass = 0;
      const kept = byProbability.filter((i) => {
        const wanted = mass < topP;
        mass += probabilities[i]!;
        return wanted;
      });
      const expected = only(probabilities, kept);
      expect(chiSquare(counts({ temperature: 1, topP }, 20_000), expected)).toBeLessThan(CHI_SQUARE_BOUND);
    }
  });

  it('applies top-p after the temperature and top-k', () => {
    const tempered = softmax(logits, 0.7);
    const four = only(tempered, byProbability.slice(0, 4));
    let mass = 0;
    const kept = byProbability.slice(0, 4).filter((i) => {
      const wanted = mass < 0.85;
      mass += four[i]!;
      return wanted;
    });
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.length).toBeLessThan(4);
    const found = counts({ temperature: 0.7, topK: 4, topP: 0.85 }, 20_000);
    expect(chiSquare(found, only(tempered, kept))).toBeLessThan(CHI_SQUARE_BOUND);
  });

  it('gives the most probable token as the temperature goes to 0, without overflow', () => {
    for (const temperature of [0.01, 1e-6, 1e-300])
      for (const uniform of [1e-9, 0.5, 1 - 2 ** -53]) expect(draw({ temperature }, uniform)).toBe(byProbability[0]);
    const huge = Float32Array.of(-1e30, 3e38, 1e38);
    expect(sampleToken(huge, 0, 3, { temperature: 1 }, 0.999)).toBe(1);
  });

  it('inverts the distribution function in the order of the tokens, and never samples an impossible one', () => {
    const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const some = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 29 });
    fc.assert(
      fc.property(some, uniform, fc.integer({ min: 1, max: 29 }), (z, u, topK) => {
        const token = sampleToken(z, 0, z.length, { temperature: 1 }, u);
        const p = softmax(z);
        const below = p.slice(0, token).reduce((a, b) => a + b, 0);
        expect(below).toBeLessThanOrEqual(u + 1e-12);
        expect(below + p[token]!).toBeGreaterThanOrEqual(u - 1e-12);
        const restricted = sampleToken(z, 0, z.length, { temperature: 1, topK }, u);
        expect(z.filter((x) => x > z[restricted]! + 1e-9).length).toBeLessThan(topK);
      }),
    );
  });

  it('reads its row of a larger array', () => {
    const rows = Float32Array.of(9, 9, 9, 0, 50, 0, 9, 9);
    expect(sampleToken(rows, 3, 3, { temperature: 1 }, 0.5)).toBe(1);
  });
});

describe('checkStrategy', () => {
  it.each([
    [{ temperature: 0 }, 'temperature above 0, got 0'],
    [{ temperature: -1 }, 'got -1'],
    [{ temperature: NaN }, 'got NaN'],
    [{ temperature: Infinity }, 'got Infinity'],
    [{ temperature: 1, topK: 0 }, 'at least 1 for top-k, got 0'],
    [{ temperature: 1, topK: 2.5 }, 'got 2.5'],
    [{ temperature: 1, topP: 0 }, 'top-p, got 0'],
    [{ temperature: 1, topP: 1.5 }, 'got 1.5'],
    [{ temperature: 1, topP: NaN }, 'got NaN'],
  ])('refuses %j', (strategy, message) => {
    const error = errorOf(() => checkStrategy(strategy));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain(message);
  });

  it('accepts valid strategies', () => {
    expect(() => checkStrategy({ temperature: 0.01, topK: 1, topP: 1 })).not.toThrow();
  });
});
