import { eachSplit, SPLITS, type Splits } from '../../corpus/corpus.js';
import { batches } from '../../corpus/pieces.js';
import { STANDARD_INPUT } from '../../corpus/sources/file-errors.js';
import type { ReadingNote } from '../../corpus/sources/table.js';
import { formatCount } from '../../format.js';
import type { RunTexts } from '../../runs/run-texts.js';
import type { EncodingReport } from '../../tokenizer/report-schema.js';
import { summarizeReport } from '../../tokenizer/report.js';
import type { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { CliContext } from '../context.js';
import type { LiveContext } from '../terminal/live-line.js';
import { withProgress } from '../terminal/progress.js';
import type { Style } from '../terminal/style.js';
import { formatParagraph } from '../terminal/table.js';
import { textsDone } from './clean-splits.js';

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

/** What is to be said of texts: which of validation and test are in training too, and if they can be read only once. */
export async function noticeOfTexts(
  { corpus, splits, tokenizer }: Pick<RunTexts, 'corpus' | 'splits' | 'tokenizer'>,
  context: LiveContext,
): Promise<string> {
  const sentence = describeOverlap(
    await withProgress(overlapSteps(splits, tokenizer), textsDone('comparing', splits), context),
  );
  return (
    (sentence === undefined ? '' : `${sentence}\n`) +
    (corpus.path === STANDARD_INPUT
      ? 'the texts are not kept: keep them in a file, for what needs them again (--resume, mix, analyse) ' +
        'takes them by --data\n'
      : '')
  );
}

function* overlapSteps(
  splits: Splits,
  tokenizer: Tokenizer,
): Generator<number, Readonly<Record<keyof Splits, Overlap>>> {
  const known = new Set<string>();
  const counts = eachSplit((split) => ({ texts: splits[split].length, inTrain: 0 }));
  let done = 0;
  for (const split of SPLITS)
    for (const batch of batches(splits[split])) {
      for (const text of batch) {
        const read = tokenizer.decode(tokenizer.encode(text));
        if (split === 'train') known.add(read);
        else if (known.has(read)) counts[split].inTrain++;
      }
      yield (done += batch.length);
    }
  return counts;
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
