import { quantile } from 'd3-array';
import { LetterpressError } from '../errors.js';
import { checkNames } from '../parse-options.js';
import { checkWholeNumber, Random } from '../random.js';
import { checkLevel, type Interval } from './mean-interval.js';

export interface BootstrapOptions {
  /** The only source of randomness, e.g. `new Random(seed, 'bootstrap')`. */
  readonly random: Random;
  /** Samples drawn; 1000 where not given. */
  readonly resamples?: number;
  /** Share of such intervals that cover the true value; 0.95 where not given. */
  readonly level?: number;
}

const BOOTSTRAP_OPTIONS = { random: true, resamples: true, level: true } as const;

export interface BootstrapInterval extends Interval {
  readonly resamples: number;
  /** Of them left out: their statistic was not finite, such as the correlation of a constant sample. */
  readonly undefinedResamples: number;
}

/** A statistic of a sample, which is given by the numbers of its members (0 … size − 1, some of them repeatedly). */
export type Statistic = (members: Uint32Array) => number;

/**
 * Percentile interval by the bootstrap (Efron, 1979): draws samples of the same size with replacement from the sample,
 * and takes the middle `level` of their statistics. For independent members; {@link blockBootstrap} is for the epochs
 * of a curve.
 *
 * The ends are NaN for an empty sample, and where at least half of the samples have no finite statistic, as for a
 * constant series.
 *
 * @param size of the sample
 * @throws LetterpressError BAD_OPTION for a level that is not between 0 and 1, no resamples, a size that is no whole
 *   number, or an unknown option
 * @example bootstrap(xs.length, (members) => mean(Array.from(members, (i) => xs[i]!)), { random });
 */
export function bootstrap(size: number, statistic: Statistic, options: BootstrapOptions): BootstrapInterval {
  checkNames(options, BOOTSTRAP_OPTIONS, 'bootstrap');
  checkWholeNumber('size', size);
  return blockBootstrap([size], statistic, { ...options, blockLength: 1 });
}

/**
 * Percentile interval by the moving-block bootstrap (Künsch, 1989): samples are put together from whole blocks of
 * consecutive members.
 *
 * Why blocks: an epoch begins where the one before it ended, so neighbouring epochs are alike, and 100 epochs hold less
 * information than 100 independent values would. Drawing single epochs ignores that and gives intervals that are too
 * narrow. Blocks keep what lies within them together. The interval is still about this one training: what another seed
 * would give, only other seeds can tell.
 *
 * @param lengths epochs of each curve; the curves lie one after another, and each is drawn from by itself, so that
 *   every sample has as many epochs of each curve as there are
 * @param options `blockLength`: {@link curveBlockLength} of each curve where not given
 * @throws LetterpressError as {@link bootstrap}, also for a block length that is no whole number of at least 1
 */
export function blockBootstrap(
  lengths: readonly number[],
  statistic: Statistic,
  options: BootstrapOptions & { readonly blockLength?: number },
): BootstrapInterval {
  checkNames(options, { ...BOOTSTRAP_OPTIONS, blockLength: true }, 'blockBootstrap');
  const { random, resamples = 1000, level = 0.95, blockLength } = options;
  if (!((random as unknown) instanceof Random))
    throw new LetterpressError('BAD_OPTION', 'expected a Random (random)', "Give new Random(seed, 'bootstrap').");
  checkLevel(level);
  checkWholeNumber('resamples', resamples, 1);
  if (blockLength !== undefined) checkWholeNumber('blockLength', blockLength, 1);
  for (const length of lengths) checkWholeNumber('the length of a curve', length);
  const members = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  const found: number[] = [];
  for (let i = 0; i < resamples; i++) {
    let offset = 0;
    for (const length of lengths) {
      drawBlocks(members, offset, length, blockLength ?? curveBlockLength(length), random);
      offset += length;
    }
    const value = members.length === 0 ? NaN : statistic(members);
    if (Number.isFinite(value)) found.push(value);
  }
  const end = (p: number) => (found.length > resamples / 2 ? quantile(found, p)! : NaN);
  return {
    low: end((1 - level) / 2),
    high: end((1 + level) / 2),
    level,
    resamples,
    undefinedResamples: resamples - found.length,
  };
}

/**
 * Epochs of a block for a curve of so many epochs: the cube root, rounded up, which is the order that keeps the error
 * of a block bootstrap's variance smallest (Hall, Horowitz and Jing, 1995). 5 for 111 epochs.
 */
export function curveBlockLength(epochs: number): number {
  // The small number keeps cube roots that are whole from being rounded up.
  return Math.max(1, Math.ceil(Math.cbrt(epochs) - 1e-9));
}

/** Fills `members[offset … offset + length)` with blocks of consecutive numbers of that range; the last may be cut. */
function drawBlocks(members: Uint32Array, offset: number, length: number, block: number, random: Random) {
  const size = Math.max(1, Math.min(block, length));
  for (let done = 0; done < length; done += size) {
    const start = offset + random.integer(length - size + 1);
    for (let i = 0; i < Math.min(size, length - done); i++) members[offset + done + i] = start + i;
  }
}
