import { LetterpressError } from '../../errors.js';
import { escapeLine } from '../../escapes.js';
import { counted, formatCount, formatPercent } from '../../format.js';
import { asRunError } from '../../model/load-model.js';
import { parseModelConfig } from '../../nn/config.js';
import { analysedTexts } from '../../run-analysis/analysed-texts.js';
import { readRun, type Run } from '../../runs/reader.js';
import { checkFingerprint } from '../../runs/check-fingerprint.js';
import { encodeTexts } from '../../runs/run-texts.js';
import { MIN_COPIED_CHARACTERS, noveltySteps, type Novelty } from '../../texts/novelty.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addMovedOptions } from '../options/data.js';
import { positiveInteger } from '../options/parsers.js';
import { formatParagraph } from '../terminal/table.js';
import { wrapText } from '../terminal/text.js';
import { withProgress } from '../terminal/progress.js';
import { textsOfRun } from '../texts/of-run.js';

/** Columns before a text. */
const INDENT = 15;

export const define: DefineCommand = (command, context) => {
  addMovedOptions(
    command
      .argument('<run>', 'run directory')
      .description(
        'Print how much of each sample in a run is copied from training texts (spans of at least 12 characters), ' +
          'and its nearest training text (fewest edits per character of the longer of the two) with the edits ' +
          'between them. Reads the training texts again.',
      )
      .option('--epoch <n>', 'samples of this epoch (default: those of the best model)', positiveInteger)
      .option('--json', 'one JSON document'),
  ).action(async (folder, options) => {
    const run = readRun(folder);
    const samples = run.readSamples(whichSamples(run, options.epoch));
    const texts = await textsOfRun(run, context, options);
    checkFingerprint(run.config, texts.splits);
    const model = asRunError(() => parseModelConfig(run.config.model));
    const { read, chosen } = analysedTexts(texts, encodeTexts(texts, model.contextLength), model);
    const found = await withProgress(
      noveltySteps(samples, read.train, chosen.train),
      (done) => ({ label: 'comparing', unit: 'texts', done, total: samples.length }),
      context,
    );
    if (options.json) context.printJson(found);
    else await context.write(describe(found, context.stdoutIsTerminal ? context.style.columns : Infinity));
  });
  addExamples(command, [
    ['letterpress novelty runs/gazette-modern-48x3', 'of the samples of the best model'],
    ['letterpress novelty runs/news --epoch 3', 'of those of an epoch'],
    ['letterpress novelty runs/news --data moved/news.txt', 'where the training texts are now'],
  ]);
};

function whichSamples({ folder, config, sampleEpochs, results }: Run, epoch: number | undefined): number | 'final' {
  const isWithout = config.imported !== undefined || (results !== undefined && results.bestEpoch < 0);
  if (isWithout || (results === undefined && sampleEpochs.length === 0))
    throw new LetterpressError(
      'BAD_OPTION',
      `${folder} has no samples: ` +
        (config.imported !== undefined
          ? 'it was imported, and only trainings keep some'
          : results === undefined
            ? 'its training writes them after its first epoch'
            : 'its training diverged in the first epoch'),
      'Sample the model and compare the texts yourself, or choose another run.',
    );
  if (epoch === undefined) return results === undefined ? (sampleEpochs.at(-1) ?? 'final') : 'final';
  if (sampleEpochs.includes(epoch - 1)) return epoch - 1;
  throw new LetterpressError(
    'BAD_OPTION',
    `there are no samples of epoch ${epoch}: a run keeps those of its best epochs`,
    `Choose one of ${sampleEpochs.map((each) => each + 1).join(', ')} (epoch).`,
  );
}

/** Texts wider than the terminal continue below themselves. */
function describe({ texts, searched, trainingTexts }: Novelty, columns: number): string {
  const shown = (text: string): string =>
    columns === Infinity
      ? escapeLine(text)
      : wrapText(escapeLine(text), columns - INDENT, { hard: true }).join(`\n${' '.repeat(INDENT)}`);
  const lines = texts.map(({ text, nearest, copiedShare }) => {
    const share = formatPercent(copiedShare, 0).padStart(6);
    const edits = nearest === undefined ? '' : `${String(nearest.edits).padStart(5)}  ${shown(nearest.text)}\n`;
    return `${share}         ${shown(text)}\n        ${edits}`;
  });
  const mean = texts.reduce((sum, each) => sum + each.copiedShare, 0) / Math.max(1, texts.length);
  const copies = texts.filter(({ nearest }) => nearest?.edits === 0).length;
  const summary =
    `On average, ${formatPercent(mean)} of the characters of a text are in copied spans of at least ` +
    `${MIN_COPIED_CHARACTERS} characters; ${formatCount(copies)} of ${counted(texts.length, 'text')} ` +
    `${copies === 1 ? 'is a training text' : 'are training texts'}.`;
  return (
    `copied  edits  text, and below it the nearest training text\n${lines.join('')}` +
    formatParagraph(summary, { columns }) +
    `Searched: ${formatCount(searched)} of ${counted(trainingTexts, 'training text')}.\n`
  );
}
