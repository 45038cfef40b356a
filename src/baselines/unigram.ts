import { checkShape, checkText, END_TOKEN, LetterModel, predictedPositions } from './sequence-model.js';
import type { SequenceShape } from './sequence-model.js';

/** A letter unigram that knows whether the text has ended; made by {@link fitUnigram}. */
export class Unigram extends LetterModel {
  constructor(
    shape: SequenceShape,
    /** `[vocabulary]`, 0 for `cls`. */
    readonly distribution: Float64Array,
  ) {
    super({ id: 'unigram', label: 'letter unigram', contextFree: true }, shape);
  }

  protected predict(): Float64Array {
    return this.distribution;
  }
}

/**
 * One distribution over letters and the end, for every position until the text has ended.
 *
 * p(v) = (c(v) + 1) / (n + A + 1), where c(v) counts v among the n predicted letters and ends of the training texts and A is
 * the number of letters: add-one smoothing (Laplace), so that a letter that was never seen has a positive probability.
 *
 * @param texts letters as tokens; longer ones are cut at the window
 * @throws BAD_INPUT for a token that is no letter; BAD_OPTION for sizes that no sequence has
 */
export function fitUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): Unigram {
  checkShape(shape);
  const { vocabulary, window } = shape;
  const distribution = new Float64Array(vocabulary).fill(1);
  distribution[vocabulary - 1] = 0;
  let total = vocabulary - 1;
  for (const text of texts) {
    checkText(text, shape);
    const count = predictedPositions(text, window);
    for (let t = 0; t < count; t++) distribution[text[t] ?? END_TOKEN]!++;
    total += count;
  }
  for (let v = 0; v < vocabulary; v++) distribution[v]! /= total;
  return new Unigram(shape, distribution);
}
