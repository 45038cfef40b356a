/**
 * Proof, by exhaustion, that a grammar is unambiguous: the product construction of Book, Even, Greibach
 * and Ott ("Ambiguity in graphs and expressions", IEEE Trans. Computers, 1971). Two different derivations of
 * one text are two different paths of the automaton that read the same words. Walk all pairs of states that
 * two such paths can be in after the same words: the grammar is ambiguous exactly when
 * - one arc, or one way to end the text, stands for more than one derivation, or
 * - a pair of different states can end the text at once, or
 * - a pair of different states can step to one and the same state (from there, any ending does).
 * If the walk ends without meeting any of these, no text has two derivations.
 */

import type { Arc, WordAutomaton } from './automaton.js';

/** What {@link findAmbiguities} did. */
export interface AmbiguityReport {
  /** Texts with more than one derivation, at most `limit`; empty means proved unambiguous. */
  readonly ambiguous: readonly string[];
  /** How many pairs of states were walked: all there are, when `ambiguous` is empty. */
  readonly pairs: number;
}

interface Visited {
  readonly a: number;
  readonly b: number;
  readonly from: Visited | undefined;
  readonly word: string;
}

/**
 * Looks for texts with more than one derivation.
 *
 * @param limit stop after so many ambiguous texts (there may be others)
 */
export function findAmbiguities(automaton: WordAutomaton, limit = 1): AmbiguityReport {
  const { states, start } = automaton;
  const ambiguous = new Set<string>();
  const seen = new Set<number>([start * states.length + start]);
  const queue: Visited[] = [{ a: start, b: start, from: undefined, word: '' }];
  const report = (pair: Visited): void => {
    ambiguous.add([...wordsTo(pair), ...anyEnding(automaton, pair.a)].join(' '));
  };

  for (let head = 0; head < queue.length && ambiguous.size < limit; head++) {
    const pair = queue[head]!;
    const stateA = states[pair.a]!;
    const stateB = states[pair.b]!;
    const bothEnd = stateA.accept.derivations > 0 && stateB.accept.derivations > 0;
    if (pair.a !== pair.b ? bothEnd : stateA.accept.derivations > 1) ambiguous.add(wordsTo(pair).join(' '));

    for (const [word, arcsA] of stateA.arcs) {
      for (const arcB of stateB.arcs.get(word) ?? []) {
        for (const arcA of arcsA) {
          const next = { a: arcA.target, b: arcB.target, from: pair, word };
          if (meets(pair, arcA, arcB)) report(next);
          // (a, b) and (b, a) say the same; keep the one in order.
          const key = Math.min(next.a, next.b) * states.length + Math.max(next.a, next.b);
          if (seen.has(key)) continue;
          seen.add(key);
          queue.push(next);
        }
      }
    }
  }
  return { ambiguous: [...ambiguous].slice(0, limit), pairs: seen.size };
}

/** Do two different paths come together in this step? */
function meets(pair: Visited, arcA: Arc, arcB: Arc): boolean {
  if (arcA.target !== arcB.target) return false;
  return pair.a !== pair.b || arcA.derivations > 1;
}

function wordsTo(pair: Visited): string[] {
  const words: string[] = [];
  for (let at: Visited = pair; at.from; at = at.from) words.push(at.word);
  return words.reverse();
}

function anyEnding(automaton: WordAutomaton, from: number): string[] {
  const words: string[] = [];
  let state = automaton.states[from]!;
  while (state.accept.derivations === 0) {
    const [word, arcs] = state.arcs.entries().next().value!;
    words.push(word);
    state = automaton.states[arcs[0]!.target]!;
  }
  return words;
}
