/**
 * What a report knows in numbers. Everything here follows from the files of its runs (see compute-facts.ts), and every number in a
 * report's text, tables and figures is one of these or a number of the runs themselves. NLLs are nats per text, top-1 is the share of
 * positions per text. A number that nobody knows is NaN where it is a figure among others, and undefined where it is one by itself.
 */
import type { Diagnosis, DiagnosisKind } from '../../diagnosis/types.js';
import type { GroupComparison } from '../../statistics/compare-groups.js';
import type { ModelCorrelation, PooledCorrelation } from '../../statistics/correlation.js';
import type { Interval, MeanInterval } from '../../statistics/mean-interval.js';
import type { CorpusReport, SampleQuality } from '../../texts/texts-schema.js';
import type { Baseline } from '../../baselines/baselines-schema.js';
import type { ReferenceSize } from '../reference.js';
import type { ReportInput, RunRole } from '../input/report-input.js';

/** All facts of a report. The order of the runs in the input makes no difference to them. */
export interface ReportFacts {
  readonly kind: ReportInput['kind'];
  /**
   * By role (sizes and given runs, then `padding`, then `few-texts`, then `second-recipe`), then by parameters from few to many, then by name.
   * Groups whose parameters are not known yet come last within their role.
   */
  readonly groups: readonly GroupFacts[];
  /** The group of the lowest mean best validation NLL, among sizes and given runs on the report's texts; undefined if none is finite. */
  readonly best: BestFacts | undefined;
  /** How the sizes (or given runs) on the report's texts follow each other. */
  readonly sizes: SizeFacts;
  /** Pairs of groups on the same validation and test texts; empty where there is nothing to compare. */
  readonly comparisons: readonly ComparisonFacts[];
  /** Of NLL and top-1 over all epochs of sizes and given runs on the report's texts; each run's own is in its {@link RunFacts}. */
  readonly pooledCorrelation: PooledCorrelation;
  /** The sizes with a second recipe against those with the report's own; undefined where there is no run with one. */
  readonly secondRecipe: SecondRecipeFacts | undefined;
  /** Mixtures of models, in the order of the input. */
  readonly mixtures: readonly MixtureFacts[];
  /** Simple models fitted on the report's texts; undefined when no run has them. */
  readonly baselines: BaselineSetFacts | undefined;
  readonly temperatures: TemperatureFacts | undefined;
  readonly data: DataFacts;
  readonly origin: OriginFacts;
  /** What a reader may look for and not find, with a sentence each: unfinished runs, absent files, runs on other texts. */
  readonly missing: readonly MissingFact[];
}

/** A figure of a group: one value a run, their mean, spread and confidence interval (Student's t). */
export interface FigureFacts extends MeanInterval {
  /** Of the runs that have it, in the group's order; also those that are not finite. */
  readonly values: readonly number[];
  /** Values that are not finite, because the training diverged: `count` and `mean` are without them. */
  readonly leftOut: number;
  /** Runs that do not have the figure: unfinished, or without the file that it comes from. */
  readonly missing: number;
}

/** The figures of a run that groups are summarised by. */
export const FIGURE_NAMES = [
  /** Of the best epoch's weights on the test texts. */
  'testNll',
  'testTop1',
  /** Test NLL per predicted character, ends of texts included: in bits, and as perplexity, 2 to the power of the bits. */
  'bitsPerCharacter',
  'perplexityPerCharacter',
  /** Lowest validation NLL, and top-1 at that epoch. */
  'bestValNll',
  'valTop1',
  /** The epoch of the lowest validation NLL, counted from 0. */
  'bestEpoch',
  'epochsRun',
  /** Wall-clock time: of the whole run, and of an epoch on average. */
  'seconds',
  'secondsPerEpoch',
  /** Training NLL of the best epoch, and validation minus training NLL there. Training NLL is measured with dropout. */
  'trainNllAtBest',
  'gapAtBest',
  /** Of the last epoch. */
  'lastTrainNll',
  'lastValNll',
  /** The first epoch whose validation NLL is within 1 % of the lowest. */
  'nearBestEpoch',
  /** The largest rise of validation NLL from an epoch to the next; 0 for a curve that only falls. */
  'largestRise',
  /** Mean NLL above that of the exact distribution, on the same test texts; only where the corpus knows it. */
  'excess',
] as const;

/** See {@link FIGURE_NAMES}. */
export type FigureName = (typeof FIGURE_NAMES)[number];

/** Runs that differ by their seeds alone, and what they have in common. */
export interface GroupFacts {
  readonly name: string;
  readonly role: RunRole;
  /** Of the role `second-recipe`: name of the group of the same size with the report's own recipe, whether it has runs or not. */
  readonly secondRecipe: string | undefined;
  /** By seed, then by name. */
  readonly runs: readonly RunFacts[];
  /** Runs that have ended. The others are left out of `figures` and `curves`, unless none has ended: then it is as far as they are. */
  readonly ended: number;
  /** Undefined until a run has ended. */
  readonly parameters: number | undefined;
  readonly shape: ShapeFacts | undefined;
  /** Of the recipe, e.g. `notebook`. */
  readonly recipe: string;
  readonly padding: 'all' | 'first';
  readonly precision: 'f32' | 'bf16';
  /** Training texts. */
  readonly trainTexts: number;
  /** Only the first so many training texts were asked for. */
  readonly limit: number | undefined;
  /** Whether its NLLs compare with those of the report: same validation and test texts, read in the same way. */
  readonly comparable: boolean;
  readonly figures: Readonly<Record<FigureName, FigureFacts>>;
  readonly curves: { readonly trainNll: MeanCurve; readonly valNll: MeanCurve; readonly valTop1: MeanCurve };
  /** How many runs each kind of diagnosis was made of, most frequent first. */
  readonly diagnoses: readonly { readonly kind: DiagnosisKind; readonly runs: number }[];
  /** The kind, if it is the same for all runs. */
  readonly diagnosis: DiagnosisKind | undefined;
  /** Fitted on the group's own training texts, so that few texts are compared with models of few texts. */
  readonly baselines: BaselineSetFacts | undefined;
  /** Against each of its own baselines but the exact entropy, from the weakest kind on; empty without baselines. */
  readonly againstBaselines: readonly BaselineComparison[];
  /** Of the final samples, on average over the runs; undefined when no run was measured. */
  readonly samples: QualityFigures | undefined;
  /** Of as many real test texts; undefined when no run was measured. */
  readonly testTexts: SampleQuality | undefined;
  /** The source's figures of this model, if it is one of the source's four, on all texts. */
  readonly reference: ReferenceComparison | undefined;
}

/** Shape of a model, the notebook's hyperparameters. */
export interface ShapeFacts {
  readonly dModel: number;
  readonly heads: number;
  readonly layers: number;
  readonly mlpRatio: number;
}

/** One run in numbers. Figures of a run that has not ended are those of its epochs so far. */
export interface RunFacts {
  readonly name: string;
  readonly seed: number;
  readonly ended: boolean;
  readonly stoppedBecause: 'patience' | 'epochs' | 'interrupted' | undefined;
  /** What it has; a figure that it lacks is undefined, one that diverged is not finite. */
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
  /** From `metrics.jsonl`, an entry an epoch. */
  readonly curve: CurveFacts;
  readonly diagnosis: Diagnosis;
  /** Of validation NLL and top-1 over its epochs. */
  readonly correlation: ModelCorrelation;
  /** Of the samples along the training, by epoch. */
  readonly samplesAlong: readonly { readonly epoch: number; readonly quality: SampleQuality }[];
  readonly finalSamples: SampleQuality | undefined;
}

/** The curves of one run; the arrays are equally long. */
export interface CurveFacts {
  readonly epochs: readonly number[];
  readonly trainNll: readonly number[];
  readonly valNll: readonly number[];
  readonly valTop1: readonly number[];
  /** Wall-clock seconds from the beginning of the training to the end of the epoch, without pauses. */
  readonly seconds: readonly number[];
}

/**
 * Mean over the seeds of a group, with the lowest and the highest of them as a band. It has the epochs that all of its runs reached:
 * if it went on after the first had stopped, it would jump, since the mean would be of other runs. Runs in which a value is not finite are
 * left out, unless all are such: then it has the epochs at which all are finite.
 */
export interface MeanCurve {
  readonly epochs: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** {@link CurveFacts.seconds} on average over the same runs. */
  readonly seconds: readonly number[];
  /** Runs that the mean is of. */
  readonly runs: number;
  /** Runs that are left out: diverged, or unfinished beside runs that have ended. */
  readonly leftOut: number;
  /** Epochs of the longest run that the mean is of; more than `epochs` when others stopped before. */
  readonly longest: number;
}

/** The best model of a report. */
export interface BestFacts {
  readonly group: string;
  /** Its run with the lowest best validation NLL. */
  readonly run: string;
  /** The group of the next lowest mean best validation NLL. */
  readonly next: string | undefined;
  /** Best validation NLL of the best against the next: whether it is better by more than luck. */
  readonly againstNext: GroupComparison | undefined;
  /** Whether by its test NLL it is better than every other size by more than luck; false when there is no other. */
  readonly clear: boolean;
}

/**
 * How test NLL goes with size: over the sizes on the report's texts, or those given runs that differ from the best one by size and
 * planned epochs alone. Only groups
 * with a finite test NLL and known parameters.
 */
export interface SizeFacts {
  /** Names of groups, from few to many parameters. */
  readonly groups: readonly string[];
  /** Steps from one to the next larger one that are better, worse, or not significantly different by test NLL. */
  readonly better: number;
  readonly worse: number;
  readonly undecided: number;
  /** Whether mean test NLL falls, or rises, with every step, by however little; false for fewer than two sizes. */
  readonly alwaysFalls: boolean;
  readonly alwaysRises: boolean;
}

/** In what the configurations of two groups differ: `epochs` is how many were planned; `settings` is anything of architecture and training that has no word of its own. */
export type Difference = 'size' | 'texts' | 'padding' | 'recipe' | 'precision' | 'epochs' | 'settings';

/**
 * Two groups compared:
 * - `next-size`: `first` and the next larger one: sizes of a study, or given runs that differ by size and planned epochs alone.
 * - `best`: the best group (`first`) and each other size or given one.
 * - `few-texts`: `first` was trained on fewer texts; `differs` says whether they differ in anything else.
 * - `padding`: `first` has `--padding all`, `second` has `--padding first`; `differs` as above.
 * - `second-recipe`: `first` was trained with the second recipe, `second` is the group of that size with the report's own.
 * - `neighbours`: given runs that follow each other in the order of groups and differ in something else, or in several things.
 */
export interface ComparisonFacts {
  readonly kind: 'next-size' | 'best' | 'few-texts' | 'padding' | 'second-recipe' | 'neighbours';
  /** Names of groups, also in the comparisons below. */
  readonly first: string;
  readonly second: string;
  readonly differs: readonly Difference[];
  readonly testNll: GroupComparison;
  readonly bestValNll: GroupComparison;
  readonly testTop1: GroupComparison;
  /** Mean seconds of an epoch, the first's over the second's; NaN where not known. */
  readonly timeRatio: number;
}

/** A second recipe against the report's own. What a pair of equal size does is a {@link ComparisonFacts} of the kind `second-recipe`. */
export interface SecondRecipeFacts {
  /** Name of the second recipe. */
  readonly recipe: string;
  /** Name of the report's own; undefined where it has no run. */
  readonly ownRecipe: string | undefined;
  /** As for the report's own sizes, within the second recipe. */
  readonly sizes: SizeFacts;
  /** Of each recipe the group with the lowest mean best validation NLL, compared by test NLL; undefined where one recipe has none. */
  readonly best: { readonly first: string; readonly second: string; readonly testNll: GroupComparison } | undefined;
  /** One for each comparison of the kind `second-recipe`. */
  readonly passing: readonly PassingFacts[];
}

/** How long a second recipe takes to be better than the report's own ever is at that size. */
export interface PassingFacts {
  /** Names of groups, as in the comparison. */
  readonly first: string;
  readonly second: string;
  /** Whether both were trained on the same kind of machine, with the same backend and threads: else times do not compare. */
  readonly sameMachine: boolean;
  /** The lowest validation NLL of all runs of `second`, if all have ended; NaN where none is finite. */
  readonly valNll: number;
  /** Seconds after which that run had it. */
  readonly ownSeconds: number;
  /** Of each run of `first`, the seconds to the end of the first epoch with a lower one; NaN where there is none. */
  readonly seconds: readonly number[];
}

/** The simple models that a group is compared with. */
export interface BaselineSetFacts {
  /** Of the texts that they were fitted on and measured on. */
  readonly fingerprint: string;
  readonly texts: { readonly train: number; readonly val: number; readonly test: number };
  /** Predicted characters of a text on average, its end included. */
  readonly charactersPerText: { readonly val: number; readonly test: number };
  /** From the weakest kind on; the exact entropy last, where it is known. */
  readonly baselines: readonly BaselineFacts[];
  /** The lowest test NLL, of all and of those that see no context; the exact entropy is none of them. */
  readonly strongest: BaselineFacts | undefined;
  readonly strongestContextFree: BaselineFacts | undefined;
  readonly kneserNeyByOrder: readonly { readonly order: number; readonly valNll: number }[];
}

/** One baseline; figures that it does not have are NaN. */
export interface BaselineFacts extends Pick<Baseline, 'id' | 'label' | 'order' | 'contextFree'> {
  readonly valNll: number;
  readonly testNll: number;
  readonly valTop1: number;
  readonly testTop1: number;
  /** Test NLL per predicted character. */
  readonly bitsPerCharacter: number;
  readonly perplexityPerCharacter: number;
}

/** A group's test NLL against a baseline's. */
export interface BaselineComparison {
  readonly id: Baseline['id'];
  readonly label: string;
  readonly contextFree: boolean;
  readonly baselineNll: number;
  /** Mean test NLL of the group minus the baseline's: negative where the group is better. */
  readonly difference: number;
  /** That as a share of the baseline's NLL. */
  readonly share: number;
  /** Of the difference: with several runs the confidence interval of their mean, with one ± the margin of single runs (level NaN). */
  readonly interval: Interval;
  /** `better` or `worse` if the interval leaves out 0; `unknown` where a figure is not finite. */
  readonly verdict: 'better' | 'worse' | 'undecided' | 'unknown';
}

/** Sample quality as figures over the runs of a group. */
export interface QualityFigures {
  /** Texts of each run. */
  readonly texts: number;
  readonly meanCharacters: FigureFacts;
  readonly knownWords: FigureFacts;
  readonly copied: FigureFacts;
  readonly longestCopyMean: FigureFacts;
  readonly longestCopyMax: FigureFacts;
  readonly nearest: FigureFacts;
  readonly distinctWords: FigureFacts;
  readonly distinctPairs: FigureFacts;
  readonly distinctTriples: FigureFacts;
  readonly ngramNll: FigureFacts;
  readonly ngramNllPerCharacter: FigureFacts;
}

/** Measured figures beside the source's; see `reference.ts`. */
export interface ReferenceComparison {
  readonly size: ReferenceSize;
  /** Measured minus reference; NaN where either is not known. Top-1 is compared with the source's corrected figure. */
  readonly testNll: number;
  readonly testTop1: number;
  readonly bestValNll: number;
  readonly pearson: number;
  /** Mean over the group's runs of Pearson's correlation of NLL and top-1. */
  readonly measuredPearson: number;
}

/** Texts drawn at several temperatures from one run. */
export interface TemperatureFacts {
  readonly group: string;
  readonly run: string;
  readonly seed: number;
  /** Entropy in nats of a character drawn evenly from all characters and the end of the text; NaN where the alphabet is not known. */
  readonly evenEntropy: number;
  /** By temperature, ascending. */
  readonly entries: readonly TemperatureEntry[];
  /** Quality of as many real test texts of the same run, where it was measured. */
  readonly testTexts: SampleQuality | undefined;
}

/** One temperature. */
export interface TemperatureEntry {
  readonly temperature: number;
  readonly texts: readonly string[];
  /** Different ones among the texts. */
  readonly differentTexts: number;
  /** The most frequent text and how often it was drawn; the first one drawn of several. Undefined without texts. */
  readonly mostFrequent: { readonly text: string; readonly times: number } | undefined;
  /** Mean entropy in nats of the distributions that characters were drawn from. */
  readonly entropyPerCharacter: number;
  /** e to the power of that: as many equally likely characters would have the same entropy. */
  readonly effectiveCharacters: number;
  /** Under the model itself at temperature 1. */
  readonly modelNll: number;
  readonly modelNllPerCharacter: number;
  readonly quality: SampleQuality;
}

/** A mixture of transformers, and of an n-gram model. */
export interface MixtureFacts {
  readonly name: string;
  /** Its transformers in the order of the weights, then counting. */
  readonly members: readonly MixedMemberFacts[];
  /** Folders of its transformers. */
  readonly runs: readonly string[];
  /** Characters of the n-grams that are counted; undefined without counting. */
  readonly ngramOrder: number | undefined;
  readonly kind: 'linear' | 'geometric';
  /** Of its transformers together. */
  readonly parameters: number;
  /** On the texts that its weights were learned on. */
  readonly valNll: number;
  /** Each validation text scored with weights that were learned on others. */
  readonly crossValidatedNll: number;
  /** These are undefined without test texts, and the last two where nobody knows the number of characters. */
  readonly testNll: number | undefined;
  readonly testTop1: number | undefined;
  readonly bitsPerCharacter: number | undefined;
  readonly perplexityPerCharacter: number | undefined;
  /** Whether its NLLs compare with the report's: it was made of the texts of a group whose NLLs do. */
  readonly comparable: boolean;
}

/** A member of a mixture by itself. */
export interface MixedMemberFacts {
  /** The name of its folder, or that of counting. */
  readonly label: string;
  /** Undefined without test texts. */
  readonly testNll: number | undefined;
}

/** The texts that the report is about: those of most of its sizes (or given runs). */
export interface DataFacts {
  readonly name: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly sizes: { readonly train: number; readonly val: number; readonly test: number };
  readonly limit: number | undefined;
  readonly cleaning: 'headlines' | 'none';
  /** Exact entropy in nats per text, where the texts come from a known distribution. */
  readonly entropy: number | undefined;
  /** Undefined when no run has `corpus.json`. */
  readonly report: CorpusReport | undefined;
}

/** Where the figures come from. */
export interface OriginFacts {
  /** Earliest and latest time at which a run was begun, ISO 8601. */
  readonly begun: string;
  readonly lastBegun: string;
  /** Of all runs together. */
  readonly seconds: number;
  /** Each in ascending order, without repetition. */
  readonly letterpress: readonly string[];
  readonly node: readonly string[];
  readonly platforms: readonly string[];
  /** E.g. `native (avx512), 2 threads, bf16`. */
  readonly backends: readonly string[];
  readonly precisions: readonly string[];
  readonly recipes: readonly string[];
  readonly seeds: readonly number[];
}

/** What may be missing: see the sentences. */
export type MissingKind =
  | 'not-begun'
  | 'unfinished'
  | 'no-epochs'
  | 'other-texts'
  | 'no-baselines'
  | 'no-corpus-report'
  | 'no-sample-quality'
  | 'no-final-samples'
  | 'no-inspection'
  | 'no-temperatures';

/** One thing that is missing. */
export interface MissingFact {
  readonly kind: MissingKind;
  /** Undefined for what several groups lack, or the report as a whole. */
  readonly group: string | undefined;
  /** The runs concerned. */
  readonly runs: readonly string[];
  /** In plain words, with what follows from it. */
  readonly sentence: string;
}
