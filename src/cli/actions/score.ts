import { cleanTexts, type CleaningMode } from '../../corpus/cleaning/index.js';
import { readTextFile } from '../../corpus/sources/read-file.js';
import { loadTextModel, readFirstRun } from '../../ensemble/load-mixture.js';
import { encodeSplit } from '../../tokenizer/encode-split.js';
import { summarizeReport } from '../../tokenizer/report.js';
import { meanScores } from '../../model/evaluate.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { formatCount, formatNumber } from '../../format.js';
import { scoreWithProgress } from './evaluate.js';

/** The options of `letterpress score`. */
export interface ScoreOptions extends BackendOptions {
  readonly file: string;
  readonly clean?: CleaningMode;
  readonly json?: true;
}

/** Prints −log p of every text of a file, in nats. */
export async function score(folder: string, options: ScoreOptions, context: CliContext): Promise<void> {
  const run = readFirstRun(folder);
  const { backend } = openBackend(options, context);
  const model = loadTextModel(folder, backend);
  const texts = await readTextFile(options.file);
  const cleaned = cleanTexts(texts, options.clean ?? run.config.corpus.cleaning);
  const { encoded, report } = encodeSplit(cleaned, model.tokenizer, { maxCharacters: model.maxCharacters });
  for (const line of summarizeReport(report)) context.notice(`${line}\n`);
  const scores = await scoreWithProgress(model, encoded, context);
  const { nll, top1 } = meanScores(scores);
  if (options.json) {
    context.printJson({
      run: folder,
      texts: texts.map((text, i) => ({
        text,
        scored: model.tokenizer.decode(encoded[i]!),
        nll: scores.nll[i],
        top1: scores.top1[i],
      })),
      nll,
      top1,
    });
    return;
  }
  const lines = texts.map((text, i) => `${formatNumber(scores.nll[i], 3).padStart(9)}  ${text}\n`);
  await context.write(lines.join(''));
  context.notice(`mean ${formatNumber(nll, 3)} nats per text over ${formatCount(texts.length)} texts\n`);
}
