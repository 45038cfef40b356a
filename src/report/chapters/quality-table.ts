import type { SampleQuality } from '../../texts/texts-schema.js';
import type { Block } from '../../render/document.js';
import type { QualityFigures } from '../facts/types.js';
import { left, right, table } from '../writing/blocks.js';
import { decimal, percent, three, whole } from '../writing/numbers.js';

/** One set of texts in numbers, ready to be printed. */
export interface QualityRow {
  readonly cells: readonly string[];
}

const COLUMNS = [
  'texts',
  'characters of a text',
  'known words',
  'copies',
  'longest copied span (mean, most)',
  'distance to nearest',
  'distinct pairs of words',
  'n-gram NLL (nats per character)',
];

/** The final samples of a group, on average over its runs. */
export function groupQuality(name: string, quality: QualityFigures): QualityRow {
  const { copied, longestCopyMax, longestCopyMean, nearest, distinctPairs } = quality;
  return row(name, {
    texts: quality.texts,
    characters: quality.meanCharacters.mean,
    knownWords: quality.knownWords.mean,
    copied: copied.mean,
    span: [longestCopyMean.mean, Math.max(...longestCopyMax.values.filter(Number.isFinite))],
    nearest: nearest.mean,
    pairs: distinctPairs.mean,
    ngram: quality.ngramNllPerCharacter.mean,
  });
}

/** One set of texts. */
export function textsQuality(name: string, quality: SampleQuality): QualityRow {
  const { longestCopy, distinct } = quality;
  return row(name, {
    texts: quality.texts,
    characters: quality.meanCharacters,
    knownWords: quality.knownWords,
    copied: quality.copied,
    span: [longestCopy.mean, longestCopy.max],
    nearest: quality.nearest,
    pairs: distinct.pairs,
    ngram: quality.ngramNllPerCharacter,
  });
}

/** Sets of texts, a row each. */
export function qualityTable(lead: string, rows: readonly QualityRow[]): Block {
  return table(
    `${lead} Known words occur in the training texts; copies are training texts character by character; a span is a run of characters that stands in one training text; the distance is the edit distance to the nearest training text, over the characters of the longer one; distinct pairs are the different ones among all pairs of neighbouring words; the n-gram NLL is that under the Kneser–Ney model. Only sets of equally many texts compare.`,
    [left(''), ...COLUMNS.map(right)],
    rows.map(({ cells }) => cells),
  );
}

interface Numbers {
  readonly texts: number;
  readonly characters: number;
  readonly knownWords: number;
  readonly copied: number;
  readonly span: readonly [mean: number, most: number];
  readonly nearest: number;
  readonly pairs: number;
  readonly ngram: number;
}

function row(name: string, numbers: Numbers): QualityRow {
  return {
    cells: [
      name,
      whole(numbers.texts),
      decimal(numbers.characters, 1),
      percent(numbers.knownWords),
      percent(numbers.copied),
      `${decimal(numbers.span[0], 1)}, ${whole(numbers.span[1])}`,
      percent(numbers.nearest),
      percent(numbers.pairs),
      three(numbers.ngram),
    ],
  };
}
