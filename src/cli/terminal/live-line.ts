import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { CliContext } from '../context.js';

/** A line of progress on standard error. */
export interface LiveLine {
  /** Says that `done` of the total are done. */
  update(done: number): void;
  /** Runs `print`, which may write whole lines to either output, above the line. */
  above(print: () => void): void;
  /** Removes the line and shows the cursor again. */
  stop(): void;
}

export interface LiveLineOptions {
  readonly total: number;
  /** Done before it is shown. */
  readonly done: number;
  /** The whole line, with a bar to be put into it; the bar is empty where there is no terminal. */
  readonly text: (bar: string) => string;
  /** Columns to leave to everything but the bar. */
  readonly columns: number;
  /** Where there is no terminal, at most one line in that many seconds. */
  readonly secondsBetweenLines: number;
  /** Seconds on a monotonic clock. */
  readonly clock: () => number;
}

/**
 * A line that is redrawn ten times a second on a terminal; elsewhere, such as in a log file, written now and then.
 */
export function createLiveLine(
  { stderr, stderrIsTerminal }: Pick<CliContext, 'stderr' | 'stderrIsTerminal'>,
  options: LiveLineOptions,
): LiveLine {
  return stderrIsTerminal ? redrawn(stderr, options) : written(stderr, options);
}

function redrawn(stream: Writable, { total, done, text, columns }: LiveLineOptions): LiveLine {
  const single = new SingleBar({
    stream: withoutCursorMemory(stream),
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
    // With wrapping switched off in the terminal, long lines printed above the bar would be cut.
    linewrap: true,
    // Redraws although nothing changed: after a line was printed above, and so that the elapsed time moves.
    forceRedraw: true,
    format: (_options, { progress }) => {
      // The text would be cut at the edge: the bar takes what it leaves.
      const width = Math.min(Math.max(columnsOf(stream) - columns, 8), 24);
      const filled = Math.round(width * Math.min(Math.max(progress, 0), 1));
      return text('█'.repeat(filled) + '░'.repeat(width - filled));
    },
  });
  // A total of 0 would make cli-progress divide by it.
  single.start(Math.max(total, 1), done);
  let stopped = false;
  return {
    update: (value) => single.update(value),
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

function written(stream: Writable, { text, secondsBetweenLines, clock }: LiveLineOptions): LiveLine {
  let last = clock();
  let stopped = false;
  return {
    update: () => {
      if (stopped || clock() - last < secondsBetweenLines) return;
      last = clock();
      stream.write(`${text('')}\n`);
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
