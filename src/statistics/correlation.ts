import { descending, rank } from 'd3-array';
import { LetterpressError } from '../errors.js';
import { checkNames } from '../parse-options.js';
import { Random } from '../random.js';
import { blockBootstrap, type BootstrapInterval } from './bootstrap.js';
import { mean } from './mean-interval.js';

/**
 * Pearson's correlation: Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²), between −1 and 1. How nearly one is a linear
 * function of the other.
 *
 * NaN where it is undefined: for fewer than two pairs, where a value is not finite, and where one of the series is
 * constant, since what never changes cannot change together with something.
 *
 * @throws LetterpressError `INTERNAL` where the series differ in length
 */
export function pearson(xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  if (xs.length !== ys.length)
    throw new LetterpressError(
      'INTERNAL',
      `expected two series of the same length, got ${xs.length} and ${ys.length} values`,
    );
  if (isConstant(xs) || isConstant(ys)) return NaN;
  const [ofX, ofY] = [spreadOf(xs), spreadOf(ys)];
  let uv = 0;
  let uu = 0;
  let vv = 0;
  for (let i = 0; i < xs.length; i++) {
    const u = (xs[i]! - ofX.centre) / ofX.largest;
    const v = (ys[i]! - ofY.centre) / ofY.largest;
    uv += u * v;
    uu += u * u;
    vv += v * v;
  }
  // Rounding may lead out of the range by a bit or two.
  return Math.max(-1, Math.min(1, uv / Math.sqrt(uu * vv)));
}

/**
 * Spearman's correlation: Pearson's of the ranks, between −1 and 1. How nearly one is a monotone function of the other,
 * be it straight or not. Equal values share the mean of their ranks. Undefined, NaN, where {@link pearson} is.
 */
export function spearman(xs: readonly number[], ys: readonly number[]): number {
  if (![...xs, ...ys].every(Number.isFinite)) return NaN;
  return pearson(meanRanks(xs), meanRanks(ys));
}

/**
 * Ranks from 1 for the smallest value on; equal values get the mean of the ranks that they take up together.
 *
 * @example meanRanks([10, 30, 20, 20]); // [1, 4, 2.5, 2.5]
 */
export function meanRanks(values: readonly number[]): number[] {
  const [below, above] = [rank(values), rank(values, descending)];
  return values.map((_, i) => (below[i]! - above[i]! + values.length + 1) / 2);
}

// Loops by index: a bootstrap comes here thousands of times.
function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** The mean, and the largest difference from it: to divide by it changes no correlation, and cannot overflow. */
function spreadOf(values: ArrayLike<number>): { readonly centre: number; readonly largest: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const centre = sum / values.length;
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]! - centre));
  return { centre, largest };
}

/** An epoch's NLL (nats per text) and top-1 (share of positions): a line of `metrics.jsonl` is one. */
export interface EpochMetrics {
  readonly valNll: number;
  readonly valTop1: number;
}

export interface ModelMetrics {
  readonly name: string;
  readonly metrics: readonly EpochMetrics[];
}

/**
 * Fewer epochs have no interval: a bootstrap of their few blocks is degenerate, and gives an interval without width for
 * almost straight lines.
 */
export const MIN_INTERVAL_EPOCHS = 8;

/** How validation NLL and top-1 go together over epochs. */
export interface Correlation {
  /** Epochs that were used. */
  readonly epochs: number;
  /** Epochs of a diverged training that were left out, since their NLL or top-1 is not finite. */
  readonly leftOut: number;
  /** Pearson's correlation; NaN where it is undefined: fewer than two epochs, or NLL or top-1 never changes. */
  readonly pearson: number;
  /**
   * Of Pearson's correlation, by a block bootstrap over epochs; its ends are NaN where that is undefined, and where no
   * model has {@link MIN_INTERVAL_EPOCHS}.
   */
  readonly interval: BootstrapInterval;
  /** Spearman's correlation; NaN where Pearson's is. */
  readonly spearman: number;
}

export interface ModelCorrelation extends Correlation {
  readonly name: string;
}

/** {@link Correlation} of all epochs of all models. */
export interface PooledCorrelation extends Correlation {
  /**
   * Pearson's correlation after each model's own mean has been taken off NLL and top-1: only what happens within
   * models. Beside it, `pearson` also has what makes models differ from each other. NaN where it is undefined.
   */
  readonly withinModels: number;
}

export interface Correlations {
  readonly models: readonly ModelCorrelation[];
  readonly pooled: PooledCorrelation;
}

export interface CorrelateOptions {
  /** The same seed gives the same intervals; 0 where not given. */
  readonly seed?: number;
  /** 2000 where not given. */
  readonly resamples?: number;
  /** 0.95 where not given. */
  readonly level?: number;
}

/**
 * Correlates validation NLL with top-1: over the epochs of each model, and over those of all models. Epochs whose NLL
 * or top-1 is not finite are left out and counted. The intervals are those of {@link blockBootstrap}, which takes into
 * account that epochs of one training are not independent.
 *
 * @throws LetterpressError BAD_OPTION for a seed, number of resamples or level that cannot be, or an unknown option
 * @example correlate([{ name: '87k', metrics: run.metrics }]).pooled.pearson;
 */
export function correlate(models: readonly ModelMetrics[], options: CorrelateOptions = {}): Correlations {
  checkNames(options, { seed: true, resamples: true, level: true }, 'correlate');
  const { seed = 0 } = options;
  const curves = models.map(({ metrics }) =>
    metrics.filter(({ valNll, valTop1 }) => Number.isFinite(valNll) && Number.isFinite(valTop1)),
  );
  const total = models.reduce((sum, { metrics }) => sum + metrics.length, 0);
  // Streams by place, so that a model added at the end leaves the others' intervals as they are.
  const found = models.map(({ name, metrics }, i) => ({
    name,
    ...correlationOf([curves[i]!], metrics.length, new Random(seed, 'bootstrap', i + 1), options),
  }));
  return {
    models: found,
    pooled: {
      ...correlationOf(curves, total, new Random(seed, 'bootstrap', 0), options),
      withinModels: withinModels(curves),
    },
  };
}

type Curve = readonly EpochMetrics[];

function correlationOf(
  curves: readonly Curve[],
  epochs: number,
  random: Random,
  { resamples = 2000, level = 0.95 }: CorrelateOptions,
): Correlation {
  const pairs = curves.flat();
  const nll = pairs.map(({ valNll }) => valNll);
  const top1 = pairs.map(({ valTop1 }) => valTop1);
  const chosenNll = new Float64Array(pairs.length);
  const chosenTop1 = new Float64Array(pairs.length);
  const lengths = curves.map((curve) => curve.length);
  const interval = blockBootstrap(
    lengths,
    (members) => {
      for (let i = 0; i < members.length; i++) {
        chosenNll[i] = nll[members[i]!]!;
        chosenTop1[i] = top1[members[i]!]!;
      }
      return pearson(chosenNll, chosenTop1);
    },
    { random, resamples, level },
  );
  return {
    epochs: pairs.length,
    leftOut: epochs - pairs.length,
    pearson: pearson(nll, top1),
    interval: lengths.some((length) => length >= MIN_INTERVAL_EPOCHS) ? interval : { ...interval, low: NaN, high: NaN },
    spearman: spearman(nll, top1),
  };
}

function withinModels(curves: readonly Curve[]): number {
  const centred = (pick: (epoch: EpochMetrics) => number) =>
    curves.flatMap((curve) => {
      const values = curve.map(pick);
      const centre = mean(values);
      // A constant series stays exactly constant, whatever rounding did to its mean.
      return values.map((value) => (values.every((each) => each === value) ? 0 : value - centre));
    });
  return pearson(
    centred(({ valNll }) => valNll),
    centred(({ valTop1 }) => valTop1),
  );
}
