import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { noticeOfTexts } from '../../src/cli/texts/notices.js';
import { corpusFromTexts } from '../../src/corpus/corpus.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { letterpress } from './capture.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace('run');

const TITLES = Array.from({ length: 12 }, (_, i) => `rain in town ${'abcdefghijkl'[i]!.repeat(3)}`);
const BODIES = TITLES.map((_, i) => `snow on hill ${'mnopqrstuvwx'[i]!.repeat(3)}`);
const cells = (separator: string) =>
  [['title', 'body'], ...TITLES.map((title, i) => [title, BODIES[i]!])]
    .map((row) => `${row.join(separator)}\n`)
    .join('');
const objects = TITLES.map((title, i) => JSON.stringify({ title, body: BODIES[i] }));

describe('the same texts', () => {
  const COLUMNS = ['--columns', 'title,body'];
  it.each([
    ['a CSV file', 't.csv', cells(','), COLUMNS],
    ['a TSV file', 't.tsv', cells('\t'), COLUMNS],
    ['a gzip file', 't.csv.gz', gzipSync(cells(',')), COLUMNS],
    ['JSON Lines', 't.jsonl', objects.join('\n'), ['--column', 'title', '--column', 'body']],
    ['a JSON array', 't.json', `[${objects.join(',')}]`, COLUMNS],
    ['bars between cells', 't.csv', cells('||'), [...COLUMNS, '--delimiter', '||']],
    ['no header', 't.csv', cells(','), ['--no-header', '--columns', '1,2']],
    ['lines', 't.txt', [...TITLES, ...BODIES].join('\r\n'), []],
  ] as const)('are read alike by every command from %s', async (what, name, content, options) => {
    const file = place.file(name, content);
    const header = what === 'no header' ? ['title', 'body'] : [];
    const expected = what === 'no header' ? [header[0]!, ...TITLES, header[1]!, ...BODIES] : [...TITLES, ...BODIES];
    const scored = JSON.parse(
      await good('score', place.run, '--file', file, '--clean', 'none', '--json', ...options),
    ) as { texts: { text: string }[] };
    expect(scored.texts.map(({ text }) => text)).toEqual(expected);
    expect(JSON.parse(await good('data', 'clean', file, '--json', ...options))).toHaveLength(expected.length);
    const evaluated = JSON.parse(
      await good('evaluate', place.run, '--data', file, '--clean', 'none', '--json', ...options),
    ) as { texts: number };
    expect(evaluated.texts).toBe(expected.length);
    if (name.endsWith('.gz')) return;
    const argv = ['score', place.run, '--file', '-', '--clean', 'none', '--json', ...options];
    const format = name.endsWith('.txt')
      ? []
      : ['--format', name.replace('t.', '').replace('json', 'jsonl').slice(0, 5)];
    const { code, stdout } = await letterpress([...argv, ...format], { stdin: [content] });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as typeof scored).texts).toEqual(scored.texts);
  });

  it('are those of a folder, all or of one split', async () => {
    const count = async (...options: string[]) =>
      (await good('data', 'clean', place.news, ...options)).split('\n').length - 1;
    expect(await count()).toBe(60 + 10 + 12);
    expect(await count('--split', 'val')).toBe(10);
    const scored = await good('score', place.run, '--file', place.news, '--split', 'test');
    expect(scored.trimEnd().split('\n')).toHaveLength(12);
    // As `train` divides a single file.
    const part = place.file('part.txt', TITLES.join('\n'));
    expect((await good('data', 'clean', part, '--split', 'test')).split('\n')).toHaveLength(2);
  });

  it('need --data where an option says how to read it', async () => {
    for (const command of [['data', 'stats'], ['train'], ['evaluate', place.run], ['mix', place.run]])
      expect(await bad(...command, '--delimiter', ';')).toMatch(/--delimiter says how to read --data[^]*Add --data/);
    expect(await bad('score', place.run, '--file', 'https://x.org/a.csv')).toMatch(/got an address/);
    for (const address of ['hf:', 'hf:/', 'hf:@main', 'hf:a@', 'hf:/a/b', 'hf://datasets/'])
      for (const command of [
        ['data', 'clean'],
        ['data', 'stats', '--data'],
        ['score', place.run, '--file'],
      ])
        expect(await bad(...command, address)).toMatch(/expected hf:OWNER\/NAME, got hf:/);
  });
});

describe('texts of validation and test that are in training', () => {
  /** Only cleaning makes them the same. */
  const splits = {
    train: ['Rain in town!', 'snow', 'hail'],
    val: ['rain town', 'fog'],
    test: ['The SNOW.', 'snows', 'sun'],
  };
  const folder = () => {
    mkdirSync(place.at('overlapping'), { recursive: true });
    for (const [split, texts] of Object.entries(splits)) place.file(`overlapping/${split}.txt`, texts.join('\n\n'));
    return place.at('overlapping');
  };
  const OVERLAP = /1 of 2 validation texts and 2 of 3 test texts are also in the training set/;

  it('are counted after cleaning, by train, study, tune and compare', async () => {
    const run = place.at('overlapped');
    const argv = ['--data', folder(), '--epochs', '1'];
    const trained = await letterpress(['train', ...SHAPE, ...argv, '--out', run]);
    expect(trained.stderr).toMatch(OVERLAP);
    expect(await good('compare', run)).toMatch(/1 of 2 validation texts and 2 of\s+3 test texts/);
    for (const command of ['study', 'tune']) {
      const missing = join(place.file(`${command} file`, ''), 'below');
      expect((await letterpress([command, ...argv, '--recipe', 'modern', '--out', missing])).stderr).toMatch(OVERLAP);
    }
  });

  it('are counted in the singular where there is one', async () => {
    mkdirSync(place.at('one known'), { recursive: true });
    for (const [split, texts] of Object.entries({ train: 'rain\nsnow', val: 'rain\nfog', test: 'sun\nice' }))
      place.file(`one known/${split}.txt`, texts);
    const argv = ['--data', place.at('one known'), '--clean', 'none', '--epochs', '1', '--out', place.at('one run')];
    expect((await letterpress(['train', ...SHAPE, ...argv])).stderr).toMatch(
      /^1 of 2 validation texts is also in the training set$/m,
    );
  });

  it('are counted as the alphabet makes them, without cleaning', async () => {
    mkdirSync(place.at('shouted'));
    for (const [split, texts] of Object.entries({ ...splits, val: ['RAIN IN TOWN?', 'fog'], test: ['Snow', 'sun'] }))
      place.file(`shouted/${split}.txt`, texts.join('\n'));
    const argv = ['--data', place.at('shouted'), '--clean', 'none', '--epochs', '1', '--out', place.at('shouting')];
    const { stderr } = await letterpress(['train', ...SHAPE, '--alphabet', 'english', ...argv]);
    expect(stderr).toMatch(/1 of 2 validation texts and 1 of 2 test texts are also in the training set/);
    expect(await good('compare', place.at('shouting'))).toMatch(/1 of 2 validation texts and 1 of\s+2 test texts/);
  });

  it('are counted in steps, so that a signal ends that too', async () => {
    const train = Array.from({ length: 100_000 }, (_, i) => `Rain in the Old Town ${i}`);
    const corpus = corpusFromTexts(train);
    const texts = { corpus, splits: { train, val: [], test: [] }, tokenizer: defaultTokenizer() };
    const context = { stderr: process.stderr, stderrMovesCursor: false, onFinish: setImmediate };
    await expect(noticeOfTexts(texts, context)).rejects.toThrow('interrupted');
  });

  it('have no blank lines among them but in the notebook’s recipe on a folder', async () => {
    const sizes = async (...options: string[]) => {
      const run = place.at(`sizes ${options.join(' ')}`);
      await good('train', '--data', folder(), '--clean', 'none', '--epochs', '1', ...options, '--out', run);
      return readRun(run).config.corpus.sizes;
    };
    expect(await sizes(...SHAPE)).toEqual({ train: 3, val: 2, test: 3 });
    expect(await sizes('--recipe', 'notebook', ...SHAPE)).toEqual({ train: 5, val: 3, test: 5 });
  });
});

describe('a run trained from a stream', () => {
  const options = [...SHAPE, '--epochs', '2', '--clean', 'none', '--batch', '4'];

  it('says so, and takes the same texts again by --data', async () => {
    const text = readFileSync(join(place.news, 'train.txt'), 'utf8');
    const file = place.file('kept.txt', text);
    const run = place.at('streamed');
    const trained = await letterpress(['train', '--data', '-', ...options, '--out', run], { stdin: [text] });
    expect(trained.code).toBe(0);
    expect(trained.stderr).toMatch(/the texts are not kept.*--data/);
    for (const command of ['analyse', 'evaluate', 'mix'])
      expect(await bad(command, run)).toMatch(/standard input or a pipe[^]*\(--data\)/);
    expect(await good('analyse', run, '--data', file)).toContain('corpus.json');
    expect(await bad('analyse', run, '--data', join(place.news, 'test.txt'))).toMatch(/not those that the run/);
    expect(await good('mix', run, '--data', file, '--order', '2', '--out', place.at('mixed'))).toContain('mixture');

    rmSync(join(run, RUN_FILES.results));
    expect(await bad('train', '--resume', run)).toMatch(/\(--data\)/);
    expect(await good('train', '--resume', run, '--data', file)).toContain('continues');
    expect(existsSync(join(run, RUN_FILES.results))).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('is one of a named pipe too', async () => {
    const pipe = place.at('pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const run = place.at('piped');
    const writer = spawn('sh', ['-c', 'cat "$0" > "$1"', join(place.news, 'train.txt'), pipe]);
    const trained = await letterpress(['train', '--data', pipe, '--format', 'text', ...options, '--out', run]);
    writer.kill();
    expect(trained.stderr).toMatch(/the texts are not kept/);
    expect(await bad('evaluate', run)).toMatch(/a pipe/);
  });
});
