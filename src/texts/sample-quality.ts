import { max, mean, sum } from 'd3-array';
import { markText } from './mark-text.js';
import { MARKED_TEXTS, MIN_WORD_CHARACTERS, type SampleQuality } from './texts-schema.js';
import { checkNames } from '../parse-options.js';
import { checkContextLength, DEFAULT_MAX_CHARACTERS } from '../tokenizer/encode-split.js';
import { countCharacters, wordsOf } from './characters.js';
import type { TrainingIndex } from './training-index.js';

export interface SampleQualityOptions {
  /** The context length without its first token: a text that fills it has no end to be predicted; default 149. */
  readonly maxCharacters?: number;
  /** Validation and test texts, whose copies are counted apart from those of training texts. */
  readonly heldOut?: Readonly<Record<'val' | 'test', ReadonlySet<string>>>;
  /** Whether the nearest training texts are looked for, which takes long; default true. */
  readonly searchesNearest?: boolean;
}

/**
 * Measures texts against the training texts and against an n-gram model of them; what each figure is, and what it is
 * for no texts or texts without words, stands at `sampleQualitySchema`.
 *
 * `distinct`, `longestCopy.max` and the spread of every mean depend on how many texts there are: compare sets of the
 * same size only, and beside the figures of a model's texts look at those of as many test texts: {@link evenlySpaced}
 * selects them.
 *
 * @param texts as a model writes or reads them
 * @param ngram NLL of a text and its end, in nats
 * @throws BAD_OPTION for a context length that is no positive integer, or an unknown option
 * @example
 * const ngram = (text: string) => kneserNey.nll(tokenizer.encode(text));
 * sampleQuality(samples, new TrainingIndex(corpus.splits.train), ngram).copied;
 */
export function sampleQuality(
  texts: readonly string[],
  index: TrainingIndex,
  ngram: (text: string) => number,
  options: SampleQualityOptions = {},
): SampleQuality {
  checkNames(options, { maxCharacters: true, heldOut: true, searchesNearest: true }, 'sampleQuality');
  const { maxCharacters = DEFAULT_MAX_CHARACTERS, heldOut, searchesNearest = true } = options;
  const isFrom = (held: ReadonlySet<string>) => (text: string) => held.has(text) && !index.hasText(text);
  const words = texts.map(wordsOf);
  const characters = texts.map(countCharacters);
  const spans = texts.map((text) => index.longestSpan(text).characters);
  checkContextLength(maxCharacters);
  const nll = texts.reduce((total, text) => total + ngram(text), 0); // NaN is not to be left out
  const predicted = sum(characters, (count) => Math.min(count + 1, maxCharacters));
  return {
    texts: texts.length,
    meanCharacters: mean(characters) ?? 0,
    knownWords: knownWords(words, index),
    copied: share(texts, (text) => index.hasText(text)),
    ...(heldOut && { copiedVal: share(texts, isFrom(heldOut.val)), copiedTest: share(texts, isFrom(heldOut.test)) }),
    longestCopy: { mean: mean(spans) ?? 0, max: max(spans) ?? 0 },
    // Without training texts nothing is near.
    ...(searchesNearest && { nearest: mean(texts, (text) => index.nearest(text)?.distance ?? 1) ?? 0 }),
    distinct: {
      words: distinctShare(words, 1),
      pairs: distinctShare(words, 2),
      triples: distinctShare(words, 3),
    },
    ngramNll: nll / texts.length,
    ngramNllPerCharacter: nll / predicted,
    marked: texts.slice(0, MARKED_TEXTS).map((text) => markText(text, index)),
  };
}

/**
 * The words of a text are not independent of each other, so the standard error is that of a ratio of sums over texts
 * (Cochran, "Sampling Techniques", 3rd edition, 1977, section 2.11).
 */
function knownWords(words: readonly (readonly string[])[], index: TrainingIndex): SampleQuality['knownWords'] {
  const counts = words.map((each) => {
    const long = each.filter((word) => countCharacters(word) >= MIN_WORD_CHARACTERS);
    return { all: long.length, known: long.filter((word) => index.hasWord(word)).length };
  });
  const all = sum(counts, (each) => each.all);
  if (all === 0) return { words: 0, share: 0, standardError: NaN };
  const ratio = sum(counts, ({ known }) => known) / all;
  const squares = sum(counts, (each) => (each.known - ratio * each.all) ** 2);
  const texts = counts.length;
  return { words: all, share: ratio, standardError: Math.sqrt((squares * texts) / (texts - 1)) / all };
}

/**
 * The share of different ones among all runs of `n` words within a text, "distinct-n" of Li et al. ("A
 * diversity-promoting objective function for neural conversation models", 2016); 0 when there is no such run. It falls
 * as texts are added, since words come again: compare equal numbers of texts only.
 *
 * @param texts the words of each text
 */
export function distinctShare(texts: readonly (readonly string[])[], n: number): number {
  const different = new Set<string>();
  let all = 0;
  for (const words of texts)
    for (let at = 0; at + n <= words.length; at++) {
      // Words have no spaces in them, so joined runs are the same only if all their words are.
      different.add(words.slice(at, at + n).join(' '));
      all++;
    }
  return all === 0 ? 0 : different.size / all;
}

/**
 * `count` items from the whole length of a list, evenly spaced and in its order; all of them when there are fewer. For
 * as many test texts as there are samples: the first ones of a list may be of one kind.
 */
export function evenlySpaced<T>(items: readonly T[], count: number): T[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

function share<T>(items: readonly T[], has: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(has).length / items.length;
}
