/**
 * A short notation for grammars, so that the rules read like the headlines they make.
 *
 * A rule is a list of weighted patterns, or one string of patterns separated by commas, whose weights then
 * fall off with their rank as word frequencies do (see {@link rankWeight}). A pattern is made of
 * - words: `late night vote`
 * - `<rule>`: the rule is expanded there
 * - `[30 in <place>]`: there with a chance of 30 %, otherwise left out
 * - `one form|other form`: singular and plural
 * - `<rule#>`: the rule in the pattern's own number. A pattern with `#` or `|` that is used without a number
 *   is singular or plural, three times to two, and all its `#` agree.
 * - `<rule.s>`, `<rule.p>`: the rule in the singular, in the plural
 */

import { LetterpressError } from '../../errors.js';
import type { Alternative, GrammarRules, GrammarSymbol } from './grammar.js';

/** A rule in the notation: `[weight, pattern]` pairs, or ranked patterns separated by commas. */
export type RuleSource = string | readonly (readonly [weight: number, pattern: string])[];

/** Rules in the notation, by name (letters and hyphens). */
export type GrammarSource = Readonly<Record<string, RuleSource>>;

/** A grammatical number, as it is written in the names of the rules made for it: `.s` singular, `.p` plural. */
export type GrammaticalNumber = 's' | 'p';

const NUMBER_WEIGHTS: readonly (readonly [GrammaticalNumber, number])[] = [
  ['s', 3],
  ['p', 2],
];
const NUMBER_TOTAL = 5;
const TOKEN = /\s*(?:<([a-z-]+)(#|\.s|\.p)?>|\[(\d+) ([^[\]]+)\]|([a-z]+))\s*/y;
const FIX = 'See the notation in src/corpus/gazette/notation.ts.';

/**
 * The weight of a pattern by its rank (0 is the most frequent): 1000 / (rank + 8), rounded. Zipf's law with
 * Mandelbrot's shift, which keeps the first words of a list from crowding out the others.
 */
function rankWeight(rank: number): number {
  return Math.round(1000 / (rank + 8));
}

/**
 * Translates the notation into plain weighted rules, for {@link Grammar}. Only rules that `start` needs are
 * made; a rule in a number is made under its name with `.s` or `.p` added, an optional part under the name
 * of its rule with `~` and a count added.
 *
 * @throws LetterpressError `BAD_INPUT` for a pattern that is not in the notation, or an unknown rule
 */
export function parseRules(source: GrammarSource, start = 'start'): GrammarRules {
  const rules = new Map<string, Alternative[]>();

  const need = (name: string, number: GrammaticalNumber | undefined, usedBy: string): string => {
    const key = number ? `${name}.${number}` : name;
    if (rules.has(key)) return key;
    const rule = Object.hasOwn(source, name) ? source[name] : undefined;
    if (rule === undefined)
      throw new LetterpressError('BAD_INPUT', `expected a rule named ${name}, used by ${usedBy}; there is none`, FIX);
    const alternatives: Alternative[] = [];
    rules.set(key, alternatives);
    for (const [weight, pattern] of patternsOf(rule)) {
      if (number) {
        alternatives.push({ weight, symbols: symbolsOf(key, form(pattern, number), number) });
      } else if (/[#|]/.test(pattern)) {
        for (const [each, share] of NUMBER_WEIGHTS)
          alternatives.push({ weight: weight * share, symbols: symbolsOf(key, form(pattern, each), each) });
      } else {
        alternatives.push({ weight: weight * NUMBER_TOTAL, symbols: symbolsOf(key, pattern, undefined) });
      }
    }
    return key;
  };

  const symbolsOf = (key: string, pattern: string, number: GrammaticalNumber | undefined): readonly GrammarSymbol[] => {
    const symbols: GrammarSymbol[] = [];
    TOKEN.lastIndex = 0;
    for (let at = 0; at < pattern.length;) {
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(pattern);
      if (!match)
        throw new LetterpressError('BAD_INPUT', `cannot read ${JSON.stringify(pattern.slice(at))} in rule ${key}`, FIX);
      at = TOKEN.lastIndex;
      const [, rule, mark, percent, inner, word] = match;
      if (word !== undefined) symbols.push({ word });
      else if (rule !== undefined) symbols.push({ rule: need(rule, mark === '#' ? number : numberOf(mark), key) });
      else symbols.push({ rule: optional(key, Number(percent), inner ?? '', number) });
    }
    return symbols;
  };

  let optionals = 0;
  const optional = (key: string, percent: number, pattern: string, number: GrammaticalNumber | undefined): string => {
    if (percent < 1 || percent > 99)
      throw new LetterpressError('BAD_INPUT', `expected a chance of 1 to 99 in rule ${key}; got ${percent}`, FIX);
    const name = `${key}~${++optionals}`;
    const symbols = symbolsOf(name, pattern, number);
    rules.set(name, [
      { weight: percent, symbols },
      { weight: 100 - percent, symbols: [] },
    ]);
    return name;
  };

  need(start, undefined, 'the start');
  return rules;
}

/** The weighted patterns of a rule: ranked when they are given as one string. */
export function patternsOf(rule: RuleSource): readonly (readonly [weight: number, pattern: string])[] {
  if (typeof rule !== 'string') return rule;
  return rule.split(',').map((pattern, rank) => [rankWeight(rank), pattern.trim()] as const);
}

function form(pattern: string, number: GrammaticalNumber): string {
  const [singular = '', plural = singular] = pattern.split('|');
  return (number === 's' ? singular : plural).trim();
}

function numberOf(mark: string | undefined): GrammaticalNumber | undefined {
  return mark === '.s' ? 's' : mark === '.p' ? 'p' : undefined;
}
