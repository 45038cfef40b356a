import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGrammar } from '../../../src/corpus/gazette/automaton.js';
import { Grammar, sampleText, type Alternative, type GrammarRules } from '../../../src/corpus/gazette/grammar.js';
import { parseRules, type GrammarSource } from '../../../src/corpus/gazette/notation.js';
import { surprisal } from '../../../src/corpus/gazette/surprisal.js';
import { Random } from '../../../src/random.js';
import { errorOf } from '../../support/error-of.js';
import { countPairs, pathSums } from './path-sums.js';

interface Derivation {
  readonly words: readonly string[];
  readonly p: number;
}

/** Every derivation, written out: the independent truth that the closed forms and the automaton must meet. */
function enumerate(grammar: Grammar, rule = grammar.start): Derivation[] {
  const alternatives = grammar.rules.get(rule) ?? [];
  const total = alternatives.reduce((sum, { weight }) => sum + weight, 0);
  return alternatives.flatMap(({ weight, symbols }) =>
    symbols.reduce<Derivation[]>(
      (before, symbol) => {
        const next = 'word' in symbol ? [{ words: [symbol.word], p: 1 }] : enumerate(grammar, symbol.rule);
        return before.flatMap((a) => next.map((b) => ({ words: [...a.words, ...b.words], p: a.p * b.p })));
      },
      [{ words: [], p: weight / total }],
    ),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function grammarOf(source: GrammarSource): Grammar {
  return new Grammar(parseRules(source), 'start');
}

const small = grammarOf({
  start: [
    [5, '<who#> <does#> [40 a <thing>] in <place>'],
    [2, '<place> <thing> wins'],
  ],
  who: 'mayor|mayors, shy baker|shy bakers',
  does: 'finds|find, sells|sell',
  thing: 'harp, old clock, map',
  place: 'pellam, upper lenn',
});

describe('a small grammar', () => {
  const derivations = enumerate(small);
  const texts = derivations.map(({ words }) => words.join(' '));
  const automaton = compileGrammar(small);

  it('has probabilities that sum to 1 and one derivation a text', () => {
    expect(sum(derivations.map(({ p }) => p))).toBeCloseTo(1, 12);
    expect(new Set(texts).size).toBe(texts.length);
    expect(countPairs(automaton)).toBe(BigInt(texts.length));
    for (const [i, text] of texts.entries()) {
      expect(automaton.measure(text).derivations).toBe(1);
      expect(automaton.nll(text)).toBeCloseTo(-Math.log(derivations[i]?.p ?? NaN), 12);
    }
  });

  it('has as many texts as its choices allow', () => {
    // (who 2 × does 2) × 2 numbers × (3 things or none) × 2 places, and 2 places × 3 things.
    expect(texts.length).toBe(4 * 2 * 4 * 2 + 6);
  });

  it('makes subject and verb agree', () => {
    expect(automaton.measure('shy bakers find a map in pellam').derivations).toBe(1);
    expect(automaton.nll('shy bakers finds a map in pellam')).toBe(Infinity);
  });

  it('draws each text as often as it should', () => {
    const draws = 20_000;
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const text = sampleText(small, new Random(3, 'test', i));
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const known = new Set(texts);
    expect([...counts.keys()].filter((text) => !known.has(text))).toEqual([]);
    // Pearson's χ² over 70 texts: mean 69, deviation √138; 5 deviations above.
    const chi2 = sum(derivations.map(({ p }, i) => ((counts.get(texts[i] ?? '') ?? 0) - draws * p) ** 2 / (draws * p)));
    expect(chi2).toBeLessThan(texts.length - 1 + 5 * Math.sqrt(2 * (texts.length - 1)));
  });
});

describe('any grammar', () => {
  /** Rules r0, r1, start; each may use the ones before it. Small enough to write all derivations out. */
  const anyGrammar = fc
    .tuple(
      ...[0, 1, 2].map((level) =>
        fc.array(
          fc.record({
            weight: fc.integer({ min: 1, max: 9 }),
            symbols: fc.array(
              fc.oneof(
                fc.constantFrom('a', 'b', 'cc').map((word) => ({ word })),
                fc
                  .constantFrom('r0', 'r1', 'r1')
                  .map((rule) => (level === 0 ? { word: 'd' } : { rule: level === 1 ? 'r0' : rule })),
              ),
              { maxLength: 2 },
            ),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      ),
    )
    .map(([r0 = [], r1 = [], start = []]): Grammar => {
      const rules: GrammarRules = new Map<string, readonly Alternative[]>([
        ['r0', r0],
        ['r1', r1],
        ['start', start],
      ]);
      return new Grammar(rules, 'start');
    });

  it('is scored as enumeration says, and its ambiguous texts are found', () => {
    let ambiguousSeen = 0;
    let unambiguousSeen = 0;
    fc.assert(
      fc.property(anyGrammar, (grammar) => {
        const automaton = compileGrammar(grammar);
        const truth = new Map<string, { p: number; count: number }>();
        for (const { words, p } of enumerate(grammar)) {
          const text = words.join(' ');
          const known = truth.get(text) ?? { p: 0, count: 0 };
          truth.set(text, { p: known.p + p, count: known.count + 1 });
        }
        for (const [text, { p, count }] of truth) {
          expect(automaton.measure(text).derivations).toBe(count);
          expect(automaton.measure(text).probability).toBeCloseTo(p, 12);
        }
        expect(automaton.measure('a x').derivations).toBe(0);
        const counts = [...truth.values()].map(({ count }) => count);
        expect(countPairs(automaton)).toBe(BigInt(sum(counts.map((count) => count ** 2))));
        if (Math.max(...counts) > 1) ambiguousSeen++;
        else unambiguousSeen++;
      }),
      { seed: 11, numRuns: 400 },
    );
    // Both kinds were met often.
    expect(ambiguousSeen).toBeGreaterThan(40);
    expect(unambiguousSeen).toBeGreaterThan(40);
  });

  it('has the entropy, the number of derivations and the lengths that enumeration gives', () => {
    fc.assert(
      fc.property(anyGrammar, (grammar) => {
        const all = enumerate(grammar);
        const letters = all.map(({ words }) => words.join(' ').length);
        const mean = sum(all.map(({ p }) => -p * Math.log(p)));
        const square = sum(all.map(({ p }) => p * Math.log(p) ** 2));
        expect(surprisal(grammar).entropy).toBeCloseTo(mean, 10);
        expect(surprisal(grammar).deviation ** 2).toBeCloseTo(square - mean ** 2, 8);
        const { derivations, meanLetters, meanWords, maxLetters } = pathSums(compileGrammar(grammar));
        expect(derivations).toBe(BigInt(all.length));
        expect(meanLetters).toBeCloseTo(sum(all.map(({ p }, i) => p * (letters[i] ?? NaN))), 10);
        expect(meanWords).toBeCloseTo(sum(all.map(({ p, words }) => p * words.length)), 10);
        expect(maxLetters).toBe(Math.max(...letters));
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});

describe('the notation', () => {
  it('gives ranked words falling weights, and numbers three to two', () => {
    const rules = parseRules({ start: 'x, y, z', unused: 'q' });
    expect(rules.get('start')?.map(({ weight }) => weight)).toEqual([625, 555, 500]);
    const numbered = compileGrammar(grammarOf({ start: [[1, '<n#>']], n: [[1, 'goose|geese']] }));
    expect(numbered.measure('goose').probability).toBeCloseTo(0.6, 12);
    expect(numbered.measure('geese').probability).toBeCloseTo(0.4, 12);
  });

  it('reads a chance in percent, and a forced number', () => {
    const automaton = compileGrammar(grammarOf({ start: [[1, 'two <n.p> [25 fly]']], n: 'owl|owls' }));
    expect(automaton.measure('two owls fly').probability).toBeCloseTo(0.25, 12);
    expect(automaton.measure('two owl').derivations).toBe(0);
  });

  it('makes only the rules that the start needs', () => {
    expect([...parseRules({ start: 'x', unused: 'q' }).keys()]).toEqual(['start']);
  });
});

describe('a grammar that cannot be used', () => {
  const rules = (entries: readonly (readonly [string, readonly Alternative[]])[]): GrammarRules => new Map(entries);
  it.each([
    ['an unknown rule in the notation', () => grammarOf({ start: '<nobody>' }), 'a rule named nobody, used by start'],
    ['an unreadable pattern', () => grammarOf({ start: 'Ünder way' }), 'cannot read "Ünder way" in rule start'],
    ['a chance of 100', () => grammarOf({ start: 'go [100 now]' }), 'expected a chance of 1 to 99'],
    ['recursion', () => grammarOf({ start: '<a>', a: 'x <b>', b: '<a>' }), 'without recursion'],
    ['a missing rule', () => new Grammar(rules([]), 'start'), 'a rule named start, used by the start'],
    ['a rule without alternatives', () => new Grammar(rules([['start', []]]), 'start'), 'at least one alternative'],
    [
      'a weight of nothing',
      () => new Grammar(rules([['start', [{ weight: 0, symbols: [] }]]]), 'start'),
      'positive integer weights in rule start; got 0',
    ],
    [
      'a word with a space',
      () => new Grammar(rules([['start', [{ weight: 1, symbols: [{ word: 'a b' }] }]]]), 'start'),
      'got "a b"',
    ],
  ])('is rejected: %s', (_, make, words) => {
    expect(errorOf(make)).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(words) as string });
  });
});
