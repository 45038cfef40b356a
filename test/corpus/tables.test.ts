import { parquetWriteBuffer } from 'hyparquet-writer';
import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCorpus } from '../../src/corpus/sources/load-corpus.js';
import type { Corpus } from '../../src/corpus/corpus.js';
import { loadingError, sourceFiles } from './source-files.js';

const files = sourceFiles();
const put = files.put.bind(files);

const all = ({ splits }: Corpus): string[] => [...splits.train, ...splits.val, ...splits.test].sort();

/** Twenty pairs `l0 … l19`, `r0 … r19` in every format with two columns. */
const pairs = Array.from({ length: 20 }, (_, i) => ({ left: `l${i}`, right: `r${i}` }));
const twoColumns: Record<string, string> = {
  csv: ['left,right', ...pairs.map((p) => `${p.left},${p.right}`)].join('\n'),
  tsv: ['left\tright', ...pairs.map((p) => `${p.left}\t${p.right}`)].join('\n'),
  jsonl: pairs.map((p) => JSON.stringify(p)).join('\n'),
};

describe.each(['csv', 'tsv', 'jsonl'])('%s', (kind) => {
  it('with one column named gives its texts', async () => {
    const corpus = await loadCorpus({ path: await put(`p.${kind}`, twoColumns[kind]!), column: 'right' });
    expect(corpus).toMatchObject({ name: 'p', kind });
    expect(all(corpus)).toEqual(pairs.map((p) => p.right).sort());
  });

  it('with several gives, in each split, all of the first and then all of the second, rows kept together', async () => {
    const path = await put(`p.${kind}`, twoColumns[kind]!);
    const { splits } = await loadCorpus({ path, column: ['left', 'right'] });
    expect([splits.train.length, splits.val.length, splits.test.length]).toEqual([32, 4, 4]);
    for (const texts of Object.values(splits) as string[][]) {
      const half = texts.length / 2;
      texts.slice(0, half).forEach((left, i) => expect(texts[half + i]).toBe(left.replace('l', 'r')));
    }
  });

  it('without such a column names the columns, and the nearest', async () => {
    const error = await loadingError({ path: await put(`p.${kind}`, twoColumns[kind]!), column: 'Rigth' });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain('did you mean "right"?');
    expect(error.fix).toContain('"left", "right"');
    const far = await loadingError({ path: await put(`p.${kind}`, twoColumns[kind]!), column: 'headline' });
    expect(far.message).not.toContain('did you mean');
  });

  it('needs a column named when there are several', async () => {
    const error = await loadingError({ path: await put(`p.${kind}`, twoColumns[kind]!) });
    expect(error.message).toContain('"left", "right"');
    expect(error.fix).toContain('(column)');
  });

  it('refuses a column asked for twice, and a file without rows', async () => {
    const path = await put(`p.${kind}`, twoColumns[kind]!);
    expect((await loadingError({ path, column: ['left', 'left'] })).message).toContain('twice');
    expect((await loadingError({ path: await put(`e.${kind}`, '') })).message).toContain('is empty');
    const headerOnly = await put(`h.${kind}`, kind === 'jsonl' ? '\n' : 'left\n');
    expect((await loadingError({ path: headerOnly, column: 'left' })).message).toContain('has no rows');
  });

  it('refuses bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('x\n'), Buffer.from([0x80])]);
    expect((await loadingError({ path: await put(`p.${kind}`, bytes) })).message).toContain(
      '0x80 at offset 2 (line 2)',
    );
  });
});

describe('CSV', () => {
  it('reads quoted commas, quotes and line ends, \\r\\n, a byte order mark, blank lines, empty cells', async () => {
    const path = await put('q.csv', '\uFEFFid, title \r\n1,"a, ""b""\nc"\r\n\r\n2,a "plain" one\r\n3,\r\n4,"x"\r\n');
    const notes: string[] = [];
    const corpus = await loadCorpus({ path, column: 'title', onNote: ({ sentence }) => notes.push(sentence) });
    expect(all(corpus)).toEqual(['', 'a "plain" one', 'a, "b"\nc', 'x']);
    expect(notes).toEqual([expect.stringContaining('1 row of') && expect.stringContaining('from line 2')]);
  });

  it('with a single column, or one called text, needs no name', async () => {
    expect(all(await loadCorpus({ path: await put('one.csv', 'title\na\nb\nc') }))).toEqual(['a', 'b', 'c']);
    expect(all(await loadCorpus({ path: await put('two.csv', 'id,text\n1,a\n2,b\n3,c') }))).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['rows of different length', 'a,b\n1,2\n3\n', 'line 3'],
    ['an open quote', 'a,b\n0,0\n"1,2\n3,4\n', 'the quote that opens a cell on line 3 '],
    ['an open quote that the next one seems to close', 'a,b\n0,"0\n1,1\n2,"2\n', 'begins on line 2 '],
    ['text behind a closing quote', 'a\n"x" y\n', 'begins on line 2 of'],
  ])('with %s is an error', async (_, content, message) => {
    const error = await loadingError({ path: await put('bad.csv', content), column: 'a' });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain(message);
  });

  it('with two columns of the asked name is an error', async () => {
    const path = await put('dup.csv', 'a,a\n1,2\n3,4\n5,6');
    expect((await loadingError({ path, column: 'a' })).message).toContain('several columns "a"');
  });

  it('with two columns called text is an error where none is named, too', async () => {
    const path = await put('dup.csv', 'text, text\n1,2\n3,4\n5,6');
    expect((await loadingError({ path })).message).toContain('several columns "text"');
  });
});

describe('JSON Lines', () => {
  it('may hold strings; null and absent keys are empty texts', async () => {
    expect(all(await loadCorpus({ path: await put('s.jsonl', '"a"\n"b"\n\n"c"\n') }))).toEqual(['a', 'b', 'c']);
    const path = await put('o.ndjson', '{"t":"a"}\n{"t":null}\n{"u":1}\n{"t":"b"}\n{"t":"c"}');
    expect(all(await loadCorpus({ path, column: 't' }))).toEqual(['', '', 'a', 'b', 'c']);
  });

  it('of objects without a field is an error', async () => {
    const path = await put('empty.jsonl', '{}\n{}\n{}\n');
    for (const column of [undefined, 'text'])
      expect((await loadingError({ path, column })).message).toContain('has no columns: all of its objects are empty');
  });

  it.each([
    ['{"t":"a"}\n{"t":', 'line 2'],
    ['{"t":"a"}\n\n[1]', 'expected an object, or strings alone, on line 3'],
    ['{"t":"a"}\n{"t":7}', 'got a number in row 2'],
    ['{"t":"a"}\n{"t":["a"]}', 'got a list in row 2'],
  ])('%j is an error with its line', async (content, message) => {
    const error = await loadingError({ path: await put('bad.jsonl', content), column: 't' });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain(message);
  });
});

describe('Parquet', () => {
  // 12 rows in row groups of 5: id (int32), left_title (Snappy), right_title (Zstandard, null in row 5), label (gzip).
  const path = fileURLToPath(new URL('./fixtures/pairs.parquet', import.meta.url));

  it('gives the texts of a column in any compression, null as an empty text', async () => {
    const left = Array.from({ length: 12 }, (_, i) => (i === 1 ? 'café opens – at last' : `left headline ${i}`));
    const right = Array.from({ length: 12 }, (_, i) => (i === 4 ? '' : `right headline ${i}`));
    const corpus = await loadCorpus({ path, column: 'left_title' });
    expect(corpus).toMatchObject({ name: 'pairs', kind: 'parquet' });
    expect(all(corpus)).toEqual([...left].sort());
    expect(all(await loadCorpus({ path, column: 'right_title' }))).toEqual([...right].sort());
    expect(all(await loadCorpus({ path, column: ['left_title', 'right_title'] }))).toEqual([...left, ...right].sort());
    expect(new Set(all(await loadCorpus({ path, column: 'label' })))).toEqual(new Set(['cause', 'other']));
  });

  it.skipIf(process.platform === 'win32')('is read from a pipe, which has no end to begin at', async () => {
    const pipe = await put('pipe.parquet', '');
    rmSync(pipe);
    execFileSync('mkfifo', [pipe]);
    spawn('sh', ['-c', 'cat "$0" > "$1"', path, pipe]);
    const wanted = await loadCorpus({ path, column: 'left_title' });
    expect(all(await loadCorpus({ path: pipe, column: 'left_title' }))).toEqual(all(wanted));
  });

  it.each(['PLAIN', 'RLE_DICTIONARY', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY'] as const)(
    'gives the texts of many pages in the encoding %s',
    async (encoding) => {
      const texts = Array.from({ length: 3000 }, (_, i) =>
        i % 7 === 3 ? null : `news ${i % 400} – ${'x'.repeat(i % 9)}`,
      );
      const bytes = parquetWriteBuffer({
        columnData: [
          { name: 'text', data: texts, type: 'STRING', encoding },
          { name: 'n', data: texts.map((_, i) => `${i}`), type: 'STRING', nullable: false },
        ],
        pageSize: 1000,
        rowGroupSize: 1100,
      });
      const corpus = await loadCorpus({ path: await put('many.parquet', Buffer.from(bytes)), column: ['text', 'n'] });
      const numbers = texts.map((_, i) => `${i}`);
      expect(all(corpus)).toEqual([...texts.map((text) => text ?? ''), ...numbers].sort());
    },
  );

  it('with lists of texts, or two columns of one name, is refused', async () => {
    const column = { name: 'text', data: ['a', 'b', 'c'], type: 'STRING' as const };
    const bytes = Buffer.from(parquetWriteBuffer({ columnData: [column] }));
    // In the footer, a column of the type BYTE_ARRAY (6) that is OPTIONAL (1), and REPEATED (2).
    const at = bytes.indexOf(Buffer.from([0x15, 12, 0x25, 2]));
    expect(at).toBeGreaterThan(0);
    bytes[at + 3] = 4;
    expect((await loadingError({ path: await put('lists.parquet', bytes) })).message).toContain('got lists or objects');
    const twice = Buffer.from(parquetWriteBuffer({ columnData: [column, column] }));
    expect(await loadingError({ path: await put('twice.parquet', twice) })).toMatchObject({
      message: expect.stringContaining('several columns "text"') as string,
      fix: 'Give them different names.',
    });
  });

  it('has errors of its own for columns and damage', async () => {
    const missing = await loadingError({ path, column: 'left_titel' });
    expect(missing.message).toContain('did you mean "left_title"?');
    expect((await loadingError({ path, column: 'id' })).message).toContain('got INT32');
    const bytes = await readFile(path);
    expect((await loadingError({ path: await put('cut.parquet', bytes.subarray(0, 900)) })).message).toContain(
      'is not a readable Parquet file',
    );
    expect((await loadingError({ path: await put('no.parquet', 'just some text, no parquet at all') })).code).toBe(
      'BAD_INPUT',
    );
    const holed = Uint8Array.from(bytes).fill(0, 4, 700);
    expect((await loadingError({ path: await put('holed.parquet', holed), column: 'left_title' })).message).toContain(
      'is not a readable Parquet file',
    );
  });
});

describe('a key of JSON Lines', () => {
  const early = '{"title":"rain"}\n'.repeat(60_000);

  it('that comes late and would be read in place of the one before is refused, wherever it comes', async () => {
    for (const late of ['{"title":"snow","text":"snow falls"}\n', `${early}{"text":"snow"}\n`]) {
      const error = await loadingError({ path: await put('late.jsonl', early + late) });
      expect(error.message).toContain('has the columns "title", "text", the second only after row ');
    }
  });

  it('that comes late and changes nothing may come', async () => {
    const late = '{"text":"snow","title":"snow falls"}\n';
    const path = await put('late.jsonl', early + late);
    expect(all(await loadCorpus({ path, column: 'title' }))).toHaveLength(60_001);
    const texts = await put('text.jsonl', early.replaceAll('title', 'text') + late);
    expect(all(await loadCorpus({ path: texts }))).toHaveLength(60_001);
  });
});

describe('JSON that is none', () => {
  it.each([
    ['[{"text":"rain"},]', 'element 2 of FILE is not JSON: it is empty'],
    ['[{"text":"rain"}', 'element 1 of FILE is not JSON: the array does not end'],
    ['{"text":"a"} {"text":"b"}\n', `line 1 of FILE is not JSON: ${JSON.stringify('{"text":"a"} {"text":"b"}')}`],
    ['{\n  "text": "a"\n}\n', 'line 1 of FILE is not JSON: "{"'],
  ])('is shown in the error, without the words of the parser: %j', async (content, message) => {
    const path = await put('broken.json', content);
    expect((await loadingError({ path })).message.replace(path, 'FILE')).toBe(message);
  });
});
