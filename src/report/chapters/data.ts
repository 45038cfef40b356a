import type { CorpusReport } from '../../texts/texts-schema.js';
import { DATA_RULES } from '../rules/texts.js';
import { discuss } from '../rules/rule.js';
import type { Block } from '../../render/document.js';
import { histogramFigure } from '../../figures/histogram.js';
import { discussion, figure, firstListed, left, listed, paragraph, right, section, table } from '../writing/blocks.js';
import { counted, decimal, percent, whole } from '../writing/numbers.js';
import type { ReportContext } from './context.js';

const SPLITS = ['train', 'val', 'test'] as const;
const NAMES = { train: 'training', val: 'validation', test: 'test' } as const;
const MAX_NAMED = 12;

export function dataSection({ facts }: ReportContext): Block[] {
  const { report } = facts.data;
  return [
    section('data', 'The texts'),
    paragraph(origin(facts.data)),
    ...(report === undefined
      ? [paragraph('No run has a report of its texts (corpus.json), so nothing more is known about them.')]
      : [
          splitTable(report),
          ...discussion(discuss(DATA_RULES, facts)),
          lengthFigure(report),
          changedCharacters(report),
        ]),
  ];
}

function origin({ name, kind, path, config, cleaning, sizes, limit, entropy }: ReportContext['facts']['data']): string {
  const first = limit === undefined ? '' : 'the first ';
  const cleaned =
    cleaning === 'headlines'
      ? ' They were cleaned: split into words as NLTK does, without words that are not wholly alphabetic, ' +
        'lower-cased, without English stop words, and with each noun replaced by its WordNet lemma. So the ' +
        'models write sequences of content words, not English sentences.'
      : ' They were not cleaned.';
  const exact =
    entropy === undefined
      ? ''
      : ` They come from a known distribution, whose entropy is ${decimal(entropy, 2)} nats per text.`;
  const place = [path ?? kind, ...(config === undefined ? [] : [config])].join(', ');
  return (
    `Of “${name}” (${place}), ${first}${whole(sizes.train)} training, ${whole(sizes.val)} validation and ` +
    `${whole(sizes.test)} test texts were used.${cleaned}${exact}`
  );
}

function splitTable({ splits, alphabetSize, maxCharacters }: CorpusReport): Block {
  type Split = CorpusReport['splits']['test'];
  const rows: readonly (readonly [what: string, cell: (split: Split) => string])[] = [
    ['texts', ({ texts }) => whole(texts)],
    ['characters per text, mean', ({ lengths }) => decimal(lengths.mean, 1)],
    ['characters per text, median', ({ lengths }) => decimal(lengths.median, 1)],
    ['characters per text, range', ({ lengths: { min, max } }) => (min === max ? `${min}` : `${min} to ${max}`)],
    ['words', ({ words }) => whole(words.total)],
    ['different words', ({ words }) => whole(words.different)],
    ['words that occur in training', ({ words }) => percent(words.known)],
    ['empty texts', ({ empty }) => whole(empty)],
    ['duplicates in the split', ({ duplicates }) => whole(duplicates)],
    ['also in the training set', ({ inTrain, inTrainShare }) => shared(inTrain, inTrainShare)],
    ['near-duplicates in the split', ({ nearDuplicates: { texts, share } }) => shared(texts, share)],
    [
      'near-duplicates of a training text',
      ({ nearTrain: near }) => (near === undefined ? '' : shared(near.texts, near.share)),
    ],
    ['truncated', ({ truncated, truncatedShare }) => shared(truncated, truncatedShare)],
  ];
  return table(
    `The splits as a model reads them, with an alphabet of ${counted(alphabetSize, 'character')} and at most ` +
      `${counted(maxCharacters, 'character')} per text.`,
    rows,
    [
      left('', ([what]) => what),
      ...SPLITS.map((split) => right<(typeof rows)[number]>(NAMES[split], ([, cell]) => cell(splits[split]))),
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
      xTitle: 'characters per text',
      yTitle: 'share of texts',
      height: 260,
      binWidth: histogram.width,
      series: SPLITS.map((name) => ({ label: NAMES[name], counts: histogram[name] })),
    }),
    'Lengths of the texts before truncation to the context length, in bins of ' +
      `${counted(histogram.width, 'character')}, as shares of each split.`,
    'Histogram of text lengths. Means: ' +
      `${listed(SPLITS.map((name) => `${decimal(splits[name].lengths.mean, 1)} characters in ${NAMES[name]}`))}.`,
  );
}

function changedCharacters({ splits }: CorpusReport): Block {
  const counts = new Map<string, number>();
  const add = (character: string, to: string, count: number) =>
    counts.set(`${character} → ${to}`, (counts.get(`${character} → ${to}`) ?? 0) + count);
  for (const { encoding } of SPLITS.map((name) => splits[name])) {
    for (const [character, { to, count }] of Object.entries(encoding.folded))
      add(character, to === '' ? 'nothing' : to, count);
    for (const [character, count] of Object.entries(encoding.replaced)) add(character, 'space', count);
    for (const [character, count] of Object.entries(encoding.dropped)) add(character, 'nothing', count);
  }
  const named = [...counts].sort((a, b) => b[1] - a[1]).map(([change, count]) => `${change} (${whole(count)})`);
  return paragraph(
    named.length === 0
      ? 'Every character of the texts is in the alphabet: none was replaced or dropped.'
      : `Characters outside the alphabet, what they became, and how often: ` +
          `${firstListed(named, MAX_NAMED, 'other change')}.`,
  );
}
