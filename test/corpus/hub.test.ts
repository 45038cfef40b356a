import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseHubAddress } from '../../src/corpus/sources/hub/address.js';
import { cardConfigs, matchesGlob } from '../../src/corpus/sources/hub/card.js';
import { chooseFiles } from '../../src/corpus/sources/hub/split-files.js';
import { loadCorpus, type CorpusSpec } from '../../src/corpus/sources/load-corpus.js';
import type { Corpus } from '../../src/corpus/corpus.js';
import { FakeHub, type FakeFile } from '../support/fake-hub.js';
import { loadingError } from './source-files.js';
import { temporaryFolders } from '../support/temporary-folders.js';

let hub: FakeHub;
const newFolder = temporaryFolders();
let folder: string;
let notices: string[];
beforeEach(async () => {
  hub = await FakeHub.start();
  folder = newFolder();
  notices = [];
});
afterEach(() => hub.stop());

const spec = (path: string, more: Partial<CorpusSpec> = {}): CorpusSpec => ({
  path,
  hub: {
    environment: { HF_ENDPOINT: hub.endpoint, HF_HOME: folder },
    onEvent: (event) => event.type === 'notice' && notices.push(event.message),
  },
  ...more,
});
const load = (path: string, more?: Partial<CorpusSpec>): Promise<Corpus> => loadCorpus(spec(path, more));
const refusal = (path: string, more?: Partial<CorpusSpec>) => loadingError(spec(path, more));

const lines = (prefix: string, rows: number): string =>
  Array.from({ length: rows }, (_, i) => `${prefix} ${i}\n`).join('');
const jsonLines = (rows: readonly object[]): FakeFile => ({ lfs: rows.map((row) => JSON.stringify(row)).join('\n') });
const pairs = (split: string, rows: number): FakeFile =>
  jsonLines(
    Array.from({ length: rows }, (_, i) => ({
      left_title: `${split} left ${i}`,
      right_title: `${split} right ${i}`,
      label: i % 3,
    })),
  );

/** The shape of the notebook's data set: as many rows, in the same files. */
const HEADLINE_CAUSE: Record<string, FakeFile> = {
  'README.md': '---\nlicense: cc0-1.0\n---\n# HeadlineCause\n',
  'headline_cause.py': 'import datasets\n',
  'en/simple/train.jsonl': pairs('train', 4332),
  'en/simple/val.jsonl': pairs('val', 542),
  'en/simple/test.jsonl': pairs('test', 542),
  'en/full/train.jsonl': pairs('full train', 5),
  'en/full/val.jsonl': pairs('full val', 4),
  'en/full/test.jsonl': pairs('full test', 4),
  'ru/simple/train.jsonl': pairs('ru', 5),
};
const CAUSE = 'IlyaGusev/headline_cause';

describe('the data set of the notebook', () => {
  it('by its short form is what its loader read: left titles, then right ones, in the three splits', async () => {
    const commit = hub.commit(CAUSE, HEADLINE_CAUSE);
    const corpus = await load('headline-cause');
    const { train, val, test } = corpus.splits;
    expect([train.length, val.length, test.length]).toEqual([8664, 1084, 1084]);
    expect([train[0], train[4331], train[4332], train.at(-1)]).toEqual([
      'train left 0',
      'train left 4331',
      'train right 0',
      'train right 4331',
    ]);
    expect([val[0], val.at(-1), test[0], test.at(-1)]).toEqual([
      'val left 0',
      'val right 541',
      'test left 0',
      'test right 541',
    ]);
    expect(corpus).toMatchObject({
      name: 'headline_cause',
      kind: 'hub',
      path: `hf:${CAUSE}@${commit}`,
      config: 'en_simple',
      columns: ['left_title', 'right_title'],
    });
    expect(notices).toEqual([
      `hf:${CAUSE}@${commit} (en_simple): ` +
        'train en/simple/train.jsonl, val en/simple/val.jsonl, test en/simple/test.jsonl',
    ]);
    expect(hub.takePaths().filter((path) => /full|ru/.test(path))).toEqual([]);
  });

  it('by its whole name is the same, at its commit and without the network too', async () => {
    hub.commit(CAUSE, HEADLINE_CAUSE);
    const short = await load('headline-cause');
    const options = { config: 'en_simple', column: ['left_title', 'right_title'] };
    expect((await load(`hf:${CAUSE}`, options)).splits).toEqual(short.splits);
    hub.commit(CAUSE, { ...HEADLINE_CAUSE, 'en/simple/val.jsonl': pairs('newer', 542) });
    await hub.stop();
    expect((await load(short.path!, options)).splits).toEqual(short.splits);
  });

  it('has other configurations, of which one must be named', async () => {
    hub.commit(CAUSE, HEADLINE_CAUSE);
    const { splits } = await load('headline-cause', { config: 'en_full', column: 'left_title' });
    expect(splits.val).toEqual(['full val left 0', 'full val left 1', 'full val left 2', 'full val left 3']);
    const error = await refusal(`hf:${CAUSE}`);
    expect(error.message).toContain('has 3 configurations: en_full, en_simple and ru_simple');
    expect((await refusal(`hf:${CAUSE}`, { config: 'de' })).fix).toContain('en_simple');
  });
});

describe('the splits of a data set', () => {
  const splits = (train: string, val: string, test: string): Record<string, string> => ({
    [train]: lines('train', 4),
    [val]: lines('val', 3),
    [test]: lines('test', 2),
  });
  const NAME = 'someone/texts';

  it.each([
    ['train.txt', 'validation.txt', 'test.txt'],
    ['data/train-00000-of-00001.txt', 'data/valid-00000-of-00001.txt', 'data/test-00000-of-00001.txt'],
    ['train/a.txt', 'dev/a.txt', 'test/a.txt'],
    ['my_train_file.txt', 'my_val_file.txt', 'my_test_file.txt'],
    ['plain/Training.txt', 'plain/validation.txt', 'plain/eval.txt'],
  ])('are found by the names of files and folders: %s, %s, %s', async (train, val, test) => {
    hub.commit(NAME, { ...splits(train, val, test), 'requirements.txt': 'x', '.gitattributes': '*.bin lfs' });
    const { splits: found } = await load(`hf:${NAME}`);
    expect([found.train[0], found.val[0], found.test[0]]).toEqual(['train 0', 'val 0', 'test 0']);
    expect([found.train.length, found.val.length, found.test.length]).toEqual([4, 3, 2]);
  });

  it('may be in several files, which follow one another', async () => {
    hub.commit(NAME, {
      ...splits('train-00000-of-00002.txt', 'val.txt', 'test.txt'),
      'train-00001-of-00002.txt': 'and\nmore\n',
    });
    expect((await load(`hf:${NAME}`)).splits.train).toEqual([
      'train 0',
      'train 1',
      'train 2',
      'train 3',
      'and',
      'more',
    ]);
  });

  it('are those of its card', async () => {
    hub.commit(NAME, {
      'README.md':
        '---\nconfigs:\n- config_name: poems\n  data_files:\n  - split: train\n    path: "a/*.txt"\n' +
        '  - split: validation\n    path: ["b/1.txt", "b/2.txt"]\n  - split: test\n    path: c.txt\n' +
        '- config_name: other\n  default: true\n  data_dir: d\n---\nTexts.\n',
      'a/x.txt': lines('train', 4),
      'b/1.txt': 'one\n',
      'b/2.txt': 'two\n',
      'c.txt': lines('test', 2),
      'd/train.txt': lines('d train', 3),
      'd/val.txt': lines('d val', 3),
      'd/test.txt': lines('d test', 3),
    });
    expect((await load(`hf:${NAME}`, { config: 'poems' })).splits).toEqual({
      train: ['train 0', 'train 1', 'train 2', 'train 3'],
      val: ['one', 'two'],
      test: ['test 0', 'test 1'],
    });
    expect((await load(`hf:${NAME}`)).splits.val[0]).toBe('d val 0');
  });

  it('come from the conversion to Parquet where its own files hold no texts', async () => {
    hub.commit(NAME, { 'texts.zip': 'PK', 'texts.py': '' });
    const commit = hub.commit(
      NAME,
      splits('default/train/0000.txt', 'default/val/0000.txt', 'default/test/0000.txt'),
      'refs/convert/parquet',
    );
    const corpus = await load(`hf:${NAME}`);
    expect(corpus.path).toBe(`hf:${NAME}@${commit}`);
    expect(corpus.splits.test).toEqual(['test 0', 'test 1']);
    expect((await load(corpus.path!)).splits).toEqual(corpus.splits);
  });

  it('of an incomplete conversion are said to be incomplete', async () => {
    hub.commit(NAME, { 'texts.zip': 'PK' });
    hub.commit(NAME, { 'default/partial-train/0000.txt': lines('text', 9) }, 'refs/convert/parquet');
    await load(`hf:${NAME}`);
    expect(notices.join()).toContain('has converted only its beginning');
  });

  it('that are missing are drawn from the training rows, which is said', async () => {
    hub.commit(NAME, { 'train.txt': lines('train', 20), 'test.txt': lines('test', 3) });
    const { splits: found } = await load(`hf:${NAME}`);
    expect([found.train.length, found.val.length, found.test.length]).toEqual([18, 2, 3]);
    expect([...found.train, ...found.val].sort()).toEqual(lines('train', 20).trim().split('\n').sort());
    expect(notices.at(-1)).toContain('has no validation split: a tenth of the training rows');
    expect((await load(`hf:${NAME}`)).splits).toEqual(found);

    hub.commit(NAME, { 'validation.txt': lines('val', 20), 'test.txt': lines('test', 3) });
    const without = (await load(`hf:${NAME}`)).splits;
    expect([without.train.length, without.val.length, without.test.length]).toEqual([18, 2, 3]);

    hub.commit(NAME, { 'train.txt': lines('train', 20) });
    const single = (await load(`hf:${NAME}`)).splits;
    expect([single.train.length, single.val.length, single.test.length]).toEqual([16, 2, 2]);
  });

  it('of one file, or of a file or folder that is named, are drawn from all its rows', async () => {
    hub.commit(NAME, { 'poems.txt': lines('poem', 10) });
    expect((await load(`hf:${NAME}`)).splits.train).toHaveLength(8);
    hub.commit(NAME, {
      'poems.txt': lines('poem', 10),
      'songs.txt': lines('song', 20),
      ...splits('s/train.txt', 's/val.txt', 's/test.txt'),
    });
    const named = await load(`hf:${NAME}/songs.txt`);
    expect(named.splits.train).toHaveLength(16);
    expect(named.path).toMatch(/^hf:someone\/texts@[0-9a-f]{40}\/songs.txt$/);
    expect((await load(named.path!)).splits).toEqual(named.splits);
    expect((await load(`hf:${NAME}/s`)).splits.val).toHaveLength(3);
    expect((await refusal(`hf:${NAME}/nothing`)).message).toContain('has no file or folder nothing');
    expect(
      chooseFiles(
        [
          { path: 'poems.txt', size: 1 },
          { path: 'songs.txt', size: 1 },
        ],
        {},
      ),
    ).toEqual({
      choices: ['poems', 'songs'],
    });
  });

  it('of nothing that can be read are an error', async () => {
    hub.commit(NAME, { 'README.md': 'Nothing.\n', 'model.bin': 'x' });
    expect((await refusal(`hf:${NAME}`)).message).toContain('has no files of texts');
  });

  it('prefer one format where there are several', () => {
    const files = ['train.csv', 'train.parquet', 'val.csv', 'val.parquet', 'test.csv'].map((path) => ({
      path,
      size: 1,
    }));
    const { files: chosen } = chooseFiles(files, {});
    expect(chosen?.train.map(({ path }) => path)).toEqual(['train.csv']);
  });
});

describe('the columns of a data set', () => {
  it('need not be named where one alone holds texts', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => ({ id: i, headline: `headline ${i}`, tags: ['x'] }));
    hub.commit('someone/rows', { 'train.jsonl': jsonLines(rows) });
    expect((await load('hf:someone/rows')).splits.val[0]).toMatch(/^headline/);
  });

  it('that are not in it are an error that names those that are', async () => {
    hub.commit('someone/rows', { 'train.jsonl': jsonLines([{ title: 'a', url: 'b' }]) });
    const error = await refusal('hf:someone/rows', { column: 'headline' });
    expect(error.message).toContain('no column "headline"');
    expect((await refusal('hf:someone/rows')).message).toContain('"title", "url"');
  });
});

describe('an address', () => {
  it.each([
    ['hf:a/b', { name: 'a/b' }],
    ['hf:squad', { name: 'squad' }],
    ['hf://datasets/a/b/', { name: 'a/b' }],
    ['HF:a/b@v1.0', { name: 'a/b', revision: 'v1.0' }],
    ['hf:a/b@main/data/x y.csv', { name: 'a/b', revision: 'main', path: 'data/x y.csv' }],
    ['hf:a/b/data/train.csv', { name: 'a/b', path: 'data/train.csv' }],
    ['hf:a/b@refs/convert/parquet/default', { name: 'a/b', revision: 'refs/convert/parquet', path: 'default' }],
    ['./headline-cause', undefined],
    ['data/hf.txt', undefined],
  ])('%s is understood', (text, address) => {
    expect(parseHubAddress(text)).toEqual(address);
  });

  it('without a name, or of a page, is an error that says how to write it', async () => {
    expect((await refusal('hf:')).message).toContain('expected hf:OWNER/NAME');
    expect((await refusal('https://huggingface.co/datasets/a/b')).fix).toBe('Write hf:a/b.');
    expect((await loadingError({ path: '.', config: 'x' })).code).toBe('BAD_OPTION');
  });
});

describe('a card', () => {
  it('may name files as one pattern, a list, pairs or a map', () => {
    const card = (yaml: string) => cardConfigs(`---\n${yaml}\n---\n`);
    const config = (files: string) => card(`configs:\n- config_name: x\n  data_files: ${files}`)[0]?.files;
    expect(config('a.csv')).toEqual([{ patterns: ['a.csv'] }]);
    expect(config('[a.csv, b.csv]')).toEqual([{ patterns: ['a.csv'] }, { patterns: ['b.csv'] }]);
    expect(config('[{split: train, path: a.csv}]')).toEqual([{ split: 'train', patterns: ['a.csv'] }]);
    expect(config('{train: a.csv, test: [b.csv]}')).toEqual([
      { split: 'train', patterns: ['a.csv'] },
      { split: 'test', patterns: ['b.csv'] },
    ]);
  });

  it.each([
    'no block',
    '---\nconfigs: 7\n---\n',
    '---\n: : [\n---\n',
    '---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\ne: [*d, *d, *d, *d, *d, *d]\n---\n',
  ])('that cannot be read lists nothing: %j', (readme) => {
    expect(cardConfigs(readme)).toEqual([]);
  });

  it.each([
    ['data/*.csv', 'data/a.csv', true],
    ['data/*.csv', 'data/b/a.csv', false],
    ['**/*.csv', 'a.csv', true],
    ['**/*.csv', 'x/y/a.csv', true],
    ['data/**', 'data/x/y.csv', true],
    ['data', 'data/x/y.csv', true],
    ['./data/train-*-of-?.csv', 'data/train-00-of-2.csv', true],
    ['shard[0-3].csv', 'shard2.csv', true],
    ['shard[!0-3].csv', 'shard2.csv', false],
    ['a(b).csv', 'a(b).csv', true],
    ['é*', 'été.csv', true],
  ])('pattern %s on %s: %s', (pattern, path, expected) => {
    expect(matchesGlob(pattern, path)).toBe(expected);
  });

  it('with a pattern made to take forever is read at once', () => {
    const start = performance.now();
    expect(matchesGlob('*a'.repeat(500), `${'a'.repeat(5000)}b`)).toBe(false);
    expect(matchesGlob(`${'**/a/'.repeat(500)}z*`, `${'a/'.repeat(500)}b`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
