import { finish } from '../../generators.js';
import type { PunktModel } from './punkt-model.js';
import { containsSentenceEnd, NON_WORD } from './punkt-tokens.js';
import { NON_SPACE, SPACE, trimEnd } from './python-text.js';

/** A half-open range of a text, in UTF-16 units. */
type Range = readonly [start: number, end: number];

/** A period, question or exclamation mark that may end a sentence. */
interface Candidate {
  /** Where the mark is. */
  readonly at: number;
  /** Where the next sentence starts if this one ends here. */
  readonly nextStart: number;
  /** The mark's word, the mark, and what follows: enough to decide. */
  readonly context: string;
}

const mark = new RegExp(`[.?!](?=(${NON_WORD}|${SPACE}+(${NON_SPACE}+)))`, 'gv');
const MARKS_A_STEP = 256;
const closingMarks = new RegExp(`^["'\\)\\]\\}]+?(?:${SPACE}+|(?=--)|(?=\\n|$))`, 'v');

/** Where Punkt looks for the start of a word: after the last ASCII white space. Zero also stands for none. */
function lastSpace(text: string): number {
  return Math.max(0, text.search(/[ \t-\r][^ \t-\r]*$/));
}

/**
 * The places where a sentence may end. Marks in one word, as in `Stop!!! Now`, count once, with the last.
 * The arithmetic follows NLTK's, oddities included (a space at index 0 counts as none).
 */
function candidatesIn(text: string): Candidate[] {
  const candidates: Candidate[] = [];
  let previous: Candidate | undefined;
  let wordStart = 0;
  for (const match of text.matchAll(mark)) {
    const at = match.index;
    const follows = match[1] ?? '';
    const searchFrom = previous?.at ?? 0;
    const space = lastSpace(text.slice(searchFrom, at));
    if (space !== 0) wordStart = searchFrom + space + 1;
    if (previous !== undefined && previous.at <= wordStart) candidates.push(previous);
    previous = {
      at,
      nextStart: at + 1 + follows.length - (match[2]?.length ?? follows.length),
      context: text.slice(wordStart, at + 1) + follows,
    };
  }
  if (previous !== undefined) candidates.push(previous);
  return candidates;
}

/** Gives closing quotes and brackets after a mark back to the sentence that they close. */
function withClosingMarks(text: string, ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  let moved = 0;
  ranges.forEach(([start, end], index) => {
    const next = ranges[index + 1];
    const from = start + moved;
    moved = 0;
    const closing = next === undefined ? null : closingMarks.exec(text.slice(...next));
    if (next !== undefined && closing !== null) {
      result.push([from, next[0] + trimEnd(closing[0]).length]);
      moved = closing[0].length;
    } else if (from < end) result.push([from, end]);
  });
  return result;
}

/**
 * Splits a text into sentences as NLTK 3.8's `PunktSentenceTokenizer.tokenize` does with the given model.
 * White space between sentences belongs to none. A port of the algorithm of Kiss and Strunk, "Unsupervised
 * Multilingual Sentence Boundary Detection" (2006), with NLTK's way of finding candidates.
 *
 * @example splitSentences('Dr. Smith left. He ran.', english) // ['Dr. Smith left.', 'He ran.']
 */
export function splitSentences(text: string, model: PunktModel): string[] {
  return finish(sentenceSteps(text, model));
}

/** {@link splitSentences} in steps of some milliseconds. */
export function* sentenceSteps(text: string, model: PunktModel): Generator<void, string[]> {
  const ranges: Range[] = [];
  let start = 0;
  for (const [i, { at, nextStart, context }] of candidatesIn(text).entries()) {
    if (i % MARKS_A_STEP === MARKS_A_STEP - 1) yield;
    if (!containsSentenceEnd(context, model)) continue;
    ranges.push([start, at + 1]);
    start = nextStart;
  }
  ranges.push([start, trimEnd(text).length]);
  return withClosingMarks(text, ranges).map((range) => text.slice(...range));
}
