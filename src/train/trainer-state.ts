import { z } from 'zod';
import { realNumber } from '../json.js';

const count = z.int().min(0);

/** Schema of {@link TrainerState}: what a checkpoint holds under `trainer`. */
export const trainerStateSchema = z.object({
  /** Optimiser steps done. */
  step: count,
  /** The epoch that is running, and the steps done in it. */
  epoch: count,
  stepInEpoch: count,
  /** −1 before the first validation. */
  bestEpoch: z.int().min(-1),
  bestValNll: realNumber,
  bestValTop1: realNumber,
  /** Epochs since the best one. */
  patience: count,
  /** Sums over the running epoch. */
  trainNll: realNumber,
  trainTexts: count,
  gradNorms: realNumber,
  tokens: count,
  seconds: realNumber,
});

/** Where a training stands, beside its weights and moments: what a checkpoint has to remember. */
export type TrainerState = z.infer<typeof trainerStateSchema>;

/** Before the first step. */
export const TRAINING_START: Readonly<TrainerState> = {
  step: 0,
  epoch: 0,
  stepInEpoch: 0,
  bestEpoch: -1,
  bestValNll: Infinity,
  bestValTop1: 0,
  patience: 0,
  trainNll: 0,
  trainTexts: 0,
  gradNorms: 0,
  tokens: 0,
  seconds: 0,
};
