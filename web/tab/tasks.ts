/** What the page has a worker do where there is no server, and what that answers: plain data. */
import type { SurpriseLine } from '../../src/runs/analysis-schema.js';
import type { MetricsLine, RunConfig, RunResults } from '../../src/runs/schema.js';
import type { DryRunFigures } from '../../src/profile/dry-run.js';
import type { Novelty } from '../../src/texts/novelty.js';

/** Texts, and how they are trained on: the options of `letterpress train` by the names of the library. */
export interface TrainingRequest {
  readonly file: File | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of Letterpress. */
  readonly version: string;
}

export type Task =
  | { readonly name: 'dry-run'; readonly request: TrainingRequest }
  | {
      readonly name: 'train';
      readonly request: TrainingRequest;
      /** Of an interrupted training. */
      readonly resumed?: { readonly config: RunConfig; readonly checkpoint: Uint8Array } | undefined;
    }
  | { readonly name: 'novelty'; readonly request: TrainingRequest; readonly samples: readonly string[] };

/** How a training ended: with results, or interrupted, with what it can be resumed from. */
export type TrainingEnd =
  | { readonly results: RunResults; readonly samples: readonly string[] | undefined }
  | { readonly checkpoint: Uint8Array };

export interface Outcomes {
  readonly 'dry-run': DryRunFigures;
  readonly train: TrainingEnd;
  readonly novelty: Novelty;
}

/** What a training has written meanwhile. */
export interface Written {
  readonly config?: RunConfig;
  /** Lines of `steps.csv`. */
  readonly steps?: string;
  /** Whether the steps since the last epoch are undone, since numbers were not finite. */
  readonly isUndone?: boolean;
  readonly metrics?: MetricsLine;
  readonly surprise?: SurpriseLine;
  /** Of an epoch that is the best so far. */
  readonly best?: { readonly epoch: number; readonly samples: readonly string[]; readonly weights: Uint8Array };
}

export type FromWorker =
  { readonly written: Written } | { readonly value: unknown } | { readonly message: string; readonly fix: string };
