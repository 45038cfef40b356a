import { cleanTexts } from '../../corpus/cleaning/index.js';
import { readTextFile } from '../../corpus/sources/read-file.js';
import { openModel } from '../open-model.js';
import { meanScores } from '../../model/evaluate.js';
import { encodeSplit } from '../../tokenizer/encode-split.js';
import { summarizeReport } from '../../tokenizer/report.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { cleaningMode } from '../options/data.js';
import { formatCount, formatNumber } from '../../format.js';
import { withProgress } from '../terminal/progress.js';
import { scoring } from './evaluate.js';

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    command
      .argument('<run>', 'run directory or mixture')
      .description("Print the NLL, −log p, of every text of a file under a run's best model, in nats.")
      .requiredOption('--file <path>', 'text file, one text a line')
      .option('--clean <how>', "headlines or none (default: as for the run's own texts)", cleaningMode)
      .option('--json', 'one JSON document'),
  ).action(async (folder, options) => {
    const { run, load } = await openModel(folder);
    const { backend } = openBackend(options, context);
    const model = load(backend);
    const texts = await readTextFile(options.file);
    const cleaned = cleanTexts(texts, options.clean ?? run.config.corpus.cleaning);
    const { encoded, report } = encodeSplit(cleaned, model.tokenizer, { maxCharacters: model.maxCharacters });
    for (const line of summarizeReport(report)) context.notice(`${line}\n`);
    const scores = await withProgress(model.scoreSteps(encoded), scoring(encoded), context);
    const { nll, top1 } = meanScores(scores);
    if (options.json) {
      const scored = texts.map((text, i) => ({
        text,
        scored: model.tokenizer.decode(encoded[i]!),
        nll: scores.nll[i],
        top1: scores.top1[i],
      }));
      context.printJson({ run: folder, texts: scored, nll, top1 });
      return;
    }
    const lines = texts.map((text, i) => `${formatNumber(scores.nll[i], 3).padStart(9)}  ${text}\n`);
    await context.write(lines.join(''));
    context.notice(`mean ${formatNumber(nll, 3)} nats per text over ${formatCount(texts.length)} texts\n`);
  });
  addExamples(command, [
    ['letterpress score runs/news --file texts.txt', 'a line a text: nats, then the text'],
    ['letterpress score runs/news --file texts.txt | sort -n | head', 'the most probable texts'],
  ]);
};
