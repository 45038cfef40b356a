import type { Random } from '../../random.js';

/** A word of a text: its characters from `start` to `end`, exclusive. */
export interface Word {
  readonly start: number;
  readonly end: number;
}

/**
 * The words of a text, in order: maximal runs of characters other than the space.
 *
 * @param space token of the space
 */
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
export function withWordsShuffled(text: Uint16Array, space: number, random: Random): Uint16Array {
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
