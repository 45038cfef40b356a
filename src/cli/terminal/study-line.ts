import type { TimeLeft } from '../../study/time-left.js';
import type { CliContext } from '../context.js';
import { formatDuration, formatPercent } from '../../format.js';
import { createLiveLine, type LiveLine } from './live-line.js';

/** In a log, seconds between two lines: a study may take hours. */
const SECONDS_BETWEEN_LINES = 60;

/** Width of the share, the time left and the activity. */
const COLUMNS = 88;

/** The bar counts thousandths of the whole. */
const WHOLE = 1000;

/** The progress line of a whole study: share done, time left, current activity. */
export class StudyLine {
  private line: LiveLine | undefined;
  private activity = '';
  private left: TimeLeft | undefined;
  /** Seconds on the clock when `left` was estimated. */
  private estimatedAt = 0;

  /** @param clock seconds on a monotonic clock */
  constructor(
    private readonly context: Pick<CliContext, 'stderr' | 'stderrIsTerminal' | 'onFinish'>,
    private readonly clock: () => number = () => performance.now() / 1000,
  ) {}

  /** @param left of the whole study, where it is known */
  show(activity: string, left: TimeLeft | undefined = this.left): void {
    this.activity = activity;
    if (left !== this.left) [this.left, this.estimatedAt] = [left, this.clock()];
    this.line ??= this.begin();
    this.line.update(Math.round((left?.done ?? 0) * WHOLE));
  }

  /** Prints whole lines above it, or where it would be. */
  above(print: () => void): void {
    if (this.line === undefined) print();
    else this.line.above(print);
  }

  hide(): void {
    this.line?.stop();
    this.line = undefined;
  }

  private begin(): LiveLine {
    const line = createLiveLine(this.context, {
      total: WHOLE,
      done: 0,
      text: (bar) => [...(bar === '' ? [] : [bar]), ...this.figures(), this.activity].join('  '),
      columns: COLUMNS,
      secondsBetweenLines: SECONDS_BETWEEN_LINES,
      clock: this.clock,
    });
    this.context.onFinish(() => line.stop());
    return line;
  }

  /** `38 %`, `about 41 min left`: about, where the number of epochs is a guess. */
  private figures(): string[] {
    if (this.left === undefined) return [];
    const { done, seconds, guessed } = this.left;
    if (done === 1) return ['trainings done'];
    // At least a second: what takes longer than estimated is not over.
    const left = Math.max(1, Math.round(seconds - (this.clock() - this.estimatedAt)));
    return [formatPercent(done, 0), `${guessed ? 'about ' : ''}${formatLeft(left)} left`];
  }
}

/** Whole seconds as a duration; without seconds from ten minutes on, for no estimate is that good. */
function formatLeft(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 600) return formatDuration(seconds);
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : formatDuration(minutes * 60);
}
