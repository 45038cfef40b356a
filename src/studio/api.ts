/** What the studio's server tells its page, as JSON; numbers that are not finite are texts. Safe for browsers. */
import type { Baseline } from '../baselines/baselines-schema.js';
import type { DryRunFigures } from '../profile/dry-run.js';
import { plainName } from '../runs/free-name.js';
import type { MetricsLine, RunConfig, RunResults } from '../runs/schema.js';

/** `interrupted`: nobody trains it, and it can be resumed. `damaged`: its files cannot be read. */
export type RunState = 'training' | 'finished' | 'diverged' | 'interrupted' | 'imported' | 'damaged';

/** A run in the table of runs. NLLs are nats per text. */
export interface RunRow {
  /** Its folder relative to the studio's, with `/` on every system; `.` for the folder itself. */
  readonly id: string;
  readonly state: RunState;
  /** Why a damaged run cannot be read. */
  readonly problem?: string | undefined;
  /** ISO 8601, UTC. */
  readonly createdAt?: string | undefined;
  /** When something was last written, in milliseconds since 1970. */
  readonly changedAt: number;
  readonly corpus?: string | undefined;
  readonly texts?: number | undefined;
  readonly recipe?: string | undefined;
  readonly shape?: string | undefined;
  readonly parameters?: number | undefined;
  readonly seed?: number | undefined;
  /** Done, and planned. */
  readonly epochs?: number | undefined;
  readonly plannedEpochs?: number | undefined;
  readonly bestValNll?: number | undefined;
  readonly testNll?: number | undefined;
  /** Share of characters and ends of the test texts that were the most probable token. */
  readonly accuracy?: number | undefined;
  readonly bitsPerCharacter?: number | undefined;
  /** Characters (and ends) trained on a second, of the last epoch. */
  readonly speed?: number | undefined;
  readonly seconds?: number | undefined;
  /** Whether the model reads what it predicts, as in some ablations: its NLL is not comparable. */
  readonly seesTargets?: boolean | undefined;
}

/** Any other folder that Letterpress wrote. */
export interface OtherFolder {
  readonly id: string;
  readonly kind: 'study' | 'mixture' | 'search';
  readonly title: string;
  /** In words: how far it is, or what came out. */
  readonly about: string;
  readonly changedAt: number;
  readonly isWritten: boolean;
  /** Whether it has a report for the page. */
  readonly hasReport: boolean;
}

export interface FolderList {
  readonly runs: readonly RunRow[];
  readonly others: readonly OtherFolder[];
  /** Whether some folders were left out since there are too many. */
  readonly isCut: boolean;
}

/** Everything about a run but what grows. */
export interface RunDetails {
  readonly row: RunRow;
  readonly config?: RunConfig | undefined;
  readonly results?: RunResults | undefined;
  readonly summary?: string | undefined;
  readonly sampleEpochs: readonly number[];
  /** What the curve shows, in sentences. */
  readonly diagnosis: readonly string[];
  readonly baselines?: readonly Baseline[] | undefined;
  readonly stepsPerEpoch?: number | undefined;
  /** Whether the studio trains it, so that it can be stopped here. */
  readonly isOwn: boolean;
  /** Whether it has weights, which can be fetched. */
  readonly hasModel: boolean;
  /** Whether it has samples of its best model, written at the end. */
  readonly hasSamples: boolean;
}

/** What was appended to a run's files after a cursor. */
export interface Increment {
  readonly metrics: readonly MetricsLine[];
  /** Lines of `steps.csv`, without its heading. */
  readonly steps: string;
  /** Of the next request. */
  readonly cursor: string;
  /** Whether what was sent before no longer holds: the run was resumed at an earlier step, or replaced. */
  readonly isReset: boolean;
  /** Whether there is more to be asked for at once. */
  readonly hasMore: boolean;
}

/** A message of the stream of changes: which runs have something new, or that the list of folders changed. */
export interface Change {
  readonly runs: readonly string[];
  readonly list: boolean;
  /** Whether no changes can come any more, as the page itself finds. */
  readonly isLost?: boolean;
}

export interface StudioInfo {
  readonly version: string;
  /** Name of the folder, without its path. */
  readonly folder: string;
  /** Of a new training; absent where none can be started. */
  readonly form?: readonly FormField[] | undefined;
}

/** An option of `letterpress train`, for the form. */
export interface FormField {
  /** E.g. `--d-model`. */
  readonly flag: string;
  /** Heading of its group in the help. */
  readonly group: string;
  readonly help: string;
  readonly expects:
    | { readonly kind: 'flag' | 'integer' | 'number' | 'text' }
    | { readonly kind: 'choice'; readonly choices: readonly string[] };
}

/** Texts to train on: the built-in corpus, a file that was given to the studio, or a data set of the Hub. */
export type TextSource =
  | { readonly kind: 'builtin' }
  | { readonly kind: 'file'; readonly id: string }
  | { readonly kind: 'hub'; readonly address: string };

/** A training that the page asks for. */
export interface TrainingWish {
  readonly texts: TextSource;
  /** Of the run's folder; made up where it is empty. */
  readonly name: string;
  /** By flag; `true` for those without a value. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** What its run is called, unless that name is taken. */
export function nameOfWish({ name, texts, options }: TrainingWish): string {
  const source =
    texts.kind === 'file' ? texts.id.replace(/\..*$/, '') : texts.kind === 'hub' ? texts.address : 'gazette';
  const madeUp = `${source}-${String(options['--preset'] ?? options['--recipe'] ?? 'modern')}`;
  return plainName(name.trim() || madeUp) || 'run';
}

/** What `letterpress train --dry-run --json` says. */
export interface DryRun extends DryRunFigures {
  readonly peakMemoryBytes: number;
}

/** How every refusal is told. */
export interface ApiError {
  readonly error: string;
  readonly fix: string;
}
