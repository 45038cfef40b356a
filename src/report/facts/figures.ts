import {
  FIGURE_NAMES,
  type CurveFacts,
  type FigureFacts,
  type FigureName,
  type GroupQuality,
  type MeanCurve,
} from './types.js';
import type { ReportRun } from '../input/report-input.js';
import { bestLine, type MetricsLine, type RunConfig } from '../../runs/schema.js';
import { modelOf } from './run-groups.js';
import { mean, meanInterval } from '../../statistics/mean-interval.js';
import type { SampleQuality } from '../../texts/texts-schema.js';

/** Those that a run has; of a run that has not ended, of its epochs so far. */
export function figuresOf(
  { config, metrics, results }: ReportRun,
  charactersPerText: number | undefined,
): Partial<Record<FigureName, number>> {
  const best = bestLine(metrics);
  const last = metrics.at(-1);
  // A run with epochs and no finite NLL has diverged; one without epochs has no figures yet.
  const atBest = (pick: (line: MetricsLine) => number) =>
    best === undefined ? (metrics.length === 0 ? undefined : NaN) : pick(best);
  const bits = bitsOf(results?.testNll, charactersPerText) ?? results?.bitsPerCharacter;
  const all: Record<FigureName, number | undefined> = {
    testNll: results?.testNll,
    testTop1: results?.testTop1,
    testAccuracy:
      results?.testAccuracy ??
      (config.training.padding === 'first'
        ? accuracyOf(results?.testTop1, charactersPerText, predictedOf(config))
        : undefined),
    bitsPerCharacter: bits,
    perplexityPerCharacter: bits === undefined ? undefined : 2 ** bits,
    bestValNll: results?.bestValNll ?? atBest(({ valNll }) => valNll),
    valTop1: results?.valTop1 ?? atBest(({ valTop1 }) => valTop1),
    bestEpoch: atBest(({ epoch }) => epoch) ?? results?.bestEpoch,
    epochsRun: results?.epochsRun ?? metrics.length,
    seconds:
      results?.seconds ?? (metrics.length === 0 ? undefined : metrics.reduce((sum, line) => sum + line.seconds, 0)),
    secondsPerEpoch: metrics.length === 0 ? undefined : Math.min(...metrics.map(({ seconds }) => seconds)),
    gapAtBest: atBest(({ valNll, trainNll }) => valNll - trainNll),
    lastTrainNll: last?.trainNll,
    lastValNll: last?.valNll,
    excess: results?.exact?.excess,
  };
  return Object.fromEntries(FIGURE_NAMES.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}

/** @param values one for each run of a group, undefined for a run that does not have it */
export function summarizeFigure(values: readonly (number | undefined)[]): FigureFacts {
  const known = values.filter((value) => value !== undefined);
  const finite = known.filter(Number.isFinite);
  return {
    ...meanInterval(finite),
    values: known,
    leftOut: known.length - finite.length,
    missing: values.length - known.length,
  };
}

/**
 * Share of the characters of a text and its end that are predicted right, from top-1, which counts all positions: those
 * after the end are certain, and count as right.
 *
 * @param characters of a text on average, its end included @param positions that top-1 counts
 * @example accuracyOf(0.8597, 43, 149); // 0.514
 */
export function accuracyOf(
  top1: number | undefined,
  characters: number | undefined,
  positions: number | undefined,
): number | undefined {
  if (top1 === undefined || characters === undefined || positions === undefined) return undefined;
  return (top1 * positions - (positions - characters)) / characters;
}

/** Positions of a text that a run's model predicts. */
export function predictedOf(config: RunConfig): number | undefined {
  const model = modelOf(config);
  return model && model.contextLength - 1;
}

export function bitsOf(nll: number | undefined, characters: number | undefined): number | undefined {
  return nll === undefined || characters === undefined ? undefined : nll / Math.LN2 / characters;
}

/**
 * The mean of several seeds' curves, with the lowest and highest as its band. It has the epochs that all runs reached.
 * Runs with a value that is not finite are left out, unless all have one: then the mean is NaN where one is not finite.
 */
export function meanCurve(
  curves: readonly CurveFacts[],
  of: Exclude<keyof CurveFacts, 'epochs' | 'seconds'>,
  leftOut = 0,
): MeanCurve {
  const byEpoch = curves.map(
    (curve) => new Map(curve.epochs.map((epoch, i) => [epoch, { value: curve[of][i]!, seconds: curve.seconds[i]! }])),
  );
  const whole = byEpoch.filter((values) => [...values.values()].every(({ value }) => Number.isFinite(value)));
  const used = whole.some(({ size }) => size > 0) ? whole.filter(({ size }) => size > 0) : byEpoch;
  const epochs = [...(used[0]?.keys() ?? [])].filter((epoch) => used.every((values) => values.has(epoch)));
  const columns = epochs.map((epoch) => {
    const values = used.map((each) => each.get(epoch)!.value);
    return values.every(Number.isFinite) ? values : [NaN]; // a gap
  });
  return {
    epochs,
    mean: columns.map(mean),
    low: columns.map((values) => Math.min(...values)),
    high: columns.map((values) => Math.max(...values)),
    seconds: epochs.map((epoch) => mean(used.map((values) => values.get(epoch)!.seconds))),
    runs: used.length,
    leftOut: leftOut + curves.length - used.length,
    longest: used.reduce((most, { size }) => Math.max(most, size), 0),
  };
}

/** Share of known words; NaN of texts without a word that is long enough. */
export function knownShare({ knownWords: { words, share } }: Pick<SampleQuality, 'knownWords'>): number {
  return words === 0 ? NaN : share;
}

/** Share of different pairs of words; NaN of texts without a pair: of any there is, one is different. */
export function distinctPairs({ distinct: { pairs } }: Pick<SampleQuality, 'distinct'>): number {
  return pairs === 0 ? NaN : pairs;
}

/** Means over the runs of a group; the longest copied span is that of all. */
export function meanQuality(runs: readonly (SampleQuality | undefined)[]): GroupQuality | undefined {
  const found = runs.filter((quality) => quality !== undefined);
  const [first] = found;
  if (first === undefined) return undefined;
  const over = (pick: (quality: SampleQuality) => number | undefined) =>
    mean(found.map((quality) => pick(quality) ?? NaN).filter(Number.isFinite));
  const ifKnown = (value: number) => (Number.isNaN(value) ? undefined : value);
  return {
    texts: first.texts,
    meanCharacters: over(({ meanCharacters }) => meanCharacters),
    knownWords: over(knownShare),
    copied: over(({ copied }) => copied),
    copiedVal: ifKnown(over(({ copiedVal }) => copiedVal)),
    copiedTest: ifKnown(over(({ copiedTest }) => copiedTest)),
    longestCopy: {
      mean: over(({ longestCopy }) => longestCopy.mean),
      max: Math.max(...found.map(({ longestCopy }) => longestCopy.max)),
    },
    nearest: over(({ nearest }) => nearest),
    distinctPairs: over(distinctPairs),
    ngramNllPerCharacter: over(({ ngramNllPerCharacter }) => ngramNllPerCharacter),
  };
}
