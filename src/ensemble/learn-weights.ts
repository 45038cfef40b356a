import { LetterpressError } from '../errors.js';
import { joinRows, nllOfRows, rowsByBucket, type Examples } from './examples.js';
import { fitGeometric } from './fit-geometric.js';
import { fitLinear } from './fit-linear.js';
import { MIXING_KINDS, type Mixing, type MixingKind } from './mix.js';

/**
 * How strongly the weights of a bucket are regularised towards those of all rows together, as so many rows; infinite:
 * the same weights everywhere.
 */
export const STRENGTHS: readonly number[] = [1, 10, 100, 1000, Infinity];

/** Of the cross-validation. */
export const FOLDS = 5;

/** How strongly the weights of all rows are regularised towards equal ones: enough to make them unique. */
const GLOBAL_STRENGTH = 1;

/** One way to learn weights, and its NLL on held-out texts. */
export interface MixingTried {
  readonly kind: MixingKind;
  readonly strength: number;
  /** Nats per text, each text scored with weights learned on the other folds. */
  readonly crossValidatedNll: number;
}

export interface LearnedWeights extends MixingTried {
  /** Learned on all texts. */
  readonly mixing: Mixing;
  readonly folds: number;
  /** All that were tried, the best included. */
  readonly tried: readonly MixingTried[];
}

interface LearningProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * The weights of each bucket: first those of all rows together, then each bucket's own, regularised towards them.
 *
 * @param rows `[buckets]` the rows to learn from @param strength see {@link STRENGTHS}
 */
export function fitMixing(examples: Examples, rows: readonly Int32Array[], kind: MixingKind, strength: number): Mixing {
  const [mixing] = fitMixings(examples, rows, kind, [strength]);
  return mixing!;
}

/** {@link fitMixing} for several strengths, which share the weights of all rows. */
function* fitMixings(
  examples: Examples,
  rows: readonly Int32Array[],
  kind: MixingKind,
  strengths: readonly number[],
): Generator<Mixing, void> {
  const fit = kind === 'linear' ? fitLinear : fitGeometric;
  const equal = new Float64Array(examples.members).fill(1 / examples.members);
  const shared = fit(examples, joinRows(rows), { weights: equal, strength: GLOBAL_STRENGTH });
  for (const strength of strengths) {
    const own = (list: Int32Array): number[] =>
      Array.from(strength === Infinity ? shared : fit(examples, list, { weights: shared, strength }));
    yield { kind, weights: rows.map(own) };
  }
}

/**
 * Learns the weights of a mixture. The kind of mixing and the strength of regularisation are chosen by cross-validation
 * over folds of whole texts; then the weights are learned on all texts.
 *
 * @param kinds to choose from
 * @returns a generator that yields how far it is
 * @throws LetterpressError BAD_INPUT for fewer than two texts
 */
export function* learnWeights(
  examples: Examples,
  kinds: readonly MixingKind[] = MIXING_KINDS,
): Generator<LearningProgress, LearnedWeights> {
  const { texts, bucketCount } = examples;
  if (texts < 2) {
    throw new LetterpressError(
      'BAD_INPUT',
      `expected at least 2 validation texts to learn weights from, got ${texts}`,
      'Give more validation texts; a few hundred are enough.',
    );
  }
  const folds = Math.min(FOLDS, texts);
  const strengths = bucketCount > 1 ? STRENGTHS : [Infinity];
  const total = kinds.length * folds * strengths.length + 1;
  let done = 0;
  const tried: MixingTried[] = [];
  for (const kind of kinds) {
    const nll = new Float64Array(strengths.length);
    for (let fold = 0; fold < folds; fold++) {
      const others = rowsByBucket(examples, (text) => text % folds !== fold);
      const held = rowsByBucket(examples, (text) => text % folds === fold);
      let s = 0;
      for (const { weights } of fitMixings(examples, others, kind, strengths)) {
        held.forEach((rows, b) => (nll[s]! += nllOfRows(examples, rows, kind, weights[b]!)));
        s++;
        yield { done: ++done, total };
      }
    }
    strengths.forEach((strength, s) => tried.push({ kind, strength, crossValidatedNll: nll[s]! / texts }));
  }
  const best = tried.reduce((a, b) => (b.crossValidatedNll < a.crossValidatedNll ? b : a));
  const mixing = fitMixing(examples, rowsByBucket(examples), best.kind, best.strength);
  yield { done: total, total };
  return { ...best, mixing, folds, tried };
}
