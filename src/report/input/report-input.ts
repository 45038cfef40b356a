import type { CorpusReport } from '../../texts/texts-schema.js';
import type { Inspection, SampleQualities, Temperatures } from '../../runs/analysis-schema.js';
import type { Baselines } from '../../baselines/baselines-schema.js';
import type { ReportKind, RunRole } from '../facts/types.js';
import type { MetricsLine, RunConfig, RunResults } from '../../runs/schema.js';

export interface ReportRun {
  /** For tables and legends, unique within a report, e.g. `557k` or `87k, seed 2`. */
  readonly name: string;
  readonly config: RunConfig;
  readonly metrics: readonly MetricsLine[];
  /** Absent while a run has not ended. */
  readonly results?: RunResults | undefined;
  readonly samples: ReadonlyMap<number, readonly string[]>;
  readonly finalSamples?: readonly string[] | undefined;
  readonly baselines?: Baselines | undefined;
  readonly sampleQualities?: SampleQualities | undefined;
  readonly temperatures?: Temperatures | undefined;
  readonly inspection?: Inspection | undefined;
  readonly corpusReport?: CorpusReport | undefined;
}

/** Some of a `mixture.json` (docs/mixture.md); NLLs in nats per text. */
export interface ReportMixture {
  readonly name: string;
  readonly corpus: { readonly fingerprint: string };
  readonly runs: readonly (MixedMember & { readonly path: string; readonly parameters: number })[];
  /** An n-gram model of that order. */
  readonly ngram?: (MixedMember & { readonly order: number }) | undefined;
  readonly mixing: { readonly kind: 'linear' | 'geometric' };
  readonly validation: { readonly nll: number; readonly crossValidatedNll: number };
  /** Absent where the corpus has no test texts. */
  readonly test?: { readonly nll: number; readonly top1: number } | undefined;
}

export interface MixedMember {
  readonly valNll: number;
  readonly testNll?: number | undefined;
}

export interface ReportInput {
  readonly title: string;
  /** Below the title, e.g. a name and a student number; a course. */
  readonly author?: string | undefined;
  readonly course?: string | undefined;
  readonly kind: ReportKind;
  readonly runs: readonly {
    readonly role: RunRole;
    /** Runs of one group differ by their seeds alone, e.g. `557k`. */
    readonly group: string;
    /** Of the role `second-recipe`: the group of the same size with the study's own recipe, which may have no run. */
    readonly counterpart?: string | undefined;
    readonly run: ReportRun;
  }[];
  /** Models of which one part was taken away, by its name, and the whole one: `intact`. */
  readonly ablations?: readonly { readonly ablation: string; readonly run: ReportRun }[] | undefined;
  readonly mixtures?: readonly ReportMixture[] | undefined;
  /** Groups of a study that have no run yet. */
  readonly planned?: readonly { readonly role: RunRole | 'ablation'; readonly group: string }[] | undefined;
}
