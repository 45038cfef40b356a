import { checkShape, checkText, END_TOKEN, CharacterModel, predictedPositions } from './sequence-model.js';
import type { SequenceShape } from './sequence-model.js';

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
 * p(v) = (c(v) + 1) / (n + A + 1), where c(v) counts v among the n predicted characters and ends of the training texts and A is
 * the number of characters: add-one smoothing (Laplace), so that a character that was never seen has a positive probability.
 *
 * @param texts characters as tokens; longer ones are cut at the context length
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): Unigram {
  checkShape(shape);
  const { vocabulary, contextLength } = shape;
  const distribution = new Float64Array(vocabulary).fill(1);
  distribution[vocabulary - 1] = 0;
  let total = vocabulary - 1;
  for (const text of texts) {
    checkText(text, shape);
    const count = predictedPositions(text, contextLength);
    for (let t = 0; t < count; t++) distribution[text[t] ?? END_TOKEN]!++;
    total += count;
  }
  for (let v = 0; v < vocabulary; v++) distribution[v]! /= total;
  return new Unigram(shape, distribution);
}
