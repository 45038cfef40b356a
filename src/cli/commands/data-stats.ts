import { SPLITS } from '../../corpus/corpus.js';
import { fingerprint } from '../../corpus/fingerprint.js';
import { corpusReportSteps } from '../../texts/corpus-report.js';
import type { NearPair } from '../../texts/near-duplicates.js';
import type { CorpusReport } from '../../texts/texts-schema.js';
import { summarizeReport } from '../../tokenizer/report.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { addDataOptions, addLongTextOptions } from '../options/data.js';
import { integer } from '../options/parsers.js';
import { counted, formatCount, formatNumber, formatPercent } from '../../format.js';
import { withProgress } from '../terminal/progress.js';
import type { Style } from '../terminal/style.js';
import { formatList, formatParagraph, formatTable, right } from '../terminal/table.js';
import { prepareTexts } from '../texts/prepare.js';
import type { PreparedTexts } from '../texts/types.js';

export const define: DefineCommand = (command, context) => {
  command.description('Count what is in texts as a model sees them: cleaned, and in its alphabet.');
  addLongTextOptions(addDataOptions(command.option('--json', 'one JSON document')))
    .option('--seed <n>', 'seed of the 80/10/10 split of a single file, or of the built-in corpus', integer({ min: 0 }))
    .action(async (options) => {
      const prepared = await prepareTexts(options, context);
      const report = await reportOf(prepared, context);
      const exact = exactFigures(prepared);
      if (options.json) printJson(prepared, report, exact, context);
      else context.print(describe(prepared, report, exact, context));
    });
  addExamples(command, [
    ['letterpress data stats', 'the built-in corpus, with its exact entropy'],
    ['letterpress data stats --data news.txt', 'one text a line, split 80/10/10'],
    ['letterpress data stats --data pairs.csv --column left_title --column right_title', 'two columns of a table'],
    ['letterpress data stats --data hf:ag_news --columns text', 'a data set of the Hugging Face Hub'],
    ['letterpress data stats --data folder --clean none --alphabet auto --json', 'texts in any script, for a program'],
  ]);
};

/** Characters of train that are searched for near-duplicates: more than the notebook's headlines have. */
const SEARCHED_CHARACTERS = 500_000;

/** Counts and compares the texts; comparing takes longer the more there are. */
function reportOf({ splits, tokenizer, corpus }: PreparedTexts, context: CliContext): Promise<CorpusReport> {
  const options = corpus.pieces === undefined ? {} : { maxCharacters: corpus.pieces };
  // Long texts take longer to compare: as many as take some seconds.
  const characters = splits.train.reduce((sum, text) => sum + Math.min(text.length, 1000), 0);
  const maxSearched = Math.ceil((SEARCHED_CHARACTERS * splits.train.length) / Math.max(1, characters));
  return withProgress(
    corpusReportSteps(splits, tokenizer, { ...options, maxSearched: Math.min(20_000, maxSearched) }),
    ({ done, total }) => ({ label: 'comparing', unit: 'texts', done, total }),
    context,
  );
}

function printJson(prepared: PreparedTexts, report: CorpusReport, exact: unknown, context: CliContext): void {
  const { name, kind, path } = prepared.corpus;
  const { maxCharacters, alphabetSize, maxDistance, splits, lengthHistogram } = report;
  context.printJson({
    corpus: { name, kind, path, fingerprint: fingerprint(prepared) },
    clean: prepared.clean,
    alphabet: prepared.tokenizer.characters.join(''),
    maxCharacters,
    alphabetSize,
    maxDistance,
    splits,
    lengthHistogram,
    exact,
  });
}

function describe(
  prepared: PreparedTexts,
  report: CorpusReport,
  exact: ExactFigures | undefined,
  context: CliContext,
): string {
  const notes = SPLITS.flatMap((split) =>
    // Long and empty texts have their rows in the table already.
    summarizeReport({ ...report.splits[split].encoding, textsCut: 0, empty: 0 }).map((line) => `${split}: ${line}\n`),
  );
  return [
    describeCorpus(prepared, exact, context),
    table(report, context),
    nearExamples(report, context),
    characters(report, context),
    notes.join(''),
  ]
    .filter((section) => section !== '')
    .join('\n');
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
  exact: ExactFigures | undefined,
  { style }: CliContext,
): string {
  const rows: [string, string][] = [
    ['corpus', `${corpus.path ?? corpus.name} (${corpus.kind})`],
    ['cleaning', clean === 'none' && corpus.alreadyClean ? 'none (clean already)' : clean],
    [
      'alphabet',
      `${counted(tokenizer.characters.length, 'character')}, ${formatCount(tokenizer.vocabularySize)} token values`,
    ],
  ];
  if (exact !== undefined) {
    rows.push(['entropy', `${formatNumber(exact.entropy, 3)} nats per text, exactly`]);
    rows.push(['best NLL', `${formatNumber(exact.testNll, 3)} nats per test text, of the true distribution`]);
  }
  return formatList(rows, style);
}

type SplitReport = CorpusReport['splits']['train'];

function table({ splits, maxCharacters }: CorpusReport, { style }: CliContext): string {
  const withShare = (count: number, share: number): string => `${formatCount(count)} (${formatPercent(share, 2)})`;
  const lines: readonly (readonly [string, (split: SplitReport) => string])[] = [
    ['texts', (split) => formatCount(split.texts)],
    ['characters', (split) => formatCount(split.lengths.total)],
    ['characters a text, mean', (split) => formatNumber(split.lengths.mean, 1)],
    ['  median', (split) => formatNumber(split.lengths.median, 1)],
    ['  shortest', (split) => formatCount(split.lengths.min)],
    ['  longest', (split) => formatCount(split.lengths.max)],
    [`texts over ${maxCharacters} characters`, (split) => formatCount(split.truncated)],
    ['empty texts', (split) => formatCount(split.empty)],
    ['words', (split) => formatCount(split.words.total)],
    ['  different', (split) => formatCount(split.words.different)],
    ['  known from train', (split) => unlessTrain(split, formatPercent(split.words.known, 2))],
    ['repeated texts', (split) => formatCount(split.duplicates)],
    ['nearly repeated texts', ({ nearDuplicates }) => withShare(nearDuplicates.texts, nearDuplicates.share)],
    ['texts also in train', (split) => unlessTrain(split, withShare(split.inTrain, split.inTrainShare))],
    [
      'texts nearly in train',
      ({ nearTrain }) => (nearTrain === undefined ? '-' : withShare(nearTrain.texts, nearTrain.share)),
    ],
  ];
  const { train, val, test } = splits;
  return formatTable(
    ['', right('train'), right('val'), right('test')],
    lines.map(([name, show]) => [name, show(train), show(val), show(test)]),
    style,
  );
}

/** Train is what the others are compared with. */
function unlessTrain(split: SplitReport, figure: string): string {
  return split.nearTrain === undefined ? '-' : figure;
}

/** What "nearly" means, and a few pairs of texts to judge it by; nothing when no texts are. */
function nearExamples({ splits, maxDistance }: CorpusReport, { style }: CliContext): string {
  const { train, val, test } = splits;
  const sections = [
    pairsOf('Within train', train.nearDuplicates.examples, style),
    pairsOf('Of val in train', val.nearTrain?.examples ?? [], style),
    pairsOf('Of test in train', test.nearTrain?.examples ?? [], style),
  ].filter((section) => section !== '');
  const near = [train, val, test].some((split) => split.nearDuplicates.texts > 0 || split.nearTrain?.texts);
  if (!near) return '';
  const searched = [train, val, test].some((split) => split.searched < split.texts)
    ? `, looked for in the first ${formatCount(train.searched)} texts`
    : '';
  return (
    formatParagraph(
      `Nearly the same: at most ${formatPercent(maxDistance, 0)} of the characters differ, ` +
        `copies included${searched}.${sections.length === 0 ? '' : ' Examples:'}`,
      style,
      0,
    ) + sections.join('')
  );
}

function pairsOf(title: string, pairs: readonly NearPair[], style: Style): string {
  if (pairs.length === 0) return '';
  // The nearest, the middle and the farthest.
  const shown = pairs.length <= 3 ? pairs : [pairs[0]!, pairs[pairs.length >> 1]!, pairs.at(-1)!];
  const rows = shown.flatMap(({ text, other, distance }) => [
    ['', formatPercent(distance, 0), text],
    ['', '', other],
  ]);
  return `${title}:\n${formatTable(['', right(''), ''], rows, style)}`;
}

/** The characters of the training texts by frequency, as many as fit a few lines. */
function characters({ splits }: CorpusReport, { style }: CliContext): string {
  const { characters: counts } = splits.train;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const sorted = [...counts].sort((a, b) => b.count - a.count);
  const shown = sorted
    .slice(0, 30)
    .map(({ character, count }) => `${visible(character)} ${formatPercent(count / total, 1)}`);
  const rows: string[][] = [];
  for (let i = 0; i < shown.length; i += 6) rows.push(['', ...shown.slice(i, i + 6)]);
  const rarer = sorted.length > 30 ? `  and ${formatCount(sorted.length - 30)} rarer characters\n` : '';
  return `Characters of train:\n${formatTable(Array<string>(7).fill(''), rows, style)}${rarer}`;
}

/** A character as a reader can see it. */
function visible(character: string): string {
  if (character === ' ') return '␣';
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
    ? character
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
