import { Random } from '../random.js';
import type { TrainingSettings } from './settings.js';

/**
 * Training texts that differ from epoch to epoch: some with their words shuffled, or the pieces of a long text cut
 * elsewhere. Each is a function of seed, epoch and text.
 *
 * @param texts characters of each text as tokens
 * @param space token of the space; without one there are no words, and texts stay as they are
 */
export function augmentTexts(
  texts: readonly Uint16Array[],
  space: number | undefined,
  { wordShuffle, shift }: TrainingSettings['augmentation'],
  seed: number,
  epoch: number,
): readonly Uint16Array[] {
  if (shift) return shiftPieces(texts, seed, epoch);
  if (space === undefined || wordShuffle === 0) return texts;
  return texts.map((text, i) => {
    const random = new Random(seed, 'augmentation', epoch * texts.length + i);
    return random.uniform() < wordShuffle ? shuffleWords(text, space, random) : text;
  });
}

/**
 * The pieces of a long text, joined in a ring and cut elsewhere. Otherwise a model would always see the same characters
 * at the beginning of a piece, without context.
 *
 * @param pieces all of one length
 * @returns as many pieces of that length; a function of the seed and the epoch. Epoch 0 has them as they are.
 */
export function shiftPieces(pieces: readonly Uint16Array[], seed: number, epoch: number): readonly Uint16Array[] {
  const length = pieces[0]?.length ?? 0;
  if (epoch === 0 || length < 2) return pieces;
  const by = new Random(seed, 'augmentation', epoch).integer(length);
  if (by === 0) return pieces;
  return pieces.map((piece, i) => {
    const shifted = new Uint16Array(length);
    shifted.set(piece.subarray(by));
    shifted.set(pieces[(i + 1) % pieces.length]!.subarray(0, by), length - by);
    return shifted;
  });
}

/** A word of a text: its characters from `start` to `end`, exclusive. */
interface Word {
  readonly start: number;
  readonly end: number;
}

export function wordsOf(text: Uint16Array, space: number): Word[] {
  const words: Word[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && text[at] !== space) continue;
    if (at > start) words.push({ start, end: at });
    start = at + 1;
  }
  return words;
}

/** The text's words in random order, with one space between two. */
function shuffleWords(text: Uint16Array, space: number, random: Random): Uint16Array {
  const words = wordsOf(text, space);
  const characters = words.reduce((sum, { start, end }) => sum + end - start, 0);
  const shuffled = new Uint16Array(characters + Math.max(0, words.length - 1)).fill(space);
  let at = 0;
  for (const i of random.permutation(words.length)) {
    const { start, end } = words[i]!;
    shuffled.set(text.subarray(start, end), at);
    at += end - start + 1;
  }
  return shuffled;
}
