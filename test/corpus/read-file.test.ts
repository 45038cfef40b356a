import { existsSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { appendFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTexts, readTexts, type FileOptions } from '../../src/corpus/sources/read-file.js';
import { readingError, sourceFiles } from './source-files.js';

const files = sourceFiles();
const put = files.put.bind(files);

/** The texts of the columns of a file, and what is noted of it. */
async function read(name: string, content: string | Uint8Array, options: FileOptions = {}) {
  const notes: string[] = [];
  const { columns } = await readTexts(await put(name, content), {
    ...options,
    onNote: ({ about }) => notes.push(about),
  });
  return { columns, notes };
}
const column = 'title';

describe('a table', () => {
  it.each<[what: string, name: string, content: string, texts: string[], options?: FileOptions]>([
    [
      'TSV with lone quotes',
      'a.tsv',
      'id\ttitle\n1\t"Yes\n2\ta "b" c\n3\t"d" e\n4\tf "\n',
      ['"Yes', 'a "b" c', '"d" e', 'f "'],
    ],
    [
      'TSV with lone quotes that seem to close',
      'a.tsv',
      'id\ttitle\n1\t"Yes\n2\tno\n3\tmaybe"\n',
      ['"Yes', 'no', 'maybe"'],
    ],
    ['TSV with a quote that is never closed', 'a.tsv', 'title\n"Yes\nno\n', ['"Yes', 'no']],
    ['quoted TSV', 'a.tsv', 'id\ttitle\n1\t"a ""b"""\n2\t"x\ty"\n', ['a "b"', 'x\ty']],
    ['quoted TSV of several lines', 'a.tsv', 'title\tid\n"two\nlines"\t1\nb\t2\n', ['two\nlines', 'b']],
    ['TSV with quotes as characters', 'a.tsv', 'title\tid\n"a"\t1\n', ['"a"'], { quote: 'none' }],
    ['CSV with quotes as characters', 'a.csv', 'id,title\n1,"Yes\n2,a "b"\n', ['"Yes', 'a "b"'], { quote: 'none' }],
    ['semicolons in .csv', 'a.csv', 'title;price\nrain;1,5\n"a;b";2,7\n', ['rain', 'a;b']],
    ['tabs in .csv', 'a.csv', 'title\tid\na, b\t1\n', ['a, b']],
    ['commas in .tsv', 'a.tsv', 'title,id\na,1\n', ['a']],
    ['another delimiter', 'a.csv', 'title::id\na::1\n', ['a'], { delimiter: '::' }],
    ['no header', 'a.csv', 'a,1\nb,2\n', ['a', 'b'], { header: false, column: '1' }],
    ['a column of one cell', 'a.csv', 'title\na; b\n"c, d"\n', ['a; b', 'c, d']],
    ["Excel's line with the delimiter", 'a.csv', 'sep=;\ntitle;id\na, b;1\n', ['a, b'], { delimiter: undefined }],
    ['CSV on a file without extension', 'a', 'id,title\n1,a\n', ['a']],
  ])('of %s', async (_, name, content, texts, options = {}) => {
    expect((await read(name, content, { column, ...options })).columns).toEqual([texts]);
  });

  it('does not lose its first row in silence', async () => {
    expect(await read('one.csv', 'first\nsecond\n')).toEqual({ columns: [['second']], notes: ['header'] });
    expect(await read('one.csv', 'first\nsecond\n', { header: false })).toEqual({
      columns: [['first', 'second']],
      notes: [],
    });
    const error = await readingError(await put('two.csv', 'first,1\nsecond,2\n'));
    expect(error.fix).toContain('(header)');
  });

  it('says when it is separated otherwise than its name says', async () => {
    expect((await read('a.csv', 'title;id\na;1\n', { column })).notes).toEqual(['delimiter']);
  });

  it.each([';', '\t', '|'])(
    'names the line of a row with more cells than the header, separated by %j',
    async (mark) => {
      const rows = ['title id', 'a 1', 'b 2 c', 'd 3'].map((row) => row.replaceAll(' ', mark));
      const error = await readingError(await put('a.csv', `${rows.join('\n')}\n`));
      expect(error.message).toMatch(/title.*id/);
      const named = await readingError(await put('a.csv', `${rows.join('\n')}\n`), { column });
      expect(named.message).toMatch(/^expected 2 cells on line 3 of .*got 3 cells$/);
    },
  );

  it('keeps any cells that CSV quotes, and any cells without tabs that TSV does not quote', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\t', ';', ' '), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = ['left,right', ...rows.map((row) => row.map(quoted).join(','))].join('\n');
        const options = { column: ['left', 'right'] };
        expect((await read('p.csv', csv, options)).columns).toEqual([rows.map(([l]) => l), rows.map(([, r]) => r)]);
        const plain = rows.map((row) => row.map((text) => `x${text.replace(/[\t\n]/g, ' ')}`));
        const tsv = ['left\tright', ...plain.map((row) => row.join('\t'))].join('\n');
        expect((await read('p.tsv', tsv, options)).columns).toEqual([plain.map(([l]) => l), plain.map(([, r]) => r)]);
      }),
    );
  });
});

describe('a JSON file', () => {
  it.each<[name: string, content: string, texts: string[]]>([
    ['a.json', ' [ {"title": "a, ]\\" b"},\n {"title": null}, {"title": "c", "x": [1, {}]} ]\n', ['a, ]" b', '', 'c']],
    ['a.json', '["a", "b"]', ['a', 'b']],
    ['a.json', '{"title":"a"}\n{"title":"b"}\n', ['a', 'b']],
    ['a.jsonl', '[{"title":"a"}]', ['a']],
    ['nameless', '{"title":"a"}\n{"title":"b"}\n', ['a', 'b']],
  ])('%s of %j', async (name, content, texts) => {
    expect((await read(name, content, content.includes('{') ? { column } : {})).columns).toEqual([texts]);
  });

  it.each<[content: string, message: string]>([
    ['[{"title":"a"}, 3]', 'on element 2 of'],
    ['[{"title":"a"}', 'the array does not end'],
    ['[{"title":"a"}] x', 'more behind the end'],
    ['[{"title":"a"},]', 'element 2 of'],
    ['[]', 'has no rows'],
    ['{"title":"a"}\n{"title":"\\ud800"}', 'a lone surrogate in row 2'],
    ['{"title":"a\\u0000"}', 'a NUL character in row 1'],
    ['"a"\n{"title":"b"}', 'expected a string like those before it on line 2'],
    ['{"title":"b"}\n"a"', 'expected an object, or strings alone, on line 2'],
    [`[${'['.repeat(1e5)}${']'.repeat(1e5)}]`, 'got a list'],
  ])('%.40s is refused by its place', async (content, message) => {
    expect((await readingError(await put('a.json', content), { column })).message).toContain(message);
  });
});

describe('bytes', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  it.each<[what: string, content: Uint8Array, message: string, fix: string]>([
    ['zip', latin1('PK\x03\x04\x14\0\0\0\x08\0notes.txt'), 'a zip archive', 'unzip'],
    ['xlsx', latin1('PK\x03\x04\x14\0\x06\0\x08\0xl/workbook.xml'), '.xlsx', 'CSV'],
    ['PDF', latin1('%PDF-1.7\n%\xe2\xe3'), 'a PDF', 'pdftotext'],
    ['bzip2', latin1('BZh91AY&SY\x01'), 'bzip2', 'bunzip2'],
    ['Zstandard', latin1('\x28\xb5\x2f\xfd\x04\0'), 'Zstandard', 'unzstd'],
    ['a picture', latin1('\x89PNG\r\n\x1a\n\0'), 'PNG', 'right file'],
    ['Git LFS', latin1('version https://git-lfs.github.com/spec/v1\noid'), 'Git LFS', 'git lfs pull'],
    ['UTF-16 with a mark', utf16('\uFEFFone\ntwo\n'), 'UTF-16LE', 'iconv -f UTF-16LE'],
    ['UTF-16 without a mark', utf16('one\ntwo\nthree\n'), 'UTF-16LE without', 'iconv -f UTF-16LE'],
    ['UTF-16, big-endian', utf16('one\ntwo\nthree\n').swap16(), 'UTF-16BE without', 'iconv -f UTF-16BE'],
    ['UTF-16, Cyrillic', utf16('мир\nдва мира\nтри\n'), 'UTF-16LE without', 'iconv -f UTF-16LE'],
    ['UTF-16, Greek', utf16('ένα\nδύο δύο\nτρία\n').swap16(), 'UTF-16BE without', 'iconv -f UTF-16BE'],
    ['NUL', latin1('one\ntwo\0\nthree\nfour and more\n'), 'a NUL byte at offset 7 (line 2)', 'right file'],
    ['Windows-1252', latin1('one\nna\xefve caf\xe9\n'), '0xEF at offset 6 (line 2)', 'iconv -f WINDOWS-1252'],
    ['it at the end', latin1('one\nmayor at a caf\xe9'), '0xE9 at offset 18 (line 2)', 'iconv -f WINDOWS-1252'],
    ['another script', latin1('\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\n'), '0xCF at offset 0', 'WINDOWS-1251'],
    ['binary', latin1('one\x01\x02\xff\xfe\x03'), '0xFF at offset 5', 'not look like text'],
    ['cut-off UTF-8', Buffer.from('é one\ntwo é').subarray(0, -1), 'cut off at offset 11 (line 2)', 'again'],
    ['cut-off gzip', gzipSync('one\ntwo\n'.repeat(99)).subarray(0, -9), 'cut off', 'again'],
    ['gzip in gzip', gzipSync(gzipSync('one\ntwo\n')), 'packed twice', 'gunzip'],
    ['Avro', latin1('Obj\x01\x04\x16avro.schema'), 'an Avro file', 'Parquet'],
    ['zip in gzip', gzipSync(latin1('PK\x03\x04\x14\0\0\0\x08\0notes.txt')), 'a zip archive', 'unzip'],
  ])('of %s are recognised', async (_, content, message, fix) => {
    for (const name of ['a.txt', 'a.csv']) {
      const error = await readingError(await put(name, content));
      expect(error).toMatchObject({ code: 'BAD_INPUT' });
      expect(error.message).toContain(message);
      expect(error.fix).toContain(fix);
      if (!fix.includes('1252')) expect(error.fix).not.toContain('1252');
    }
  });

  const pairs = fileURLToPath(new URL('./fixtures/pairs.parquet', import.meta.url));

  it('of gzip and of Parquet are read, whatever the name', async () => {
    expect((await read('a.txt.gz', gzipSync('one\ntwo\n'))).columns).toEqual([['one', 'two']]);
    expect((await read('a.txt', gzipSync('one\ntwo\n'))).columns).toEqual([['one', 'two']]);
    expect((await read('a.csv.gz', gzipSync('title,id\na,1\n'), { column })).columns).toEqual([['a']]);
    const bytes = await readFile(pairs);
    for (const [name, content] of [
      ['a.parquet.gz', gzipSync(bytes)],
      ['a.txt', bytes],
    ] as const)
      expect((await read(name, content, { column: 'label' })).columns[0]).toHaveLength(12);
  });

  it('that are not UTF-8 in a Parquet file are refused with their row', async () => {
    const bytes = await readFile(pairs);
    const at = bytes.indexOf('caf\u00e9'); // a Snappy literal of row 2
    expect(at).toBeGreaterThan(0);
    const error = await readingError(await put('bad.parquet', Uint8Array.from(bytes).fill(0xff, at + 3, at + 4)), {
      column: 'left_title',
    });
    expect(error.message).toContain('not UTF-8 in row 2');
  });

  it.runIf(existsSync('/proc/self/fd'))('leave no file open behind them, nor do those that are refused', async () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const csv = await put('refused.csv', 'title\nrain\n'.repeat(10_000));
    const before = open();
    for (let i = 0; i < 20; i++) {
      await readTexts(pairs, { column: 'label' });
      await readingError(csv, { format: 'text', column: 'title' });
      await readingError(csv, { format: 'parquet' });
    }
    expect(open()).toBeLessThan(before + 10);
  });

  it('come from standard input too', async () => {
    const stdin = (...parts: (string | Uint8Array)[]) =>
      (async function* () {
        yield* await Promise.resolve(parts);
      })();
    const of = async (options: FileOptions) => (await readTexts('-', options)).columns;
    expect(await of({ stdin: stdin('one\nt', 'wo\n') })).toEqual([['one', 'two']]);
    expect(await of({ stdin: stdin('id,title\n1,a\n'), column })).toEqual([['a']]);
    expect(await of({ stdin: stdin('{"title":"a"}\n'), column })).toEqual([['a']]);
    expect(await of({ stdin: stdin(gzipSync('one\n')) })).toEqual([['one']]);
    expect(await of({ stdin: stdin(await readFile(pairs)), column: 'label' })).toHaveLength(1);
  });
});

describe('a large file', () => {
  it('is read only as far as is needed, whatever its portions', async () => {
    const path = await put('large.txt', 'rain today\n'.repeat(40_000));
    const notes: string[] = [];
    const { columns } = await readTexts(path, { enoughRows: 10, onNote: ({ sentence }) => notes.push(sentence) });
    expect(columns[0]).toHaveLength(20_000);
    expect(notes[0]).toContain('first 20,000 rows');
    expect((await readTexts(path, { enoughRows: 30_000 })).columns[0]).toHaveLength(30_000);
    expect((await readTexts(path)).columns[0]).toHaveLength(40_000);
  });

  it('is read as far as it went when it was opened: what is made of it may be appended to it', async () => {
    const path = await put('large.txt', 'rain today\n'.repeat(100_000));
    let rows = 0;
    for await (const [texts = []] of (await openTexts(path)).portions) {
      rows += texts.length;
      if (rows > 200_000) break;
      await appendFile(path, 'rain today\n'.repeat(texts.length));
    }
    expect(rows).toBe(100_000);
    expect((await readTexts(path)).columns[0]).toHaveLength(200_000);
  });
});
