import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileGrammar } from '../../../src/corpus/gazette/automaton.js';
import {
  gazetteAutomaton,
  gazetteGrammar,
  gazetteParts,
  gazetteSource,
  gazetteTopics,
} from '../../../src/corpus/gazette/gazette-grammar.js';
import { Grammar } from '../../../src/corpus/gazette/grammar.js';
import { gazette } from '../../../src/corpus/gazette/index.js';
import { parseRules, patternsOf } from '../../../src/corpus/gazette/notation.js';
import { surprisal } from '../../../src/corpus/gazette/surprisal.js';
import { LetterpressError } from '../../../src/errors.js';
import { countPairs, pathSums } from './path-sums.js';

const corpus = gazette();
const { train, val, test } = corpus.splits;
const grammar = gazetteGrammar();
const automaton = gazetteAutomaton();
const sums = pathSums(automaton);
const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;

describe('the grammar of the gazette', () => {
  it('is unambiguous: only equal derivations read the same text', () => {
    expect(countPairs(automaton)).toBe(sums.derivations);
  });

  it('would be ambiguous if a headline could be made in two ways', () => {
    const source = gazetteSource();
    const flood = [1, 'river lenn floods pellam school as young nurses <react>'] as const;
    const rules = parseRules({ ...source, weather: [...patternsOf(source['weather'] ?? ''), flood] });
    const spoiled = compileGrammar(new Grammar(rules, 'start'));
    expect(countPairs(spoiled)).toBeGreaterThan(pathSums(spoiled).derivations);
    expect(spoiled.measure('river lenn floods pellam school as young nurses panic').derivations).toBe(2);
  });

  it('uses every rule of its parts, each named once', () => {
    const names = Object.values(gazetteParts).flatMap((part) => Object.keys(part));
    expect(new Set(names).size).toBe(names.length);
    const used = new Set([...grammar.rules.keys()].map((name) => name.replace(/\.[sp]$/, '')));
    expect(names.filter((name) => !used.has(name))).toEqual([]);
  });

  it('cannot make a text longer than the context length', () => {
    expect(sums.maxLetters).toBeLessThanOrEqual(149);
  });
});

describe('the gazette', () => {
  it('has the sizes of the notebook’s and needs no cleaning', () => {
    expect([train.length, val.length, test.length]).toEqual([8664, 1084, 1084]);
    expect(corpus.name).toBe('gazette');
    expect(corpus.kind).toBe('builtin');
    expect(corpus.alreadyClean).toBe(true);
    const malformed = [...train, ...val, ...test].filter((text) => !/^[a-z]+(?: [a-z]+)*$/.test(text));
    expect(malformed).toEqual([]);
  });

  it('has lengths like real headlines', () => {
    const letters = train.map((text) => text.length);
    expect(Math.max(...letters)).toBeLessThanOrEqual(149);
    expect(mean(letters)).toBeGreaterThan(35);
    expect(mean(letters)).toBeLessThan(55);
    expect(mean(letters)).toBeCloseTo(sums.meanLetters, 0);
    expect(new Set(letters).size).toBeGreaterThan(40);
  });

  it('keeps test and validation texts out of train', () => {
    const known = new Set(train);
    expect(test.filter((text) => known.has(text)).length / test.length).toBeLessThan(0.005);
    expect(val.filter((text) => known.has(text)).length / val.length).toBeLessThan(0.005);
  });

  it('never changes', () => {
    const hash = createHash('sha256');
    for (const split of [train, val, test]) hash.update(split.join('\n') + '\n\n');
    // Whoever changes the grammar changes every figure measured on the gazette: say so in CHANGELOG and docs.
    expect(hash.digest('hex')).toBe('c81f2b70a3c0b7f9c1785f2df5389d5cc3ac03165a2f380ece6e96eceb9fa697');
    expect(gazette().splits).toEqual(corpus.splits);
  });

  it('draws other texts from another seed, and a prefix for a smaller size', () => {
    const other = gazette({ seed: 2, sizes: { train: 50, val: 5, test: 5 } });
    expect(other.splits.train).not.toEqual(train.slice(0, 50));
    const smaller = gazette({ sizes: { train: 100, val: 3, test: 0 } });
    expect(smaller.splits.train).toEqual(train.slice(0, 100));
    expect(smaller.splits.val).toEqual(val.slice(0, 3));
    expect(smaller.splits.test).toEqual([]);
  });

  it.each([
    [{ seed: -1 }, 'expected a seed'],
    [{ seed: 0.5 }, 'expected a seed'],
    [{ sizes: { train: 1.5, val: 1, test: 1 } }, 'expected the size of train'],
    [{ sizes: { train: 1, val: -1, test: 1 } }, 'expected the size of val'],
  ])('refuses %j', (options, words) => {
    expect(() => gazette(options)).toThrow(LetterpressError);
    expect(() => gazette(options)).toThrow(words);
  });
});

describe('the exact NLLs of the gazette', () => {
  const { exact } = corpus;

  it('are finite, of one derivation, for every text', () => {
    const all = [...train, ...val, ...test];
    expect(all.filter((text) => automaton.measure(text).derivations !== 1)).toEqual([]);
    expect(all.every((text) => Number.isFinite(exact.nll(text)) && exact.nll(text) > 0)).toBe(true);
  });

  it('average to the closed form, within 4 standard errors, in every split and over other seeds', () => {
    const { entropy, deviation } = surprisal(grammar);
    expect(exact.entropy).toBe(entropy);
    const more = [2, 3].map((seed) => gazette({ seed, sizes: { train: 4000, val: 0, test: 0 } }).splits.train);
    for (const texts of [train, val, test, ...more]) {
      const scores = texts.map((text) => exact.nll(text));
      expect(Math.abs(mean(scores) - entropy)).toBeLessThan((4 * deviation) / Math.sqrt(scores.length));
    }
    const scores = train.map((text) => exact.nll(text));
    const spread = Math.sqrt(mean(scores.map((score) => (score - mean(scores)) ** 2)));
    expect(spread / deviation).toBeGreaterThan(0.95);
    expect(spread / deviation).toBeLessThan(1.05);
  });

  it('are infinite outside the language', () => {
    const text = test[0] ?? '';
    const outside = [
      '',
      ' ',
      'a',
      `${text} `,
      ` ${text}`,
      text.replace(' ', '  '),
      text.slice(0, -1),
      `${text} ${text}`,
    ];
    for (const other of [...outside, text.toUpperCase()]) {
      expect(exact.nll(other)).toBe(Infinity);
      expect(automaton.measure(other).derivations).toBe(0);
    }
  });

  it('depend on agreement over a distance', () => {
    expect(exact.nll('shy minister vows to scrap harbour tax')).toBeLessThan(30);
    expect(exact.nll('shy ministers of upper lenn vow to scrap harbour tax')).toBeLessThan(30);
    expect(exact.nll('shy ministers of upper lenn vows to scrap harbour tax')).toBe(Infinity);
    // Each river floods its own towns.
    expect(exact.nll('river wend floods zennick school as young nurses sing')).toBeLessThan(30);
    expect(exact.nll('river lenn floods zennick school as young nurses sing')).toBe(Infinity);
  });
});

describe('docs/gazette.md', () => {
  const page = readFileSync(new URL('../../../docs/gazette.md', import.meta.url), 'utf8');
  const { entropy, deviation } = surprisal(grammar);
  const { derivations, meanLetters, meanWords, maxLetters } = sums;
  const known = new Set(train);
  const share = (texts: readonly string[]): string => {
    const repeats = texts.filter((text) => known.has(text)).length;
    return `${repeats} (${((100 * repeats) / texts.length).toFixed(2)} %)`;
  };
  const templates = Object.keys(gazetteTopics).reduce(
    (count, topic) => count + patternsOf(gazetteSource()[topic] ?? '').length,
    0,
  );
  const letters = train.map((text) => text.length);

  it.each([
    ['topics', String(Object.keys(gazetteTopics).length)],
    ['templates', String(templates)],
    ['distinct words', new Set(automaton.states.flatMap(({ arcs }) => [...arcs.keys()])).size.toLocaleString('en')],
    ['different headlines', Number(derivations).toExponential(2)],
    ['entropy', `${entropy.toFixed(6)} nats per headline`],
    ['standard deviation', `${deviation.toFixed(4)} nats`],
    ['mean length', `${meanLetters.toFixed(2)} characters, ${meanWords.toFixed(2)} words`],
    ['longest possible', `${maxLetters} characters`],
    ['lengths in train', `${Math.min(...letters)} to ${Math.max(...letters)} characters`],
    ['entropy per character, end included', `${(entropy / (meanLetters + 1)).toFixed(4)} nats`],
    ['grammar NLL of test', `${mean(test.map((text) => corpus.exact.nll(text))).toFixed(4)} nats`],
    ['grammar NLL of validation', `${mean(val.map((text) => corpus.exact.nll(text))).toFixed(4)} nats`],
    ['test texts in train', share(test)],
    ['validation texts in train', share(val)],
    ['distinct texts in train', known.size.toLocaleString('en')],
  ])('states the measured %s', (name, value) => {
    const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.find((cells) => cells[1] === name)?.[2]).toBe(value);
  });

  it('shows the first ten headlines of train', () => {
    const shown = /```text\n([^`]*)\n```/.exec(page)?.[1]?.split('\n');
    expect(shown).toEqual(train.slice(0, 10));
  });
});
