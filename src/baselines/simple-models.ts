import { clsToken, outcomesOf } from '../tokenizer/special-tokens.js';
import {
  CharacterModel,
  END_TOKEN,
  checkShape,
  checkText,
  maxProbable,
  predictedPositions,
  type Identity,
  type SequenceModel,
  type SequenceShape,
} from './sequence-model.js';
import { WittenBell } from './smoothing.js';

/** What of a text's beginning a prediction depends on, as a number. */
export type ContextOf = (text: ArrayLike<number>, position: number) => number;

/** A distribution over characters and the end for each of some contexts, smoothed with the character unigram. */
class SmoothedCharacters extends CharacterModel {
  private readonly counts: WittenBell;
  private readonly scratch: Float64Array;

  /**
   * Counts the training texts. The counts of a context are smoothed with the unigram of {@link fitUnigram} as
   * {@link WittenBell} says, so that characters that were never seen there have positive probabilities.
   *
   * @param texts characters as tokens; longer ones are cut at the context length
   * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
   */
  constructor(
    identity: Identity,
    texts: readonly ArrayLike<number>[],
    shape: SequenceShape,
    private readonly contextOf: ContextOf,
  ) {
    super(identity, shape);
    this.counts = new WittenBell(fitUnigram(texts, shape).distribution);
    this.scratch = new Float64Array(shape.vocabulary);
    for (const text of texts) {
      const count = predictedPositions(text, shape.contextLength);
      for (let t = 0; t < count; t++) this.counts.add(contextOf(text, t), text[t] ?? END_TOKEN);
    }
  }

  protected predict(text: ArrayLike<number>, position: number): Float64Array {
    return this.counts.distribution(this.contextOf(text, position), this.scratch);
  }

  protected override probability(text: ArrayLike<number>, position: number, token: number): number {
    return this.counts.probability(this.contextOf(text, position), token);
  }
}

/** A {@link SequenceModel} that also shows its one distribution. */
export interface FlatUnigram extends SequenceModel {
  readonly id: 'flat-unigram';
  /** `[vocabulary]`, 0 for `cls`. */
  readonly distribution: Float64Array;
}

/**
 * One distribution for all context length − 1 positions, pads included: what a model reaches that knows nothing but how
 * often each token occurs.
 *
 * p(v) = (c(v) + 1) / (N·(W − 1) + A + 1), where c(v) counts v in the N padded training texts of W − 1 positions, and A
 * is the number of characters: add-one smoothing (Laplace), so that a character that was never seen has a positive
 * probability. As it does not know that characters never follow a pad, it is a distribution over all sequences of W − 1
 * tokens, of which padded texts are a part.
 *
 * @param texts characters as tokens; longer ones are cut at W − 1
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitFlatUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): FlatUnigram {
  checkShape(shape);
  const { vocabulary, contextLength } = shape;
  const positions = contextLength - 1;
  const distribution = new Float64Array(vocabulary).fill(1);
  distribution[clsToken(shape)] = 0;
  for (const text of texts) {
    checkText(text, shape);
    const characters = Math.min(text.length, positions);
    for (let t = 0; t < characters; t++) distribution[text[t]!]!++;
    distribution[END_TOKEN]! += positions - characters;
  }
  const total = texts.length * positions + outcomesOf(shape);
  for (let v = 0; v < vocabulary; v++) distribution[v]! /= total;
  const best = maxProbable(distribution);
  return {
    id: 'flat-unigram',
    label: 'character unigram over all positions',
    contextFree: true,
    distribution,
    nll(text) {
      checkText(text, shape);
      let nll = 0;
      for (let t = 0; t < positions; t++) nll -= Math.log(distribution[text[t] ?? END_TOKEN]!);
      return nll;
    },
    top1(text) {
      checkText(text, shape);
      let right = 0;
      for (let t = 0; t < positions; t++) if ((text[t] ?? END_TOKEN) === best) right++;
      return right / positions;
    },
  };
}

/** A character unigram that knows whether the text has ended; made by {@link fitUnigram}. */
export class Unigram extends CharacterModel {
  constructor(
    shape: SequenceShape,
    /** `[vocabulary]`, 0 for `cls`. */
    readonly distribution: Float64Array,
  ) {
    super({ id: 'unigram', label: 'character unigram', contextFree: true }, shape);
  }

  protected predict(): Float64Array {
    return this.distribution;
  }
}

/**
 * One distribution over characters and the end, for every position until the text has ended.
 *
 * p(v) = (c(v) + 1) / (n + A + 1), where c(v) counts v among the n predicted characters and ends of the training texts
 * and A is the number of characters: add-one smoothing (Laplace), so that a character that was never seen has a
 * positive probability.
 *
 * @param texts characters as tokens; longer ones are cut at the context length
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): Unigram {
  checkShape(shape);
  const { vocabulary, contextLength } = shape;
  const distribution = new Float64Array(vocabulary).fill(1);
  distribution[clsToken(shape)] = 0;
  let total = outcomesOf(shape);
  for (const text of texts) {
    checkText(text, shape);
    const count = predictedPositions(text, contextLength);
    for (let t = 0; t < count; t++) distribution[text[t] ?? END_TOKEN]!++;
    total += count;
  }
  for (let v = 0; v < vocabulary; v++) distribution[v]! /= total;
  return new Unigram(shape, distribution);
}

/**
 * A distribution over characters and the end for each position, until the text has ended: what a model reaches that
 * looks at where it is, and at nothing else. Smoothed as {@link SmoothedCharacters} says; at a position that no
 * training text reaches it is the unigram.
 *
 * @param texts characters as tokens; longer ones are cut at the context length
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitPositionUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): CharacterModel {
  return new SmoothedCharacters(
    { id: 'position-unigram', label: 'character unigram by position', contextFree: true },
    texts,
    shape,
    (_text, position) => position,
  );
}

/**
 * A distribution over characters and the end after each character, and one for the start of a text. Smoothed as
 * {@link SmoothedCharacters} says; after a character that was never seen it is the unigram.
 *
 * @param texts characters as tokens; longer ones are cut at the context length
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitBigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): CharacterModel {
  const start = clsToken(shape);
  return new SmoothedCharacters(
    { id: 'bigram', label: 'character bigram', contextFree: false },
    texts,
    shape,
    (text, position) => (position === 0 ? start : text[position - 1]!),
  );
}
