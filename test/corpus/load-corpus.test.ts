import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LetterpressError } from '../../src/errors.js';
import { loadCorpus } from '../../src/corpus/sources/load-corpus.js';
import { readError } from '../../src/corpus/sources/file-errors.js';
import type { Corpus } from '../../src/corpus/corpus.js';
import { loadingError, sourceFiles } from './source-files.js';

const files = sourceFiles();
const put = files.put.bind(files);

const all = ({ splits }: Corpus): string[] => [...splits.train, ...splits.val, ...splits.test];
const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `text ${i}`);

describe('a text file', () => {
  it('has one text a line, split 80/10/10 without losing or repeating any', async () => {
    const path = await put('news.txt', `${numbered(103).join('\n')}\n`);
    const corpus = await loadCorpus({ path });
    expect(corpus).toMatchObject({ name: 'news', kind: 'text', path, alreadyClean: false });
    expect([corpus.splits.train.length, corpus.splits.val.length, corpus.splits.test.length]).toEqual([83, 10, 10]);
    expect(all(corpus).sort()).toEqual(numbered(103).sort());
  });

  it('is split by the seed only', async () => {
    const path = await put('news.txt', numbered(50).join('\n'));
    expect((await loadCorpus({ path, seed: 7 })).splits).toEqual((await loadCorpus({ path, seed: 7 })).splits);
    expect((await loadCorpus({ path, seed: 8 })).splits).not.toEqual((await loadCorpus({ path, seed: 7 })).splits);
    expect((await loadCorpus({ path })).splits).toEqual((await loadCorpus({ path, seed: 0 })).splits);
  });

  it('ends lines at \\n, \\r\\n and a lone \\r, has no texts in blank lines, drops byte order marks', async () => {
    const path = await put('news.txt', '\uFEFFone\r\n\n \n\uFEFFtwo\u2028still two\nthree\r\uFEFFfour');
    expect(all(await loadCorpus({ path })).sort()).toEqual(['four', 'one', 'three', 'two\u2028still two']);
    const kept = await loadCorpus({ path, keepBlankLines: true });
    expect(all(kept).sort()).toEqual(['', ' ', 'four', 'one', 'three', 'two\u2028still two']);
  });

  it('may have no extension, or any other when the format is named', async () => {
    expect((await loadCorpus({ path: await put('news', 'a\nb\nc') })).kind).toBe('text');
    expect((await loadCorpus({ path: await put('news.md', 'a\nb\nc'), format: 'text' })).kind).toBe('text');
  });

  it.each([
    ['one text', 'only one\n', 'expected at least 3 non-empty texts'],
    ['two texts and blanks', 'one\n\n \n\t\ntwo\n', 'got 2 in'],
    ['nothing', '', 'is empty'],
    ['a byte order mark', '\uFEFF', 'has only a byte order mark, and no text'],
    ['blank lines', '\n \n\n', 'has no texts: it is 3 blank lines'],
  ])('of %s is an error', async (_, content, message) => {
    const error = await loadingError({ path: await put('few.txt', content) });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain(message);
  });

  it('that is not UTF-8 is an error with byte, offset and line', async () => {
    const bytes = Buffer.concat([Buffer.from('one\ntwo\ncaf'), Buffer.from([0xe9]), Buffer.from('\nfour\n')]);
    const error = await loadingError({ path: await put('latin1.txt', bytes) });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain('0xE9 at offset 11 (line 3)');
    const utf16 = await loadingError({ path: await put('u.txt', Buffer.from('\uFEFFa\nb\nc', 'utf16le')) });
    expect(utf16.fix).toContain('UTF-16');
  });

  it('may be limited to a whole number of training texts', async () => {
    const path = await put('large.txt', 'rain today\n'.repeat(30_000));
    for (const limit of [0, -1, 1.5, Number.NaN])
      await expect(loadCorpus({ path, limit })).rejects.toMatchObject({
        code: 'BAD_OPTION',
        message: `expected a whole number of at least 1 for limit, got ${limit}`,
      });
    expect(all(await loadCorpus({ path, limit: Number.MAX_SAFE_INTEGER }))).toHaveLength(30_000);
    expect(all(await loadCorpus({ path, limit: 1 }))).toHaveLength(20_000);
  });

  it('has no columns', async () => {
    const error = await loadingError({ path: await put('news.txt', 'a\nb\nc'), column: 'title' });
    expect(error.code).toBe('BAD_OPTION');
  });
});

describe('a folder', () => {
  it('gives the lines of train.txt, val.txt and test.txt in order, and reads nothing else', async () => {
    await put('train.txt', 'b\na\n\nb\n');
    await put('val.txt', 'v');
    await put('test.txt', 'x\ny\n');
    await put('train.cleaned.txt', Buffer.from([0xff]));
    const corpus = await loadCorpus({ path: files.folder });
    expect(corpus.splits).toEqual({ train: ['b', 'a', 'b'], val: ['v'], test: ['x', 'y'] });
    const { splits } = await loadCorpus({ path: files.folder, keepBlankLines: true });
    expect(splits.train).toEqual(['b', 'a', '', 'b']);
    expect(corpus.kind).toBe('folder');
    expect(corpus.name).toBe(basename(files.folder));
    expect((await loadCorpus({ path: `${files.folder}/` })).name).toBe(corpus.name);
  });

  it('without one of the three says which, and what to rename', async () => {
    await put('train.txt', 'a');
    await put('test.txt', 'a');
    await put('valid.txt', 'a');
    const error = await loadingError({ path: files.folder });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain('got train.txt and test.txt without val.txt');
    expect(error.fix).toContain('Rename valid.txt to val.txt.');
  });

  it('without any of the three says what is there', async () => {
    await put('news.csv', 'a');
    await put('notes.md', 'a');
    const error = await loadingError({ path: files.folder });
    expect(error.message).toContain('which has news.csv, notes.md');
    expect(error.fix).toContain(join(files.folder, 'news.csv'));
  });

  it('that is empty, or has an empty split, is an error', async () => {
    expect((await loadingError({ path: files.folder })).message).toContain('which is empty');
    await put('train.txt', 'a');
    await put('val.txt', '');
    await put('test.txt', 'a');
    expect((await loadingError({ path: files.folder })).message).toContain('val.txt is empty');
    await rm(join(files.folder, 'val.txt'));
    await mkdir(join(files.folder, 'val.txt'));
    expect((await loadingError({ path: files.folder })).message).toContain('expected a file, got a folder');
  });

  it('takes no column and no format', async () => {
    expect((await loadingError({ path: files.folder, column: 'title' })).code).toBe('BAD_OPTION');
    expect((await loadingError({ path: files.folder, format: 'csv' })).code).toBe('BAD_OPTION');
  });
});

describe('a path that cannot be read', () => {
  it('names the file that was probably meant', async () => {
    await put('headlines.txt', 'a');
    const error = await loadingError({ path: join(files.folder, 'headlnes.txt') });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain(`did you mean ${join(files.folder, 'headlines.txt')}?`);
    expect((await loadingError({ path: join(files.folder, 'nowhere', 'x.txt') })).message).toContain(
      'no such file or folder',
    );
  });

  it('may be of an unsupported kind', async () => {
    expect((await loadingError({ path: await put('news.docx', 'a') })).message).toContain('expected a .txt, .csv');
    expect((await loadingError({ path: '' })).message).toContain('expected a path');
  });

  it('may be an address, which is not read', async () => {
    const error = await loadingError({ path: 'https://example.org/a.csv' });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.fix).toContain('Download');
  });

  it.skipIf(process.platform === 'win32')('may be a link that leads nowhere, or to itself', async () => {
    const [dangling, loop] = [join(files.folder, 'dangling.txt'), join(files.folder, 'loop.txt')];
    await symlink('nowhere.txt', dangling);
    await symlink('loop.txt', loop);
    expect((await loadingError({ path: dangling })).message).toMatch(/no such file.*to which this link leads/);
    expect((await loadingError({ path: loop })).message).toContain('a link leads back to itself');
  });

  it.skipIf(process.getuid?.() === 0)('may be forbidden', async () => {
    const path = await put('secret.txt', 'a\nb\nc');
    await chmod(path, 0);
    expect((await loadingError({ path })).code).toBe('IO');
  });

  it('has each refusal of the file system significantly different', async () => {
    const refused = (code: string): Promise<LetterpressError> =>
      readError(Object.assign(new Error(`${code}: refused`), { code }), 'a.txt');
    expect(await refused('EACCES')).toMatchObject({ code: 'IO', message: 'not allowed to read a.txt' });
    expect(await refused('EIO')).toMatchObject({ code: 'IO', message: 'cannot read a.txt: the disk reports an error' });
    expect(await refused('EISDIR')).toMatchObject({ code: 'BAD_INPUT' });
  });
});
