import type { Backend } from '../backend/types.js';
import type { Corpus } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { LanguageModel } from '../model/language-model.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import { defaultTokenizer, type Tokenizer } from '../tokenizer/tokenizer.js';
import { inAlphabet, type DistillationSet } from './distillation/distillation-set.js';
import { planTraining, type PlanOptions } from './plan.js';
import type { TrainEvent } from './train-events.js';
import { Trainer } from './trainer.js';

/** Milliseconds between turns of the event loop: a timer costs up to 4 ms in a browser. */
const PAUSE_INTERVAL = 50;

/** Everything but texts and backend comes from the recipe. */
export interface TrainModelOptions extends Omit<PlanOptions, 'distillationSet'> {
  readonly corpus: Corpus;
  readonly backend: Backend;
  /** The 29-token English alphabet by default. */
  readonly tokenizer?: Tokenizer;
  /** Texts and probabilities of a teacher, used as the recipe's `distilled` or `set` says. */
  readonly distillationSet?: DistillationSet;
  /** 0 by default. */
  readonly seed?: number;
  readonly onEvent?: (event: TrainEvent) => void;
  /** Aborting ends the training; the best model so far is returned. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a model in memory and returns the best one by validation NLL. Nothing is written; for a run directory, see
 * `TrainingRun`. Lets the event loop run about twenty times a second.
 *
 * @throws LetterpressError DIVERGED when no epoch ended with finite numbers; a later divergence is an event, and the
 *   best model so far is returned
 *
 * @example
 * const corpus = corpusFromTexts(titles);
 * const model = await trainModel({ corpus, backend: chooseBackend().backend, epochs: 10 });
 * console.log(model.sample({ count: 5 }));
 */
export async function trainModel(options: TrainModelOptions): Promise<LanguageModel> {
  const { corpus, backend, tokenizer = defaultTokenizer(), seed = 0, onEvent, signal } = options;
  const distillationSet = options.distillationSet && inAlphabet(options.distillationSet, tokenizer.characters);
  const { model: config, training } = planTraining(
    { ...options, distillationSet: distillationSet !== undefined },
    tokenizer.vocabularySize,
  );
  const encode = (texts: readonly string[]) =>
    encodeSplit(texts, tokenizer, { maxCharacters: config.contextLength - 1 }).encoded;
  const { train, val } = corpus.splits;
  const data = { train: encode(train), val: encode(val), space: tokenizer.spaceToken, distillationSet };
  const transformer = new DecoderTransformer(config, { seed });
  const trainer = new Trainer(transformer, backend, training, data, seed);
  let lastPause = performance.now();
  for (const event of trainer.run(signal)) {
    onEvent?.(event);
    if (performance.now() - lastPause > PAUSE_INTERVAL) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      lastPause = performance.now();
    }
  }
  const divergence = trainer.state.divergences.at(-1);
  if (trainer.bestWeights.length === 0 && divergence !== undefined && !signal?.aborted) {
    throw new LetterpressError(
      'DIVERGED',
      `the training diverged in its first epoch: ${divergence.where} was ${divergence.value}`,
      'Give a lower learning rate (learningRate).',
    );
  }
  if (trainer.bestWeights.length > 0) transformer.parameters.values.set(trainer.bestWeights);
  return new LanguageModel(transformer, tokenizer, backend, training.padding);
}
