import { SPLITS, type Splits } from '../../corpus/corpus.js';
import { STANDARD_INPUT } from '../../corpus/sources/file-errors.js';
import type { ReadingNote } from '../../corpus/sources/table.js';
import { formatCount } from '../../format.js';
import type { RunTexts } from '../../runs/run-texts.js';
import type { EncodingReport } from '../../tokenizer/report-schema.js';
import { summarizeReport } from '../../tokenizer/report.js';
import type { CliContext } from '../context.js';
import type { Style } from '../terminal/style.js';
import { formatParagraph } from '../terminal/table.js';

/** Which texts, how they are trained on, and what in which folder, before a long piece of work. */
export function describeWork(
  { corpus, splits }: Pick<RunTexts, 'corpus' | 'splits'>,
  how: string,
  place: string,
  style: Style,
): string {
  const counts = SPLITS.map((split) => formatCount(splits[split].length)).join(' / ');
  const texts = `${style.bold(corpus.name)}  ${counts} texts to train / validate / test`;
  return `${formatParagraph(texts, style)}${formatParagraph(how, style)}${place}\n`;
}

/** Says what encoding folds, replaces or truncates, so that nothing is changed in silence. */
export function noteCharacters(
  reports: Readonly<Record<keyof Splits, EncodingReport>>,
  { notice }: Pick<CliContext, 'notice'>,
): void {
  for (const split of SPLITS) for (const line of summarizeReport(reports[split])) notice(`${split}: ${line}\n`);
}

/** Says which texts of validation and test are in training too, and whether the texts can be read only once. */
export function noteTexts(
  { corpus, splits: { train, val, test }, tokenizer }: Pick<RunTexts, 'corpus' | 'splits' | 'tokenizer'>,
  { notice }: Pick<CliContext, 'notice'>,
): void {
  const asRead = (text: string): string => tokenizer.decode(tokenizer.encode(text));
  const known = new Set(train.map(asRead));
  const count = (texts: readonly string[]) => ({
    texts: texts.length,
    inTrain: texts.reduce((sum, text) => sum + (known.has(asRead(text)) ? 1 : 0), 0),
  });
  const sentence = describeOverlap({ val: count(val), test: count(test) });
  if (sentence !== undefined) notice(`${sentence}\n`);
  if (corpus.path === STANDARD_INPUT)
    notice(
      'the texts are not kept: keep them in a file, for what needs them again (--resume, mix, analyse) ' +
        'takes them by --data\n',
    );
}

type Overlap = Readonly<Record<'texts' | 'inTrain', number>>;

/** `3 of 1,084 validation texts are also in the training set`, `1 of 20 … is …`; nothing when none are. */
export function describeOverlap({ val, test }: { readonly val: Overlap; readonly test: Overlap }): string | undefined {
  const counts = Object.entries({ validation: val, test }).flatMap(([name, { texts, inTrain }]) =>
    inTrain === 0 ? [] : [`${formatCount(inTrain)} of ${formatCount(texts)} ${name} texts`],
  );
  const verb = val.inTrain + test.inTrain === 1 ? 'is' : 'are';
  return counts.length === 0 ? undefined : `${counts.join(' and ')} ${verb} also in the training set`;
}

/** What to do about what was noted of a file. */
const ADVICE: Readonly<Record<ReadingNote['about'], string>> = {
  header: ' (if it is a text: --no-header)',
  delimiter: ' (otherwise: --delimiter)',
  'line ends': ' (if quotes are characters like any other there: --quote none)',
  limit: ', because of --limit',
};

/** Says what could be read, but perhaps not as it was meant. */
export function noteReading({ notice }: Pick<CliContext, 'notice'>): (note: ReadingNote) => void {
  return ({ about, sentence }) => notice(`${sentence}${ADVICE[about]}\n`);
}
