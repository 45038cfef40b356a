import type { Baseline } from '../baselines/baselines-schema.js';

/** An epoch of a curve, in nats per text: a line of `metrics.jsonl` is one. */
export interface CurveEpoch {
  /** As the run counts it, from 0. */
  readonly epoch: number;
  /** Mean over the epoch, with dropout and while the weights move. */
  readonly trainNll: number;
  /** After the epoch. */
  readonly valNll: number;
}

/** What of a baseline a diagnosis looks at. */
export type DiagnosisBaseline = Pick<Baseline, 'id' | 'label' | 'contextFree' | 'valNll'>;

/** What else is known of a training; all optional. */
export interface DiagnosisContext {
  /**
   * Of these, the context-free ones with a validation NLL are used, and the bigram; without the former, failure cannot
   * be told.
   */
  readonly baselines?: readonly DiagnosisBaseline[] | undefined;
  readonly stoppedBecause?: 'patience' | 'epochs' | 'interrupted' | undefined;
  /** Early-stopping patience (epochs); null for none. */
  readonly patience?: number | null | undefined;
}

/**
 * What a curve shows, in the order in which the rules are asked:
 * - `diverged`: an NLL is not finite, or validation NLL rose far above its best without training NLL falling.
 * - `too-short`: too few epochs to tell.
 * - `overfitting`: training NLL kept falling, while validation NLL rose clearly above its best.
 * - `failed`: the best validation NLL is no better than a model's that ignores its context, or hardly better.
 * - `improving`: validation NLL was still falling at the end.
 * - `converged`: none of these; validation NLL is flat at the end.
 */
export type DiagnosisKind = 'improving' | 'converged' | 'overfitting' | 'failed' | 'diverged' | 'too-short';

/**
 * What else is true of a curve, whatever its kind:
 * - `good-best`: the best epoch beats every context-free baseline, so the saved model is of use.
 * - `not-better-than-context-free`: it does not, or by far less than one character of context would gain. Beside
 *   `improving`, `too-short` and `overfitting` too.
 * - `no-baseline`: none is known, so neither of these two can be said.
 * - `learned-training-texts`: training NLL is below every context-free baseline. Beside `failed`: the optimisation did
 *   work, but nothing of it carries over to other texts.
 * - `validation-rises`: validation NLL is clearly above its best at the end.
 * - `training-rises`: training NLL is clearly above its lowest at the end. With `converged`: the training is unsteady.
 * - `best-is-last`: the last epoch has the lowest validation NLL.
 * - `ended-by-patience`, `interrupted`: why the training ended.
 */
export type DiagnosisFlag =
  | 'good-best'
  | 'not-better-than-context-free'
  | 'no-baseline'
  | 'learned-training-texts'
  | 'validation-rises'
  | 'training-rises'
  | 'best-is-last'
  | 'ended-by-patience'
  | 'interrupted';

/** The numbers behind a diagnosis; NLLs in nats per text, NaN where the curve is too short. */
export interface DiagnosisReasons {
  readonly epochs: number;
  /** Epochs with an NLL that is not finite, and the first of them. */
  readonly nonFinite: number;
  readonly firstNonFinite: number | undefined;
  /** Lowest validation NLL. */
  readonly bestValNll: number;
  /** Validation NLL of the first epoch. */
  readonly firstValNll: number;
  /** Mean validation NLL of the last three epochs. */
  readonly endValNll: number;
  /** That minus the lowest mean of three neighbouring epochs. */
  readonly valRise: number;
  /** Mean training NLL of the three epochs with the lowest mean validation NLL, and of the last three epochs. */
  readonly trainNllAtBest: number;
  readonly endTrainNll: number;
  /** Training NLL of the last three epochs minus the lowest mean of three neighbouring epochs. */
  readonly trainRise: number;
  /** Standard deviation of single epochs about a smooth curve. */
  readonly valNoise: number;
  readonly trainNoise: number;
  /** Line through the last `trendEpochs` validation NLLs: nats per text and epoch, negative where it falls. */
  readonly trendEpochs: number;
  readonly trend: number;
  /** Standard error of `trend` that follows from `valNoise`. */
  readonly trendError: number;
  /** The context-free baseline with the lowest validation NLL. */
  readonly contextFree: DiagnosisBaseline | undefined;
  /** The baseline with one character of context. */
  readonly oneCharacter: DiagnosisBaseline | undefined;
  /** The baseline of `stuckAt`. */
  readonly stuckAt: DiagnosisBaseline | undefined;
}

/** What a training curve shows, and why. */
export interface Diagnosis {
  readonly kind: DiagnosisKind;
  readonly flags: readonly DiagnosisFlag[];
  /**
   * For `failed`: the context-free baseline at which the model stays, or else the strongest one that it does not beat.
   */
  readonly stuckAt: Baseline['id'] | undefined;
  /** Epoch with the lowest validation NLL; undefined where none is finite. */
  readonly bestEpoch: number | undefined;
  readonly reasons: DiagnosisReasons;
  /** The same in one or two plain sentences with their numbers. */
  readonly sentences: readonly string[];
}
