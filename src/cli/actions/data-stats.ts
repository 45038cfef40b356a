import { fingerprint } from '../../corpus/fingerprint.js';
import { corpusStatistics, type CorpusStatistics, type SplitStatistics } from '../../corpus/statistics.js';
import { summarizeReport } from '../../tokenizer/report.js';
import type { CliContext } from '../context.js';
import type { DataOptions } from '../data-options.js';
import { formatCount, formatNumber, formatPercent } from '../terminal/format.js';
import { formatTable, type Column } from '../terminal/table.js';
import { prepareTexts, type PreparedTexts } from './prepare-texts.js';

/** The options of `letterpress data stats`. */
export interface DataStatsOptions extends DataOptions {
  readonly json?: true;
}

/** Prints what is in the texts: tables for people, or with `--json` one document. */
export async function dataStats(options: DataStatsOptions, context: CliContext): Promise<void> {
  const texts = await prepareTexts(options, context);
  const statistics = corpusStatistics(texts.splits, texts.tokenizer);
  const known = exactFigures(texts);
  if (options.json === true) {
    const { name, kind, path } = texts.corpus;
    context.printJson({
      corpus: { name, kind, path, fingerprint: fingerprint(texts) },
      clean: texts.clean,
      alphabet: texts.tokenizer.letters.join(''),
      ...statistics,
      exact: known,
    });
    return;
  }
  const sections = [describeCorpus(texts, known, context), table(statistics, context), letters(statistics)];
  const notes = (['train', 'val', 'test'] as const).flatMap((split) =>
    // Long and empty texts have their rows in the table already.
    summarizeReport({ ...statistics.splits[split].encoding, textsCut: 0, empty: 0 }).map(
      (line) => `${split}: ${line}\n`,
    ),
  );
  if (notes.length > 0) sections.push(notes.join(''));
  context.print(sections.join('\n'));
}

/** What only a corpus from a known distribution has, in nats per text. */
interface ExactFigures {
  readonly entropy: number;
  /** Mean −log p of the test texts under the distribution itself: what a perfect model would reach on them. */
  readonly testNll: number;
}

function exactFigures({ corpus, splits }: PreparedTexts): ExactFigures | undefined {
  const { exact } = corpus;
  if (exact === undefined) return undefined;
  const total = splits.test.reduce((sum, text) => sum + exact.nll(text), 0);
  return { entropy: exact.entropy, testNll: total / splits.test.length };
}

function describeCorpus(
  { corpus, clean, tokenizer }: PreparedTexts,
  known: ExactFigures | undefined,
  { style }: CliContext,
): string {
  const rows = [
    [
      'corpus',
      corpus.path === undefined ? `${corpus.name} (${corpus.kind})` : `${corpus.path} (${corpus.kind})`,
    ],
    ['cleaning', clean === 'none' && corpus.alreadyClean ? 'none (clean letters already)' : clean],
    [
      'alphabet',
      `${formatCount(tokenizer.letters.length)} letters, ${formatCount(tokenizer.vocabularySize)} token values`,
    ],
  ];
  if (known !== undefined) {
    rows.push(['entropy', `${formatNumber(known.entropy, 3)} nats per text, exactly`]);
    rows.push(['best NLL', `${formatNumber(known.testNll, 3)} nats per test text, of the true distribution`]);
  }
  return formatTable(
    [{ title: '' }, { title: '' }],
    rows.map(([name = '', value = '']) => [style.bold(name), value]),
  );
}

function table({ splits, maxLetters }: CorpusStatistics, { style }: CliContext): string {
  const lines: readonly (readonly [string, (split: SplitStatistics) => string])[] = [
    ['texts', (split) => formatCount(split.texts)],
    ['letters', (split) => formatCount(split.lengths.total)],
    ['letters a text, mean', (split) => formatNumber(split.lengths.mean, 1)],
    ['  median', (split) => formatNumber(split.lengths.median, 1)],
    ['  shortest', (split) => formatCount(split.lengths.min)],
    ['  longest', (split) => formatCount(split.lengths.max)],
    [`texts over ${maxLetters} letters`, (split) => formatCount(split.overWindow)],
    ['empty texts', (split) => formatCount(split.empty)],
    ['repeated texts', (split) => formatCount(split.duplicates)],
    [
      'texts also in train',
      (split) => `${formatCount(split.inTrain)} (${formatPercent(split.inTrainShare, 2)})`,
    ],
  ];
  const { train, val, test } = splits;
  return formatTable(
    [
      { title: '' },
      { title: 'train', align: 'right' },
      { title: 'val', align: 'right' },
      { title: 'test', align: 'right' },
    ],
    lines.map(([name, show]) => [
      name,
      name === 'texts also in train' ? '-' : show(train),
      show(val),
      show(test),
    ]),
    style.bold,
  );
}

/** The letters of the training texts by frequency, as many as fit a few lines. */
function letters({ splits }: CorpusStatistics): string {
  const { letters: counts } = splits.train;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const sorted = [...counts].sort((a, b) => b.count - a.count);
  const shown = sorted
    .slice(0, 30)
    .map(({ letter, count }) => `${visible(letter)} ${formatPercent(count / total, 1)}`);
  const rows: string[][] = [];
  for (let i = 0; i < shown.length; i += 6) rows.push(['', ...shown.slice(i, i + 6)]);
  const rarer = sorted.length > 30 ? `  and ${formatCount(sorted.length - 30)} rarer letters\n` : '';
  return `Letters of train:\n${formatTable(Array<Column>(7).fill({ title: '' }), rows)}${rarer}`;
}

/** A letter as a reader can see it. */
function visible(letter: string): string {
  if (letter === ' ') return '␣';
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(letter)
    ? letter
    : `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
