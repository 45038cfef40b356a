import { meansOfThree, noiseOf, placeOfLowest, trendOf } from './curve-shape.js';
import { describeDiagnosis } from './describe-diagnosis.js';
import { DIAGNOSIS_THRESHOLDS as THRESHOLDS } from './thresholds.js';
import type {
  CurveEpoch,
  Diagnosis,
  DiagnosisContext,
  DiagnosisFlag,
  DiagnosisKind,
  DiagnosisReasons,
  DiagnosisBaseline,
} from './types.js';

/**
 * Says what a training curve shows: see {@link DiagnosisKind} for the kinds, docs/diagnosis.md for the rules. A
 * function of its arguments alone.
 *
 * @param curve the epochs in order
 * @example diagnose(metrics, { baselines: baselines.baselines, stoppedBecause: 'patience' }).kind;
 */
export function diagnose(curve: readonly CurveEpoch[], context: DiagnosisContext = {}): Diagnosis {
  const best = placeOfLowest(curve.map(({ valNll }) => valNll));
  const measured = measure(curve, best, context);
  const findings = judge(measured);
  const kind = kindOf(measured, findings);
  const stuckAt = kind === 'failed' ? stuckAtOf(measured, context) : undefined;
  const diagnosis = {
    kind,
    flags: flagsOf(measured, findings, best === curve.length - 1, context),
    stuckAt: stuckAt?.id,
    bestEpoch: curve[best]?.epoch,
    reasons: { ...measured, stuckAt },
  };
  return { ...diagnosis, sentences: describeDiagnosis(diagnosis) };
}

type Measured = Omit<DiagnosisReasons, 'stuckAt'>;

/** The numbers of a curve. Those about its shape are NaN where an NLL is not finite, or there are too few epochs. */
function measure(curve: readonly CurveEpoch[], best: number, context: DiagnosisContext): Measured {
  const val = curve.map(({ valNll }) => valNll);
  const train = curve.map(({ trainNll }) => trainNll);
  const broken = curve.filter(({ trainNll, valNll }) => !Number.isFinite(trainNll) || !Number.isFinite(valNll));
  const [smoothVal, smoothTrain] = [meansOfThree(val), meansOfThree(train)];
  const [endValNll, endTrainNll] = [smoothVal.at(-1) ?? NaN, smoothTrain.at(-1) ?? NaN];
  const bestSmooth = placeOfLowest(smoothVal);
  const valNoise = noiseOf(val);
  const trend = trendOf(val, valNoise);
  return {
    epochs: curve.length,
    nonFinite: broken.length,
    firstNonFinite: broken[0]?.epoch,
    bestValNll: val[best] ?? NaN,
    firstValNll: val[0] ?? NaN,
    endValNll,
    valRise: endValNll - (smoothVal[bestSmooth] ?? NaN),
    trainNllAtBest: smoothTrain[bestSmooth] ?? NaN,
    endTrainNll,
    trainRise: endTrainNll - (smoothTrain[placeOfLowest(smoothTrain)] ?? NaN),
    valNoise,
    trainNoise: noiseOf(train),
    trendEpochs: trend.epochs,
    trend: trend.slope,
    trendError: trend.error,
    contextFree: usableBaselines(context).reduce<DiagnosisBaseline | undefined>(
      (lowest, each) => (lowest === undefined || nllOf(each) < nllOf(lowest) ? each : lowest),
      undefined,
    ),
    oneCharacter: context.baselines?.find(({ id, valNll }) => id === 'bigram' && Number.isFinite(valNll)),
  };
}

/** What the rules ask of the numbers. */
interface Findings {
  /** At the end, validation NLL is clearly above its best. */
  readonly valRises: boolean;
  /** At the end, training NLL is clearly above its lowest. */
  readonly trainRises: boolean;
  /** Since the best epoch, training NLL has clearly fallen, and not risen again. */
  readonly trainFalls: boolean;
  /** Validation NLL is falling at the end by more than noise, and by enough to matter. */
  readonly falling: boolean;
  /**
   * The best validation NLL is not clearly below every context-free baseline, or by far less than one character of
   * context gains.
   */
  readonly notBetter: boolean;
  /** As many epochs again at the final pace would reach it. */
  readonly onTheWay: boolean;
  /** Training NLL is clearly below every context-free baseline. */
  readonly learned: boolean;
}

function judge(numbers: Measured): Findings {
  const { valRise, valNoise, trainRise, trainNoise, bestValNll, trend, trendError } = numbers;
  const valRises = isClear(valRise, valNoise, bestValNll);
  const trainRises = isClear(trainRise, trainNoise, numbers.endTrainNll);
  const trainFall = numbers.trainNllAtBest - numbers.endTrainNll;
  const gain = -trend * Math.max(THRESHOLDS.minHorizon, numbers.epochs);
  const falling =
    !valRises && -trend > THRESHOLDS.trendErrors * trendError && gain > THRESHOLDS.trendGain * Math.abs(bestValNll);
  const bound = boundOf(numbers);
  return {
    valRises,
    trainRises,
    trainFalls: isClear(trainFall, trainNoise, numbers.endTrainNll) && !trainRises,
    falling,
    notBetter: bestValNll > bound,
    onTheWay: falling && numbers.endValNll - gain < bound,
    learned: numbers.endTrainNll < bound,
  };
}

/** A model with an NLL below this uses its context. */
function boundOf({ contextFree, oneCharacter }: Measured): number {
  if (contextFree === undefined) return Infinity;
  const nll = nllOf(contextFree);
  const gain = oneCharacter === undefined ? 0 : nll - nllOf(oneCharacter);
  return nll - Math.max(THRESHOLDS.baselineMargin * nll, THRESHOLDS.oneCharacterShare * gain);
}

/** Whether one mean of three epochs is above another by more than noise, and by enough to matter. */
function isClear(difference: number, noise: number, nll: number): boolean {
  return difference > THRESHOLDS.clearNoise * noise && difference > THRESHOLDS.clearShare * Math.abs(nll);
}

/** The rules, in order: the first that applies. */
function kindOf(numbers: Measured, findings: Findings): DiagnosisKind {
  if (numbers.nonFinite > 0) return 'diverged';
  if (numbers.epochs < THRESHOLDS.minEpochs) return 'too-short';
  const { valRises, trainFalls, notBetter } = findings;
  const farAbove = numbers.valRise > THRESHOLDS.divergedRise * Math.abs(numbers.bestValNll);
  const gained = numbers.firstValNll - numbers.bestValNll;
  const lost = numbers.endValNll - numbers.bestValNll;
  if (valRises && farAbove && lost > THRESHOLDS.divergedLoss * gained && !trainFalls) return 'diverged';
  // A model that learned its training texts did not fail to learn, even if it never was good on others.
  if (valRises && trainFalls && (findings.learned || !notBetter)) return 'overfitting';
  if (notBetter && !findings.onTheWay) return 'failed';
  return findings.falling ? 'improving' : 'converged';
}

/** Where a failed training stays: the nearest context-free baseline within the margin, or else the strongest one. */
function stuckAtOf(numbers: Measured, context: DiagnosisContext): DiagnosisBaseline | undefined {
  const distance = (each: DiagnosisBaseline) => Math.abs(nllOf(each) - numbers.bestValNll);
  const [nearest] = usableBaselines(context).sort((a, b) => distance(a) - distance(b));
  if (nearest !== undefined && distance(nearest) <= THRESHOLDS.baselineMargin * nllOf(nearest)) return nearest;
  return numbers.contextFree;
}

function flagsOf(
  numbers: Measured,
  findings: Findings,
  bestIsLast: boolean,
  { stoppedBecause, schedule }: DiagnosisContext,
): DiagnosisFlag[] {
  const known = numbers.contextFree !== undefined;
  const anyBest = Number.isFinite(numbers.bestValNll);
  const flags: [DiagnosisFlag, boolean][] = [
    ['good-best', known && anyBest && !findings.notBetter],
    ['not-better-than-context-free', known && anyBest && findings.notBetter],
    ['no-baseline', !known],
    ['learned-training-texts', known && findings.learned],
    ['validation-rises', findings.valRises],
    ['training-rises', findings.trainRises],
    ['best-is-last', anyBest && bestIsLast],
    ['ended-by-patience', stoppedBecause === 'patience'],
    ['interrupted', stoppedBecause === 'interrupted'],
    ['ended-by-schedule', stoppedBecause === 'epochs' && schedule === 'warmup-cosine'],
  ];
  return flags.filter(([, holds]) => holds).map(([flag]) => flag);
}

/** The baselines that a model must beat to show that it uses its context. */
function usableBaselines({ baselines = [] }: DiagnosisContext): DiagnosisBaseline[] {
  return baselines.filter((each) => each.contextFree && Number.isFinite(each.valNll));
}

function nllOf({ valNll = NaN }: DiagnosisBaseline): number {
  return valNll;
}
