import { setImmediate } from 'node:timers/promises';
import { LetterpressError } from '../../errors.js';
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

export interface ProgressOptions {
  /** How many units there are in all. */
  readonly total: number;
  /** What is counted, in the plural: `steps`, `texts`. */
  readonly unit: string;
  /** What is being done: `training`. */
  readonly label: string;
  /** How many were done before it is shown; they do not count for the rate. Default 0. */
  readonly done?: number;
  /** Seconds on a monotonic clock; `performance.now() / 1000` by default. */
  readonly clock?: () => number;
}

/** On something that is not a terminal (a log file), at most one line in that many seconds. */
const SECONDS_BETWEEN_LINES = 30;

/** Width of the label and the figures. */
const COLUMNS = 76;

/**
 * A progress bar with rate, elapsed time and time left. On a terminal it redraws one line of standard error; elsewhere
 * it writes a line every half minute, so that short jobs leave nothing in a log.
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
 * `12/135 steps`, `8.1 steps/s`, `1.5 s, 15 s left`. The rate counts completed units only, so that the time left counts
 * down during a long one.
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

/** How far work is whose parts follow one another. */
export interface Stage {
  readonly label: string;
  readonly unit: string;
  readonly total: number;
  readonly done: number;
}

/** One progress bar at a time, a new one for each label. */
export class ChangingBar {
  private progress: Progress | undefined;
  private label = '';

  constructor(private readonly context: Pick<CliContext, 'stderr' | 'stderrIsTerminal' | 'onFinish'>) {}

  show({ label, total, unit, done }: Stage, note?: string): void {
    if (this.progress === undefined || this.label !== label) {
      this.hide();
      this.progress = createProgress(this.context, { label, total, unit, done });
      this.label = label;
    }
    this.progress.update(done, note);
  }

  /** Prints whole lines above the bar, or where it would be. */
  above(print: () => void): void {
    if (this.progress === undefined) print();
    else this.progress.above(print);
  }

  hide(): void {
    this.progress?.stop();
    this.progress = undefined;
  }
}

/** Ctrl-C, closed pipes and the bar have their turn this often, in milliseconds: seldom enough to cost nothing. */
const BREATH = 40;

/**
 * Runs work step by step with a progress bar, so that Ctrl-C and closed pipes are noticed; ends it with the command.
 *
 * @param describe how far it is after a step; undefined shows nothing
 * @example await withProgress(model.scoreSteps(texts), scoringOf(texts), context)
 */
export async function withProgress<S, T>(
  steps: Generator<S, T>,
  describe: (step: S) => Stage | undefined,
  context: Pick<CliContext, 'stderr' | 'stderrIsTerminal' | 'onFinish'>,
): Promise<T> {
  const bar = new ChangingBar(context);
  const command = { over: false };
  context.onFinish(() => (command.over = true));
  let breath = performance.now();
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      const stage = describe(step.value);
      if (stage !== undefined) bar.show(stage);
      if (performance.now() - breath < BREATH) continue;
      await setImmediate();
      if (command.over) throw new LetterpressError('IO', 'interrupted');
      breath = performance.now();
    }
  } finally {
    bar.hide();
  }
}
