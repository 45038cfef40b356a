import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { CliContext } from '../context.js';
import { formatCount, formatDuration, formatNumber } from './format.js';

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
  const start = clock();
  let last = { done: options.done ?? 0, seconds: 0 };
  const describe = (done: number, note: string): string => {
    const seconds = clock() - start;
    if (done !== last.done) last = { done, seconds };
    return [...figures(options, last, seconds), ...(note === '' ? [] : [note])].join('  ');
  };
  const progress = context.stderrIsTerminal
    ? bar(context.stderr, options, describe)
    : lines(context.stderr, options, describe, clock);
  context.onFinish(() => progress.stop());
  return progress;
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

type Describe = (done: number, note: string) => string;

function bar(
  stream: Writable,
  { total, label, done: before = 0 }: ProgressOptions,
  describe: Describe,
): Progress {
  let note = '';
  const single = new SingleBar({
    stream: withoutCursorMemory(stream),
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
    // With wrapping switched off in the terminal, long lines printed above the bar would be cut.
    linewrap: true,
    // Redraws although nothing changed: after a line was printed above, and so that the elapsed time moves.
    forceRedraw: true,
    format: (_options, { value, progress }) => {
      // The figures need about 70 columns and are cut at the edge: the bar takes what is left.
      const width = Math.min(Math.max(columnsOf(stream) - 76, 8), 24);
      const filled = Math.round(width * Math.min(Math.max(progress, 0), 1));
      return `${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${describe(value, note)}`;
    },
  });
  // A total of 0 would make cli-progress divide by it.
  single.start(Math.max(total, 1), before);
  let stopped = false;
  return {
    update: (done, newNote = note) => {
      note = newNote;
      single.update(done);
    },
    above: (print) => {
      if (!stopped) stream.write('\r\u001b[2K');
      print();
      if (!stopped) single.render();
    },
    stop: () => {
      if (stopped) return;
      stopped = true;
      single.stop();
    },
  };
}

function lines(
  stream: Writable,
  { label }: ProgressOptions,
  describe: Describe,
  clock: () => number,
): Progress {
  let last = clock();
  let stopped = false;
  return {
    update: (done, note = '') => {
      if (stopped || clock() - last < SECONDS_BETWEEN_LINES) return;
      last = clock();
      stream.write(`${label} ${describe(done, note)}\n`);
    },
    above: (print) => print(),
    stop: () => {
      stopped = true;
    },
  };
}

/**
 * The same stream for cli-progress, without its "save cursor" and "restore cursor" codes: restoring jumps to a place on
 * the screen, which is the wrong one once lines were printed above the bar.
 */
function withoutCursorMemory(stream: Writable): Writable {
  const filtered = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      if (chunk !== '\u001b7' && chunk !== '\u001b8') stream.write(chunk);
      done();
    },
  });
  return Object.defineProperties(filtered, {
    isTTY: { value: true },
    columns: { get: () => columnsOf(stream) },
  });
}

function columnsOf(stream: Writable): number {
  return 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 80;
}
