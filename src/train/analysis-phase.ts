import type { Inspection } from '../runs/analysis-schema.js';
import { writeAnalysis, type RunAnalysis } from '../runs/analysis-files.js';
import { readConfig } from '../runs/reader.js';
import { chooseTexts } from '../sample/choose-texts.js';
import { inspectModel } from '../sample/inspect.js';
import type { LanguageModel } from '../sample/language-model.js';
import { finish } from './evaluate.js';
import { checkFingerprint, encodeTexts, type EncodedTexts, type RunTexts } from './run-texts.js';

/** What the analysis of a run is made of, in order. */
export const ANALYSIS_PARTS = ['inspection'] as const;

/** How far the analysis of a run is. */
export interface AnalysisProgress {
  readonly part: (typeof ANALYSIS_PARTS)[number];
  readonly done: number;
  readonly total: number;
}

/**
 * Measures what reports need of a run's model and texts, and writes it into the run: see docs/run-directory.md. The
 * samples are read from the run, so they have to be there.
 *
 * @param texts those that the run was trained on
 * @param model the run's best model
 * @param encoded the texts as the model reads them, where they are known already
 * @throws LetterpressError BAD_INPUT when the texts are not those of the run; what reading and writing a run throw
 * @returns a generator that yields how far it is, and returns what was written
 */
export function* analysing(
  folder: string,
  texts: RunTexts,
  model: LanguageModel,
  encoded: EncodedTexts = encodeTexts(texts, model.transformer.config.window),
): Generator<AnalysisProgress, RunAnalysis> {
  checkFingerprint(readConfig(folder), texts.splits);
  yield { part: 'inspection', done: 0, total: 1 };
  const analysis: RunAnalysis = { inspection: inspectChosen(model, encoded) };
  writeAnalysis(folder, analysis);
  yield { part: 'inspection', done: 1, total: 1 };
  return analysis;
}

/** {@link analysing}, all at once: also adds what is missing to a run of an older Letterpress. */
export function analyseRun(folder: string, texts: RunTexts, model: LanguageModel): RunAnalysis {
  return finish(analysing(folder, texts, model));
}

/** A few test texts under the model; nothing for a model that has diverged, for its numbers are none. */
function inspectChosen(model: LanguageModel, { test: { encoded } }: EncodedTexts): Inspection | undefined {
  const chosen = chooseTexts(encoded).map((i) => ({ split: 'test' as const, tokens: encoded[i]! }));
  const inspection = inspectModel(model, chosen);
  const { embedding, texts } = inspection;
  const isFinite = embedding.flat().every(Number.isFinite) && texts.every(({ nll }) => Number.isFinite(nll));
  return isFinite ? inspection : undefined;
}
