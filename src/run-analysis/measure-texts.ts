import { corpusReportSteps } from '../texts/corpus-report.js';
import { fitBaselines } from '../baselines/fit-baselines.js';
import type { KneserNey } from '../baselines/kneser-ney.js';
import type { CorpusReport } from '../texts/texts-schema.js';
import type { Baselines } from '../baselines/baselines-schema.js';
import type { RunConfig } from '../runs/schema.js';
import type { AnalysisProgress } from './progress.js';
import { relay } from '../generators.js';
import type { AnalysedTexts } from './analysed-texts.js';
import { reuseMeasures } from './reuse-measures.js';

/** What of a run depends on its texts alone. */
export interface TextMeasures {
  /** Absent where a split has no texts. */
  readonly fitted?: { readonly baselines: Baselines; readonly kneserNey: KneserNey } | undefined;
  readonly corpusReport: CorpusReport;
}

/**
 * Fits the baselines, and describes the texts; or takes both from another run on the same texts.
 *
 * @param reuse folders of runs that may have measured the same texts
 */
export function* measureTexts(
  texts: AnalysedTexts,
  config: RunConfig,
  reuse: readonly string[],
): Generator<AnalysisProgress, TextMeasures> {
  yield { part: 'baselines', done: 0, total: 1 };
  const found = reuseMeasures(reuse, config, texts);
  const fitted = found.fitted ?? (yield* fitBaselinesOf(texts));
  yield { part: 'corpus', done: 0, total: 1 };
  const corpusReport = found.corpusReport ?? (yield* describeTexts(texts));
  yield { part: 'corpus', done: 1, total: 1 };
  return { fitted, corpusReport };
}

function* fitBaselinesOf(texts: AnalysedTexts): Generator<AnalysisProgress, TextMeasures['fitted']> {
  const { tokens, chosen, shape, entropy } = texts;
  if (tokens.train.length === 0 || tokens.val.length === 0 || tokens.test.length === 0) return undefined;
  const steps = fitBaselines({ splits: tokens, texts: chosen, ...shape, entropy });
  return yield* relay(steps, ({ done, total }) => ({ part: 'baselines' as const, done, total }));
}

function* describeTexts({ given, tokenizer, shape }: AnalysedTexts): Generator<AnalysisProgress, CorpusReport> {
  const steps = corpusReportSteps(given, tokenizer, { maxCharacters: shape.contextLength - 1 });
  return yield* relay(steps, ({ done, total }) => ({ part: 'corpus' as const, done, total }));
}
