import { predictedPositions } from '../../tokenizer/special-tokens.js';
import { escapeLine } from '../../escapes.js';
import { noteLeak, openModelFolder } from '../open-model-folder.js';
import { meanScores } from '../../model/evaluate.js';
import { lostShare, summarizeReport } from '../../tokenizer/report.js';
import { LetterpressError } from '../../errors.js';
import { sourceName } from '../../corpus/sources/file-errors.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { addFileOptions, addSplitOption, checkNamed, cleaningMode, flagOfReading } from '../options/data.js';
import { counted, formatNumber } from '../../format.js';
import { withProgress } from '../terminal/progress.js';
import { checkAlphabet, OTHER_MODEL } from '../texts/alphabet.js';
import { encodeFor, textsForModel } from '../texts/for-model.js';
import { scoring } from './evaluate.js';

/** Columns before the text: numbers of the same width for any terminal, so that output can be cut and sorted. */
const HEADINGS = ['nats', 'chars', 'nats/char', 'bits/char'] as const;
const WIDTHS = [9, 5, 9, 9] as const;

/** As in the JSON document: where cleaning leaves nothing of a text, it has no scores. */
interface ScoredText {
  readonly text: string;
  /** As the model reads it. */
  readonly scored: string;
  readonly characters?: number;
  readonly nll?: number;
  readonly top1?: number;
}

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    addFileOptions(
      addSplitOption(
        command
          .argument('<run>', 'run directory or mixture')
          .argument('[text...]', 'texts to score')
          .description(
            "Print the NLL of each text under a run's best model (−log p, in nats), its characters (the end is one), " +
              'nats and bits per character, and the text (escaped).',
          )
          .option('--file <path>', 'file, folder or hf:OWNER/NAME as for train --data, or - for standard input'),
      ),
    )
      .option('--clean <how>', "headlines or none (default: as for the run's own texts)", cleaningMode)
      .option('--json', 'one JSON document'),
  ).action(async (folder, given, options) => {
    const from = options.file ?? given;
    if ((options.file === undefined) === (given.length === 0))
      throw new LetterpressError(
        'BAD_OPTION',
        `expected texts or --file, got ${given.length === 0 ? 'neither' : 'both'}`,
        'Give texts in quotes, a file, or --file - for standard input.',
      );
    const reading = flagOfReading(options) ?? (options.split && '--split');
    checkNamed(options.file, reading, 'texts are scored as they are given', '--file');
    const { run, load } = await openModelFolder(folder);
    const { backend } = openBackend(options, context);
    const model = load(backend);
    noteLeak(model, context);
    const { texts, cleaned } = await textsForModel(from, options, run.config.corpus, context);
    // Nothing is left of these: a score of nothing would stand beside their wording.
    const places = cleaned.flatMap((text, i) => (text.trim() === '' ? [] : [i]));
    const scored = places.map((i) => cleaned[i]!);
    const { encoded, report } = await encodeFor(model, scored, context);
    for (const line of summarizeReport(report)) context.notice(`${line}\n`);
    checkAlphabet(
      lostShare(report),
      options.file === undefined ? 'the texts' : sourceName(options.file),
      OTHER_MODEL,
      context,
    );
    const scores = await withProgress(model.scoreSteps(encoded), scoring(encoded), context);
    const { nll, top1 } = meanScores(scores);
    const predicted = encoded.map((text) => predictedPositions(text, model.maxCharacters + 1));
    const perCharacter = nll / (predicted.reduce((a, b) => a + b, 0) / predicted.length);
    const entries = texts.map((text): ScoredText => ({ text, scored: '' }));
    places.forEach((place, i) => {
      const scored = model.tokenizer.decode(encoded[i]!);
      const [characters, score] = [predicted[i]!, { nll: scores.nll[i]!, top1: scores.top1[i]! }];
      entries[place] = { text: texts[place]!, scored, characters, ...score };
    });
    if (options.json) {
      const bits = perCharacter / Math.LN2;
      const means = { nll, top1, nllPerCharacter: perCharacter, bitsPerCharacter: bits };
      context.printJson({ run: folder, texts: entries, ...means });
      return;
    }
    context.notice(lineOf(HEADINGS, 'text'));
    await context.write(entries.map(lineOfText).join(''));
    const left = texts.length - places.length;
    context.notice(
      `mean ${formatNumber(nll, 3)} nats per text, ${formatNumber(perCharacter, 3)} per character ` +
        `(${formatNumber(perCharacter / Math.LN2, 3)} bits), over ${counted(places.length, 'text')}` +
        `${left === 0 ? '' : `; ${counted(left, 'text')} cleaned to nothing, not scored`}\n`,
    );
  });
  addExamples(command, [
    ['letterpress score runs/news "mayor opens new bridge"', 'one text'],
    ['letterpress score runs/news --file texts.txt', 'a line a text'],
    ['letterpress score runs/news --file articles.csv --column title', 'a column of a table'],
    ['letterpress score runs/news --file texts.txt | sort -n | head', 'the most probable texts'],
  ]);
};

function lineOfText({ text, characters, nll }: ScoredText): string {
  if (characters === undefined || nll === undefined)
    return lineOf(
      HEADINGS.map(() => '-'),
      escapeLine(text),
    );
  const each = nll / characters;
  const figures = [formatNumber(nll, 3), String(characters), formatNumber(each, 3), formatNumber(each / Math.LN2, 3)];
  return lineOf(figures, escapeLine(text));
}

function lineOf(figures: readonly string[], text: string): string {
  return `${figures.map((figure, column) => figure.padStart(WIDTHS[column]!)).join('  ')}  ${text}\n`;
}
