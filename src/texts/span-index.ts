/** A span of a text: `characters` of them from character number `start` on, counted from 0. */
export interface Span {
  readonly start: number;
  readonly characters: number;
}

const NONE = -1;
const ROOT = 0;

/**
 * Finds the longest span of a text that occurs in one of many given texts. It is a suffix
 * automaton of all of them: the smallest automaton that reads exactly their substrings. Each text is begun again at the
 * root, so no span crosses from one into the next. Building takes time linear in the characters (Blumer et al.,
 * "Complete inverted files for efficient text retrieval and analysis", 1987: fewer than 2 states and 3 arrows a
 * character), and so does looking up a text; memory is 60 bytes a character.
 *
 * Texts are strings of UTF-16 units, one a character: see `createUnitWriter`.
 *
 * @example
 * new SpanIndex(['wall street opens', 'street art']).longestSpan('the street artist'); // { start: 4, characters: 10 }
 */
export class SpanIndex {
  /** Characters on the longest way from the root to each state. */
  private readonly depth: Int32Array;
  /** Suffix link: the state of the longest suffix that other places of the texts share. */
  private readonly link: Int32Array;
  /** The arrows of each state are a linked list: most states have one or two. */
  private readonly firstArrow: Int32Array;
  private readonly nextArrow: Int32Array;
  private readonly arrowUnit: Uint16Array;
  private readonly arrowTarget: Int32Array;
  /** The arrows of the root, which has one for every character there is, by unit. */
  private readonly rootArrows = new Int32Array(0x10000).fill(NONE);
  private states = 1;
  private arrows = 0;

  constructor(texts: Iterable<string>) {
    const different = new Set(texts);
    let characters = 0;
    for (const text of different) characters += text.length;
    const maxStates = 2 * characters + 1;
    const maxArrows = 3 * characters;
    this.depth = new Int32Array(maxStates);
    this.link = new Int32Array(maxStates).fill(NONE);
    this.firstArrow = new Int32Array(maxStates).fill(NONE);
    this.nextArrow = new Int32Array(maxArrows);
    this.arrowUnit = new Uint16Array(maxArrows);
    this.arrowTarget = new Int32Array(maxArrows);
    for (const text of different) {
      let last = ROOT;
      for (let i = 0; i < text.length; i++) last = this.extend(last, text.charCodeAt(i));
    }
  }

  /**
   * The longest span of `text` that occurs in one of the texts; the first of several, none being `{ start: 0,
   * characters: 0 }`.
   */
  longestSpan(text: string): Span {
    let best: Span = { start: 0, characters: 0 };
    this.match(text, (end, characters) => {
      if (characters > best.characters) best = { start: end - characters, characters };
    });
    return best;
  }

  /**
   * Where `text` has spans of at least `min` characters that each occur in one of the texts. Spans that overlap or
   * touch are one, which may be longer than any that occurs.
   */
  copiedSpans(text: string, min: number): Span[] {
    const spans: Span[] = [];
    this.match(text, (end, characters) => {
      if (characters < min) return;
      let start = end - characters;
      for (let last = spans.at(-1); last && last.start + last.characters >= start; last = spans.at(-1)) {
        start = Math.min(start, last.start);
        spans.pop();
      }
      spans.push({ start, characters: end - start });
    });
    return spans;
  }

  /** Calls `visit` after each character of `text` with the longest span that ends there. */
  private match(text: string, visit: (end: number, characters: number) => void): void {
    let state = ROOT;
    let characters = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      let next = this.follow(state, unit);
      while (next === NONE && state !== ROOT) {
        // Give up the first characters of the span, as few as may help.
        state = this.link[state]!;
        characters = this.depth[state]!;
        next = this.follow(state, unit);
      }
      if (next === NONE) continue;
      state = next;
      visit(i + 1, ++characters);
    }
  }

  /** Adds the text of state `last` and one character more; returns the state of the longer text. */
  private extend(last: number, unit: number): number {
    const known = this.follow(last, unit);
    if (known !== NONE) return this.split(last, unit, known);
    const state = this.states++;
    this.depth[state] = this.depth[last]! + 1;
    let from = last;
    while (from !== NONE && this.follow(from, unit) === NONE) {
      this.addArrow(from, unit, state);
      from = this.link[from]!;
    }
    this.link[state] = from === NONE ? ROOT : this.split(from, unit, this.follow(from, unit));
    return state;
  }

  /**
   * The state for exactly the texts of `from` and one character more, which an arrow leads to `target`: `target` itself
   * if it holds no longer ones that end alike, else a copy of it that takes over the shorter ones.
   */
  private split(from: number, unit: number, target: number): number {
    const depth = this.depth[from]! + 1;
    if (this.depth[target] === depth) return target;
    const copy = this.states++;
    this.depth[copy] = depth;
    for (let arrow = this.firstArrow[target]!; arrow !== NONE; arrow = this.nextArrow[arrow]!)
      this.addArrow(copy, this.arrowUnit[arrow]!, this.arrowTarget[arrow]!);
    this.link[copy] = this.link[target]!;
    this.link[target] = copy;
    for (let state = from; state !== NONE && this.redirect(state, unit, target, copy);) state = this.link[state]!;
    return copy;
  }

  private follow(state: number, unit: number): number {
    if (state === ROOT) return this.rootArrows[unit]!;
    const arrow = this.findArrow(state, unit);
    return arrow === NONE ? NONE : this.arrowTarget[arrow]!;
  }

  private findArrow(state: number, unit: number): number {
    let arrow = this.firstArrow[state]!;
    while (arrow !== NONE && this.arrowUnit[arrow] !== unit) arrow = this.nextArrow[arrow]!;
    return arrow;
  }

  private addArrow(state: number, unit: number, target: number): void {
    if (state === ROOT) {
      this.rootArrows[unit] = target;
      return;
    }
    const arrow = this.arrows++;
    this.arrowUnit[arrow] = unit;
    this.arrowTarget[arrow] = target;
    this.nextArrow[arrow] = this.firstArrow[state]!;
    this.firstArrow[state] = arrow;
  }

  /** Turns the arrow of `state` from `before` to `after`; false when it led elsewhere. */
  private redirect(state: number, unit: number, before: number, after: number): boolean {
    if (state === ROOT) {
      if (this.rootArrows[unit] !== before) return false;
      this.rootArrows[unit] = after;
      return true;
    }
    const arrow = this.findArrow(state, unit);
    if (arrow === NONE || this.arrowTarget[arrow] !== before) return false;
    this.arrowTarget[arrow] = after;
    return true;
  }
}
