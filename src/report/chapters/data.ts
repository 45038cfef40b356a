import type { CorpusReport } from '../../texts/texts-schema.js';
import { DATA_RULES } from '../rules/data.js';
import { discuss } from '../rules/rule.js';
import type { Block } from '../../render/document.js';
import { barsFigure, histogramFigure } from '../../figures/index.js';
import { bullets, chapter, figure, left, listed, paragraph, right, section, table } from '../writing/blocks.js';
import { counted, decimal, percent, whole } from '../writing/numbers.js';
import type { ReportContext } from './context.js';
import { shownToken } from './explanation/subject.js';

const SPLITS = ['train', 'val', 'test'] as const;
const NAMES = { train: 'training', val: 'validation', test: 'test' } as const;
/** Characters that a figure can hold. */
const MAX_CHARACTERS = 40;
/** Characters that a list names. */
const MAX_NAMED = 12;
/** Pairs of texts that are nearly the same, as examples. */
const MAX_PAIRS = 4;

/** The texts: how many, how long, which characters, and what is the same in several splits. */
export function dataChapter({ facts }: ReportContext): Block[] {
  const { data } = facts;
  const blocks: Block[] = [chapter('data', 'The texts'), paragraph(origin(facts.data))];
  const { report } = data;
  if (report === undefined) {
    blocks.push(paragraph('No run has a report of its texts (corpus.json), so no more can be said of them.'));
    return blocks;
  }
  blocks.push(splitTable(report), lengthFigure(report));
  const characters = characterFigure(report);
  if (characters !== undefined) blocks.push(characters);
  blocks.push(...changedCharacters(report));
  const found = discuss(DATA_RULES, facts);
  if (found.length > 0) blocks.push(section('data-findings', 'What to know of them'), bullets(...found));
  blocks.push(...nearPairs(report));
  return blocks;
}

function origin({ name, kind, cleaning, sizes, limit, entropy }: ReportContext['facts']['data']): string {
  const limited = limit === undefined ? '' : ` Only the first ${whole(limit)} training texts were used.`;
  const cleaned =
    cleaning === 'headlines'
      ? ' They were cleaned before: split into words as NLTK does, words that are not wholly alphabetic dropped, lower-cased, English stop words dropped, and each noun replaced by its WordNet lemma. So what the models write is not English sentences but rows of content words.'
      : ' They were not cleaned.';
  const exact =
    entropy === undefined
      ? ''
      : ` They come from a known distribution, whose entropy is ${decimal(entropy, 2)} nats per text.`;
  return `“${name}” (${kind}) has ${whole(sizes.train)} training, ${whole(sizes.val)} validation and ${whole(sizes.test)} test texts.${limited}${cleaned}${exact}`;
}

function splitTable({ splits, alphabetSize, maxCharacters }: CorpusReport): Block {
  const row = (what: string, cell: (split: CorpusReport['splits']['test']) => string): string[] => [
    what,
    ...SPLITS.map((name) => cell(splits[name])),
  ];
  return table(
    `The splits as a model reads them, with an alphabet of ${alphabetSize} characters and room for ${maxCharacters} characters a text.`,
    [left(''), ...SPLITS.map((name) => right(NAMES[name]))],
    [
      row('texts', ({ texts }) => whole(texts)),
      row('characters of a text, mean', ({ lengths }) => decimal(lengths.mean, 1)),
      row('characters, median', ({ lengths }) => decimal(lengths.median, 1)),
      row('characters, shortest and longest', ({ lengths }) => `${lengths.min} to ${lengths.max}`),
      row('words', ({ words }) => whole(words.total)),
      row('different words', ({ words }) => whole(words.different)),
      row('words that occur in training', ({ words }) => percent(words.known)),
      row('empty texts', ({ empty }) => whole(empty)),
      row('texts that were there before', ({ duplicates }) => whole(duplicates)),
      row('texts that are in training too', ({ inTrain, inTrainShare }) => shared(inTrain, inTrainShare)),
      row('nearly the same as another of the split', ({ nearDuplicates: { texts, share } }) => shared(texts, share)),
      row('nearly the same as one of training', ({ nearTrain }) =>
        nearTrain === undefined ? '' : shared(nearTrain.texts, nearTrain.share),
      ),
      row('cut by the context length', ({ overWindow, overWindowShare }) => shared(overWindow, overWindowShare)),
    ],
  );
}

function shared(count: number, share: number): string {
  return count === 0 ? '0' : `${whole(count)} (${percent(share)})`;
}

function lengthFigure({ lengthHistogram: histogram, splits }: CorpusReport): Block {
  return figure(
    'text-lengths',
    histogramFigure({
      title: 'Lengths of the texts',
      xTitle: 'characters of a text',
      yTitle: 'share of texts',
      height: 260,
      binWidth: histogram.width,
      series: SPLITS.map((name) => ({ label: NAMES[name], counts: histogram[name] })),
    }),
    `Lengths of the texts before the context length cuts them, in bins of ${counted(histogram.width, 'character')}, as shares of each split.`,
    `Histogram of text lengths. Means: ${listed(SPLITS.map((name) => `${decimal(splits[name].lengths.mean, 1)} characters in ${NAMES[name]}`))}.`,
  );
}

function characterFigure({ splits }: CorpusReport): Block | undefined {
  const { characters } = splits.train;
  const total = characters.reduce((sum, { count }) => sum + count, 0);
  if (total === 0 || characters.length === 0) return undefined;
  const shown = [...characters].sort((a, b) => b.count - a.count).slice(0, MAX_CHARACTERS);
  const [first, last] = [shown[0]!, shown.at(-1)!];
  const rest =
    characters.length > shown.length ? ` The ${shown.length} most frequent of ${characters.length} are shown.` : '';
  return figure(
    'characters',
    barsFigure({
      title: 'Characters of the training texts',
      xTitle: 'character',
      yTitle: 'share of characters',
      height: 260,
      categories: shown.map(({ character }) => shownToken(character)),
      series: [{ label: 'training', values: shown.map(({ count }) => count / total) }],
    }),
    `How often each character occurs in the training texts, most frequent first; _ is the space.${rest}`,
    `Bar chart of character frequencies, from ${shownToken(first.character)} (${percent(first.count / total)}) to ${shownToken(last.character)} (${percent(last.count / total, 2)}).`,
  );
}

/** What became of characters outside the alphabet, over all splits. */
function changedCharacters({ splits }: CorpusReport): Block[] {
  const folded = new Map<string, { to: string; count: number }>();
  const replaced = new Map<string, number>();
  const dropped = new Map<string, number>();
  for (const { encoding } of SPLITS.map((name) => splits[name])) {
    for (const [character, { to, count }] of Object.entries(encoding.folded))
      folded.set(character, { to, count: (folded.get(character)?.count ?? 0) + count });
    for (const [all, some] of [
      [replaced, encoding.replaced],
      [dropped, encoding.dropped],
    ] as const)
      for (const [character, count] of Object.entries(some)) all.set(character, (all.get(character) ?? 0) + count);
  }
  if (folded.size + replaced.size + dropped.size === 0)
    return [paragraph('Every character of the texts is in the alphabet: none was folded, replaced or dropped.')];
  const byCount = (counts: ReadonlyMap<string, number>) => [...counts].sort((a, b) => b[1] - a[1]);
  const named = (counts: ReadonlyMap<string, number>) =>
    listed(
      byCount(counts)
        .slice(0, MAX_NAMED)
        .map(([character, count]) => `${character} (${whole(count)})`),
    );
  const more = (size: number) => (size > MAX_NAMED ? `, and ${counted(size - MAX_NAMED, 'other character')}` : '');
  const items: string[] = [];
  if (folded.size > 0) {
    const changes = new Map(
      [...folded].map(([character, { to, count }]) => [
        to === '' ? `${character} → nothing` : `${character} → ${to}`,
        count,
      ]),
    );
    items.push(`Folded into a character of the alphabet: ${named(changes)}${more(changes.size)}.`);
  }
  if (replaced.size > 0) items.push(`Replaced by a space: ${named(replaced)}${more(replaced.size)}.`);
  if (dropped.size > 0) items.push(`Dropped: ${named(dropped)}${more(dropped.size)}.`);
  return [paragraph('Characters outside the alphabet, with how often they occurred:'), bullets(...items)];
}

/** A few pairs of a test text and a training text that are nearly the same. */
function nearPairs({ splits: { test }, maxDistance }: CorpusReport): Block[] {
  const pairs = (test.nearTrain?.examples ?? []).filter(({ distance }) => distance > 0).slice(0, MAX_PAIRS);
  if (pairs.length === 0) return [];
  return [
    table(
      `Test texts beside a training text that is nearly the same: at most ${percent(maxDistance, 0)} of the characters of the longer one differ (edit distance). Examples, without copies.`,
      [left('test text'), left('training text'), right('characters that differ')],
      pairs.map(({ text, other, distance }) => [text, other, percent(distance, 0)]),
    ),
  ];
}
