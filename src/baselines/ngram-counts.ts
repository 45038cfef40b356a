import { clsToken, PAD_TOKEN } from '../tokenizer/special-tokens.js';
import { LetterpressError } from '../errors.js';
import { checkShape, checkText, type SequenceShape } from './sequence-model.js';

/**
 * All different contexts of one length, and what followed them. Context c has the followers firstFollower[c] …
 * firstFollower[c + 1] − 1, by ascending token; the contexts that are one character longer, to the left, are
 * firstLonger[c] … firstLonger[c + 1] − 1 of the next level, by ascending character.
 */
export interface ContextLevel {
  /** `[contexts]` leftmost character of each context, `cls` for the start of the text; 0 for the empty context. */
  readonly character: Uint16Array;
  /** `[contexts + 1]` */
  readonly firstLonger: Uint32Array;
  /** `[contexts + 1]` */
  readonly firstFollower: Uint32Array;
  /** `[n-grams]` a character, or the end. */
  readonly follower: Uint16Array;
  /** `[n-grams]` how often it followed. */
  readonly count: Uint32Array;
  /**
   * `[n-grams]` after how many different characters (the start of a text being one) context and follower occurred:
   * N₁₊(•hw). What begins with the start of a text has nothing before it, and keeps its count. Not counted on the last
   * level.
   */
  readonly continuation: Uint32Array;
}

/** Beyond it, memory would go to contexts that are all different. */
const MAX_ORDER = 100;

/**
 * How often each n-gram of the orders 1 … `order` occurs in texts: one tree of contexts, read backwards from the
 * character to be predicted, in flat arrays. A tree for a high order serves all lower ones.
 *
 * It is built level by level with counting sorts, in time and memory of O(order × characters).
 */
export class NgramCounts {
  /** `[order]` contexts of 0 … order − 1 characters. */
  readonly levels: readonly ContextLevel[];

  /**
   * @param texts characters as tokens; longer ones are cut at the context length
   * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has, or no order
   */
  constructor(
    texts: readonly ArrayLike<number>[],
    readonly shape: SequenceShape,
    readonly order: number,
  ) {
    checkShape(shape);
    checkOrder(order);
    for (const text of texts) checkText(text, shape);
    this.levels = buildLevels(texts, shape, order);
  }

  /**
   * Which context of `levels[level + 1]` is `context` of `levels[level]` with one more character to the left; −1 where
   * it was never seen.
   */
  longer(level: number, context: number, character: number): number {
    const { firstLonger } = this.levels[level]!;
    const characters = this.levels[level + 1]!.character;
    return find(characters, character, firstLonger[context]!, firstLonger[context + 1]!);
  }
}

/** @throws BAD_OPTION unless `order` is an integer of 1 … most */
export function checkOrder(order: number, most = MAX_ORDER): void {
  if (Number.isSafeInteger(order) && order >= 1 && order <= most) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected n-grams of an order from 1 to ${most}, got ${order}`,
    'Give a whole number in that range; 6 to 10 is usual for characters.',
  );
}

function buildLevels(texts: readonly ArrayLike<number>[], shape: SequenceShape, order: number): ContextLevel[] {
  const cls = clsToken(shape);
  const { tokens, events } = layOut(texts, shape);
  // Events are places of predicted tokens. They stay sorted by context, and within it by the predicted token.
  let sorted = sortBy(events, shape.vocabulary, tokens);
  const contextOf = new Uint32Array(tokens.length);
  const levels: ContextLevel[] = [];
  for (let length = 0; length < order; length++) {
    const level = countFollowers(sorted, tokens, contextOf, length);
    if (length > 0) countContinuations(levels[length - 1]!, level, cls);
    levels.push(level);
    if (length === order - 1) break;
    // A context that has reached the start of its text cannot be longer.
    const extensible = length === 0 ? sorted : sorted.filter((at) => tokens[at - length] !== cls);
    const byCharacter = sortBy(extensible, shape.vocabulary, tokens, length + 1);
    sorted = sortBy(byCharacter, level.character.length, contextOf);
    splitContexts(sorted, tokens, contextOf, length + 1, level.firstLonger);
  }
  return levels;
}

/** All texts one after another, each as `cls`, characters and its end unless it fills the context. */
function layOut(
  texts: readonly ArrayLike<number>[],
  shape: SequenceShape,
): { tokens: Uint16Array; events: Uint32Array } {
  const { contextLength } = shape;
  let length = 0;
  for (const text of texts) length += Math.min(text.length + 2, contextLength);
  const tokens = new Uint16Array(length);
  const events = new Uint32Array(length - texts.length);
  let at = 0;
  let event = 0;
  for (const text of texts) {
    const end = at + Math.min(text.length + 2, contextLength);
    tokens[at++] = clsToken(shape);
    for (let t = 0; at < end; t++) {
      tokens[at] = text[t] ?? PAD_TOKEN;
      events[event++] = at++;
    }
  }
  return { tokens, events };
}

/** Places in ascending order of keys[place − before], 0 … count − 1; those of equal keys stay in order. */
function sortBy(places: Uint32Array, count: number, keys: Uint16Array | Uint32Array, before = 0): Uint32Array {
  const next = new Uint32Array(count + 1);
  for (let i = 0; i < places.length; i++) next[keys[places[i]! - before]! + 1]!++;
  for (let k = 0; k < count; k++) next[k + 1]! += next[k]!;
  const sorted = new Uint32Array(places.length);
  for (let i = 0; i < places.length; i++) sorted[next[keys[places[i]! - before]!]!++] = places[i]!;
  return sorted;
}

/**
 * Gives each different pair of context and character to its left a number, in order: contexts of `length` characters.
 *
 * @param contextOf context of each event; shorter ones by one character before, those of `length` characters after
 * @param firstLonger `[shorter contexts + 1]` where each one's longer contexts begin; written
 */
function splitContexts(
  sorted: Uint32Array,
  tokens: Uint16Array,
  contextOf: Uint32Array,
  length: number,
  firstLonger: Uint32Array,
): void {
  let contexts = 0;
  let shorter = -1;
  let character = -1;
  for (const at of sorted) {
    if (contextOf[at] !== shorter || tokens[at - length] !== character) {
      shorter = contextOf[at]!;
      character = tokens[at - length]!;
      contexts++;
      firstLonger[shorter + 1]!++;
    }
    contextOf[at] = contexts - 1;
  }
  for (let c = 0; c + 1 < firstLonger.length; c++) firstLonger[c + 1]! += firstLonger[c]!;
}

/** The level of the contexts of `length` characters, its continuations and longer contexts still to be counted. */
function countFollowers(
  sorted: Uint32Array,
  tokens: Uint16Array,
  contextOf: Uint32Array,
  length: number,
): ContextLevel {
  // What begins a new context, and what a new n-gram.
  const NEITHER = 0;
  const NGRAM = 1;
  const CONTEXT = 2;
  const begins = new Uint8Array(sorted.length);
  let contexts = 0;
  let ngrams = 0;
  let context = -1;
  let token = -1;
  for (let i = 0; i < sorted.length; i++) {
    const at = sorted[i]!;
    const what = contextOf[at] !== context ? CONTEXT : tokens[at] !== token ? NGRAM : NEITHER;
    begins[i] = what;
    if (what === NEITHER) continue;
    ngrams++;
    if (what === CONTEXT) contexts++;
    context = contextOf[at]!;
    token = tokens[at]!;
  }
  // Without any text there is still the empty context.
  if (length === 0) contexts = 1;
  const character = new Uint16Array(contexts);
  const firstFollower = new Uint32Array(contexts + 1).fill(ngrams);
  const follower = new Uint16Array(ngrams);
  const count = new Uint32Array(ngrams);
  let c = -1;
  let n = -1;
  for (let i = 0; i < sorted.length; i++) {
    const at = sorted[i]!;
    if (begins[i] !== NEITHER) follower[++n] = tokens[at]!;
    if (begins[i] === CONTEXT) {
      firstFollower[++c] = n;
      if (length > 0) character[c] = tokens[at - length]!;
    }
    count[n]!++;
  }
  return {
    character,
    firstLonger: new Uint32Array(contexts + 1),
    firstFollower,
    follower,
    count,
    continuation: new Uint32Array(ngrams),
  };
}

/** Counts each n-gram of `longer` once for what is left of it without its leftmost character. */
function countContinuations(level: ContextLevel, longer: ContextLevel, cls: number): void {
  for (let c = 0; c < level.character.length; c++) {
    const from = level.firstFollower[c]!;
    const to = level.firstFollower[c + 1]!;
    if (level.character[c] === cls) level.continuation.set(level.count.subarray(from, to), from);
    for (let child = level.firstLonger[c]!; child < level.firstLonger[c + 1]!; child++) {
      const end = longer.firstFollower[child + 1]!;
      for (let i = longer.firstFollower[child]!; i < end; i++)
        level.continuation[find(level.follower, longer.follower[i]!, from, to)]!++;
    }
  }
}

/** Index of `value` among the ascending values from … to − 1, or −1. */
export function find(values: Uint16Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < to && values[low] === value ? low : -1;
}
