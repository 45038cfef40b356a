import type { TimeLeft } from '../../study/time-left.js';
import type { CliContext } from '../context.js';
import { formatDuration, formatPercent } from '../../format.js';
import { createLiveLine, type LiveLine } from './live-line.js';

/** In a log, a line every so many seconds: a study may take hours. */
const SECONDS_BETWEEN_LINES = 60;

/** What the share, the time left and what is going on need. */
const COLUMNS = 88;

/** The bar counts thousandths of the whole. */
const WHOLE = 1000;

/** One line for a whole study: how much is done, how long it still takes, and what is going on. */
export class StudyLine {
  private line: LiveLine | undefined;
  private activity = '';
  private left: TimeLeft | undefined;
  /** Seconds on the clock when `left` was said. */
  private saidAt = 0;

  /** @param clock seconds on a clock that only goes forward */
  constructor(
    private readonly context: Pick<CliContext, 'stderr' | 'stderrIsTerminal' | 'onFinish'>,
    private readonly clock: () => number = () => performance.now() / 1000,
  ) {}

  /** Shows what is going on, and how long all of it still takes where that is known. */
  show(activity: string, left: TimeLeft | undefined = this.left): void {
    this.activity = activity;
    if (left !== this.left) [this.left, this.saidAt] = [left, this.clock()];
    this.line ??= this.begin();
    this.line.update(Math.round((left?.done ?? 0) * WHOLE));
  }

  /** Prints whole lines above it, or where it would be. */
  above(print: () => void): void {
    if (this.line === undefined) print();
    else this.line.above(print);
  }

  /** Removes it. */
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

  /** `38 %`, `about 41 m left`: about, where it rests on a guess of how many epochs there will be. */
  private figures(): string[] {
    if (this.left === undefined) return [];
    const { done, seconds, guessed } = this.left;
    if (done === 1) return ['trainings done'];
    // At least a second: what takes longer than it was said to is not over.
    const left = Math.max(1, Math.round(seconds - (this.clock() - this.saidAt)));
    return [formatPercent(done, 0), `${guessed ? 'about ' : ''}${formatLeft(left)} left`];
  }
}

/** Whole seconds as a duration; no seconds where there are ten minutes or more, for no estimate is that good. */
function formatLeft(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 600) return formatDuration(seconds);
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : formatDuration(minutes * 60);
}
