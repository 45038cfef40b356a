import { setImmediate } from 'node:timers/promises';
import { LetterpressError } from '../../errors.js';
import { formatCount, formatDuration, formatNumber } from '../../format.js';
import { formatLeft, LiveLine, type LinePart, type LiveContext } from './live-line.js';

/** How far work is whose parts follow one another. */
export interface Stage {
  /** What is being done: `training`. */
  readonly label: string;
  /** What is counted, in the plural: `steps`, `texts`. */
  readonly unit: string;
  readonly total: number;
  readonly done: number;
}

/** On something that is not a terminal (a log file), at most one line in that many seconds. */
const SECONDS_BETWEEN_LINES = 30;

/** A progress bar with rate, elapsed time and time left, a new one for each label. */
export class ProgressBar extends LiveLine {
  private stage: Stage = { label: '', unit: '', total: 0, done: 0 };
  private notes: readonly LinePart[] = [];
  /** Units done before it was shown do not count for the rate. */
  private before = 0;
  private start = 0;
  /** The last completed unit: the time left counts down during a long one. */
  private last = { done: 0, seconds: 0 };

  constructor(context: LiveContext, clock?: () => number) {
    super(context, SECONDS_BETWEEN_LINES, clock);
  }

  /** @param notes such as the current loss, shown behind the figures until there are others */
  show(stage: Stage, notes?: readonly LinePart[]): void {
    if (stage.label !== this.stage.label) {
      this.hide();
      this.before = stage.done;
      this.start = this.clock();
      this.last = { done: stage.done, seconds: 0 };
      this.notes = [];
    }
    if (stage.done !== this.last.done) this.last = { done: stage.done, seconds: this.clock() - this.start };
    this.stage = stage;
    // In a log each line stands alone.
    this.notes = notes ?? (this.context.stderrMovesCursor ? this.notes : []);
    this.update();
  }

  override hide(): void {
    super.hide();
    this.stage = { ...this.stage, label: '' };
  }

  /** `epoch 3`, bar, `12/135 steps`, `8.1 steps/s`, `1.5 s`, `15 s left`. */
  protected parts() {
    const { label, unit, total } = this.stage;
    const { done, seconds } = this.last;
    const elapsed = this.clock() - this.start;
    const rate = seconds > 0 ? (done - this.before) / seconds : 0;
    const left = rate > 0 ? (total - done) / rate - (elapsed - seconds) : 0;
    return [
      [label, 0],
      { share: done / Math.max(total, 1), rank: 4 },
      [`${formatCount(done)}/${formatCount(total)} ${unit}`, 1],
      ...optional(rate > 0, `${formatNumber(rate, rate < 10 ? 1 : 0)} ${unit}/s`, 6),
      ...optional(rate > 0 || elapsed >= 1, formatDuration(elapsed), 5),
      ...optional(left > 0, `${formatLeft(left)} left`, 3),
      ...this.notes,
    ] as const;
  }
}

function optional(wanted: boolean, text: string, rank: number): LinePart[] {
  return wanted ? [[text, rank]] : [];
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
  describe: (step: S) => Stage | undefined | Promise<undefined>,
  context: LiveContext,
): Promise<T> {
  const bar = new ProgressBar(context);
  const command = { over: false };
  context.onFinish(() => (command.over = true));
  let breath = performance.now();
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      const stage = await describe(step.value);
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
