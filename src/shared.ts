/** What `letterpress` and `letterpress/browser` have in common; each adds what needs Node.js, or a browser. */
export { diagnose } from './diagnosis/diagnose.js';
export type {
  CurveEpoch,
  Diagnosis,
  DiagnosisContext,
  DiagnosisFlag,
  DiagnosisKind,
  DiagnosisReasons,
  DiagnosisBaseline,
} from './diagnosis/types.js';
export {
  blockBootstrap,
  bootstrap,
  type BootstrapInterval,
  type BootstrapOptions,
  type Statistic,
} from './statistics/bootstrap.js';
export {
  compareGroups,
  describeComparison,
  type CompareOptions,
  type ComparedQuantity,
  type ComparisonBasis,
  type Group,
  type GroupComparison,
  type GroupSummary,
} from './statistics/compare-groups.js';
export {
  correlate,
  pearson,
  spearman,
  type CorrelateOptions,
  type Correlation,
  type Correlations,
  type EpochMetrics,
  type ModelCorrelation,
  type ModelMetrics,
  type PooledCorrelation,
} from './statistics/correlation.js';
export { meanInterval, type Interval, type MeanInterval } from './statistics/mean-interval.js';
export {
  bestKneserNey,
  type BestKneserNey,
  type BestKneserNeyOptions,
  type OrderTried,
} from './baselines/best-kneser-ney.js';
export { fitBigram, fitFlatUnigram, fitPositionUnigram, fitUnigram, type Unigram } from './baselines/simple-models.js';
export type { Discounts } from './baselines/discounts.js';
export { fitKneserNey, KneserNey, type Confidence } from './baselines/kneser-ney.js';
export {
  meanNll,
  meanTop1,
  type CharacterModel,
  type SequenceModel,
  type SequenceShape,
} from './baselines/sequence-model.js';
export { corpusReport, type CorpusReportOptions } from './texts/corpus-report.js';
export { textsAsRead } from './texts/characters.js';
export {
  nearDuplicates,
  nearOverlap,
  type NearDuplicateOptions,
  type NearDuplicates,
  type NearOverlap,
  type NearPair,
} from './texts/near-duplicates.js';
export { evenlySpaced, sampleQuality, type SampleQualityOptions } from './texts/sample-quality.js';
export { entropy, entropyPerCharacter, temper } from './texts/temperature.js';
export type { Span } from './texts/span-index.js';
export { TrainingIndex, type NearestText } from './texts/training-index.js';
export type { Backend, BackendInfo, ComputePrecision, Dropout, FloatArray } from './backend/types.js';
export { gazette, type GazetteOptions, type GazetteSizes } from './corpus/gazette/index.js';
export { corpusFromTexts, limitTrain, type Corpus, type ExactDistribution, type Splits } from './corpus/corpus.js';
export { LetterpressError, type ErrorCode } from './errors.js';
export { runSteps } from './generators.js';
export type { MixingKind } from './ensemble/mix.js';
export {
  mixModels,
  mixModelsSteps,
  type MixedModels,
  type MixOptions,
  type MixProgress,
  type MixtureValidation,
} from './ensemble/mix-models.js';
export { MixtureModel } from './ensemble/mixture-model.js';
export type { CachedAttention } from './nn/cached-attention.js';
export { parseModelConfig, type ModelConfig } from './nn/config.js';
export { countParameters, DecoderTransformer } from './nn/decoder-transformer.js';
export { Embedding, LayerNorm, Linear } from './nn/modules.js';
export { initializeParameters, ParameterBuilder, type Parameters } from './nn/parameters.js';
export { packBatch, type PackedBatch, type Padding } from './nn/packed-batch.js';
export { presetConfig, PRESETS, type PresetName } from './nn/presets.js';
export { summarizeModel, type ModelSummary } from './nn/summary.js';
export { Random } from './random.js';
export type { CorpusReport, SampleQuality } from './texts/texts-schema.js';
export { encodeNpy } from './runs/npy.js';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './runs/safetensors.js';
export type { CharacterSource } from './model/generate.js';
export { encodeOnnx } from './model/export/onnx-model.js';
export { LanguageModel, type TextAttention } from './model/language-model.js';
export type { ModelSource } from './model/saved-model.js';
export type {
  CharacterSurprise,
  NextCharacter,
  SampleOptions,
  ScoreOptions,
  StreamOptions,
  TextModel,
} from './model/text-model.js';
export { attention } from './tensor/ops/attention.js';
export { crossEntropy, type Loss, type SoftTargets } from './tensor/ops/cross-entropy.js';
export { mlp } from './tensor/ops/mlp.js';
export type { Tensor } from './tensor/tensor.js';
export { writeDistillationSetTexts, type DistillOptions } from './ensemble/distill.js';
export { Tape } from './tensor/tape.js';
export type { DistillationSet } from './train/distillation/distillation-set.js';
export { encodeSplit, type EncodedSplit, type EncodeSplitOptions } from './tokenizer/encode-split.js';
export { learnAlphabet } from './tokenizer/learn-alphabet.js';
export type { EncodingReport } from './tokenizer/report-schema.js';
export {
  defaultTokenizer,
  Tokenizer,
  type EncodeOptions,
  type TokenizerJson,
  type UnknownPolicy,
} from './tokenizer/tokenizer.js';
export type { Evaluation, TextScores } from './model/evaluate.js';
export { planTraining, type PlanOptions, type TrainingPlan } from './train/plan.js';
export {
  parseRecipe,
  RECIPES,
  type Recipe,
  type RecipeInput,
  type RecipeName,
  type SizeName,
} from './train/recipes/index.js';
export type { SettingsByPath } from './train/recipes/settings-by-path.js';
export type { TrainingSettings } from './train/settings.js';
export {
  continueTraining,
  type ContinueTrainingOptions,
  type ModelEvent,
  type TrainedModel,
  type TrainModelOptions,
} from './train/train-model.js';
export type { BegunEvent, EpochReport, StepReport, TestingEvent, TrainEvent } from './train/train-events.js';
export type { NonFinite } from './train/divergence.js';
export { AdamWOptimizer } from './train/optimizer/adamw.js';
export { PYTORCH_ADAMW, type OptimizerOptions } from './train/optimizer/optimizer.js';
export { Trainer } from './train/trainer.js';
