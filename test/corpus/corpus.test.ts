import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/corpus/fingerprint.js';
import { corpusFromTexts, limitTrain, splitColumns } from '../../src/corpus/corpus.js';
import { suggest } from '../../src/suggest.js';
import { decodeUtf8, findInvalidUtf8, splitLines } from '../../src/corpus/sources/utf8.js';

const word = fc.string({ unit: 'grapheme', minLength: 1 });

describe('splitColumns', () => {
  it('keeps every text once, a tenth (at least one) in val and in test', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 3, maxLength: 120 }), fc.nat(), (texts, seed) => {
        const { train, val, test } = splitColumns([texts], seed, 'them');
        expect([...train, ...val, ...test].sort()).toEqual([...texts].sort());
        expect(val.length).toBe(Math.max(1, Math.floor(texts.length / 10)));
        expect(test.length).toBe(val.length);
      }),
    );
  });

  it('puts each text of three somewhere', () => {
    const { train, val, test } = splitColumns([['a', 'b', 'c']], 5, 'them');
    expect([train.length, val.length, test.length]).toEqual([1, 1, 1]);
  });
});

describe('corpusFromTexts', () => {
  it('is a corpus in memory', () => {
    const corpus = corpusFromTexts(['a', 'b', 'c', 'd'], { name: 'mine', seed: 3 });
    expect(corpus).toMatchObject({ name: 'mine', kind: 'memory', alreadyClean: false });
    expect(corpus.path).toBeUndefined();
    expect(corpus.splits.train).toHaveLength(2);
  });

  it('wants strings, at least three that are not empty', () => {
    expect(() => corpusFromTexts(['one'])).toThrow('got 1 in texts');
    expect(() => corpusFromTexts(['a', '', '', 'b'])).toThrow('got 2 in texts');
    const untyped: unknown[] = ['a', 2, 'c'];
    expect(() => corpusFromTexts(untyped as string[])).toThrow('got number at index 1');
  });
});

describe('limitTrain', () => {
  const corpus = corpusFromTexts(Array.from({ length: 20 }, (_, i) => `t${i}`));

  it('keeps the first n training texts, and the other splits whole', () => {
    const limited = limitTrain(corpus, 5);
    expect(limited.splits.train).toEqual(corpus.splits.train.slice(0, 5));
    expect(limited.splits.val).toEqual(corpus.splits.val);
    expect(limitTrain(corpus, 16)).toEqual(corpus);
  });

  it.each([0, -1, 17, 2.5, Number.NaN])('refuses %d of 16', (n) => {
    expect(() => limitTrain(corpus, n)).toThrow(`expected a limit of 1 to 16 training texts of texts, got ${n}`);
  });
});

describe('fingerprint', () => {
  const of = (train: string[], val: string[], test: string[]): string => fingerprint({ splits: { train, val, test } });

  it('is a SHA-256, the same for the same texts whatever their source', () => {
    expect(of(['a'], ['b'], ['c'])).toMatch(/^[0-9a-f]{64}$/);
    const corpus = corpusFromTexts(['a', 'b', 'c'], { name: 'x' });
    const moved = { ...corpus, name: 'y', path: 'z' };
    expect(fingerprint(moved)).toBe(fingerprint(corpus));
  });

  it('tells apart texts, their order, their split and where one ends', () => {
    const prints = [
      of(['a', 'b'], ['c'], ['d']),
      of(['b', 'a'], ['c'], ['d']),
      of(['a'], ['b', 'c'], ['d']),
      of(['a\nb'], ['c'], ['d']),
      of(['a', 'b', ''], ['c'], ['d']),
      of(['a', 'b'], ['d'], ['c']),
      of(['a', '\uD800'], ['c'], ['d']),
      of(['a', '\uFFFD'], ['c'], ['d']),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });
});

/** All that a generator of portions gives. */
async function all<T>(portions: AsyncIterable<Iterable<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const portion of portions) items.push(...portion);
  return items;
}

/** A sequence in pieces, cut anywhere. */
function* pieces<T extends { slice(from: number, to: number): T; readonly length: number }>(
  whole: T,
  cuts: readonly number[],
): Generator<T> {
  const places = [...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    yield whole.slice(from, to);
    from = to;
  }
}
const cuts = fc.array(fc.nat(200), { maxLength: 6 });

async function* arriving<T>(parts: Iterable<T>): AsyncGenerator<T> {
  for (const part of parts) yield await Promise.resolve(part);
}

describe('splitLines', () => {
  it('is undone by joining, for texts without line ends, wherever the pieces are cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).filter((s) => !/[\r\n]/.test(s));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom('\n', '\r\n', '\r'), cuts, async (lines, end, places) => {
        const text = lines.map((l) => l + end).join('');
        expect(await all(splitLines(arriving(pieces(text, places))))).toEqual(lines);
      }),
    );
  });
});

describe('UTF-8', () => {
  const decode = async (bytes: Uint8Array, places: readonly number[] = []): Promise<string> =>
    (await all(decodeUtf8(arriving(pieces(bytes, places)), 'f'))).join('');

  it('is valid exactly where TextDecoder says so, but for NUL', async () => {
    const valid = (bytes: Uint8Array): boolean => {
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    // Bytes at the edges of the ranges make sequences that are nearly valid.
    const edge = fc.constantFrom(0x0a, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf);
    const lead = fc.constantFrom(0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
    const bytes = fc.array(fc.oneof(edge, lead, fc.integer({ min: 0x80, max: 0xbf })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (array, places) => {
        const all = Uint8Array.from(array);
        const bad = findInvalidUtf8(all);
        expect(bad === undefined).toBe(valid(all));
        if (bad === undefined) expect(await decode(all, places)).toBe(new TextDecoder().decode(all));
        else {
          expect(valid(all.subarray(0, bad))).toBe(true);
          await expect(decode(all, places)).rejects.toThrow(`offset ${bad} `);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('decodes what was encoded, without the byte order mark, wherever the pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), cuts, async (text, places) => {
        fc.pre(!text.startsWith('\uFEFF') && !text.includes('\0'));
        expect(await decode(new TextEncoder().encode(text), places)).toBe(text);
        expect(await decode(new TextEncoder().encode(`\uFEFF${text}`), places)).toBe(text);
      }),
    );
  });
});

describe('suggest', () => {
  it('finds slips, and no more than slips', () => {
    expect(suggest('titel', ['id', 'title', 'url'])).toBe('title');
    expect(suggest('TITLE', ['Title', 'url'])).toBe('Title');
    expect(suggest('headline', ['id', 'url'])).toBeUndefined();
    expect(suggest('x', [])).toBeUndefined();
  });
});
