import { batch, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { RunDetails } from '../../src/studio/api.js';
import { listenToRun, source } from '../state.js';
import { SourceError } from './source-error.js';
import { addEpoch, addSteps, epochTable, MAX_ROWS, stepTable, type Steps } from './table.js';

/** Characters of `steps.csv` that are read without a pause: some milliseconds. */
const PIECE = 300_000;

/** Steps that are asked for on either side of those that are looked at, at least. */
const MIN_MARGIN = 1000;

/** Milliseconds between two updates at most, where one takes long. */
const MAX_REST = 500;

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A run as the page knows it, which grows while it is trained. */
export class RunData {
  readonly details = signal<RunDetails | undefined>(undefined);
  readonly epochs = epochTable();
  readonly steps = stepTable();
  /** All steps of what one looks at closely, where {@link steps} has not all. */
  private part: Steps | undefined;
  private merged: { readonly version: number; readonly table: Steps } | undefined;
  /** Raised when {@link epochs} or {@link steps} have changed. */
  readonly version = signal(0);
  readonly isLoaded = signal(false);
  /** Why it could not be read; undefined once it could. */
  readonly problem = signal<SourceError | undefined>(undefined);
  private cursor = '';
  private isBusy = false;
  private isStale = false;
  private isLooking = false;
  private wanted: readonly [from: number, to: number] = [0, 0];

  constructor(readonly id: string) {}

  /** The steps to draw. */
  get shown(): Steps {
    if (this.part === undefined) return this.steps;
    const version = this.version.value;
    if (this.merged?.version !== version) this.merged = { version, table: this.steps.with(this.part) };
    return this.merged.table;
  }

  /** Looks closely at some steps, for which all of them are asked for; at no others where they are too many. */
  async look(from: number, to: number): Promise<void> {
    this.wanted = [from, to];
    if (this.isLooking) return;
    this.isLooking = true;
    for (let asked: readonly [number, number] | undefined; asked !== this.wanted;) {
      asked = this.wanted;
      await this.askFor(...asked);
    }
    this.isLooking = false;
  }

  private async askFor(from: number, to: number): Promise<void> {
    if (!this.steps.isThinned || to - from > MAX_ROWS / 4) return;
    const known = this.part?.column('step');
    const end = Math.min(to, this.steps.last('step')!);
    if (known !== undefined && known[0]! <= from && known[this.part!.count - 1]! >= end) return;
    // More than is looked at, so that not each move asks again.
    const margin = Math.max(MIN_MARGIN, to - from);
    const [first, last] = [Math.max(1, Math.floor(from - margin)), Math.ceil(to + margin)];
    const lines = await this.attempt(() => source.value!.steps(this.id, first, last));
    if (lines === undefined) return;
    const part = stepTable(Infinity);
    for (let at = 0; at < lines.length;) {
      const next = lines.indexOf('\n', at + PIECE) + 1 || lines.length;
      addSteps(part, lines.slice(at, next));
      at = next;
      await sleep(0);
    }
    this.part = part;
    this.version.value++;
  }

  /** Asks for what is new; while that is under way, once more after it. */
  async update(): Promise<void> {
    this.isStale = true;
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        const began = performance.now();
        const details = await this.attempt(() => source.value!.run(this.id));
        if (details === undefined) return;
        // What stays as it was draws nothing again.
        if (JSON.stringify(details) !== JSON.stringify(this.details.value)) this.details.value = details;
        for (let hasMore = true; hasMore;) hasMore = await this.ask();
        this.isLoaded.value = true;
        // A training may need the processor more: a quarter of its time is enough to draw.
        await sleep(0);
        await sleep(Math.min(3 * (performance.now() - began), MAX_REST));
      }
    } finally {
      this.isBusy = false;
    }
  }

  private async attempt<T>(request: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await request();
      this.problem.value = undefined;
      return value;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.problem.value = error;
      return undefined;
    }
  }

  private async ask(): Promise<boolean> {
    const increment = await this.attempt(() => source.value!.increment(this.id, this.cursor));
    if (increment === undefined) return false;
    const { metrics, steps, isReset, cursor, hasMore } = increment;
    this.cursor = cursor;
    batch(() => {
      if (isReset) {
        this.epochs.clear();
        this.steps.clear();
        this.part = undefined;
      }
      for (const line of metrics) addEpoch(this.epochs, line);
      addSteps(this.steps, steps);
      if (isReset || metrics.length > 0 || steps !== '') this.version.value++;
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
