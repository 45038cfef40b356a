import { SourceError } from '../data/source-error.js';
import type { StudioSource } from '../data/source.js';
import type { TabRun } from './run.js';

type Listener = Parameters<StudioSource['listen']>[0];

/** The runs of the tab, and who listens to their changes. */
export class TabRuns {
  private readonly byId = new Map<string, TabRun>();
  private readonly listeners = new Set<Listener>();

  get all(): readonly TabRun[] {
    return [...this.byId.values()];
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  find(id: string): TabRun {
    const run = this.byId.get(id);
    if (run === undefined) throw new SourceError('there is no such run', 'A tab forgets its runs at a reload.', 404);
    return run;
  }

  add(run: TabRun): void {
    this.byId.set(run.id, run);
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells who listens that a run has changed. */
  tell(id: string): void {
    for (const listener of this.listeners) listener({ runs: [id], list: true });
  }
}
