/**
 * The public API of Letterpress, for Node.js. What also runs in a browser is in `letterpress/browser`; this adds
 * files, run directories, cleaning and the native backend.
 */
export {
  corpusFromTexts,
  countParameters,
  crossEntropy,
  DecoderTransformer,
  decodeSafetensors,
  defaultTokenizer,
  encodeSafetensors,
  encodeSplit,
  gazette,
  LanguageModel,
  learnAlphabet,
  LetterpressError,
  limitTrain,
  packBatch,
  parseModelConfig,
  planTraining,
  portable,
  presetConfig,
  PRESETS,
  Random,
  RECIPES,
  summarizeModel,
  Tape,
  Tokenizer,
  Trainer,
  trainModel,
  type Backend,
  type BackendInfo,
  type ComputePrecision,
  type Corpus,
  type EpochReport,
  type ErrorCode,
  type Evaluation,
  type ExactDistribution,
  type ModelConfig,
  type ModelSummary,
  type PackedBatch,
  type Padding,
  type PlanOptions,
  type PresetName,
  type Recipe,
  type RecipeName,
  type SampleOptions,
  type Splits,
  type StepReport,
  type TextScores,
  type TrainEvent,
  type TrainModelOptions,
  type TrainingPlan,
  type TrainingSettings,
} from './browser.js';
export {
  chooseBackend,
  type BackendChoice,
  type BackendRequest,
  type ChosenBackend,
} from './backend/registry.js';
export { cleanHeadline, cleanTexts, createCleaner, type CleaningMode } from './corpus/cleaning/index.js';
export { fingerprint } from './corpus/fingerprint.js';
export { loadCorpus, type CorpusSpec } from './corpus/sources/load-corpus.js';
export { corpusStatistics, type CorpusStatistics } from './corpus/statistics.js';
export { readRun, type Run } from './runs/reader.js';
export type { MetricsLine, RunConfig, RunResults } from './runs/schema.js';
export { loadModel } from './train/load-model.js';
export type { RunTexts } from './train/run-texts.js';
export { describeRun, TrainingRun, type RunEvent, type RunPlan } from './train/training-run.js';
export type {
  BegunEvent,
  NewRunRequest,
  ResumeRequest,
  TrainingRequest,
  WorkerEvent,
} from './train/worker/messages.js';
export { trainInWorker, type TrainInWorkerOptions } from './train/worker/train-in-worker.js';
export { letterpressVersion } from './version.js';
