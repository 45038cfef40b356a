import type { ExactDistribution } from '../corpus/corpus.js';

/** How far from perfect a model is, in nats per text, where the texts' true distribution is known. */
export interface ExactFigures {
  /** Of the true distribution. */
  readonly entropy: number;
  /** Mean −log p of the texts under the true distribution: what a perfect model would score on them. */
  readonly grammarNll: number;
  /** Mean of (model NLL − true NLL) over the same texts. */
  readonly excess: number;
}

/** @param nll the model's mean NLL over `texts` */
export function exactFigures(exact: ExactDistribution, texts: readonly string[], nll: number): ExactFigures {
  const grammarNll = texts.reduce((sum, text) => sum + exact.nll(text), 0) / texts.length;
  return { entropy: exact.entropy, grammarNll, excess: nll - grammarNll };
}
