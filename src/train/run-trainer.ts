import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { asRunError } from '../model/load-model.js';
import { parseModelConfig } from '../nn/config.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { encodeTexts, type EncodedRunTexts, type RunTexts } from '../runs/run-texts.js';
import type { RunConfig } from '../runs/schema.js';
import { distillationSetOf } from './describe-run.js';
import { parseTrainingSettings } from './settings.js';
import type { TrainerProgress } from './trainer-state.js';
import { Trainer } from './trainer.js';

export function encodeForRun(texts: RunTexts, { model }: RunConfig): EncodedRunTexts {
  return encodeTexts(texts, asRunError(() => parseModelConfig(model)).contextLength);
}

/**
 * The trainer that a run's config.json describes.
 *
 * @param progress of an interrupted run; its weights and moments are yet to be restored
 * @throws LetterpressError BAD_RUN when the config, the texts and the progress contradict each other
 */
export function makeTrainer(
  config: RunConfig,
  texts: RunTexts,
  encoded: EncodedRunTexts,
  backend: Backend,
  progress?: TrainerProgress,
): Trainer {
  const settings = asRunError(() => parseTrainingSettings(config.training));
  const model = asRunError(() => parseModelConfig(config.model));
  const { vocabularySize } = texts.tokenizer;
  if (model.vocabulary !== vocabularySize) {
    throw new LetterpressError(
      'BAD_RUN',
      `the alphabet has ${vocabularySize} token values, the model of config.json ${model.vocabulary}`,
      'Restore config.json from a copy, or train again.',
    );
  }
  const data = {
    train: encoded.train.encoded,
    val: encoded.val.encoded,
    space: texts.tokenizer.spaceToken,
    distillationSet: distillationSetOf(config, texts),
  };
  const transformer = new DecoderTransformer(model, { seed: config.seed, backend });
  const trainer = new Trainer(transformer, backend, settings, data, config.seed, progress);
  const { state, sums, stepsPerEpoch } = trainer;
  if (sums.steps <= stepsPerEpoch && state.step === state.epoch * stepsPerEpoch + sums.steps) return trainer;
  throw new LetterpressError(
    'BAD_RUN',
    `the checkpoint contradicts itself: ${state.step} steps of ${stepsPerEpoch} an epoch are not ` +
      `${state.epoch} epochs and ${sums.steps} steps`,
    'Restore it from a copy, or train again, replacing the run (force).',
  );
}
