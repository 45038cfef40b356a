import { formatDuration } from '../../format.js';
import type { CliContext } from '../context.js';
import { outward, SHOW_CURSOR } from './style.js';
import { textWidth, fitText } from './text.js';

export type LiveContext = Pick<CliContext, 'stderr' | 'stderrMovesCursor' | 'onFinish'>;

/** A part of a line; where there is no room for all, those of the highest rank are left out. */
export type LinePart = readonly [text: string, rank: number];

/** Where the bar stands among the parts, and the share of it that is filled. */
export interface BarPart {
  readonly share: number;
  readonly rank: number;
}

const GAP = '  ';
const MIN_BAR = 8;
const MAX_BAR = 24;

/** The parts that fit, the lowest ranks first; the bar takes what they leave. Only a rank of 0 is ever cut. */
export function fitLine(parts: readonly (LinePart | BarPart)[], columns: number): string {
  const all = parts.map((part) =>
    'share' in part
      ? { ...part, text: '', width: MIN_BAR }
      : { text: part[0], rank: part[1], width: textWidth(part[0]) },
  );
  let room = columns + GAP.length;
  const kept = new Set(
    [...all]
      .sort((a, b) => a.rank - b.rank)
      .filter(({ rank, width }) => {
        if (rank > 0 && width + GAP.length > room) return false;
        room -= width + GAP.length;
        return true;
      }),
  );
  const line = all.flatMap((part) => {
    if (!kept.has(part)) return [];
    if (!('share' in part)) return [part.text];
    const width = Math.min(MAX_BAR, MIN_BAR + room);
    const filled = Math.round(width * Math.min(Math.max(part.share, 0), 1));
    return ['█'.repeat(filled) + '░'.repeat(width - filled)];
  });
  const text = line.join(GAP);
  return room < 0 ? fitText(text, columns) : text;
}

const HIDE_CURSOR = '\u001b[?25l';
const CLEAR_LINE = '\r\u001b[2K';
const CLEAR_REST = '\u001b[K';

/** Milliseconds between two drawings. */
const REDRAW = 100;

/**
 * A line of progress on standard error: redrawn ten times a second on a terminal that can move its cursor; elsewhere,
 * such as in a log file, written now and then, without a bar.
 */
export abstract class LiveLine {
  private timer: NodeJS.Timeout | undefined;
  private shown = false;
  /** When it was last drawn or written, or begun. */
  private lastWritten = 0;

  /**
   * @param secondsBetweenLines at least, where there is no terminal
   * @param clock seconds on a monotonic clock
   */
  constructor(
    protected readonly context: LiveContext,
    private readonly secondsBetweenLines: number,
    protected readonly clock: () => number = () => performance.now() / 1000,
  ) {
    context.onFinish(() => this.hide());
  }

  protected abstract parts(): readonly (LinePart | BarPart)[];

  /** Shows what has changed. */
  protected update(): void {
    const { stderr, stderrMovesCursor } = this.context;
    const first = !this.shown;
    this.shown = true;
    if (stderrMovesCursor) {
      if (first) {
        stderr.write(HIDE_CURSOR);
        // Also when nothing changed, so that the elapsed time moves.
        this.timer = setInterval(() => this.draw(), REDRAW).unref();
      }
      if (first || this.clock() - this.lastWritten >= REDRAW / 1000) this.draw();
    } else if (first) this.lastWritten = this.clock();
    else if (this.clock() - this.lastWritten >= this.secondsBetweenLines) {
      this.lastWritten = this.clock();
      const parts = this.parts().filter((part) => !('share' in part));
      stderr.write(outward(`${fitLine(parts, Infinity)}\n`));
    }
  }

  /** Runs `print`, which may write whole lines to either output, above the line or where it would be. */
  above(print: () => void): void {
    if (this.timer === undefined) print();
    else {
      this.context.stderr.write(CLEAR_LINE);
      print();
      this.draw();
    }
  }

  /** Removes the line and shows the cursor again. Happens by itself when the command ends. */
  hide(): void {
    if (this.timer !== undefined) this.context.stderr.write(SHOW_CURSOR + CLEAR_LINE);
    clearInterval(this.timer);
    this.timer = undefined;
    this.shown = false;
  }

  private draw(): void {
    const { stderr } = this.context;
    const columns =
      'columns' in stderr && typeof stderr.columns === 'number' && stderr.columns > 0 ? stderr.columns : 80;
    this.lastWritten = this.clock();
    // A line as wide as the terminal would move the cursor to the next one.
    stderr.write(`\r${outward(fitLine(this.parts(), columns - 1))}${CLEAR_REST}`);
  }
}

/** An estimate in whole seconds, without them from ten minutes on: none is that good. */
export function formatLeft(estimate: number): string {
  // At least a second: what takes longer than estimated is not over.
  const seconds = Math.max(1, Math.round(estimate));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 600) return formatDuration(seconds);
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : formatDuration(minutes * 60);
}
