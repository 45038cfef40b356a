import type { TimeLeft } from '../../study/time-left.js';
import { formatPercent } from '../../format.js';
import { formatLeft, LiveLine, type LiveContext } from './live-line.js';

/** In a log, seconds between two lines: a study may take hours. */
const SECONDS_BETWEEN_LINES = 60;

/** The progress line of a whole study: share done, time left, current activity. */
export class StudyLine extends LiveLine {
  private activity: readonly string[] = [];
  private left: TimeLeft | undefined;
  /** Seconds on the clock when `left` was estimated. */
  private estimatedAt = 0;

  constructor(context: LiveContext, clock?: () => number) {
    super(context, SECONDS_BETWEEN_LINES, clock);
  }

  /**
   * @param activity in words, the most important first: those that do not fit are left out
   * @param left of the whole study, where it is known
   */
  show(activity: readonly string[], left: TimeLeft | undefined = this.left): void {
    this.activity = activity;
    if (left !== this.left) [this.left, this.estimatedAt] = [left, this.clock()];
    this.update();
  }

  protected parts() {
    return [
      { share: this.left?.done ?? 0, rank: 4 },
      ...this.figures().map((text, i) => [text, 1 + i] as const),
      ...this.activity.map((text, i) => [text, i === 0 ? 0 : 2 + i] as const),
    ];
  }

  /** `38 %`, `about 41 min left`: about, where the number of epochs is a guess. */
  private figures(): string[] {
    if (this.left === undefined) return [];
    const { done, seconds, guessed } = this.left;
    if (done === 1) return ['trainings done'];
    const left = formatLeft(seconds - (this.clock() - this.estimatedAt));
    return [formatPercent(done, 0), `${guessed ? 'about ' : ''}${left} left`];
  }
}
