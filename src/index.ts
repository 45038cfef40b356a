/**
 * The public API of Letterpress, for Node.js. What also runs in a browser is in `letterpress/browser`; this adds
 * files, run directories, cleaning and the native backend.
 */
export {
  bestKneserNey,
  blockBootstrap,
  bootstrap,
  compareGroups,
  corpusFromTexts,
  correlate,
  corpusReport,
  countParameters,
  crossEntropy,
  DecoderTransformer,
  decodeSafetensors,
  defaultTokenizer,
  describeComparison,
  diagnose,
  encodeOnnx,
  encodeSafetensors,
  encodeSplit,
  fitBigram,
  fitFlatUnigram,
  fitKneserNey,
  fitPositionUnigram,
  fitUnigram,
  entropy,
  entropyPerCharacter,
  evenlySpaced,
  gazette,
  KneserNey,
  LanguageModel,
  learnAlphabet,
  LetterpressError,
  limitTrain,
  meanInterval,
  meanNll,
  meanTop1,
  MixtureModel,
  mixModels,
  nearDuplicates,
  nearOverlap,
  packBatch,
  parseModelConfig,
  parseRecipe,
  pearson,
  planTraining,
  portable,
  presetConfig,
  PRESETS,
  Random,
  RECIPES,
  sampleQuality,
  spearman,
  summarizeModel,
  Tape,
  temper,
  textsAsRead,
  Tokenizer,
  Trainer,
  TrainingIndex,
  trainModel,
  writeDistillationSetTexts,
  type Backend,
  type BackendInfo,
  type BestKneserNey,
  type BestKneserNeyOptions,
  type BootstrapInterval,
  type BootstrapOptions,
  type ComparedQuantity,
  type CompareOptions,
  type ComparisonBasis,
  type ComputePrecision,
  type Corpus,
  type CorrelateOptions,
  type Correlation,
  type Correlations,
  type CurveEpoch,
  type Diagnosis,
  type DiagnosisContext,
  type DiagnosisFlag,
  type DiagnosisKind,
  type DiagnosisReasons,
  type DiagnosisBaseline,
  type Discounts,
  type EpochMetrics,
  type CorpusReport,
  type CorpusReportOptions,
  type EpochReport,
  type ErrorCode,
  type Evaluation,
  type ExactDistribution,
  type Group,
  type GroupComparison,
  type GroupSummary,
  type Interval,
  type DistillationSet,
  type CharacterModel,
  type MeanInterval,
  type MixedModels,
  type MixingKind,
  type MixOptions,
  type MixtureValidation,
  type ModelConfig,
  type ModelCorrelation,
  type ModelMetrics,
  type ModelSummary,
  type OrderTried,
  type NearDuplicateOptions,
  type NearDuplicates,
  type NearestText,
  type NearOverlap,
  type PackedBatch,
  type Padding,
  type PlanOptions,
  type PooledCorrelation,
  type PresetName,
  type Recipe,
  type RecipeInput,
  type RecipeName,
  type SettingsByPath,
  type SizeName,
  type SampleOptions,
  type SequenceModel,
  type SequenceShape,
  type SampleQuality,
  type SoftTargets,
  type Splits,
  type StepReport,
  type TextModel,
  type TextScores,
  type TrainEvent,
  type TrainingPlan,
  type TrainingSettings,
  type TrainModelOptions,
} from './browser.js';
export {
  fitBaselines,
  type EncodedTexts,
  type FittedBaselines,
  type BaselineProgress,
  type BaselineRequest,
} from './baselines/fit-baselines.js';
export { chooseBackend, type BackendChoice, type BackendRequest, type ChosenBackend } from './backend/registry.js';
export { cleanHeadline, cleanTexts, createCleaner, type CleaningMode } from './corpus/cleaning/index.js';
export { fingerprint } from './corpus/fingerprint.js';
export type { HubAccess } from './corpus/sources/hub/load-hub.js';
export { loadCorpus, type CorpusSpec } from './corpus/sources/load-corpus.js';
export { readTexts, type FileOptions, type FileTexts } from './corpus/sources/read-file.js';
export { corpusStatistics, type CorpusStatistics } from './corpus/statistics.js';
export type { HubEvent } from './hub/data-set.js';
export { loadMixture, loadTextModel } from './ensemble/load-mixture.js';
export { mixRuns, type MixRunsRequest } from './ensemble/mix-runs.js';
export type { MixtureFile } from './ensemble/mixture-schema.js';
export { compareRuns, readReportRun } from './report/input/read-runs.js';
export { computeFacts } from './report/facts/compute-facts.js';
export type { ReportFacts, RunRole } from './report/facts/types.js';
export type { ReportInput, ReportMixture, ReportRun } from './report/input/report-input.js';
export { writeReport, type ReportStep, type WriteReportOptions, type WrittenReport } from './report/write-report.js';
export { readRun, type Run } from './runs/reader.js';
export type { MetricsLine, RunConfig, RunResults } from './runs/schema.js';
export { readStudy } from './study/read-study.js';
export { runStudy, type RunStudyOptions, type StudyRequest } from './study/run-study.js';
export type { JobBeginning, JobPlace, StudyEvent } from './study/study-events.js';
export type { StudyJob } from './study/plan-jobs.js';
export type { StudyOptions, StudyOptionsInput, StudySize } from './study/study-options.js';
export type { TimeLeft } from './study/time-left.js';
export { exportModel, type ExportFormat, type ExportOptions } from './model/export/export-model.js';
export { importModel, type ImportedModel, type ImportOptions } from './model/import-weights.js';
export { loadModel } from './model/load-model.js';
export type { RunTexts } from './runs/run-texts.js';
export { describeRun, type RunPlan } from './train/describe-run.js';
export { TrainingRun, type RunEvent } from './train/training-run.js';
export type {
  BegunEvent,
  NewRunRequest,
  ResumeRequest,
  TrainingRequest,
  WorkerEvent,
} from './train/worker/messages.js';
export { trainInWorker, type TrainInWorkerOptions } from './train/worker/train-in-worker.js';
export { letterpressVersion } from './version.js';
