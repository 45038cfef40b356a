import { checkShape, checkText, END_TOKEN, maxProbable } from './sequence-model.js';
import type { SequenceModel, SequenceShape } from './sequence-model.js';

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
 * p(v) = (c(v) + 1) / (N·(W − 1) + A + 1), where c(v) counts v in the N padded training texts of W − 1 positions, and A is the
 * number of characters: add-one smoothing (Laplace), so that a character that was never seen has a positive probability. As it
 * does not know that characters never follow a pad, it is a distribution over all sequences of W − 1 tokens, of which padded
 * texts are a part.
 *
 * @param texts characters as tokens; longer ones are cut at W − 1
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitFlatUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): FlatUnigram {
  checkShape(shape);
  const { vocabulary, contextLength } = shape;
  const positions = contextLength - 1;
  const distribution = new Float64Array(vocabulary).fill(1);
  distribution[vocabulary - 1] = 0;
  for (const text of texts) {
    checkText(text, shape);
    const characters = Math.min(text.length, positions);
    for (let t = 0; t < characters; t++) distribution[text[t]!]!++;
    distribution[END_TOKEN]! += positions - characters;
  }
  const total = texts.length * positions + vocabulary - 1;
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
