import * as z from 'zod';
import { count, realNumber } from '../number-schemas.js';
import { divergenceSchema } from '../runs/schema.js';
import type { TrainingSettings } from './settings.js';
import type { EpochReport } from './train-events.js';

const trainerStateSchema = z.object({
  /** Optimiser steps done. */
  step: count,
  /** The current epoch, counted from 0. */
  epoch: count,
  /** −1 before the first validation. */
  bestEpoch: z.int().min(-1),
  bestValNll: realNumber,
  bestValTop1: realNumber,
  /** Epochs since the best one. */
  patience: count,
  /** So far; each has halved the learning rate. */
  divergences: z.array(divergenceSchema).default([]),
});

const epochSumsSchema = z.object({
  /** Optimiser steps done in the epoch. */
  steps: count,
  /** NLL of the training texts, and their number; texts of a distillation set are not among them. */
  trainNll: realNumber,
  trainTexts: count,
  /** Of the gradients before clipping. */
  gradNorms: realNumber,
  /** Positions trained on. */
  tokens: count,
  seconds: realNumber,
});

/** Schema of what a checkpoint has of a trainer, beside weights and moments. */
export const trainerProgressSchema = z.object({ state: trainerStateSchema, sums: epochSumsSchema });

export type TrainerState = z.infer<typeof trainerStateSchema>;

export type EpochSums = z.infer<typeof epochSumsSchema>;

export type TrainerProgress = Readonly<z.infer<typeof trainerProgressSchema>>;

export const TRAINING_START: Readonly<TrainerState> = {
  step: 0,
  epoch: 0,
  bestEpoch: -1,
  bestValNll: Infinity,
  bestValTop1: 0,
  patience: 0,
  divergences: [],
};

export const EPOCH_START: Readonly<EpochSums> = {
  steps: 0,
  trainNll: 0,
  trainTexts: 0,
  gradNorms: 0,
  tokens: 0,
  seconds: 0,
};

/**
 * Records the validation of the current epoch: docs/notebook.md, section 7. Epoch 0, and every epoch with a new lowest
 * NLL, is the best so far and resets patience; any other adds 1 to it.
 *
 * @returns whether it is the best so far, and so is to be saved
 */
export function recordValidation(state: TrainerState, nll: number, top1: number): boolean {
  if (state.bestEpoch >= 0 && !(nll < state.bestValNll)) {
    state.patience++;
    return false;
  }
  Object.assign(state, { bestEpoch: state.epoch, bestValNll: nll, bestValTop1: top1, patience: 0 });
  return true;
}

/** Counts an optimiser step. `nll`: of each training text (not of a distillation set), nats. */
export function recordStep(
  state: TrainerState,
  sums: EpochSums,
  { nll, gradNorm, tokens, seconds }: { nll: Float64Array; gradNorm: number; tokens: number; seconds: number },
): void {
  state.step++;
  sums.steps++;
  sums.trainNll += nll.reduce((total, each) => total + each, 0);
  sums.trainTexts += nll.length;
  sums.gradNorms += gradNorm;
  sums.tokens += tokens;
  sums.seconds += seconds;
}

/** The running epoch's line of the metrics. */
export function epochReport(
  { epoch, step, divergences }: TrainerState,
  { steps, trainNll, trainTexts, gradNorms, tokens }: EpochSums,
  { clipNorm }: Pick<TrainingSettings, 'clipNorm'>,
  measured: Pick<EpochReport, 'valNll' | 'valTop1' | 'valAccuracy' | 'best' | 'learningRate' | 'seconds'>,
): EpochReport {
  const { valNll, valTop1, valAccuracy, best, learningRate, seconds } = measured;
  const ofEpoch = divergences.filter((each) => each.epoch === epoch);
  return {
    epoch,
    step,
    trainNll: trainNll / trainTexts,
    valNll,
    valTop1,
    valAccuracy,
    learningRate,
    ...(clipNorm === null ? {} : { gradNorm: gradNorms / steps }),
    seconds,
    tokens,
    best,
    ...(ofEpoch.length === 0 ? {} : { divergences: ofEpoch }),
  };
}

/**
 * Whether early stopping ends the training: when patience exceeds its bound, as in the notebook.
 *
 * @param bound epochs without improvement that are allowed; null disables early stopping
 */
export function isOutOfPatience({ patience }: Pick<TrainerState, 'patience'>, bound: number | null): boolean {
  return bound !== null && patience > bound;
}
