/** One optimiser step. */
export interface StepReport {
  readonly epoch: number;
  /** Steps done in this epoch, and its total. */
  readonly done: number;
  readonly total: number;
  /** Mean NLL of the batch's texts before the step, nats per text. */
  readonly nll: number;
}

/** One finished epoch. */
export interface EpochReport {
  readonly epoch: number;
  /** Optimiser steps done in the whole training. */
  readonly step: number;
  /** Mean over the epoch's training texts, with augmentation and dropout, while the weights change. */
  readonly trainNll: number;
  readonly valNll: number;
  readonly valTop1: number;
  /** Of the last step. */
  readonly learningRate: number;
  /** Mean norm of the gradient before clipping; absent without clipping. */
  readonly gradNorm?: number;
  /** Wall-clock seconds, validation included. */
  readonly seconds: number;
  /** Positions trained on. */
  readonly tokens: number;
  /** Whether this is the lowest validation NLL so far, or the first epoch. */
  readonly best: boolean;
}

/** What a training reports while it runs. */
export type TrainEvent =
  | { readonly kind: 'step'; readonly report: StepReport }
  | { readonly kind: 'validation'; readonly epoch: number; readonly done: number; readonly total: number }
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'done'; readonly because: 'patience' | 'epochs' | 'interrupted' };

/** Tells a training to stop: an AbortSignal, or anything else that says whether it is aborted. */
export type StopSignal = Pick<AbortSignal, 'aborted'>;
