import { RUN_FILES } from '../runs/layout.js';
import type { MetricsLine } from '../runs/schema.js';
import type { Change, FolderList, RunRow } from './api.js';
import { Others, type FoundOther } from './others.js';
import { Rows } from './rows.js';
import { scanFolder, statOf, type FoundFolder, type Scan } from './scan.js';

/** Milliseconds between looks at the runs that are trained, and at everything. */
const LOOK = 250;
const SCAN = 2000;

/** What grows, or appears, while a run is trained. */
const GROWING = [RUN_FILES.metrics, RUN_FILES.steps, RUN_FILES.results, RUN_FILES.baselines] as const;

type Listener = (change: Change) => void;

/**
 * The folders below one, and who wants to know of their changes. It looks at the disk only while somebody listens, and
 * once for all that do.
 */
export class FolderWatch {
  private scan: Scan;
  private readonly rows = new Rows();
  private readonly others = new Others();
  private readonly listeners = new Set<Listener>();
  /** State and sizes of the files of each run, as they were last seen. */
  private readonly looks = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private lastScan = -Infinity;
  private lastList = '';

  constructor(private readonly root: string) {
    this.scan = scanFolder(root);
  }

  /** A folder by its id, as the last look at the disk found it; the disk is looked at again for an unknown one. */
  find(id: string, kind?: FoundFolder['kind']): FoundFolder | undefined {
    if (!this.scan.folders.has(id)) this.scan = scanFolder(this.root);
    const found = this.scan.folders.get(id);
    return kind === undefined || found?.kind === kind ? found : undefined;
  }

  /** The id of a folder that has just been made. */
  idOf(path: string): string | undefined {
    this.scan = scanFolder(this.root);
    return [...this.scan.folders.values()].find((found) => found.path === path)?.id;
  }

  /** Its row, and its metrics. */
  run(found: FoundFolder): { readonly row: RunRow; readonly metrics: readonly MetricsLine[] } {
    const { row, metrics } = this.rows.of(found);
    return { row, metrics: metrics.lines };
  }

  /** A run, and the others on the same texts: whose baselines are its own, before it has any. */
  likeIn(found: FoundFolder): FoundFolder[] {
    const fingerprint = this.rows.of(found).fingerprint;
    const others = [...this.scan.folders.values()].filter(
      (other) => other.kind === 'run' && other !== found && this.rows.of(other).fingerprint === fingerprint,
    );
    return [found, ...others];
  }

  list(): FolderList {
    this.scan = scanFolder(this.root);
    this.lastScan = performance.now();
    const all = [...this.scan.folders.values()];
    const ids = new Set(this.scan.folders.keys());
    this.rows.keep(ids);
    this.others.keep(ids);
    return {
      runs: all.filter(({ kind }) => kind === 'run').map((found) => this.rows.of(found).row),
      others: all.flatMap((found) => (isOther(found) ? [this.others.of(found)] : [])),
      isCut: this.scan.isCut,
    };
  }

  /** Calls `listener` at changes, and returns how to stop that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => this.look(), LOOK);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  /** Looks at once, as after something that the page asked for. */
  look(): void {
    const isDue = performance.now() - this.lastScan >= SCAN;
    const list = isDue ? JSON.stringify(this.list()) : this.lastList;
    const runs: string[] = [];
    for (const found of this.scan.folders.values()) {
      if (found.kind !== 'run') continue;
      const before = this.looks.get(found.id);
      const { state } = this.rows.of(found).row;
      if (!isDue && state !== 'training' && before?.startsWith('training') !== true) continue;
      const look = [state, ...GROWING.map((name) => statOf(found.path, name)?.size)].join();
      this.looks.set(found.id, look);
      if (before !== undefined && before !== look) runs.push(found.id);
    }
    const change = { runs, list: list !== this.lastList };
    this.lastList = list;
    if (change.list || runs.length > 0) for (const listener of this.listeners) listener(change);
  }
}

function isOther(found: FoundFolder): found is FoundOther {
  return found.kind !== 'run';
}
