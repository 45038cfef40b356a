import type {
  DryRun,
  FolderList,
  Increment,
  RunDetails,
  StudioInfo,
  TextSource,
  TrainingWish,
} from '../../src/studio/api.js';
import type { SurpriseLine } from '../../src/runs/analysis-schema.js';
import type { Novelty } from '../../src/texts/novelty.js';

/**
 * Where the page has its runs from: the studio's server, or the tab itself where there is none. Views know no other.
 */
export interface StudioSource {
  readonly info: StudioInfo;
  list(): Promise<FolderList>;
  run(id: string): Promise<RunDetails>;
  /** What a run has gained since a cursor; from the beginning for an empty one. */
  increment(id: string, cursor: string): Promise<Increment>;
  /** Lines of `steps.csv` from one step to another. */
  steps(id: string, from: number, to: number): Promise<string>;
  /** What each character of the watched texts cost after an epoch; undefined where that was not measured. */
  surprise(id: string, epoch: number): Promise<SurpriseLine | undefined>;
  samples(id: string, epoch: number | 'final'): Promise<readonly string[]>;
  /** How new the samples are; absent where that cannot be measured. */
  readonly novelty?: ((id: string, epoch: number | 'final') => Promise<Novelty>) | undefined;
  /** The weights of its best model, as safetensors. */
  model(id: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Its playground and X-ray as one HTML file, to give away; absent where that cannot be made. */
  readonly page?: ((id: string) => Promise<Blob>) | undefined;
  /** The run directory as a zip archive; absent where it is a folder already. */
  readonly archive?: ((id: string) => Promise<Blob>) | undefined;
  /** Calls `listener` when runs have gained something, or the list has changed. Returns how to stop that. */
  listen(listener: (change: { readonly runs: readonly string[]; readonly list: boolean }) => void): () => void;
  /** Absent where none can be started. */
  readonly trainings?: TrainingSource | undefined;
}

export interface TrainingSource {
  /** Texts that can be trained on. */
  readonly kinds: readonly TextSource['kind'][];
  /** Files of texts that were given before, by id. */
  files(): Promise<readonly string[]>;
  /** Gives a file of texts, and returns its id. */
  addFile(file: File): Promise<string>;
  dryRun(wish: TrainingWish, signal: AbortSignal): Promise<DryRun>;
  /** Returns the id of the run. */
  start(wish: TrainingWish): Promise<string>;
  stop(id: string): Promise<void>;
  resume(id: string): Promise<void>;
}
