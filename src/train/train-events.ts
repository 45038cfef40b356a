import type { Splits } from '../corpus/corpus.js';
import type { Divergence, MetricsLine, StepLine } from '../runs/schema.js';
import type { EncodingReport } from '../tokenizer/report-schema.js';
import type { TrainingSettings } from './settings.js';

/** The first event of a training: what is trained, and what encoding did to its texts. */
export interface BegunEvent {
  readonly kind: 'begun';
  readonly settings: TrainingSettings;
  readonly parameters: number;
  /** Where the training starts: all 0 for a new one. */
  readonly epoch: number;
  readonly step: number;
  readonly stepInEpoch: number;
  readonly stepsPerEpoch: number;
  /** What encoding folded, replaced and cut. */
  readonly characters: Readonly<Record<keyof Splits, EncodingReport>>;
  /** Share of the training texts' characters that are outside the alphabet, 0 … 1: replaced or dropped. */
  readonly outsideAlphabet: number;
}

export interface StepReport extends Omit<StepLine, 'seconds'> {
  /** Steps done in this epoch, and its total. */
  readonly done: number;
  readonly total: number;
}

/** One finished epoch, as `metrics.jsonl` has it. */
export type EpochReport = Readonly<MetricsLine>;

/** What was not finite, and what follows. */
export interface DivergenceReport {
  readonly divergence: Divergence;
  /** Factor on the learning rates of the settings, with which the epoch begins again; undefined where training ends. */
  readonly learningRateFactor: number | undefined;
  /** The epoch's line of the metrics, where the training ends with it. */
  readonly report: EpochReport | undefined;
}

/** The best model is being tested. */
export interface TestingEvent {
  readonly kind: 'testing';
  readonly done: number;
  readonly total: number;
}

/** What a training reports while it runs. */
export type TrainEvent =
  | { readonly kind: 'step'; readonly report: StepReport }
  | { readonly kind: 'validation'; readonly epoch: number; readonly done: number; readonly total: number }
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | ({ readonly kind: 'diverged' } & DivergenceReport)
  | { readonly kind: 'done'; readonly because: 'patience' | 'epochs' | 'interrupted' | 'diverged' };

/** Tells a training to stop: an AbortSignal, or anything else that says whether it is aborted. */
export type StopSignal = Pick<AbortSignal, 'aborted'>;
