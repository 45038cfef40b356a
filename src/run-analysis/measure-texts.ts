import { isDeepStrictEqual } from 'node:util';
import { SPLITS } from '../corpus/corpus.js';
import type { Baselines } from '../baselines/baselines-schema.js';
import { fitBaselines } from '../baselines/fit-baselines.js';
import { fitKneserNey, type KneserNey } from '../baselines/kneser-ney.js';
import { meanNll } from '../baselines/sequence-model.js';
import { corpusStatistics } from '../corpus/statistics.js';
import { LetterpressError } from '../errors.js';
import { relay } from '../generators.js';
import { readAnalysis, type RunAnalysis } from '../runs/analysis-files.js';
import { hasSameTokens } from '../runs/compare-configs.js';
import { readConfig } from '../runs/reader.js';
import type { RunConfig } from '../runs/schema.js';
import { corpusReportSteps } from '../texts/corpus-report.js';
import type { CorpusReport } from '../texts/texts-schema.js';
import type { AnalysedTexts, AnalysisProgress } from './analysed-texts.js';

/** What depends on the texts of a run alone. */
export interface TextMeasures {
  /** Absent where a split has no texts. */
  readonly fitted?: { readonly baselines: Baselines; readonly kneserNey: KneserNey } | undefined;
  readonly corpusReport: CorpusReport;
}

/**
 * Fits the baselines and describes the texts, or takes both from another run on the same texts.
 *
 * @param reuse folders of runs that may have measured the same texts
 */
export function* measureTexts(
  texts: AnalysedTexts,
  config: RunConfig,
  reuse: readonly string[],
): Generator<AnalysisProgress, TextMeasures> {
  yield { part: 'baselines', done: 0, total: 1 };
  const found = findMeasures(reuse, config, texts);
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

/**
 * Looks for a run that has measured the same texts with the same Letterpress, and takes its measures if they are what
 * comes out here: the n-gram model of the best order is fitted again, which is needed anyhow, and must reach the same
 * NLLs to the bit; sizes, lengths and characters must be the same. So a file of other texts is never used, wherever it
 * came from, and a run gets the same files with and without others to reuse.
 */
function findMeasures(folders: readonly string[], config: RunConfig, texts: AnalysedTexts): Partial<TextMeasures> {
  for (const folder of folders) {
    const { baselines, corpusReport } = readMeasures(folder, config);
    if (baselines === undefined && corpusReport === undefined) continue;
    const kneserNey = baselines && refit(baselines, texts);
    return {
      fitted: baselines && kneserNey && { baselines, kneserNey },
      ...(corpusReport && describes(corpusReport, texts) ? { corpusReport } : {}),
    };
  }
  return {};
}

/** The measures of a run that reads the same tokens, by the same program: compressors belong to Node.js. */
function readMeasures(folder: string, own: RunConfig): RunAnalysis {
  try {
    const other = readConfig(folder);
    const isSame =
      other.corpus.fingerprint === own.corpus.fingerprint &&
      hasSameTokens(other, own) &&
      other.letterpress === own.letterpress &&
      other.node === own.node;
    return isSame ? readAnalysis(folder) : {};
  } catch (error) {
    // Whatever is wrong with another run is not this one's concern.
    if (error instanceof LetterpressError) return {};
    throw error;
  }
}

/** The n-gram model of some baselines, if both come from these texts. */
function refit(baselines: Baselines, { tokens, shape, entropy }: AnalysedTexts): KneserNey | undefined {
  const find = (id: string) => baselines.baselines.find((baseline) => baseline.id === id);
  const best = find('kneser-ney');
  const sizes = { train: tokens.train.length, val: tokens.val.length, test: tokens.test.length };
  if (best?.order === undefined || !isDeepStrictEqual(baselines.texts, sizes)) return undefined;
  if (find('entropy')?.testNll !== entropy) return undefined;
  const kneserNey = fitKneserNey(tokens.train, { order: best.order, ...shape });
  const isSame = meanNll(kneserNey, tokens.val) === best.valNll && meanNll(kneserNey, tokens.test) === best.testNll;
  return isSame ? kneserNey : undefined;
}

/** Whether a report has the lengths and characters of these texts. */
function describes(report: CorpusReport, { given, tokenizer, shape }: AnalysedTexts): boolean {
  const { splits, maxCharacters, alphabetSize } = corpusStatistics(given, tokenizer, shape.contextLength - 1);
  return (
    report.maxCharacters === maxCharacters &&
    report.alphabetSize === alphabetSize &&
    SPLITS.every((split) =>
      Object.entries(splits[split]).every(([name, value]) =>
        // As in the file: without what is undefined, and without prototypes.
        isDeepStrictEqual(report.splits[split][name as keyof (typeof splits)['train']], structuredClone(value)),
      ),
    )
  );
}
