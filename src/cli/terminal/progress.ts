import type { CliContext } from '../context.js';
import { formatCount, formatDuration, formatNumber } from '../../format.js';
import { createLiveLine } from './live-line.js';

/** How far a piece of work is, shown on standard error while it lasts. */
export interface Progress {
  /** Says that `done` of the total are done; `note` (such as the current loss) is shown behind the figures. */
  update(done: number, note?: string): void;
  /** Runs `print`, which may write whole lines to either output, above the bar. */
  above(print: () => void): void;
  /** Removes the bar and shows the cursor again. Happens by itself when the command ends. */
  stop(): void;
}

/** What {@link createProgress} is to show. */
export interface ProgressOptions {
  /** How many units there are in all. */
  readonly total: number;
  /** What is counted, in the plural: `steps`, `texts`. */
  readonly unit: string;
  /** What is being done: `training`. */
  readonly label: string;
  /** How many were done before it is shown; they do not count for the rate. Default 0. */
  readonly done?: number;
  /** Seconds on any clock that only goes forward; `performance.now() / 1000` unless a test says otherwise. */
  readonly clock?: () => number;
}

/** On something that is not a terminal (a log file), one line at most in so many seconds. */
const SECONDS_BETWEEN_LINES = 30;

/** What the label and the figures need. */
const COLUMNS = 76;

/**
 * A progress bar with rate, elapsed time and time left. On a terminal it redraws one line of standard error; elsewhere
 * it writes a line every half minute, so that short jobs leave nothing in a log.
 *
 * @example
 * const progress = createProgress(context, { total: 135, unit: 'steps', label: 'epoch 3' });
 * progress.update(12, 'NLL 81.2');
 * progress.stop();
 */
export function createProgress(
  context: Pick<CliContext, 'stderr' | 'stderrIsTerminal' | 'onFinish'>,
  options: ProgressOptions,
): Progress {
  const clock = options.clock ?? (() => performance.now() / 1000);
  const { total, label, done: before = 0 } = options;
  const start = clock();
  let last = { done: before, seconds: 0 };
  let current = before;
  let note = '';
  const describe = (): string => {
    const seconds = clock() - start;
    if (current !== last.done) last = { done: current, seconds };
    return [...figures(options, last, seconds), ...(note === '' ? [] : [note])].join('  ');
  };
  const line = createLiveLine(context, {
    total,
    done: before,
    text: (bar) => [label, ...(bar === '' ? [] : [bar]), describe()].join(' '),
    columns: COLUMNS,
    secondsBetweenLines: SECONDS_BETWEEN_LINES,
    clock,
  });
  context.onFinish(() => line.stop());
  return {
    update: (done, newNote) => {
      current = done;
      // In a log each line stands alone.
      note = newNote ?? (context.stderrIsTerminal ? note : '');
      line.update(done);
    },
    above: (print) => line.above(print),
    stop: () => line.stop(),
  };
}

/**
 * `12/135 steps`, `8.1 steps/s`, `1.5 s, 15 s left`. The rate is that of the units done, so that it stays and the time
 * left counts down while a long one is under way.
 */
function figures(
  { total, unit, done: before = 0 }: ProgressOptions,
  last: { readonly done: number; readonly seconds: number },
  seconds: number,
): string[] {
  const parts = [`${formatCount(last.done)}/${formatCount(total)} ${unit}`];
  if (last.done > before && last.seconds > 0) {
    const rate = (last.done - before) / last.seconds;
    parts.push(`${formatNumber(rate, rate < 10 ? 1 : 0)} ${unit}/s`);
    const left = (total - last.done) / rate - (seconds - last.seconds);
    parts.push(formatDuration(seconds) + (left > 0 ? `, ${formatDuration(left)} left` : ''));
  } else if (seconds >= 1) parts.push(formatDuration(seconds));
  return parts;
}
