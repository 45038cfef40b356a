/**
 * The facts of a report as types. They follow from the files of its runs (see compute-facts.ts), and every number in a
 * report is one of these or a number of the runs themselves. What they are is said in schema.ts; they have more only
 * where the words of a report need it.
 */
import type * as z from 'zod';
import type { GroupComparison } from '../../statistics/compare-groups.js';
import type { ModelCorrelation } from '../../statistics/correlation.js';
import type { ReferenceSize } from '../reference.js';
import type { CorpusReport } from '../../texts/texts-schema.js';
import type { reportResultsSchema } from './schema.js';

export { FIGURE_NAMES, type FigureName } from './schema-parts.js';

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** The contents of a report's `results.json`. */
export type ReportResults = DeepReadonly<z.infer<typeof reportResultsSchema>>;

type With<T, Changed> = Omit<T, keyof Changed> & Readonly<Changed>;

type Group = ReportResults['groups'][number];
type Compared = Record<'testNll' | 'bestValNll' | 'testTop1', GroupComparison>;

/** All facts of a report. The order of the runs in the input makes no difference to them. */
export interface ReportFacts extends Pick<
  ReportResults,
  'kind' | 'sizes' | 'pooledCorrelation' | 'mixtures' | 'ablations' | 'origin'
> {
  readonly groups: readonly GroupFacts[];
  readonly best: BestFacts | undefined;
  readonly comparisons: readonly ComparisonFacts[];
  readonly secondRecipe: SecondRecipeFacts | undefined;
  /** Of the report's own texts. */
  readonly baselines: BaselineSetFacts | undefined;
  readonly temperatures: TemperatureFacts | undefined;
  readonly data: DataFacts;
  readonly missing: readonly MissingFact[];
}

/** Runs that differ by their seeds alone, and what they have in common. */
export interface GroupFacts extends Omit<Group, 'runs' | 'baselines' | 'reference'> {
  readonly runs: readonly RunFacts[];
  /** Fitted on the group's own training texts, so that few texts are compared with models of few texts. */
  readonly baselines: BaselineSetFacts | undefined;
  readonly reference: ReferenceSize | undefined;
}

export type RunFacts = With<Group['runs'][number], { correlation: ModelCorrelation }>;

export type BaselineSetFacts = With<ReportResults['baselines'][number], { strongest: BaselineFacts | undefined }>;

export type BestFacts = With<NonNullable<ReportResults['best']>, { againstNext: GroupComparison | undefined }>;

export type ComparisonFacts = With<ReportResults['comparisons'][number], Compared>;

/** A setting that differs, with its value in the first and the second. */
export type SettingFacts = ReportResults['comparisons'][number]['settings'][number];

export type SettingValue = SettingFacts['first'];

export type SecondRecipeFacts = NonNullable<ReportResults['secondRecipe']>;
export type FigureFacts = Group['figures']['testNll'];
export type MeanCurve = Group['curves']['valNll'];
export type CurveFacts = RunFacts['curve'];
export type ShapeFacts = NonNullable<Group['shape']>;
export type GroupQuality = NonNullable<Group['samples']>;
export type BaselineComparison = Group['againstBaselines'][number];
export type BaselineFacts = ReportResults['baselines'][number]['baselines'][number];
export type Difference = ComparisonFacts['differs'][number];
export type AblationFacts = ReportResults['ablations'][number];
export type MixtureFacts = ReportResults['mixtures'][number];
export type TemperatureFacts = NonNullable<ReportResults['temperatures']>;
export type TemperatureEntry = TemperatureFacts['entries'][number];
export type DataFacts = With<Omit<ReportResults['data'], 'baselines'>, { report: CorpusReport | undefined }>;
export type OriginFacts = ReportResults['origin'];
export type MissingFact = ReportResults['missing'][number];
export type MissingKind = MissingFact['kind'];
export type RunRole = Group['role'];
export type ReportKind = ReportResults['kind'];
