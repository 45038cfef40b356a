import type { CorpusReport } from '../../texts/texts-schema.js';
import type { Inspection, SampleQualities, Temperatures } from '../../runs/analysis-schema.js';
import type { Baselines } from '../../baselines/baselines-schema.js';
import type { MetricsLine, RunConfig, RunResults } from '../../runs/schema.js';

/** Everything of one run that a report may use: what its files hold, and nothing else. */
export interface ReportRun {
  /** For tables and legends, unique within a report, e.g. `557k` or `87k, seed 2`. */
  readonly name: string;
  readonly config: RunConfig;
  readonly metrics: readonly MetricsLine[];
  /** Absent while a run has not ended. */
  readonly results?: RunResults | undefined;
  /** Texts drawn after some epochs, and at the end. */
  readonly samples: ReadonlyMap<number, readonly string[]>;
  readonly finalSamples?: readonly string[] | undefined;
  readonly baselines?: Baselines | undefined;
  readonly sampleQualities?: SampleQualities | undefined;
  readonly temperatures?: Temperatures | undefined;
  readonly inspection?: Inspection | undefined;
  readonly corpusReport?: CorpusReport | undefined;
}

/** What a run was made for, within a study. */
export type RunRole =
  /** One of the sizes on all the data. */
  | 'size'
  /** The smallest size with `--padding all`, to see what `--padding first` changes. */
  | 'padding'
  /** The best size on few texts. */
  | 'few-texts'
  /** One of the sizes with a second recipe. */
  | 'second-recipe'
  /** Given by the user, for a report or a comparison. */
  | 'given';

/** What a report may use of a mixture (docs/mixture.md): some of its `mixture.json`, NLLs in nats per text. */
export interface ReportMixture {
  readonly name: string;
  readonly corpus: { readonly fingerprint: string };
  /** The transformers in it, by the paths of their folders. */
  readonly runs: readonly (MixedMember & { readonly path: string; readonly parameters: number })[];
  /** An n-gram model, in n-grams of so many; absent without. */
  readonly ngram?: (MixedMember & { readonly order: number }) | undefined;
  readonly mixing: { readonly kind: 'linear' | 'geometric' };
  readonly validation: { readonly nll: number; readonly crossValidatedNll: number };
  /** Absent where the corpus has no test texts. */
  readonly test?: { readonly nll: number; readonly top1: number } | undefined;
}

/** What a member of a mixture reaches by itself. */
export interface MixedMember {
  readonly valNll: number;
  readonly testNll?: number | undefined;
}

/** What a report is made from. */
export interface ReportInput {
  readonly title: string;
  /** `quick`: trained for a few steps only, to show what a study is; no conclusions. */
  readonly kind: 'study' | 'quick' | 'comparison';
  readonly runs: readonly {
    readonly role: RunRole;
    /** Runs of one group differ by their seeds alone, e.g. `557k`. */
    readonly group: string;
    /** Of the role `second-recipe`: the group of the same size with the study's own recipe, which may have no run. */
    readonly secondRecipe?: string | undefined;
    readonly run: ReportRun;
  }[];
  /** Mixtures that lie among the runs, to be shown beside them. */
  readonly mixtures?: readonly ReportMixture[] | undefined;
  /** Groups of a study that have no run yet, so that a report can say so. */
  readonly planned?: readonly { readonly role: RunRole; readonly group: string }[] | undefined;
}
