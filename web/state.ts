import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Change, FolderList, RunRow } from '../src/studio/api.js';
import { SourceError } from './data/source-error.js';
import type { StudioSource } from './data/source.js';

/** Undefined where the page is served without a studio. */
export const source = signal<StudioSource | undefined>(undefined);
export const list = signal<FolderList | undefined>(undefined);
/** Why what was asked for last was refused, or the list could not be read; undefined once it worked. */
export const problem = signal<SourceError | undefined>(undefined);

/** Whether the stream of changes has ended: what is shown may be old. */
export const isLost = signal(false);

/** Has the component that calls it drawn again when a signal changes, though it does not use its value. */
export const redrawWith = (signal: ReadonlySignal<unknown>): unknown => signal.value;

type RunListener = () => void;
const runListeners = new Map<string, Set<RunListener>>();

export const runs = computed<readonly RunRow[]>(() => list.value?.runs ?? []);

/** The run that is being trained, the newest of several; else the one that was written last. */
export const latest = computed<RunRow | undefined>(() => {
  const rank = ({ state, changedAt, createdAt }: RunRow): number =>
    state === 'training' ? Date.parse(createdAt ?? '') + 1e15 : state === 'damaged' ? 0 : changedAt;
  return runs.value.reduce<RunRow | undefined>(
    (best, run) => (best === undefined || rank(run) > rank(best) ? run : best),
    undefined,
  );
});

export function start(opened: StudioSource): void {
  source.value = opened;
  void refreshList();
  // A page that nobody sees asks for nothing; then, for what it has missed.
  let missed: Change = { runs: [], list: false };
  const onChange = (change: Change): void => {
    isLost.value = change.isLost ?? isLost.value;
    missed = { runs: [...new Set([...missed.runs, ...change.runs])], list: missed.list || change.list };
    if (document.hidden) return;
    const { runs: changed, list: isChanged } = missed;
    missed = { runs: [], list: false };
    if (isChanged) void refreshList();
    for (const [id, listeners] of runListeners)
      if (changed.includes(id) || changed.includes('*')) listeners.forEach((listener) => listener());
  };
  opened.listen((change) => onChange({ isLost: false, ...change }));
  document.addEventListener('visibilitychange', () => onChange({ runs: [], list: false }));
}

/** Calls `listener` when a run has gained something. Returns how to stop that. */
export function listenToRun(id: string, listener: RunListener): () => void {
  const listeners = runListeners.get(id) ?? new Set();
  runListeners.set(id, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) runListeners.delete(id);
  };
}

/** Why the list could not be read. */
let listProblem: SourceError | undefined;

/** Nobody asks for it, so it takes back its own problem alone: what a reader was refused stays to be read. */
export async function refreshList(): Promise<void> {
  let next: FolderList;
  try {
    next = await source.value!.list();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    problem.value = listProblem = error;
    return;
  }
  // What failed since the studio did not answer (0) is over, too.
  if (problem.value === listProblem || problem.value?.status === 0) problem.value = undefined;
  list.value = next;
  // Views of runs that are gone find that they are.
  const known = new Set(next.runs.map(({ id }) => id));
  for (const [id, listeners] of runListeners) if (!known.has(id)) listeners.forEach((listener) => listener());
}

/** Asks the source for something; a refusal is shown above the view. */
export async function attempt<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    const value = await request();
    problem.value = undefined;
    return value;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    problem.value = error;
    return undefined;
  }
}
