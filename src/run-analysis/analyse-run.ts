import { relay } from '../generators.js';
import type { LanguageModel } from '../model/language-model.js';
import { checkStrategy } from '../model/strategy.js';
import type { ModelConfig } from '../nn/config.js';
import { writeAnalysis, type RunAnalysis } from '../runs/analysis-files.js';
import type { Inspection, Temperatures } from '../runs/analysis-schema.js';
import { readConfig, readRun, type Run } from '../runs/reader.js';
import { checkFingerprint } from '../runs/check-fingerprint.js';
import { encodeTexts, type EncodedRunTexts, type RunTexts } from '../runs/run-texts.js';
import { analysedTexts, type AnalysisProgress } from './analysed-texts.js';
import { chooseTexts, inspectModel } from './inspect-model.js';
import { measureSamples, qualityMeasure, type MeasureQuality } from './measure-samples.js';
import { measureTexts } from './measure-texts.js';
import { sampleAtTemperatures } from './temperatures.js';

export interface AnalysisOptions {
  /** Temperatures to sample texts at; without any, no `temperatures.json` is written. */
  readonly temperatures?: readonly number[] | undefined;
  /**
   * Run directories that may have measured the same texts already: what is found and holds is taken from there, which
   * saves some seconds and changes no byte.
   */
  readonly reuse?: readonly string[] | undefined;
}

/**
 * Measures what reports need of a run's model and texts, and writes it into the run when all is measured: see
 * docs/run-directory.md. The samples are read from the run, so they have to be there.
 *
 * Of very many texts, evenly spaced ones are taken: up to 50,000 training texts (or 4 million characters of them) and
 * 10,000 of the others.
 *
 * @param texts those that the run was trained on
 * @param model the run's best model
 * @param encoded the texts as the model reads them, where they are known already
 * @throws LetterpressError BAD_INPUT when the texts are not those of the run; BAD_OPTION for an invalid temperature;
 *   what reading and writing a run throw
 * @returns a generator that yields how far it is, and returns what was written
 * @example
 * finish(analyseRunSteps('runs/first', texts, model, undefined, { temperatures: [0.5, 1] })).temperatures;
 */
export function* analyseRunSteps(
  folder: string,
  texts: RunTexts,
  model: LanguageModel,
  encoded: EncodedRunTexts = encodeTexts(texts, model.transformer.config.contextLength),
  { temperatures = [], reuse = [] }: AnalysisOptions = {},
): Generator<AnalysisProgress, RunAnalysis> {
  const run = readRun(folder);
  checkFingerprint(run.config, texts.splits);
  for (const temperature of temperatures) checkStrategy({ temperature });

  const analysed = analysedTexts(texts, encoded, model.transformer.config);
  const { fitted, corpusReport } = yield* measureTexts(analysed, run.config, reuse);
  const quality = fitted && qualityMeasure(analysed, fitted.kneserNey);
  const analysis: RunAnalysis = {
    baselines: fitted?.baselines,
    corpusReport,
    sampleQualities: quality && (yield* measureSamples(run, analysed, quality)),
    temperatures: quality && (yield* measureTemperatures(model, temperatures, run, quality)),
    inspection: yield* inspectTexts(model, encoded),
  };
  writeAnalysis(folder, analysis);
  return analysis;
}

/**
 * The same for a run without a model, which diverged in its first epoch: baselines and text statistics.
 *
 * @param config of the model that was to be trained
 */
export function* analyseTextsSteps(
  folder: string,
  texts: RunTexts,
  config: ModelConfig,
  encoded: EncodedRunTexts,
  reuse: readonly string[],
): Generator<AnalysisProgress, RunAnalysis> {
  const { fitted, corpusReport } = yield* measureTexts(
    analysedTexts(texts, encoded, config),
    readConfig(folder),
    reuse,
  );
  const analysis: RunAnalysis = { baselines: fitted?.baselines, corpusReport };
  writeAnalysis(folder, analysis);
  return analysis;
}

function* measureTemperatures(
  model: LanguageModel,
  temperatures: readonly number[],
  run: Run,
  quality: MeasureQuality,
): Generator<AnalysisProgress, Temperatures | undefined> {
  const [part, total] = ['temperatures', temperatures.length] as const;
  if (total === 0) return undefined;
  yield { part, done: 0, total };
  const options = { temperatures, count: run.readSamples('final').length, seed: run.config.seed, quality };
  return yield* relay(sampleAtTemperatures(model, options), (done) => ({ part, done, total }));
}

/** A few test texts under the model; nothing for a model that has diverged. */
function* inspectTexts(
  model: LanguageModel,
  { test: { encoded } }: EncodedRunTexts,
): Generator<AnalysisProgress, Inspection | undefined> {
  yield { part: 'inspection', done: 0, total: 1 };
  const chosen = chooseTexts(encoded).map((i) => ({ split: 'test' as const, tokens: encoded[i]! }));
  const inspection = inspectModel(model, chosen);
  yield { part: 'inspection', done: 1, total: 1 };
  const { embedding, texts } = inspection;
  const isFinite = embedding.flat().every(Number.isFinite) && texts.every(({ nll }) => Number.isFinite(nll));
  return isFinite ? inspection : undefined;
}
