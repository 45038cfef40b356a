import { batch, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Increment, RunDetails } from '../../src/studio/api.js';
import { attempt, listenToRun, source } from '../state.js';

type Metrics = Increment['metrics'][number];

/** Columns of `steps.csv`, and the wall-clock time of each step. */
const STEP_COLUMNS = ['step', 'epoch', 'nll', 'gradNorm', 'learningRate', 'tokens', 'seconds'] as const;
export type StepColumn = (typeof STEP_COLUMNS)[number];

/** The steps of a training, by column, in arrays that grow. */
class StepTable {
  count = 0;
  private columns = STEP_COLUMNS.map(() => new Float64Array(1024));

  column(name: StepColumn): Float64Array {
    return this.columns[STEP_COLUMNS.indexOf(name)]!;
  }

  clear(): void {
    this.count = 0;
  }

  /** Adds lines of `steps.csv`. A line with an earlier step replaces what follows it: the epoch began again. */
  add(lines: string): void {
    for (const line of lines.split('\n')) {
      const values = line.split(',').map(Number);
      const [step = NaN] = values;
      if (values.length < STEP_COLUMNS.length || !Number.isFinite(step)) continue;
      const steps = this.columns[0]!;
      while (this.count > 0 && steps[this.count - 1]! >= step) this.count--;
      if (this.count === steps.length) this.grow();
      this.columns.forEach((column, i) => (column[this.count] = values[i]!));
      this.count++;
    }
  }

  private grow(): void {
    this.columns = this.columns.map((column) => {
      const larger = new Float64Array(2 * column.length);
      larger.set(column);
      return larger;
    });
  }
}

/** A run as the page knows it, which grows while it is trained. */
export class RunData {
  readonly details = signal<RunDetails | undefined>(undefined);
  readonly metrics = signal<readonly Metrics[]>([]);
  readonly surprise = signal<Increment['surprise']>([]);
  readonly steps = new StepTable();
  /** Raised when {@link steps} has changed. */
  readonly version = signal(0);
  readonly isLoaded = signal(false);
  private cursor = '';
  private isBusy = false;
  private isStale = false;

  constructor(readonly id: string) {}

  /** Asks for what is new; while that is under way, once more after it. */
  async update(): Promise<void> {
    this.isStale = true;
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        const details = await attempt(() => source.value!.run(this.id));
        if (details === undefined) return;
        // What stays as it was draws nothing again.
        if (JSON.stringify(details) !== JSON.stringify(this.details.value)) this.details.value = details;
        for (let hasMore = true; hasMore;) hasMore = await this.ask();
        this.isLoaded.value = true;
      }
    } finally {
      this.isBusy = false;
    }
  }

  private async ask(): Promise<boolean> {
    const increment = await attempt(() => source.value!.increment(this.id, this.cursor));
    if (increment === undefined) return false;
    const { metrics, steps, surprise, isReset, cursor, hasMore } = increment;
    this.cursor = cursor;
    batch(() => {
      if (isReset) this.steps.clear();
      this.steps.add(steps);
      if (isReset || metrics.length > 0) this.metrics.value = [...(isReset ? [] : this.metrics.value), ...metrics];
      if (isReset || surprise.length > 0) this.surprise.value = [...(isReset ? [] : this.surprise.value), ...surprise];
      if (isReset || steps !== '') this.version.value++;
    });
    return hasMore;
  }
}

/** Runs that some view looks at, and how many do. */
const followed = new Map<string, { readonly data: RunData; count: number; readonly stop: () => void }>();

function follow(id: string): RunData {
  const known = followed.get(id);
  if (known !== undefined) {
    known.count++;
    return known.data;
  }
  const data = new RunData(id);
  followed.set(id, { data, count: 1, stop: listenToRun(id, () => void data.update()) });
  void data.update();
  return data;
}

function unfollow(id: string): void {
  const known = followed.get(id);
  if (known === undefined || --known.count > 0) return;
  known.stop();
  followed.delete(id);
}

/** The data of some runs, which grow for as long as the view is shown. */
export function useRuns(ids: readonly string[]): readonly RunData[] {
  const key = JSON.stringify(ids);
  const data = useMemo(() => ids.map(follow), [key]);
  useEffect(() => () => ids.forEach(unfollow), [key]);
  return data;
}
