import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.js';
import { followStudy } from '../../src/cli/views/study.js';
import { computeFacts } from '../../src/report/facts/compute-facts.js';
import { readRun } from '../../src/runs/reader.js';
import { readStudy } from '../../src/study/read-study.js';
import type { StudyEvent } from '../../src/study/study-events.js';
import { readStudyFile } from '../../src/study/study-file.js';
import { RECIPES } from '../../src/train/recipes/index.js';
import { withTinySizes } from '../study/tiny-study.js';
import { Capture, interrupted } from './capture.js';
import { bad, good, Workplace } from './workplace.js';

const place = new Workplace();

/** A study of a tiny size on a few texts, for an epoch. */
const small = () => {
  const recipe = place.file('tiny.json', JSON.stringify(withTinySizes({ ...RECIPES.notebook, name: 'tiny' })));
  const texts = [...place.texts, '--few', '20'];
  const size = ['--recipe', recipe, '--sizes', '87k', '--epochs', '1', '--no-padding-check'];
  return ['study', ...texts, ...size, '--threads', '1', '--out', place.at('study')];
};

const WILD = { ...RECIPES.notebook.training, learningRate: 1e30 };

const eventsIn = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

// The report takes seconds, and many of them on a busy machine.
describe('study', { timeout: 300_000 }, () => {
  it('trains, is interrupted, and continues by --resume or by the same command', async () => {
    const out = place.at('study');
    const first = await interrupted(small(), /^best size/m);
    expect(first.code).toBe(130);
    expect(first.stdout).toMatch(/^news .*60 \/ 10 \/ 12[^]*tiny.*87k/);
    const { results } = readRun(join(out, 'runs', '87k-seed0'));
    const figures = [results!.bestValNll.toFixed(2), results!.testNll.toFixed(2), results!.testTop1.toFixed(4)];
    expect(first.stdout).toMatch(new RegExp(`^run 1 of 2: 87k: [^]*${figures.join('[^]*')}`, 'm'));
    expect(first.stderr).toContain(`letterpress study --resume ${out}\n`);

    const events = eventsIn(await good('study', '--resume', out, '--json'));
    expect(events[0]).toMatchObject({ kind: 'study', runs: 2 });
    expect(events.filter(({ kind }) => kind === 'job').map(({ job, begins }) => [job, begins])).toEqual([
      ['87k-seed0', 'reused'],
      ['87k-first20-seed0', 'new'],
    ]);
    const kinds = events.filter(({ kind }) => kind === 'training').map(({ event }) => (event as { kind: string }).kind);
    expect(kinds).toEqual(['begun', 'epoch', 'done', 'finished']); // nothing that only says how far it is
    expect(events.at(-1)).toMatchObject({ kind: 'finished', folder: out, report: { html: join(out, 'report.html') } });
    expect(existsSync(join(out, 'report.pdf'))).toBe(true);

    const again = await interrupted(small(), /(done before\n[^]*){2}/); // before it writes the report again
    expect(again.code).toBe(130);
    const few = readRun(join(out, 'runs', '87k-first20-seed0'));
    expect(few.summary).toContain(few.results!.parameters.toLocaleString('en-US'));
    // Its runs are runs like any other.
    expect(JSON.parse(await good('evaluate', few.folder, '--json'))).toMatchObject({ texts: 12 });
    expect(readStudyFile(out).corpus).toMatchObject({
      path: place.news,
      cleaning: 'none',
      sizes: { train: 60, val: 10, test: 12 },
    });
  });

  it('of texts from a stream continues when they are given again', async () => {
    const file = join(place.at('study'), 'study.json');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace(JSON.stringify(place.news), '"-"'));
    const argv = ['study', '--resume', place.at('study')];
    expect(await bad(...argv)).toMatch(/standard input or a pipe[^]*\(--data\)/);
    expect((await interrupted([...argv, '--data', place.news], /(done before\n[^]*){2}/)).code).toBe(130);
    writeFileSync(file, before);
  });

  it('ends with a table of all figures, and the files of the report', async () => {
    const folder = place.at('study');
    const input = readStudy(folder);
    const report = {
      folder,
      html: 'page',
      pdf: 'paper',
      markdown: 'draft',
      latex: 'source',
      results: 'numbers',
      figures: [],
      missingCharacters: [],
      facts: computeFacts(input),
    };
    const stdout = new Capture();
    const context = createContext({ stdout, stderr: new Capture(), stdin: process.stdin }, false);
    const events = (async function* (): AsyncGenerator<StudyEvent> {
      await Promise.resolve();
      yield { kind: 'finished', folder, report };
    })();
    await followStudy(events, () => undefined, context, false);
    for (const { run } of input.runs)
      expect(stdout.text).toMatch(new RegExp(`^87k.* ${run.results!.testNll.toFixed(2)} `, 'm'));
    expect(stdout.text).toMatch(/page[^]*numbers/);
  });

  it('gives a run without a finite number no best epoch', async () => {
    const out = place.at('diverged study');
    const rate = place.file(
      'wild.json',
      JSON.stringify(withTinySizes({ ...RECIPES.notebook, name: 'wild', training: WILD })),
    );
    const size = ['--recipe', rate, '--sizes', '87k', '--epochs', '1', '--no-padding-check', '--threads', '1'];
    const stdout = await good('study', ...place.texts, '--few', '20', ...size, '--out', out);
    expect(stdout).toMatch(/^run 1 of 1: 87k: no epoch ended with finite numbers, diverged, /m);
    expect(stdout).toContain('No model was trained on few texts: none has a finite validation NLL.');
    expect(stdout).not.toMatch(/NaN|epoch 0/);
  });

  it('continues only with the texts that it started with', async () => {
    const file = join(place.news, 'val.txt');
    const before = readFileSync(file);
    writeFileSync(file, 'other\ntexts\n');
    expect(await bad('study', '--resume', place.at('study'))).toContain(place.news);
    expect(await bad(...small())).toMatch(/87k-seed0[^]*corpus\.fingerprint/);
    writeFileSync(file, before);
  });
});

describe('study with bad options', () => {
  /** Refused options, and the option or the words that the error names. */
  it.each([
    [['--sizes', '87k,5M'], "'--sizes <list>'", "Did you mean '5m'?"],
    [['--sizes', ''], "'--sizes <list>'"],
    [['--sizes', '87k,128x'], "'--sizes <list>'", '128x4', "Got '128x'"],
    [['--recipe', 'modern', '--sizes', '87k,130x4'], 'size 130x4', '--sizes'],
    [['--sizes', '64x2', '--epochs', '64x3=2'], '64x3', '--sizes, --epochs'],
    [['--seeds', '0'], "'--seeds <k>'"],
    [['--temperatures', '0.5,0'], "'--temperatures <list>'", "Got '0'"],
    [['--epochs', '0'], "'--epochs <n>'"],
    [['--epochs', '10M=3'], "'--epochs <n>'", "Did you mean '10m'?"],
    [['--few', '60'], '60', '(--few)'],
    [['--few', '0'], "'--few <n>'"],
    [['--limit', '61'], '61', '(--limit)'],
    [['--recipe', 'modem'], "Did you mean 'modern'?"],
    [['--compare-recipe', 'modem'], "Did you mean 'modern'?"],
    [['--recipe', 'modern', '--compare-recipe', 'modern'], '--compare-recipe'],
    [['--compare-recipe', 'mine.json'], 'no file mine.json'],
    [['--quick'], '--quick', '--data'],
    [['--resume', 'nowhere'], '--resume', '--out'],
  ])('refuses %j', async (options, ...named) => {
    const out = place.at('never');
    const texts = [...place.texts, '--epochs', '1', '--out', out];
    const stderr = await bad('study', ...texts, ...options);
    for (const words of named) expect(stderr).toContain(words);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses to resume what is no study, or with other options', async () => {
    expect(await bad('study', '--resume', place.at('nowhere'))).toContain(place.at('nowhere'));
    expect(await bad('study', '--resume', place.news)).toContain('study.json');
    expect(await bad('study', '--resume', place.news, '--compare-recipe', 'modern')).toContain('--compare-recipe');
    expect(await bad('study', '--resume', place.news, '--no-padding-check')).toContain('--no-padding-check');
  });

  it('refuses a folder with other things in it', async () => {
    expect(await bad('study', '--quick', '--out', place.news)).toMatch(/news[^]*\(--out\)/);
  });
});
