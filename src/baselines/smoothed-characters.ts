import { END_TOKEN, CharacterModel, predictedPositions } from './sequence-model.js';
import type { Identity, SequenceShape } from './sequence-model.js';
import { fitUnigram } from './unigram.js';
import { WittenBell } from './witten-bell.js';

/** What of a text's beginning a prediction depends on, as a number. */
export type ContextOf = (text: ArrayLike<number>, position: number) => number;

/** A distribution over characters and the end for each of some contexts, smoothed with the character unigram. */
export class SmoothedCharacters extends CharacterModel {
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
