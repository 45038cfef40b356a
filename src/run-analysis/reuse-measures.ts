import { isDeepStrictEqual } from 'node:util';
import { fitKneserNey, type KneserNey } from '../baselines/kneser-ney.js';
import { meanNll } from '../baselines/sequence-model.js';
import { corpusStatistics } from '../corpus/statistics.js';
import { LetterpressError } from '../errors.js';
import type { CorpusReport } from '../texts/texts-schema.js';
import type { Baselines } from '../baselines/baselines-schema.js';
import { readAnalysis, type RunAnalysis } from '../runs/analysis-files.js';
import { readConfig } from '../runs/reader.js';
import type { RunConfig } from '../runs/schema.js';
import type { AnalysedTexts } from './analysed-texts.js';

/** Measures that another run has of the same texts. */
export interface ReusedMeasures {
  readonly fitted?: { readonly baselines: Baselines; readonly kneserNey: KneserNey } | undefined;
  readonly corpusReport?: CorpusReport | undefined;
}

/**
 * Looks for a run that has measured the same texts with the same Letterpress, and takes its measures if they are what
 * comes out here: the n-gram model of the best order is fitted again, which is needed anyhow, and must reach the same
 * NLLs to the bit; sizes, lengths and characters must be the same. So a file of other texts is never used, wherever it
 * came from, and a run gets the same files with and without others beside it.
 *
 * @param folders run directories, or what may be one
 */
export function reuseMeasures(folders: readonly string[], config: RunConfig, texts: AnalysedTexts): ReusedMeasures {
  for (const folder of folders) {
    const analysis = measuresOf(folder, config);
    if (analysis?.baselines === undefined && analysis?.corpusReport === undefined) continue;
    const { baselines, corpusReport } = analysis;
    const kneserNey = baselines && refit(baselines, texts);
    return {
      fitted: baselines && kneserNey && { baselines, kneserNey },
      corpusReport: corpusReport && describes(corpusReport, texts) ? corpusReport : undefined,
    };
  }
  return {};
}

/** The measures of a run, if it is one, can be read, and says that its texts are the same. */
function measuresOf(folder: string, config: RunConfig): RunAnalysis | undefined {
  try {
    return isSameTexts(readConfig(folder), config) ? readAnalysis(folder) : undefined;
  } catch (error) {
    // Whatever is wrong with another run is not this one's concern.
    if (error instanceof LetterpressError) return undefined;
    throw error;
  }
}

/** Whether two runs read the same tokens, by the same program: compressors belong to Node.js. */
function isSameTexts(other: RunConfig, own: RunConfig): boolean {
  return (
    other.corpus.fingerprint === own.corpus.fingerprint &&
    other.model['contextLength'] === own.model['contextLength'] &&
    isDeepStrictEqual(other.tokenizer, own.tokenizer) &&
    other.letterpress === own.letterpress &&
    other.node === own.node
  );
}

/** The n-gram model of some baselines, if it and they come from these texts. */
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
  const { splits, ...rest } = corpusStatistics(given, tokenizer, shape.contextLength - 1);
  const agrees = (split: keyof typeof splits) =>
    Object.entries(splits[split]).every(([name, value]) =>
      // As in the file: without what is undefined, and without prototypes.
      isDeepStrictEqual(report.splits[split][name as keyof (typeof splits)['train']], structuredClone(value)),
    );
  return (
    report.maxCharacters === rest.maxCharacters &&
    report.alphabetSize === rest.alphabetSize &&
    agrees('train') &&
    agrees('val') &&
    agrees('test')
  );
}
