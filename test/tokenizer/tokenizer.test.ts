import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CharacterCounts } from '../../src/tokenizer/character-counts.js';
import { normalizeText, partsOf } from '../../src/tokenizer/code-points.js';
import { encodeSplit } from '../../src/tokenizer/encode-split.js';
import { learnAlphabet } from '../../src/tokenizer/learn-alphabet.js';
import { emptyReport, lostShare, summarizeReport } from '../../src/tokenizer/report.js';
import { DEFAULT_CHARACTERS, defaultTokenizer, Tokenizer } from '../../src/tokenizer/tokenizer.js';
import { errorOf } from '../support/error-of.js';

const tokenizer = defaultTokenizer();
/** A text as a model reads it, and the report of it. */
function read(text: string, by = tokenizer) {
  const report = emptyReport();
  return { text: by.decode(by.encode(text, report)), report };
}
const folded = (text: string, by = tokenizer): string => read(text, by).text;
const alphabetText = fc.string({ unit: fc.constantFrom(...DEFAULT_CHARACTERS), maxLength: 200 });
const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());

function total(counts: Record<string, number | { count: number }>): number {
  return Object.values(counts).reduce<number>((sum, c) => sum + (typeof c === 'number' ? c : c.count), 0);
}

describe('the default tokenizer', () => {
  it('has the 29 token values of docs/notebook.md, section 4', () => {
    expect(tokenizer.padToken).toBe(0);
    expect(tokenizer.clsToken).toBe(28);
    expect(tokenizer.vocabularySize).toBe(29);
    expect([...tokenizer.encode('az ')]).toEqual([1, 26, 27]);
    expect([...tokenizer.encode('')]).toEqual([]);
  });

  it('decodes up to the first pad and leaves cls out', () => {
    expect(tokenizer.decode([28, 1, 2, 27, 3, 0, 4, 5])).toBe('ab c');
    expect(tokenizer.decode([])).toBe('');
    expect(errorOf(() => tokenizer.decode([1, 29])).message).toContain('token 29 at position 1');
  });

  it('round trips every text of its characters', () => {
    fc.assert(fc.property(alphabetText, (text) => tokenizer.decode(tokenizer.encode(text)) === text));
  });

  it('gives ids from 1 to n for any text', () => {
    for (const policy of ['space', 'drop'] as const) {
      const t = defaultTokenizer({ unknown: policy });
      fc.assert(fc.property(anyText, (text) => t.encode(text).every((id) => id >= 1 && id <= 27)));
    }
  });
});

describe('characters outside the alphabet', () => {
  it('fold as in the original notebook, í to e included', () => {
    expect(folded('éíáóæä')).toBe('eeaoaa');
    expect(folded('ÉÍÁÓÆÄ')).toBe('eeaoaa');
  });

  it('fold alike where they are decomposed and composed', () => {
    expect(folded('e\u0301 i\u0301')).toBe('e e');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.encode(text.normalize('NFD'))).toEqual(tokenizer.encode(text.normalize('NFC')));
      }),
    );
  });

  it('lose an accent that cannot be composed, and keep the character before it', () => {
    const { text, report } = read('q\u0303x');
    expect(text).toBe('qx');
    expect(report.folded).toEqual({ '\u0303': { to: '', count: 1 } });
    expect(report).toMatchObject({ characters: 3, encoded: 2 });
  });

  it.each([
    ['accented', 'öüñúçšćčęãńșàìÅ', 'ounucscceansaia'],
    ['undecomposable', 'øłßđðþœıħŧŋØŁẞĐÐÞŒ', 'olsddtoihtnolsddto'],
    ['compatibility', 'ﬁ ⓐ ａ Ⅳ ſ ™', 'f a a i s t'],
    ['undecomposable and accented', 'ǽǿ', 'ao'],
    ['upper-case and white-space', 'Hello\tWORLD\u00A0İ', 'hello world i'],
  ])('are folded one by one where they are %s: %j', (_, text, expected) => expect(folded(text)).toBe(expected));

  it('are replaced by a space or dropped, and counted, where nothing stands for them', () => {
    const outside = { 1: 2, '–': 1, ж: 1 };
    const replaced = read('a1b–ж1');
    expect(replaced.text).toBe('a b   ');
    expect([replaced.report.replaced, replaced.report.dropped]).toEqual([outside, {}]);
    const dropped = read('a1b–ж1', defaultTokenizer({ unknown: 'drop' }));
    expect(dropped.text).toBe('ab');
    expect([dropped.report.replaced, dropped.report.dropped]).toEqual([{}, outside]);
    expect(folded('a b', new Tokenizer(['a', 'b']))).toBe('ab');
    // A spacing accent, and a digit inside a symbol, stand for no character.
    const { report } = read('´½…');
    expect([report.replaced, report.folded]).toEqual([{ '´': 1, '½': 1, '…': 1 }, {}]);
  });

  it('are a strict error, which names the character, the text and a remedy, unless they can be folded', () => {
    const error = errorOf(() => tokenizer.encode('naïve ж', undefined, { strict: true, where: 'text 3 of train' }));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toBe('text 3 of train has the character "ж" (U+0436), which is not in the alphabet');
    expect(error.fix).toContain('(alphabet auto)');
    expect(tokenizer.decode(tokenizer.encode('Naïve', undefined, { strict: true }))).toBe('naive');
    expect(read('Naïve').report.folded).toEqual({ N: { to: 'n', count: 1 }, ï: { to: 'i', count: 1 } });
  });

  it('are reported in counts that add up', () => {
    for (const some of [tokenizer, defaultTokenizer({ unknown: 'drop' })])
      fc.assert(
        fc.property(fc.array(anyText), (texts) => {
          const report = emptyReport();
          const encoded = texts.map((text) => some.encode(text, report));
          const ids = encoded.reduce((sum, e) => sum + e.length, 0);
          const vanished = Object.values(report.folded).reduce((sum, f) => sum + (f.to === '' ? f.count : 0), 0);
          const characters = texts.flatMap((text) => Array.from(text.normalize('NFC')));
          const verbatim = characters.filter((character) => DEFAULT_CHARACTERS.includes(character)).length;
          const outside = total(report.replaced) + total(report.dropped);
          expect(report.texts).toBe(texts.length);
          expect(report.empty).toBe(encoded.filter((e) => e.length === 0).length);
          expect(report.encoded).toBe(ids);
          expect(report.characters).toBe(ids + total(report.dropped) + vanished);
          expect(report.characters).toBe(verbatim + total(report.folded) + outside);
        }),
      );
  });
});

describe('learned alphabets', () => {
  it('have the characters of the texts in code-point order', () => {
    const learned = learnAlphabet(['тук-тук', 'e\u0301', '😀', '']);
    expect(learned.characters).toEqual(['-', 'é', 'к', 'т', 'у', '😀']);
    expect(learned.clsToken).toBe(7);
    expect(learned.vocabularySize).toBe(8);
  });

  it('round trip any composed text', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (texts) => {
        const composed = texts.map((text) => text.normalize('NFC'));
        fc.pre(composed.some((text) => text !== '') && !composed.some((text) => /\p{Cs}/u.test(text)));
        const learned = learnAlphabet(composed);
        for (const text of composed) expect(folded(text, learned)).toBe(text);
      }),
    );
  });

  it('fold unseen characters by the same policy, but not í to e, which is the default alphabet’s own', () => {
    expect(folded('íéØЖz', learnAlphabet(['abei o', 'ж']))).toBe('ieoж ');
    expect(folded('abé!', learnAlphabet(['ABE']))).toBe('ABE');
  });

  it('reject texts without characters, and too many different characters', () => {
    expect(errorOf(() => learnAlphabet(['', '']))).toMatchObject({ code: 'BAD_INPUT' });
    const many = Array.from({ length: 12_000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
    const error = errorOf(() => learnAlphabet([many]));
    expect(error.message).toContain('12000 different characters');
    expect(error.fix).not.toBe('');
    expect(learnAlphabet([many], { maxCharacters: 12_000 }).characters).toHaveLength(12_000);
  });
});

describe('a saved tokenizer', () => {
  it('comes back the same', () => {
    for (const t of [tokenizer, defaultTokenizer({ unknown: 'drop' }), learnAlphabet(['zażółć 😀', 'x\u0301'])]) {
      const back = Tokenizer.fromJSON(JSON.parse(JSON.stringify(t)));
      expect(back.characters).toEqual(t.characters);
      expect(back.unknown).toBe(t.unknown);
      expect([...back.encode('zażółć í 1')]).toEqual([...t.encode('zażółć í 1')]);
    }
  });

  it.each([
    null,
    'abc',
    {},
    { characters: 'ab' },
    { characters: '', unknown: 'space' },
    { characters: 'aa', unknown: 'drop' },
  ])('is rejected when damaged: %j', (json) => {
    expect(errorOf(() => Tokenizer.fromJSON(json)).code).toBe('BAD_INPUT');
  });

  it('must have single composed characters', () => {
    for (const characters of [['ab'], ['\u212B'], ['\uD800'], ['']])
      expect(errorOf(() => new Tokenizer(characters)).code).toBe('BAD_INPUT');
  });
});

describe('summarizeReport', () => {
  it('lists what changed, most frequent first, and nothing when nothing did', () => {
    const { report } = read('ABÉé ø 12');
    expect(summarizeReport({ ...report, textsCut: 2, charactersCut: 17 })).toEqual([
      '2 capital letters lowercased',
      '3 characters folded: É→e 1, é→e 1, ø→o 1',
      '2 characters outside the alphabet (22.2 %) replaced by a space: "1" (U+0031) 1, "2" (U+0032) 1',
      '2 texts truncated (17 characters)',
    ]);
    const one = emptyReport();
    tokenizer.encode('', one);
    tokenizer.encode('Aø', one);
    expect(summarizeReport(one)).toEqual([
      '1 capital letter lowercased',
      '1 character folded: ø→o 1',
      '1 text without a character',
    ]);
    expect(summarizeReport(read('a\tq\u0303').report)).toEqual([
      '2 characters folded: "\\t" (U+0009)→space 1, "\u0303" (U+0303)→nothing 1',
    ]);
    expect(summarizeReport(emptyReport())).toEqual([]);
  });
});

const cleaned = '../shared/data/headlines/train.cleaned.txt';
describe.runIf(existsSync(cleaned))('the cleaned headlines', () => {
  it('are encoded as in the PyTorch baseline: its folds, else the first character of NFKD, else a space', () => {
    const folds = new Map(Object.entries({ é: 'e', í: 'e', á: 'a', ó: 'o', æ: 'a', ä: 'a', ø: 'o', ł: 'l', ß: 's' }));
    for (const line of readFileSync(cleaned, 'utf8').split('\n').slice(0, -1)) {
      const ids = Array.from(line, (character) => {
        const to = folds.get(character) ?? character.normalize('NFKD').charAt(0);
        return /^[a-z]$/.test(to) ? to.charCodeAt(0) - 96 : 27;
      });
      expect([...tokenizer.encode(line)]).toEqual(ids);
    }
  });
});

describe('encodeSplit', () => {
  it('truncates to the context length and counts what it cut', () => {
    const { encoded, report } = encodeSplit(['abcdef', 'abc', '', 'abcd'], tokenizer, { maxCharacters: 3 });
    expect(encoded.map((e) => [...e])).toEqual([[1, 2, 3], [1, 2, 3], [], [1, 2, 3]]);
    expect(report).toMatchObject({ texts: 4, empty: 1, characters: 13, encoded: 13, textsCut: 2, charactersCut: 4 });
  });

  it('truncates to 149 characters by default', () => {
    const { encoded, report } = encodeSplit(['a'.repeat(149), 'a'.repeat(150)], tokenizer);
    expect(encoded.map((e) => e.length)).toEqual([149, 149]);
    expect(report).toMatchObject({ textsCut: 1, charactersCut: 1 });
  });

  it('reports counts that add up for any texts and context length', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 12 }), (texts, maxCharacters) => {
        const { encoded, report } = encodeSplit(texts, tokenizer, { maxCharacters });
        expect(encoded.reduce((sum, e) => sum + e.length, 0)).toBe(report.encoded - report.charactersCut);
        expect(encoded.every((e) => e.length <= maxCharacters)).toBe(true);
      }),
    );
  });

  it('names split, text and character in a strict error', () => {
    expect(() => encodeSplit(['abc', 'é', 'a€'], tokenizer, { strict: true, name: 'val' })).toThrow(
      'text 3 of val has the character "€" (U+20AC), which is not in the alphabet',
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('rejects a context length of %d characters', (maxCharacters) => {
    expect(() => encodeSplit([], tokenizer, { maxCharacters })).toThrow(
      'expected a context length of at least 1 character',
    );
  });
});

describe('what is counted of long texts', () => {
  const units = [
    'e\u0301',
    'a',
    '\u0301',
    '漢',
    '\u1100\u1161',
    '\u11a8',
    '\u{20000}',
    '\ud83d',
    '\ude00',
    '\u{1f600}',
  ];
  const text = Array.from({ length: 200_000 }, (_, i) => units[(i * i + (i >> 3)) % units.length]).join('');

  it('is the same in parts as in the whole', () => {
    const parts = [...partsOf(text)];
    expect(parts.length).toBeGreaterThan(4);
    expect(parts.map(normalizeText).join('')).toBe(normalizeText(text));
  });

  it('gives the alphabet and the share of lost characters that encoding gives', () => {
    const counts = new CharacterCounts();
    for (const part of partsOf(text)) counts.add(part);
    expect(counts.characters).toEqual(learnAlphabet([text]).characters);
    const { report } = read(text);
    expect(counts.lostShare(tokenizer)).toBeCloseTo(lostShare(report), 12);
    expect(lostShare(report)).toBeGreaterThan(0);
  });
});
