import { counted, epochNumber, formatNumber } from '../format.js';
import { DIAGNOSIS_THRESHOLDS } from './thresholds.js';
import type { Diagnosis, DiagnosisBaseline, DiagnosisFlag, DiagnosisKind } from './types.js';

type Undescribed = Omit<Diagnosis, 'sentences'>;
type Named = Pick<DiagnosisBaseline, 'label' | 'valNll'>;

/** A diagnosis in one or two plain English sentences, with the numbers that it rests on. Epochs count from 1. */
export function describeDiagnosis(diagnosis: Undescribed): string[] {
  return DESCRIPTIONS[diagnosis.kind](diagnosis);
}

const DESCRIPTIONS: Readonly<Record<DiagnosisKind, (diagnosis: Undescribed) => string[]>> = {
  diverged: (diagnosis) => (diagnosis.reasons.nonFinite > 0 ? describeNonFinite : describeRising)(diagnosis),
  'too-short': describeTooShort,
  overfitting: describeOverfitting,
  failed: describeFailed,
  improving: describeImproving,
  converged: describeConverged,
};

function describeNonFinite(diagnosis: Undescribed): string[] {
  const { nonFinite, epochs, firstNonFinite } = diagnosis.reasons;
  const count =
    nonFinite === epochs ? 'any epoch' : `${nonFinite} of ${epochs} epochs, first in epoch ${numberOf(firstNonFinite)}`;
  const sentence = `Diverged: the NLL is not a finite number in ${count}.`;
  if (diagnosis.bestEpoch === undefined) return [sentence];
  return [sentence, `Where it is finite, ${lowest(diagnosis)}.`];
}

function describeRising(diagnosis: Undescribed): string[] {
  const { bestValNll, endValNll, endTrainNll } = diagnosis.reasons;
  return [
    `Diverged: validation NLL rose from ${nats(bestValNll)} in epoch ${numberOf(diagnosis.bestEpoch)} to ` +
      `${nats(endValNll)} nats per text at the end, and training NLL did not fall meanwhile ` +
      `(${nats(endTrainNll)} at the end).`,
  ];
}

function describeTooShort(diagnosis: Undescribed): string[] {
  const { epochs } = diagnosis.reasons;
  if (epochs === 0) return ['No epoch has ended yet.'];
  return [`Too short to tell: after ${counted(epochs, 'epoch')}, ${lowest(diagnosis)}.`];
}

function describeOverfitting(diagnosis: Undescribed): string[] {
  const { trainNllAtBest, endTrainNll, bestValNll, endValNll, contextFree } = diagnosis.reasons;
  const fact =
    `Overfitting after epoch ${numberOf(diagnosis.bestEpoch)}: training NLL kept falling, from ` +
    `${nats(trainNllAtBest)} to ${nats(endTrainNll)}, while validation NLL rose from ${nats(bestValNll)} to ` +
    `${nats(endValNll)} nats per text.`;
  if (contextFree !== undefined && has(diagnosis, 'not-better-than-context-free'))
    return [
      fact,
      `Even its best epoch is ${noBetterThan(diagnosis, contextFree)}: what it learned holds for its training texts ` +
        'only.',
    ];
  return [fact, 'The saved model is that of its best epoch, so it is not harmed.'];
}

function describeFailed(diagnosis: Undescribed): string[] {
  const { stuckAt, bestValNll, endTrainNll } = diagnosis.reasons;
  const best = `${nats(bestValNll)} nats per text in epoch ${numberOf(diagnosis.bestEpoch)}`;
  const fact = `the lowest validation NLL, ${best}, is ${noBetterThan(diagnosis, stuckAt)}.`;
  if (has(diagnosis, 'learned-training-texts'))
    return [
      `Failed to generalise: ${fact}`,
      `Training NLL did fall, to ${nats(endTrainNll)}, so what it learned holds for its training texts only.`,
    ];
  return [
    `Failed optimisation: ${fact}`,
    `This is not overfitting: training NLL stays high too, at ${nats(endTrainNll)}.`,
  ];
}

function describeImproving(diagnosis: Undescribed): string[] {
  const { trend, trendError, trendEpochs, bestValNll, contextFree } = diagnosis.reasons;
  const fact =
    `Still improving: validation NLL was falling by ${figure(-trend)} nats an epoch ` +
    `(standard error ${figure(trendError)}) over the last ${trendEpochs} epochs, ` +
    `to ${nats(bestValNll)} nats per text at best (epoch ${numberOf(diagnosis.bestEpoch)}).`;
  if (contextFree !== undefined && has(diagnosis, 'not-better-than-context-free'))
    return [fact, `So far it is ${noBetterThan(diagnosis, contextFree)}.`];
  if (has(diagnosis, 'ended-by-patience'))
    return [fact, 'Patience ended the training all the same: more patience might lower it further.'];
  if (has(diagnosis, 'ended-by-schedule'))
    return [
      fact,
      'The learning rate had decayed to the end of its schedule, so this slope says little about more epochs; a ' +
        'longer schedule might lower it further.',
    ];
  return [fact, 'Longer training might lower it further.'];
}

function describeConverged(diagnosis: Undescribed): string[] {
  const { valNoise, trend, trendEpochs, valRise } = diagnosis.reasons;
  if (has(diagnosis, 'validation-rises'))
    return [
      `Not improving, and unsteady: ${lowest(diagnosis)}.`,
      `The mean of the last three epochs is ${nats(valRise)} above the lowest mean of three, though training NLL did ` +
        'not fall meanwhile.',
    ];
  return [
    `Converged: ${lowest(diagnosis)}.`,
    trend === 0
      ? `It did not change over the last ${trendEpochs} epochs.`
      : `Over the last ${trendEpochs} epochs it ${trend < 0 ? 'fell' : 'rose'} by ${figure(Math.abs(trend))} nats an ` +
        `epoch, where single epochs vary by ${figure(valNoise)}.`,
  ];
}

/** How a model that does not use its context compares with those that have none, or one character. */
function noBetterThan({ reasons }: Undescribed, baseline: Named | undefined): string {
  const { bestValNll, oneCharacter } = reasons;
  if (baseline === undefined) return 'no better than a model that ignores its context';
  const nll = baseline.valNll ?? NaN;
  const below = nll - bestValNll;
  if (oneCharacter === undefined || below <= DIAGNOSIS_THRESHOLDS.baselineMargin * nll)
    return `${below > 0 ? 'hardly' : 'no'} better than ${named(baseline)}, which ignores the context`;
  return (
    `only ${nats(below)} below ${named(baseline)}, which ignores the context; ` +
    `one preceding character gains ${nats(nll - (oneCharacter.valNll ?? NaN))}, as ${named(oneCharacter)} shows`
  );
}

function lowest({ bestEpoch, reasons }: Undescribed): string {
  return `the lowest validation NLL is ${nats(reasons.bestValNll)} nats per text, in epoch ${numberOf(bestEpoch)}`;
}

function named({ label, valNll = NaN }: Named): string {
  return `the baseline “${label}” (${nats(valNll)})`;
}

function has({ flags }: Undescribed, flag: DiagnosisFlag): boolean {
  return flags.includes(flag);
}

const numberOf = (epoch: number | undefined): number => epochNumber(epoch ?? NaN);

/** An NLL of a text. */
function nats(nll: number): string {
  return formatNumber(nll, 2);
}

/** A small number: two digits that count. */
function figure(value: number): string {
  if (value === 0) return '0';
  return value >= 10 ? value.toFixed(0) : value >= 0.001 ? String(Number(value.toPrecision(2))) : 'less than 0.001';
}
