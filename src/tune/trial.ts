import * as z from 'zod';
import type { Backend } from '../backend/types.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { count, realNumber } from '../number-schemas.js';
import { planTraining, type TrainingPlan } from '../train/plan.js';
import { settingsByPathSchema, type SettingsByPath } from '../train/recipes/settings-by-path.js';
import type { EncodedSplits } from '../train/epoch-texts.js';
import type { StopSignal, TrainEvent } from '../train/train-events.js';
import { Trainer } from '../train/trainer.js';
import type { TuneOptions } from './tune-options.js';

/** A line of trials.jsonl. */
export const trialResultSchema = z.object({
  /** Counted from 0; trial 0 is the recipe as it is. */
  trial: count,
  /** Counted from 0. */
  rung: count,
  /** Settings that the trial changes, by path. */
  set: settingsByPathSchema,
  epochs: count,
  parameters: count,
  /** Lowest of all epochs, nats per text; NaN when the training diverged before the first. */
  valNll: realNumber,
  /** −1 for none. */
  bestEpoch: z.int().min(-1),
  /** Validation and training NLL after each epoch. */
  valNlls: z.array(realNumber),
  trainNlls: z.array(realNumber),
  ended: z.enum(['epochs', 'patience', 'diverged']),
  seconds: z.number().min(0),
});

export type TrialResult = Readonly<z.infer<typeof trialResultSchema>>;

/** @throws LetterpressError BAD_OPTION where the settings do not fit each other */
export function planTrial(
  { recipe, size, set }: Pick<TuneOptions, 'recipe' | 'size' | 'set'>,
  changes: SettingsByPath,
  epochs: number,
  vocabulary: number,
): TrainingPlan {
  return planTraining({ recipe, size, set: { ...set, ...changes, 'training.epochs': epochs } }, vocabulary);
}

export interface TrialRequest extends Pick<TrialResult, 'trial' | 'rung' | 'set'> {
  readonly plan: TrainingPlan;
  readonly seed: number;
  readonly data: EncodedSplits;
  readonly backend: Backend;
}

/**
 * Trains one trial on the training texts and measures it on the validation texts; the test texts are never read, and
 * nothing is written.
 *
 * @returns undefined when `signal` ended it
 */
export function* runTrial(
  { trial, rung, set, plan, seed, data, backend }: TrialRequest,
  signal?: StopSignal,
): Generator<TrainEvent, TrialResult | undefined> {
  const started = performance.now();
  const model = new DecoderTransformer(plan.model, { seed, backend });
  const trainer = new Trainer(model, backend, plan.training, data, seed);
  const valNlls: number[] = [];
  const trainNlls: number[] = [];
  let ended: TrialResult['ended'] = 'epochs';
  for (const event of trainer.run(signal)) {
    if (event.kind === 'done') {
      if (event.because === 'interrupted') return undefined;
      ended = event.because;
    }
    if (event.kind === 'epoch') {
      valNlls.push(event.report.valNll);
      trainNlls.push(event.report.trainNll);
    }
    yield event;
  }
  return {
    trial,
    rung,
    set,
    epochs: plan.training.epochs,
    parameters: model.parameters.count,
    ...bestOfEpochs(valNlls, ended),
    valNlls,
    trainNlls,
    ended,
    seconds: (performance.now() - started) / 1000,
  };
}

export function bestOfEpochs(
  valNlls: readonly number[],
  ended: TrialResult['ended'],
): Pick<TrialResult, 'valNll' | 'bestEpoch'> {
  const finite = valNlls.filter(Number.isFinite);
  if (finite.length === 0 || ended === 'diverged') return { valNll: NaN, bestEpoch: -1 };
  const valNll = Math.min(...finite);
  return { valNll, bestEpoch: valNlls.indexOf(valNll) };
}
