import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLongText, splitText } from '../../src/corpus/sources/long-text.js';
import { pieceSteps } from '../../src/corpus/pieces.js';
import { finish } from '../../src/generators.js';
import { learnAlphabet } from '../../src/tokenizer/learn-alphabet.js';
import { emptyReport } from '../../src/tokenizer/report.js';
import { shiftPieces } from '../../src/train/augmentation.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folders = temporaryFolders();

describe('pieces of a long text', () => {
  it('have all characters in their order, but for less than a piece at the end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-composite', maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (text, n) => {
          const tokenizer = learnAlphabet([`${text} `]);
          const { pieces, characters } = finish(pieceSteps(text, tokenizer, n, emptyReport()));
          for (const piece of pieces) expect(Array.from(piece)).toHaveLength(n);
          const joined = pieces.join('');
          const read = tokenizer.decode(tokenizer.encode(text));
          expect(read.startsWith(joined)).toBe(true);
          expect(characters).toBe(Array.from(read).length);
          expect(Array.from(read.slice(joined.length)).length).toBeLessThan(n);
        },
      ),
    );
  });

  it('are cut again around a ring, differently from epoch to epoch', () => {
    const text = Array.from({ length: 35 }, (_, i) => i + 1);
    const pieces = Array.from({ length: 5 }, (_, i) => Uint16Array.from(text.slice(7 * i, 7 * i + 7)));
    expect(shiftPieces(pieces, 3, 0)).toBe(pieces);
    const shifts = Array.from({ length: 40 }, (_, epoch) => {
      const joined = shiftPieces(pieces, 3, epoch).flatMap((piece) => Array.from(piece));
      const by = joined[0]! - 1;
      expect(joined).toEqual([...text.slice(by), ...text.slice(0, by)]);
      return by;
    });
    expect(new Set(shifts)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
    expect(shiftPieces(pieces, 3, 9)).toEqual(shiftPieces(pieces, 3, 9));
  });
});

describe('readLongText', () => {
  it('parts a file 90 / 5 / 5 without losing or breaking a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (text) => {
        const { train, val, test } = splitText(text);
        expect(train + val + test).toBe(text);
        for (const part of [train, val, test]) expect(part).not.toMatch(/\p{Cs}/u);
        expect(Math.abs(train.length - 0.9 * text.length)).toBeLessThanOrEqual(1.5);
      }),
    );
  });

  it('is the same whichever system ended its lines', async () => {
    const folder = folders();
    const text = 'a line\n\nand another\n'.repeat(50);
    const read = async (name: string, end: string) => {
      const file = join(folder, `${name}.txt`);
      writeFileSync(file, text.replaceAll('\n', end));
      return (await readLongText(file)).parts;
    };
    expect(await read('unix', '\n')).toEqual(splitText(text));
    expect(await read('windows', '\r\n')).toEqual(splitText(text));
    expect(await read('mac', '\r')).toEqual(splitText(text));
  });

  it('reads a file, or a folder with three', async () => {
    const folder = folders();
    const file = join(folder, 'book.txt');
    writeFileSync(file, 'a line\n'.repeat(100));
    const book = await readLongText(file);
    expect(book).toMatchObject({ name: 'book', kind: 'text', path: file });
    expect(book.parts.train).toHaveLength(630);
    const parts = join(folder, 'parts');
    mkdirSync(parts);
    for (const part of ['train', 'val', 'test']) writeFileSync(join(parts, `${part}.txt`), `${part} \n`);
    expect((await readLongText(parts)).parts).toEqual({ train: 'train \n', val: 'val \n', test: 'test \n' });
    writeFileSync(join(parts, 'val.txt'), ' \n');
    await expect(readLongText(parts)).rejects.toThrow('the val part');
    await expect(readLongText(join(folder, 'none.txt'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
