import { cleanTextsSteps } from '../../corpus/cleaning/index.js';
import { SPLITS, type CleaningMode, type Corpus, type Splits } from '../../corpus/corpus.js';
import { sourceName } from '../../corpus/sources/file-errors.js';
import { LetterpressError } from '../../errors.js';
import { formatCount } from '../../format.js';
import { relay } from '../../generators.js';
import type { CliContext } from '../context.js';
import { withProgress, type Stage } from '../terminal/progress.js';

/** What becomes of blank lines, and of texts that cleaning leaves nothing of. */
export type EmptyTexts = 'kept' | 'left out';

/** For the progress bar. */
export function textsDone(label: string, { train, val, test }: Splits): (done: number) => Stage {
  const total = train.length + val.length + test.length;
  return (done) => ({ label, unit: 'texts', total, done });
}

export function cleanSplits(splits: Splits, mode: CleaningMode, context: CliContext): Promise<Splits> {
  return withProgress(cleanSteps(splits, mode), textsDone('cleaning', splits), context);
}

function* cleanSteps(splits: Splits, mode: CleaningMode): Generator<number, Splits> {
  let before = 0;
  const clean = function* (texts: readonly string[]): Generator<number, string[]> {
    const cleaned = yield* relay(cleanTextsSteps(texts, mode), (done) => before + done);
    before += texts.length;
    return cleaned;
  };
  return { train: yield* clean(splits.train), val: yield* clean(splits.val), test: yield* clean(splits.test) };
}

export function noteEmpty(
  all: Splits,
  filled: Splits,
  clean: CleaningMode,
  { notice }: Pick<CliContext, 'notice'>,
): void {
  const counts = SPLITS.map((split) => all[split].length - filled[split].length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return;
  notice(
    `${total === 1 ? '1 text is' : `${formatCount(total)} texts are`} empty` +
      `${clean === 'none' ? '' : ' after cleaning'} and left out ` +
      `(${SPLITS.map((split, i) => `${split} ${formatCount(counts[i])}`).join(', ')})\n`,
  );
}

/** @throws LetterpressError BAD_INPUT when there is nothing to train on, to choose the best epoch by, or to test on */
export function checkFilled(splits: Splits, corpus: Corpus, clean: CleaningMode): void {
  const counts = SPLITS.map((split) => splits[split].filter((text) => text.trim() !== '').length);
  if (!counts.includes(0)) return;
  const of = sourceName(corpus.path ?? corpus.name);
  const figures = SPLITS.map((split, i) => `${formatCount(counts[i])} in ${split}`).join(', ');
  throw new LetterpressError(
    'BAD_INPUT',
    clean === 'none'
      ? `expected texts in train, val and test of ${of}, got ${figures}`
      : `expected texts with words in train, val and test; cleaning left ` +
          (counts.every((count) => count === 0) ? `nothing of ${of}` : `${figures} of ${of}`),
    'Check that the right file or column was read, or give more texts' +
      `${clean === 'none' ? '' : ', or keep the texts as they are with --clean none'}.`,
  );
}
