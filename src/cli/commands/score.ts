import { escapeLine } from '../../escapes.js';
import { openModel } from '../open-model.js';
import { meanScores } from '../../model/evaluate.js';
import { lostShare, summarizeReport } from '../../tokenizer/report.js';
import { sourceName } from '../../corpus/sources/file-errors.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { addFileOptions, addSplitOption, cleaningMode } from '../options/data.js';
import { counted, formatCount, formatNumber } from '../../format.js';
import { withProgress } from '../terminal/progress.js';
import { checkAlphabet, OTHER_MODEL } from '../texts/alphabet.js';
import { encodeFor, textsForModel } from '../texts/for-model.js';
import { scoring } from './evaluate.js';

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    addFileOptions(
      addSplitOption(
        command
          .argument('<run>', 'run directory or mixture')
          .description(
            "Print the NLL, −log p, of every text of a file under a run's best model, in nats, and the text (escaped).",
          )
          .requiredOption(
            '--file <path>',
            'file, folder or hf:OWNER/NAME as for train --data, or - for standard input',
          ),
      ),
    )
      .option('--clean <how>', "headlines or none (default: as for the run's own texts)", cleaningMode)
      .option('--json', 'one JSON document'),
  ).action(async (folder, options) => {
    const { run, load } = await openModel(folder);
    const { backend } = openBackend(options, context);
    const model = load(backend);
    const { texts, cleaned } = await textsForModel(options.file, options, run.config.corpus, context);
    // Nothing is left of these: a score of nothing would stand beside their wording.
    const places = cleaned.flatMap((text, i) => (text.trim() === '' ? [] : [i]));
    const scored = places.map((i) => cleaned[i]!);
    const { encoded, report } = await encodeFor(model, scored, context);
    for (const line of summarizeReport(report)) context.notice(`${line}\n`);
    checkAlphabet(lostShare(report), sourceName(options.file), OTHER_MODEL, context);
    const scores = await withProgress(model.scoreSteps(encoded), scoring(encoded), context);
    const { nll, top1 } = meanScores(scores);
    const of = new Map(places.map((place, i) => [place, i]));
    if (options.json) {
      const entries = texts.map((text, place) => {
        const i = of.get(place);
        if (i === undefined) return { text, scored: '' };
        return { text, scored: model.tokenizer.decode(encoded[i]!), nll: scores.nll[i], top1: scores.top1[i] };
      });
      context.printJson({ run: folder, texts: entries, nll, top1 });
      return;
    }
    const lines = texts.map((text, place) => {
      const i = of.get(place);
      return `${(i === undefined ? '-' : formatNumber(scores.nll[i], 3)).padStart(9)}  ${escapeLine(text)}\n`;
    });
    await context.write(lines.join(''));
    const left = texts.length - places.length;
    context.notice(
      `mean ${formatNumber(nll, 3)} nats per text over ${formatCount(places.length)} texts` +
        `${left === 0 ? '' : `; ${counted(left, 'text')} cleaned to nothing, not scored`}\n`,
    );
  });
  addExamples(command, [
    ['letterpress score runs/news --file texts.txt', 'a line a text: nats, then the text'],
    ['letterpress score runs/news --file articles.csv --column title', 'a column of a table'],
    ['letterpress score runs/news --file texts.txt | sort -n | head', 'the most probable texts'],
  ]);
};
