/** What a diagnosis is made from, and what it says; reports write it down as it is. Safe for browsers. */
import * as z from 'zod';
import { BASELINE_IDS, baselineSchema } from '../baselines/baselines-schema.js';
import { count, realNumber } from '../number-schemas.js';

/** An epoch of a curve, in nats per text: a line of `metrics.jsonl` is one. */
export interface CurveEpoch {
  /** As the run counts it, from 0. */
  readonly epoch: number;
  /** Mean over the epoch, with dropout and while the weights move. */
  readonly trainNll: number;
  /** After the epoch. */
  readonly valNll: number;
}

const diagnosisBaselineSchema = baselineSchema.pick({ id: true, label: true, contextFree: true, valNll: true });

/** What of a baseline a diagnosis looks at. */
export type DiagnosisBaseline = Readonly<z.infer<typeof diagnosisBaselineSchema>>;

/** What else is known of a training; all optional. */
export interface DiagnosisContext {
  /**
   * Of these, the context-free ones with a validation NLL are used, and the bigram; without the former, failure cannot
   * be told.
   */
  readonly baselines?: readonly DiagnosisBaseline[] | undefined;
  readonly stoppedBecause?: 'patience' | 'epochs' | 'interrupted' | 'diverged' | undefined;
  /** Of the learning rate; a constant one where not given. */
  readonly schedule?: 'constant' | 'warmup-cosine' | undefined;
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
const kindSchema = z.enum(['improving', 'converged', 'overfitting', 'failed', 'diverged', 'too-short']);

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
 * - `ended-by-schedule`: all planned epochs are done, and the learning rate has decayed over them, so that the curve's
 *   last slope says little about more epochs.
 */
const flagSchema = z.enum([
  'good-best',
  'not-better-than-context-free',
  'no-baseline',
  'learned-training-texts',
  'validation-rises',
  'training-rises',
  'best-is-last',
  'ended-by-patience',
  'interrupted',
  'ended-by-schedule',
]);

const reasonsSchema = z
  .object({
    epochs: count,
    nonFinite: count.describe('epochs with an NLL that is not finite'),
    firstNonFinite: count.optional().describe('the first of them'),
    bestValNll: realNumber.describe('lowest validation NLL'),
    firstValNll: realNumber.describe('validation NLL of the first epoch'),
    endValNll: realNumber.describe('mean validation NLL of the last three epochs'),
    valRise: realNumber.describe('that minus the lowest mean of three neighbouring epochs'),
    trainNllAtBest: realNumber.describe('mean training NLL of the three epochs with the lowest mean validation NLL'),
    endTrainNll: realNumber.describe('mean training NLL of the last three epochs'),
    trainRise: realNumber.describe('that minus the lowest mean of three neighbouring epochs'),
    valNoise: realNumber.describe('standard deviation of single epochs about a smooth curve'),
    trainNoise: realNumber.describe('the same of training NLL'),
    trendEpochs: count.describe('epochs of the line through the last validation NLLs'),
    trend: realNumber.describe('slope of that line: nats per text and epoch, negative where it falls'),
    trendError: realNumber.describe('standard error of `trend` that follows from `valNoise`'),
    contextFree: diagnosisBaselineSchema.optional().describe('context-free baseline with the lowest validation NLL'),
    oneCharacter: diagnosisBaselineSchema.optional().describe('baseline with a context of one character'),
    stuckAt: diagnosisBaselineSchema.optional().describe('baseline of `stuckAt`'),
  })
  .describe('the numbers behind it; NLLs in nats per text, NaN where the curve is too short');

/** What a training curve shows, and why. */
export const diagnosisSchema = z
  .object({
    kind: kindSchema,
    flags: z.array(flagSchema).describe('what else is true of the curve'),
    stuckAt: z
      .enum(BASELINE_IDS)
      .optional()
      .describe(
        'of `failed`: the context-free baseline at which the model stays, or the strongest that it does not beat',
      ),
    bestEpoch: count.optional().describe('epoch of the lowest validation NLL; missing where none is finite'),
    reasons: reasonsSchema,
    sentences: z
      .array(z.string())
      .describe('the same in one or two plain sentences with their numbers; these count epochs from 1'),
  })
  .meta({ title: 'Diagnosis', intro: 'The rules are in [diagnosis.md](diagnosis.md).' });

export type DiagnosisKind = z.infer<typeof kindSchema>;
export type DiagnosisFlag = z.infer<typeof flagSchema>;
export type DiagnosisReasons = Readonly<z.infer<typeof reasonsSchema>>;

export type Diagnosis = Readonly<z.infer<typeof diagnosisSchema>>;
