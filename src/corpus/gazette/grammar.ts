/**
 * Weighted grammars without recursion: each rule is a choice between sequences of words and other rules.
 * A derivation draws one alternative a rule, each independently of the others, so the entropy of derivations has a
 * closed form (`surprisal.ts`). When no text has two derivations, as the tests prove of the gazette, it is that of the
 * texts themselves.
 */

import { LetterpressError } from '../../errors.js';
import type { Random } from '../../random.js';

/** One place in an alternative: a word of the text, or a rule to be expanded there. */
export type GrammarSymbol = { readonly word: string } | { readonly rule: string };

/** One way to expand a rule. Its probability is its weight over the sum of the rule's weights. */
export interface Alternative {
  /** A positive integer, so that drawing needs no floating-point sums and is the same on every machine. */
  readonly weight: number;
  /** May be empty: the alternative then adds nothing to the text. */
  readonly symbols: readonly GrammarSymbol[];
}

/** Rules by name. */
export type GrammarRules = ReadonlyMap<string, readonly Alternative[]>;

const WORD = /^[a-z]+$/;
const FIX = 'Correct the rule in the grammar.';

/**
 * A checked grammar. Words are non-empty runs of a–z and a text is its words joined by single spaces, so
 * texts and sequences of words are in one-to-one correspondence: what is proved of the sequences holds for
 * the strings of letters.
 *
 * @example
 * const grammar = new Grammar(parseRules({ start: [[1, 'the <animal>']], animal: 'cat, dog' }), 'start');
 * sampleText(grammar, new Random(1, 'corpus'));
 */
export class Grammar {
  /** Rules that can be reached from the start, each after the rules it uses; the start comes last. */
  readonly order: readonly string[];
  private readonly totals = new Map<string, number>();

  /**
   * @throws LetterpressError `BAD_INPUT` for a missing or recursive rule, a rule without alternatives, a
   *   weight that is not a positive integer, or a word with anything but a–z in it
   */
  constructor(
    readonly rules: GrammarRules,
    readonly start: string,
  ) {
    for (const [name, alternatives] of rules) {
      checkRule(name, alternatives);
      this.totals.set(
        name,
        alternatives.reduce((sum, { weight }) => sum + weight, 0),
      );
    }
    this.order = orderRules(rules, start);
  }

  /** The alternatives of a rule that is known to exist. */
  alternatives(rule: string): readonly Alternative[] {
    const found = this.rules.get(rule);
    if (!found) throw new LetterpressError('BAD_INPUT', `expected a rule named ${rule}; there is none`, FIX);
    return found;
  }

  /** The sum of a rule's weights. */
  total(rule: string): number {
    return this.totals.get(rule) ?? 0;
  }
}

/**
 * Draws one text. The draws come from `random` in the order of a left-to-right, top-down derivation, one a
 * rule with more than one alternative.
 */
export function sampleText(grammar: Grammar, random: Random): string {
  const words: string[] = [];
  const expand = (rule: string): void => {
    for (const symbol of draw(grammar, rule, random).symbols) {
      if ('word' in symbol) words.push(symbol.word);
      else expand(symbol.rule);
    }
  };
  expand(grammar.start);
  return words.join(' ');
}

function draw(grammar: Grammar, rule: string, random: Random): Alternative {
  const alternatives = grammar.alternatives(rule);
  if (alternatives.length === 1) return alternatives[0]!;
  let left = random.integer(grammar.total(rule));
  for (const alternative of alternatives) {
    left -= alternative.weight;
    if (left < 0) return alternative;
  }
  throw new LetterpressError('INTERNAL', `the weights of rule ${rule} do not add up to its total`);
}

function checkRule(name: string, alternatives: readonly Alternative[]): void {
  if (alternatives.length === 0)
    throw new LetterpressError('BAD_INPUT', `expected at least one alternative in rule ${name}; got none`, FIX);
  for (const { weight, symbols } of alternatives) {
    if (!Number.isSafeInteger(weight) || weight < 1)
      throw new LetterpressError('BAD_INPUT', `expected positive integer weights in rule ${name}; got ${weight}`, FIX);
    for (const symbol of symbols)
      if ('word' in symbol && !WORD.test(symbol.word))
        throw new LetterpressError(
          'BAD_INPUT',
          `expected words of the letters a to z in rule ${name}; got ${JSON.stringify(symbol.word)}`,
          FIX,
        );
  }
}

/** Depth first from the start, each rule after those it uses; a rule met again while still open is recursive. */
function orderRules(rules: GrammarRules, start: string): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, from: string): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open')
      throw new LetterpressError('BAD_INPUT', `expected rules without recursion; ${name} uses itself`, FIX);
    const alternatives = rules.get(name);
    if (!alternatives)
      throw new LetterpressError('BAD_INPUT', `expected a rule named ${name}, used by ${from}; there is none`, FIX);
    state.set(name, 'open');
    for (const { symbols } of alternatives)
      for (const symbol of symbols) if ('rule' in symbol) visit(symbol.rule, name);
    state.set(name, 'done');
    order.push(name);
  };
  visit(start, 'the start');
  return order;
}
