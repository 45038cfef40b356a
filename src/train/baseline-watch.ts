import { meanNll } from '../baselines/sequence-model.js';
import { fitUnigram } from '../baselines/simple-models.js';
import type { ModelConfig } from '../nn/config.js';
import type { EncodedRunTexts } from '../runs/run-texts.js';
import type { EpochReport } from './train-events.js';

/** Epochs in a row worse than the baseline before that is said; it is said again when there are twice as many. */
const MANY_EPOCHS = 5;

/** That a model has been worse than a context-free baseline for many epochs. NLLs are nats per text. */
export interface BaselineWarning {
  readonly epoch: number;
  /** Epochs in a row, up to this one. */
  readonly epochs: number;
  readonly valNll: number;
  /** Of the character unigram, on the validation texts. */
  readonly baselineNll: number;
}

/** Compares each epoch with a character unigram on the validation texts. */
export class BaselineWatch {
  private readonly baselineNll: number;
  /** Epochs in a row, up to the last one, that were worse. */
  private worseEpochs: number;

  /** @param before the epochs so far */
  constructor({ train, val }: EncodedRunTexts, config: ModelConfig, before: readonly EpochReport[]) {
    this.baselineNll = meanNll(fitUnigram(train.encoded, config), val.encoded);
    this.worseEpochs = before.length - 1 - before.findLastIndex(({ valNll }) => !(valNll > this.baselineNll));
  }

  after({ epoch, valNll }: EpochReport): BaselineWarning | undefined {
    const { baselineNll } = this;
    this.worseEpochs = valNll > baselineNll ? this.worseEpochs + 1 : 0;
    const epochs = this.worseEpochs;
    return Number.isInteger(Math.log2(epochs / MANY_EPOCHS)) && epochs >= MANY_EPOCHS
      ? { epoch, epochs, valNll, baselineNll }
      : undefined;
  }
}
