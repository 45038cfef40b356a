import { sum } from 'd3-array';
import type { Grammar } from './grammar.js';

/**
 * Mean and standard deviation of −log p of a derivation, in nats, exactly. The mean is the entropy:
 * H(rule) = Σᵢ pᵢ (−log pᵢ + Σ H(rules used by alternative i)), children first, as the choices in a derivation are
 * independent given the rules they expand; the variance follows from the law of total variance in the same way. They
 * are those of texts when the grammar is unambiguous.
 */
export function surprisal(grammar: Grammar): { readonly entropy: number; readonly deviation: number } {
  const known = new Map<string, { readonly mean: number; readonly variance: number }>();
  for (const rule of grammar.order) {
    const total = grammar.total(rule);
    const parts = grammar.alternatives(rule).map(({ weight, symbols }) => {
      const p = weight / total;
      const used = symbols.flatMap((symbol) => ('rule' in symbol ? [known.get(symbol.rule)!] : []));
      return { p, mean: -Math.log(p) + sum(used, (u) => u.mean), variance: sum(used, (u) => u.variance) };
    });
    const mean = sum(parts, (part) => part.p * part.mean);
    const within = sum(parts, (part) => part.p * part.variance);
    const between = sum(parts, (part) => part.p * (part.mean - mean) ** 2);
    known.set(rule, { mean, variance: within + between });
  }
  const { mean, variance } = known.get(grammar.start)!;
  return { entropy: mean, deviation: Math.sqrt(variance) };
}
