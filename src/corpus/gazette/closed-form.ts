/**
 * What a grammar without recursion says about its texts, exactly and without sampling. Each figure is one
 * pass over the rules, children first. The choices in a derivation are independent given the rules they
 * expand, so surprisals and lengths add up along a derivation. The figures that speak of texts
 * (all but the lengths) are those of derivations, and equal those of texts when the grammar is unambiguous.
 */

import type { Alternative, Grammar } from './grammar.js';

/** One bottom-up pass: `step` sees a rule's alternatives with their probabilities and the finished rules. */
function fold<T>(
  grammar: Grammar,
  step: (alternatives: readonly (Alternative & { readonly p: number })[], of: (rule: string) => T) => T,
): T {
  const values = new Map<string, T>();
  const of = (rule: string): T => values.get(rule) as T;
  for (const rule of grammar.order) {
    const total = grammar.total(rule);
    const alternatives = grammar.alternatives(rule).map((a) => ({ ...a, p: a.weight / total }));
    values.set(rule, step(alternatives, of));
  }
  return of(grammar.start);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/**
 * Mean and standard deviation of −log p of a derivation, in nats. The mean is the entropy:
 * H(rule) = Σᵢ pᵢ (−log pᵢ + Σ H(rules used by alternative i)); the variance follows from the law of total
 * variance in the same way.
 */
export function surprisal(grammar: Grammar): { readonly entropy: number; readonly deviation: number } {
  const { mean, variance } = fold<{ mean: number; variance: number }>(grammar, (alternatives, of) => {
    const parts = alternatives.map(({ p, symbols }) => {
      const used = symbols.flatMap((s) => ('rule' in s ? [of(s.rule)] : []));
      return {
        p,
        mean: -Math.log(p) + sum(used.map((u) => u.mean)),
        variance: sum(used.map((u) => u.variance)),
      };
    });
    const mean = sum(parts.map((part) => part.p * part.mean));
    const within = sum(parts.map((part) => part.p * part.variance));
    const between = sum(parts.map((part) => part.p * (part.mean - mean) ** 2));
    return { mean, variance: within + between };
  });
  return { entropy: mean, deviation: Math.sqrt(variance) };
}

/**
 * Σ p², the chance that two draws are the same text. `n` times it bounds from above the expected share of
 * new texts that occur among `n` earlier ones.
 */
export function collisionProbability(grammar: Grammar): number {
  return fold<number>(grammar, (alternatives, of) =>
    sum(
      alternatives.map(({ p, symbols }) =>
        symbols.reduce((product, s) => ('rule' in s ? product * of(s.rule) : product), p * p),
      ),
    ),
  );
}

/** How many texts the grammar can produce. */
export function countTexts(grammar: Grammar): bigint {
  return fold<bigint>(grammar, (alternatives, of) =>
    alternatives.reduce(
      (count, { symbols }) =>
        count + symbols.reduce((product, s) => ('rule' in s ? product * of(s.rule) : product), 1n),
      0n,
    ),
  );
}

/** Lengths of the texts: mean letters (spaces included), mean words, and the longest text's letters. */
export function lengths(grammar: Grammar): {
  readonly meanLetters: number;
  readonly meanWords: number;
  readonly maxLetters: number;
} {
  // Every word is counted with the space after it; the last space of a non-empty text is taken off at the end.
  const root = fold<{ spaced: number; words: number; longest: number; empty: number }>(grammar, (alternatives, of) => {
    const parts = alternatives.map(({ p, symbols }) => {
      const each = symbols.map((s) =>
        'word' in s ? { spaced: s.word.length + 1, words: 1, longest: s.word.length + 1, empty: 0 } : of(s.rule),
      );
      return {
        p,
        spaced: sum(each.map((e) => e.spaced)),
        words: sum(each.map((e) => e.words)),
        longest: sum(each.map((e) => e.longest)),
        empty: each.reduce((product, e) => product * e.empty, 1),
      };
    });
    return {
      spaced: sum(parts.map((part) => part.p * part.spaced)),
      words: sum(parts.map((part) => part.p * part.words)),
      longest: Math.max(...parts.map((part) => part.longest)),
      empty: sum(parts.map((part) => part.p * part.empty)),
    };
  });
  return {
    meanLetters: root.spaced - (1 - root.empty),
    meanWords: root.words,
    maxLetters: Math.max(0, root.longest - 1),
  };
}
