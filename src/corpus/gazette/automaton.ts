/**
 * A grammar as a finite automaton over words, the exact scorer of texts. Without recursion every rule can
 * be written out where it is used, so the texts form a finite language and derivations are the paths of an
 * automaton without cycles. Its states are pairs (rule, what follows), built once and shared, which keeps
 * it small although it stands for some 10^10 texts.
 */

import type { Grammar, GrammarSymbol } from './grammar.js';

/** Total probability of the derivations that end here, and how many they are. */
export interface Mass {
  readonly probability: number;
  readonly derivations: number;
}

/** A step to `target`, merged over all derivations that make the same step. */
export interface Arc extends Mass {
  readonly target: number;
}

/** One state: its arcs by word, and the mass of the derivations that may end the text here. */
export interface State {
  readonly arcs: ReadonlyMap<string, readonly Arc[]>;
  readonly accept: Mass;
}

const NOTHING: Mass = { probability: 0, derivations: 0 };

/** A grammar compiled for scoring. Make one with {@link compileGrammar}. */
export class WordAutomaton {
  constructor(
    readonly states: readonly State[],
    readonly start: number,
  ) {}

  /** Probability and number of derivations of a text: the sum over all paths that spell it. */
  measure(text: string): Mass {
    const words = text === '' ? [] : text.split(' ');
    let current = new Map<number, Mass>([[this.start, { probability: 1, derivations: 1 }]]);
    for (const word of words) {
      const next = new Map<number, Mass>();
      for (const [at, mass] of current)
        for (const arc of this.states[at]?.arcs.get(word) ?? [])
          next.set(arc.target, add(next.get(arc.target) ?? NOTHING, times(mass, arc)));
      if (next.size === 0) return NOTHING;
      current = next;
    }
    let total = NOTHING;
    for (const [at, mass] of current) total = add(total, times(mass, this.states[at]?.accept ?? NOTHING));
    return total;
  }

  /** −log p(text) in nats; `Infinity` for a text that the grammar cannot produce. */
  nll(text: string): number {
    return -Math.log(this.measure(text).probability);
  }
}

/**
 * Compiles a grammar. Alternatives without words are folded into the states around them, so each arc reads
 * exactly one word; arcs that this makes equal are merged and their derivations counted.
 */
export function compileGrammar(grammar: Grammar): WordAutomaton {
  const states: State[] = [{ arcs: new Map(), accept: { probability: 1, derivations: 1 } }];
  const ruleStates = new Map<string, number>();
  const wordStates = new Map<string, number>();

  /** The state that reads `symbols` and continues at `next`; targets are made before the states that use them. */
  const sequence = (symbols: readonly GrammarSymbol[], next: number): number =>
    symbols.reduceRight(
      (at, symbol) => ('word' in symbol ? wordState(symbol.word, at) : ruleState(symbol.rule, at)),
      next,
    );
  const wordState = (word: string, next: number): number =>
    memo(wordStates, `${word} ${next}`, () => ({
      arcs: new Map([[word, [{ target: next, probability: 1, derivations: 1 }]]]),
      accept: NOTHING,
    }));
  const ruleState = (rule: string, next: number): number =>
    memo(ruleStates, `${rule} ${next}`, () => {
      const merged = new Map<string, Map<number, Mass>>();
      let accept = NOTHING;
      const total = grammar.total(rule);
      for (const { weight, symbols } of grammar.alternatives(rule)) {
        const choice: Mass = { probability: weight / total, derivations: 1 };
        const first = states[sequence(symbols, next)]!;
        accept = add(accept, times(choice, first.accept));
        for (const [word, arcs] of first.arcs) {
          const targets = merged.get(word) ?? new Map<number, Mass>();
          merged.set(word, targets);
          for (const arc of arcs) targets.set(arc.target, add(targets.get(arc.target) ?? NOTHING, times(choice, arc)));
        }
      }
      const arcs = new Map<string, Arc[]>();
      for (const [word, targets] of merged)
        arcs.set(
          word,
          [...targets].map(([target, mass]) => ({ target, ...mass })),
        );
      return { arcs, accept };
    });
  const memo = (known: Map<string, number>, key: string, make: () => State): number => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const index = states.push(make()) - 1;
    known.set(key, index);
    return index;
  };

  const start = ruleState(grammar.start, 0);
  return new WordAutomaton(states, start);
}

function add(a: Mass, b: Mass): Mass {
  return { probability: a.probability + b.probability, derivations: a.derivations + b.derivations };
}

function times(a: Mass, b: Mass): Mass {
  return { probability: a.probability * b.probability, derivations: a.derivations * b.derivations };
}
