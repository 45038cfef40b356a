import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanHeadline, cleanTexts, createCleaner } from '../../../src/corpus/cleaning/index.js';
import { loadNounLexicon, loadPunktModel } from '../../../src/corpus/cleaning/load.js';
import { nounLemma } from '../../../src/corpus/cleaning/noun-lemmas.js';
import { parsePunktModel } from '../../../src/corpus/cleaning/punkt-model.js';
import {
  anyCase,
  DIGIT,
  isAlpha,
  isBlank,
  SPACE,
  splitAtSpace,
  startsLower,
  startsUpper,
  trimEnd,
  WORD,
} from '../../../src/corpus/cleaning/python-text.js';
import { splitSentences } from '../../../src/corpus/cleaning/sentences.js';
import { isStopWord } from '../../../src/corpus/cleaning/stop-words.js';
import { wordSteps } from '../../../src/corpus/cleaning/words.js';
import { finish } from '../../../src/generators.js';

const splitWords = (sentence: string): string[] => finish(wordSteps(sentence));

const punkt = loadPunktModel();
const lexicon = loadNounLexicon();
const anyText = fc.string({ unit: 'binary' });
const headlineLike = fc
  .array(fc.constantFrom('Dr.', 'cats', "can't", '"', '(', ')', '. ', '? ', '...', ' ', '\n', 'é', "'"))
  .map((parts) => parts.join(''));

describe("Python's characters", () => {
  const count = (pattern: string): number => {
    const one = new RegExp(`^${pattern}$`, 'v');
    let found = 0;
    for (let code = 0; code < 0x110000; code++) if (one.test(String.fromCodePoint(code))) found++;
    return found;
  };

  it('are as many as in Python 3.11, whatever Unicode this engine knows', () => {
    expect(count(SPACE)).toBe(29);
    expect(count(DIGIT)).toBe(660);
    expect(count(WORD)).toBe(133548);
  });

  it('trims and splits at what Python calls white space', () => {
    expect(splitAtSpace('\x1ca\x85b\u2028 c\ufeffd\u200be\xa0')).toEqual(['a', 'b', 'c\ufeffd\u200be']);
    expect(trimEnd(' a\x1f\u3000\n')).toBe(' a');
    expect([isBlank(''), isBlank('\x1d\u2029'), isBlank('\ufeff')]).toEqual([true, true, false]);
  });

  it('takes letters of every script for letters, and marks, digits and symbols for none', () => {
    for (const text of ['cat', 'É', 'ß', '中', 'ª', 'ʰ', 'ไทย', '𝐀']) expect(isAlpha(text), text).toBe(true);
    for (const text of ['', 'a1', 'e\u0301', 'Ⅷ', 'Ⓐ', '_', '²', 'a\ud800', 'दन\u094d', '\u{1e030}'])
      expect(isAlpha(text), text).toBe(false);
  });

  it('knows upper and lower case of the first character only', () => {
    expect(['Éa', 'éA', 'ǅ', '1A', 'ʕ', 'Ⓐ', '𐐀', ''].map(startsUpper)).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(['Éa', 'éA', 'ǅ', '1a', 'ʕ', 'ª', '𐐨', ''].map(startsLower)).toEqual([
      false,
      true,
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('ignores case as the re module does', () => {
    const matches = (pattern: string, text: string): boolean => new RegExp(`^${anyCase(pattern)}$`, 'v').test(text);
    expect(matches("'tis", "'TıS")).toBe(true);
    expect(matches("'twas", "'tWaſ")).toBe(true);
    expect(matches('k', '\u212a')).toBe(true);
    expect(matches('gimme', 'gİmme')).toBe(true);
    expect(matches('cannot', 'cannöt')).toBe(false);
  });
});

describe('splitSentences', () => {
  it('has the whole English model', () => {
    expect(punkt.abbreviations.size).toBe(156);
    expect(punkt.abbreviations.has('. . ')).toBe(true);
    expect([...punkt.collocations.values()].reduce((sum, { size }) => sum + size, 0)).toBe(37);
    expect(punkt.sentenceStarters.size).toBe(39);
    expect(punkt.contexts.size).toBe(20366);
  });

  it('goes by the model, not by the period alone', () => {
    const text = 'The abc. Nothing follows. Xyz. Ends';
    const empty = parsePunktModel('');
    expect(splitSentences(text, empty)).toEqual(['The abc.', 'Nothing follows.', 'Xyz.', 'Ends']);
    const taught = parsePunktModel('abbreviations\tabc\ncollocations\txyz ends\n');
    expect(splitSentences(text, taught)).toEqual(['The abc. Nothing follows.', 'Xyz. Ends']);
  });

  it('loses nothing but white space', () => {
    const bare = (text: string): string => splitAtSpace(text).join('');
    fc.assert(
      fc.property(fc.oneof(anyText, headlineLike), (text) => {
        expect(bare(splitSentences(text, punkt).join(''))).toBe(bare(text));
      }),
    );
  });
});

describe('splitWords', () => {
  it('gives words without white space', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, headlineLike), (text) => {
        for (const word of splitWords(text)) expect(splitAtSpace(word)).toEqual([word]);
      }),
    );
  });

  it('finds the same words however they are spaced', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,6}$/)), (words) => {
        expect(splitWords(words.join(' \t '))).toEqual(splitWords(words.join('  ')));
      }),
    );
  });
});

describe('nounLemma', () => {
  it.each([
    ['churches', 'church'],
    ['aardwolves', 'aardwolf'],
    ['abaci', 'abacus'],
    ['women', 'woman'],
    ['discusses', 'discus'], // by rules applied twice: discusses, discuss, discus
    ['leaves', 'leaf'], // the first of two shortest
    ['lens', 'lens'],
    ['comics', 'comic'],
    ['us', 'u'],
    ['passed', 'passed'],
    ['zzyzxs', 'zzyzxs'],
    ['', ''],
  ])('of %s is %s', (word, lemma) => {
    expect(nounLemma(word, lexicon)).toBe(lemma);
  });

  it('is a noun that WordNet knows, or the word', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...lexicon.nouns),
        fc.constantFrom('', 's', 'es', 'ses', 'ies', 'men', 'q'),
        (noun, ending) => {
          const word = noun + ending;
          const lemma = nounLemma(word, lexicon);
          expect(lemma === word || lexicon.nouns.has(lemma)).toBe(true);
          expect(lemma.length).toBeLessThanOrEqual(word.length);
        },
      ),
    );
  });
});

describe('cleanTexts', () => {
  it('gives one text for each, in order, and says how far it is', () => {
    const calls: [number, number][] = [];
    const texts = ['Two cats!', 'It is.', 'Ein Haus'];
    const result = cleanTexts(texts, 'headlines', (done, total) => calls.push([done, total]));
    expect(result).toEqual(['two cat', '', 'ein haus']);
    expect(calls).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('leaves texts alone when asked to', () => {
    const texts = ['Two cats!', ''];
    expect(cleanTexts(texts, 'none')).toEqual(texts);
    expect(cleanTexts(texts, 'none')).not.toBe(texts);
  });

  it.each([
    ['a word of five million letters', 'a'.repeat(5e6), 'a'.repeat(5e6)],
    ['white space behind a period', `a.${' '.repeat(2e5)}x`, 'x'],
    ['marks behind a period', `x.${'"'.repeat(2e5)} y`, 'x'],
  ])('takes %s in linear time', (_, text, expected) => {
    const start = performance.now();
    expect(cleanHeadline(text).startsWith(expected)).toBe(true);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('takes any text, and gives lower-case words in single spaces', () => {
    const clean = createCleaner();
    fc.assert(
      fc.property(fc.oneof(anyText, headlineLike), (text) => {
        const result = clean(text);
        expect(result).toBe(cleanHeadline(text));
        expect(result).toBe(splitAtSpace(result).join(' '));
        expect(result).toBe(result.toLowerCase());
      }),
    );
    expect(['the', 'wouldn', 'ma'].every(isStopWord)).toBe(true);
    expect(['', 'The', 'cat'].some(isStopWord)).toBe(false);
  });
});
