import type { WordAutomaton } from '../../../src/corpus/gazette/automaton.js';

/**
 * How many pairs of derivations read the same text. A text with k derivations is in k² of them, so there are as many as
 * derivations exactly if no text has two: the grammar is unambiguous.
 */
export function countPairs({ states, start }: WordAutomaton): bigint {
  const known = new Map<number, bigint>();
  const from = (a: number, b: number): bigint => {
    const key = a * states.length + b;
    let pairs = known.get(key);
    if (pairs !== undefined) return pairs;
    const [first, second] = [states[a]!, states[b]!];
    pairs = BigInt(first.accept.derivations * second.accept.derivations);
    for (const [word, arcs] of first.arcs)
      for (const arc of arcs)
        for (const other of second.arcs.get(word) ?? [])
          pairs += BigInt(arc.derivations * other.derivations) * from(arc.target, other.target);
    known.set(key, pairs);
    return pairs;
  };
  return from(start, start);
}

interface PathSums {
  readonly derivations: bigint;
  readonly p: number;
  /** Of the derivations, weighted by their probability; every word is counted with a space after it. */
  readonly words: number;
  readonly letters: number;
  readonly longest: number;
}

/** How many derivations there are, and how long their texts are. */
export function pathSums({ states, start }: WordAutomaton) {
  const known = new Map<number, PathSums>();
  const from = (at: number): PathSums => {
    const found = known.get(at);
    if (found !== undefined) return found;
    const { accept, arcs } = states[at]!;
    const longest = accept.derivations > 0 ? 0 : -Infinity;
    let sums: PathSums = {
      derivations: BigInt(accept.derivations),
      p: accept.probability,
      words: 0,
      letters: 0,
      longest,
    };
    for (const [word, to] of arcs)
      for (const { target, probability, derivations } of to) {
        const rest = from(target);
        const length = word.length + 1;
        sums = {
          derivations: sums.derivations + BigInt(derivations) * rest.derivations,
          p: sums.p + probability * rest.p,
          words: sums.words + probability * (rest.p + rest.words),
          letters: sums.letters + probability * (length * rest.p + rest.letters),
          longest: Math.max(sums.longest, length + rest.longest),
        };
      }
    known.set(at, sums);
    return sums;
  };
  const { derivations, words, letters, longest } = from(start);
  // The last space of a text that is not empty does not count.
  const notEmpty = 1 - states[start]!.accept.probability;
  return { derivations, meanWords: words, meanLetters: letters - notEmpty, maxLetters: Math.max(0, longest - 1) };
}
