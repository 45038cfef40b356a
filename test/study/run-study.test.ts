import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ANALYSIS_FILES } from '../../src/runs/analysis-files.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { runStudy } from '../../src/study/run-study.js';
import type { StudyEvent } from '../../src/study/study-events.js';
import { readStudyFile } from '../../src/study/study-file.js';
import { contents } from '../runs/fixtures.js';
import { beginningOf, makeJobRun } from '../../src/study/job-run.js';
import { planJobs } from '../../src/study/plan-jobs.js';
import { parseStudyOptions } from '../../src/study/study-options.js';
import { RECIPES } from '../../src/train/recipes/index.js';
import { eventsOf, ofKind, request, texts, tiny, withTinySizes } from './tiny-study.js';
import { fileFolder, temporaryFolders } from '../support/temporary-folders.js';

/** Trainings and reports take seconds, and many of them on a busy machine. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolders();

/** A study that ran without interruption, and what it said. */
const whole = fileFolder();
let said: StudyEvent[] = [];
beforeAll(async () => {
  said = await eventsOf({ ...request(whole), report: true });
});

function copyOfWhole(): string {
  const at = folder();
  cpSync(whole, at, { recursive: true });
  return at;
}

const run = (at: string, name: string) => join(at, 'runs', name);

/** A copy of a run's results with another validation NLL. */
function setValNll(at: string, name: string, nll: string): void {
  const value = nll === 'NaN' ? nll : Number(nll);
  const path = join(run(at, name), RUN_FILES.results);
  const results = JSON.parse(readFileSync(path, 'utf8')) as { bestEpoch: number };
  writeFileSync(path, JSON.stringify({ ...results, bestValNll: value }));
  const metrics = join(run(at, name), RUN_FILES.metrics);
  const lines = readFileSync(metrics, 'utf8').trimEnd().split('\n');
  const epochs = lines.map((line) => JSON.parse(line) as { epoch: number });
  const changed = epochs.map((line) => (line.epoch === results.bestEpoch ? { ...line, valNll: value } : line));
  writeFileSync(metrics, changed.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

describe('a study', () => {
  it('trains every size, one with all pads, and the best on few texts', () => {
    const jobs = ofKind(said, 'job');
    const [best] = ofKind(said, 'best');
    const size = best!.best!.size;
    expect(jobs.map(({ job, begins, place, runs }) => [job.name, begins, place, runs])).toEqual([
      ['87k-seed0', 'new', 1, 4],
      ['557k-seed0', 'new', 2, 4],
      ['87k-padding-all-seed0', 'new', 3, 4],
      [`${size}-first8-seed0`, 'new', 4, 4],
    ]);
    expect(said.at(-1)).toMatchObject({ kind: 'finished', folder: whole });
    for (const { job, folder: path } of jobs) {
      const { config, metrics } = readRun(path);
      expect(config).toMatchObject({
        seed: 0,
        recipe: { name: 'notebook' },
        training: { padding: job.padding, epochs: job.size === '87k' ? 2 : 1 },
        corpus: { sizes: { train: job.role === 'few-texts' ? 8 : 40, val: 8, test: 8 } },
      });
      expect(metrics).toHaveLength(job.size === '87k' ? 2 : 1);
    }
  });

  it('chooses the size with the lowest validation NLL', () => {
    const nll = (name: string) => readRun(run(whole, name)).results!.bestValNll;
    const lowest = Math.min(nll('87k-seed0'), nll('557k-seed0'));
    const { best } = ofKind(said, 'best')[0]!;
    expect(best).toMatchObject({ meanValNll: lowest, run: `${best!.size}-seed0` });
    expect(nll(best!.run)).toBe(lowest);
  });

  it('samples texts of the best run at all temperatures', () => {
    const best = readStudyFile(whole).best!;
    for (const { name } of readStudyFile(whole).jobs) {
      const { temperatures } = readRun(run(whole, name)).readAnalysis();
      if (name !== best.run) expect(temperatures).toBeUndefined();
      else expect(temperatures?.entries.map((entry) => entry.temperature)).toEqual([0.5, 1]);
    }
    expect(ofKind(said, 'temperatures').length).toBeGreaterThan(0);
  });

  it('reports the results of each run as it ends, and the time left', () => {
    const done = ofKind(said, 'job-done');
    expect(done.map(({ results }) => results.testNll)).toEqual(
      done.map(({ folder: path }) => readRun(path).results?.testNll),
    );
    const left = ofKind(said, 'training').map((event) => event.left);
    expect(left.at(-1)).toEqual({ seconds: 0, done: 1, guessed: false });
    const known = left.filter((each) => each !== undefined);
    expect(known.length).toBeGreaterThan(8);
    for (const { seconds, done: share, guessed } of known) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      expect(guessed).toBe(false); // so few epochs are planned that patience ends none
    }
  });

  it('writes its report into its folder', () => {
    const { report } = ofKind(said, 'finished')[0]!;
    for (const file of ['report.html', 'report.pdf', 'results.json'])
      expect(statSync(join(whole, file)).size, file).toBeGreaterThan(1000);
    expect(report?.html).toBe(join(whole, 'report.html'));
    expect(report?.facts.groups.map(({ role }) => role)).toEqual(['size', 'size', 'padding', 'few-texts']);
    const parts = ofKind(said, 'report').map(({ step }) => step.part);
    expect([parts[0], parts.at(-1)]).toEqual(['numbers', 'files']);
  });

  it('records the options and the best size in study.json', () => {
    const study = readStudyFile(whole);
    expect(study).toMatchObject({
      options: { kind: 'study', seeds: 1, recipe: { name: 'notebook' }, few: 8, temperatures: [0.5, 1] },
      corpus: { name: 'gazette', kind: 'builtin', sizes: { train: 40, val: 8, test: 8 } },
      tokenizer: { characters: 'abcdefghijklmnopqrstuvwxyz ' },
      best: ofKind(said, 'best')[0]!.best,
    });
    expect(study.jobs.map(({ role }) => role)).toEqual(['size', 'size', 'padding', 'few-texts']);
    expect(study.jobs.every(({ state }) => state === 'finished')).toBe(true);
    for (const { folder: path, name } of study.jobs) expect(join(whole, path)).toBe(run(whole, name));
  });
});

describe('an existing study', () => {
  it('is not trained again, and keeps every byte', async () => {
    const before = contents(whole);
    const events = await eventsOf({ ...request(whole), report: true });
    expect(ofKind(events, 'training')).toEqual([]);
    expect(ofKind(events, 'job').map(({ begins }) => begins)).toEqual(Array(4).fill('reused'));
    expect(ofKind(events, 'job-done').map(({ results }) => results)).toEqual(
      ofKind(said, 'job-done').map(({ results }) => results),
    );
    expect(contents(whole)).toEqual(before);
  });

  it('keeps its best size and all its runs where it is begun again and stopped', async () => {
    const again = copyOfWhole();
    const before = readStudyFile(again);
    await eventsOf(request(again), ({ kind }) => kind === 'job');
    const { jobs, ...study } = readStudyFile(again);
    expect({ ...study, jobs: jobs.map(({ name }) => name) }).toEqual({
      ...before,
      jobs: before.jobs.map(({ name }) => name),
    });
  });

  it('trains only the additional runs that are asked for', async () => {
    const more = copyOfWhole();
    const study = request(more, { sizes: ['87k'], seeds: 2, paddingCheck: false });
    const events = await eventsOf(study, ({ kind }) => kind === 'best');
    expect(ofKind(events, 'job').map(({ job, begins }) => [job.name, begins])).toEqual([
      ['87k-seed0', 'reused'],
      ['87k-seed1', 'new'],
    ]);
    expect(readRun(run(more, '87k-seed1')).config.seed).toBe(1);
    const { best } = ofKind(events, 'best')[0]!;
    const seeds = [0, 1].map((seed) => readRun(run(more, `${best!.size}-seed${seed}`)).results!.bestValNll);
    expect(best!.meanValNll).toBeCloseTo((seeds[0]! + seeds[1]!) / 2, 12);
    expect(events.at(-1)).toEqual({ kind: 'paused', folder: more });
  });

  it('samples at other temperatures when they are asked for', async () => {
    const other = copyOfWhole();
    const study = request(other, { temperatures: [0.3, 2] });
    const atOnce = await eventsOf(study, ({ kind }) => kind === 'temperatures');
    expect(atOnce.at(-1)?.kind).toBe('paused');
    expect((await eventsOf(study)).at(-1)?.kind).toBe('finished');
    const best = run(other, readStudyFile(other).best!.run);
    const { temperatures } = readRun(best).readAnalysis();
    expect(temperatures?.entries.map(({ temperature }) => temperature)).toEqual([0.3, 2]);
    expect(ofKind(await eventsOf(study), 'temperatures')).toEqual([]);
  });

  it('reuses runs that were copied there, and adds the analysis that they lack', async () => {
    const other = folder();
    mkdirSync(join(other, 'runs'));
    cpSync(run(whole, '87k-seed0'), run(other, '87k-seed0'), { recursive: true });
    for (const name of ANALYSIS_FILES) rmSync(join(run(other, '87k-seed0'), RUN_FILES[name]), { force: true });
    const study = request(other, { sizes: ['87k'], paddingCheck: false });
    const events = await eventsOf(study, ({ kind }) => kind === 'job-done');
    expect(ofKind(events, 'job').map(({ begins }) => begins)).toEqual(['reused']);
    expect(ofKind(events, 'analysis').length).toBeGreaterThan(0);
    const expected = Object.entries(contents(run(whole, '87k-seed0')));
    const others = expected.filter(([file]) => file !== RUN_FILES.temperatures);
    expect(contents(run(other, '87k-seed0'))).toEqual(Object.fromEntries(others));
  });
});

describe('an interrupted study', () => {
  /** A run without what the clock says, and without temperatures, which only the best run of a study has. */
  function timeless(path: string) {
    const { config, metrics, results, ...files } = readRun(path);
    return {
      config: { ...config, createdAt: '' },
      metrics: metrics.map((line) => ({ ...line, seconds: 0 })),
      results: { ...results!, seconds: 0 },
      samples: files.readSamples('final'),
      weights: files.loadWeights(),
      analysis: { ...files.readAnalysis(), temperatures: undefined },
    };
  }

  it('comes to the same bits wherever it was interrupted', async () => {
    const training = (place: number, kind: string) => (event: StudyEvent) =>
      event.kind === 'training' && event.place === place && event.event.kind === kind;
    const points: ((event: StudyEvent) => boolean)[] = [
      training(1, 'step'),
      training(1, 'epoch'),
      (event) => event.kind === 'job-done',
      training(2, 'testing'),
      ({ kind }) => kind === 'best',
      training(3, 'validation'),
    ];
    const [cut, size] = [folder(), { sizes: ['87k' as const] }];
    for (const point of points)
      expect((await eventsOf(request(cut, size), point)).at(-1)).toEqual({ kind: 'paused', folder: cut });
    expect((await eventsOf(request(cut, size))).at(-1)).toMatchObject({ kind: 'finished', folder: cut });
    for (const name of ['87k-seed0', '87k-padding-all-seed0'])
      expect(timeless(run(cut, name))).toEqual(timeless(run(whole, name)));
  });

  it('stops with a resumable run when its reader leaves the loop', async () => {
    const cut = folder();
    for await (const event of runStudy(request(cut)))
      if (event.kind === 'training' && event.event.kind === 'epoch') break;
    expect(readStudyFile(cut).jobs.map(({ state }) => state)).toEqual(['running', 'waiting', 'waiting']);
    const events = await eventsOf(request(cut), ({ kind }) => kind === 'job');
    expect(ofKind(events, 'job').map(({ begins }) => begins)).toEqual(['resumed']);
  });

  it('restarts a run that was cut off before its first checkpoint', async () => {
    const cut = folder();
    await eventsOf(request(cut), (event) => event.kind === 'training' && event.event.kind === 'epoch');
    const again = () => beginningOf(makeJobRun(planJobs(asked)[0]!, run(cut, '87k-seed0'), asked, texts));
    const asked = parseStudyOptions(tiny);
    expect(again()).toBe('resumed');
    rmSync(join(run(cut, '87k-seed0'), RUN_FILES.checkpoint));
    expect(again()).toBe('restarted');
    for (const file of [RUN_FILES.weights, RUN_FILES.metrics]) rmSync(join(run(cut, '87k-seed0'), file));
    expect(again()).toBe('restarted');
    const events = await eventsOf(request(cut), ({ kind }) => kind === 'job-done');
    expect(ofKind(events, 'job').map(({ begins }) => begins)).toEqual(['restarted']);
    expect(timeless(run(cut, '87k-seed0'))).toEqual(timeless(run(whole, '87k-seed0')));
  });
});

describe('a second recipe', () => {
  it('is trained after the first one, with its own settings, and does not change the best size', async () => {
    const both = copyOfWhole();
    const asked = request(both, { secondRecipe: withTinySizes(RECIPES.modern) });
    const cut = await eventsOf(asked, (event) => event.kind === 'training' && event.place === 4);
    expect(cut.at(-1)).toEqual({ kind: 'paused', folder: both });
    expect(readStudyFile(both).options.secondRecipe).toMatchObject({ name: 'modern' });
    // However low its NLL.
    const events = await eventsOf(asked, (event) => event.kind === 'job-done' && event.place === 5);
    setValNll(both, 'modern-87k-seed0', '1');
    const rest = await eventsOf(asked);
    const jobs = ofKind([...cut, ...events, ...rest], 'job');
    const { size, run: best } = ofKind(said, 'best')[0]!.best!;
    expect(jobs.map(({ job, place, runs }) => [job.name, place, runs]).slice(-6)).toEqual([
      ['87k-seed0', 1, 6],
      ['557k-seed0', 2, 6],
      ['87k-padding-all-seed0', 3, 6],
      ['modern-87k-seed0', 4, 6],
      ['modern-557k-seed0', 5, 6],
      [`${size}-first8-seed0`, 6, 6],
    ]);
    expect(ofKind(rest, 'job').every(({ begins }) => begins === 'reused')).toBe(true);
    expect(ofKind(rest, 'best')[0]!.best).toMatchObject({ size, run: best });
    for (const [name, epochs] of [
      ['modern-87k-seed0', 2],
      ['modern-557k-seed0', 1],
    ] as const)
      expect(readRun(run(both, name)).config).toMatchObject({
        recipe: { name: 'modern' },
        model: { norm: 'pre' },
        training: { epochs, padding: 'first', patience: null, schedule: { kind: 'warmup-cosine' } },
      });
    expect(readRun(run(both, 'modern-87k-seed0')).readAnalysis().temperatures).toBeUndefined();
    expect(ofKind(events, 'training').every(({ left }) => left === undefined || left.done <= 1)).toBe(true);
  });
});

describe('a study with diverged models', () => {
  it('never chooses one of them as the best', async () => {
    const other = copyOfWhole();
    const size = readStudyFile(whole).best!.size;
    setValNll(other, `${size}-seed0`, 'NaN');
    const events = await eventsOf(request(other), ({ kind }) => kind === 'best');
    expect(ofKind(events, 'best')[0]!.best?.size).toBe(size === '87k' ? '557k' : '87k');
  });

  it('trains none on few texts when all have diverged, and does not count such runs', async () => {
    const other = copyOfWhole();
    for (const name of ['87k-seed0', '557k-seed0']) setValNll(other, name, 'NaN');
    const events = await eventsOf(request(other));
    expect(ofKind(events, 'best')).toEqual([{ kind: 'best', best: undefined }]);
    expect(ofKind(events, 'job').map(({ place, runs }) => [place, runs])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(events.at(-1)?.kind).toBe('finished');
    expect(readStudyFile(other).best).toBeNull();
  });
});

describe('a study is refused before anything is trained or written for', () => {
  const other = { ...texts, splits: { ...texts.splits, train: texts.splits.train.slice(1) } };

  it.each([
    ['epochs', { epochs: { '87k': 3, '557k': 1 } }, /87k-seed0 .*expected training\.epochs 3, found 2/],
    ['recipe', { recipe: 'modern', paddingCheck: false }, /expected recipe\.name "modern", found "notebook"/],
    ['precision', { precision: 'bf16' }, /expected backend\.precision "bf16", found "f32"/],
  ] as const)('another %s', async (_, options, message) => {
    const before = contents(whole);
    await expect(eventsOf(request(whole, options))).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(message) as string,
      fix: expect.stringContaining('another folder') as string,
    });
    expect(contents(whole)).toEqual(before);
  });

  it('other texts', async () => {
    await expect(eventsOf({ ...request(whole), texts: other })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/87k-seed0 .*expected corpus\.fingerprint "[0-9a-f]{19}…/) as string,
      fix: expect.stringContaining('(data,') as string,
    });
  });

  it('a damaged run', async () => {
    const damaged = copyOfWhole();
    writeFileSync(join(run(damaged, '557k-seed0'), RUN_FILES.config), '{');
    await expect(eventsOf(request(damaged))).rejects.toMatchObject({
      code: 'BAD_RUN',
      fix: expect.stringContaining(`move ${run(damaged, '557k-seed0')} away`) as string,
    });
  });

  it('a damaged study.json', async () => {
    const damaged = copyOfWhole();
    writeFileSync(join(damaged, 'study.json'), '{"schemaVersion": 9}');
    await expect(eventsOf(request(damaged))).rejects.toMatchObject({ code: 'BAD_RUN' });
  });

  it('a folder with other things in it', async () => {
    const full = folder();
    writeFileSync(join(full, 'letter.txt'), 'Dear');
    await expect(eventsOf(request(full))).rejects.toMatchObject({ code: 'EXISTS' });
    mkdirSync(join(full, 'runs')); // may be a study, but for the page that its report would replace
    writeFileSync(join(full, 'report.html'), 'my own');
    await expect(eventsOf({ ...request(full), report: true })).rejects.toMatchObject({ code: 'EXISTS' });
    await expect(eventsOf(request(join(full, 'letter.txt')))).rejects.toMatchObject({ code: 'EXISTS' });
  });

  it.each([
    [{ few: 40 }, /fewer than the 40/],
    [{ sizes: [] }, /sizes/],
    [{ sizes: ['87k', '87k'] }, /each size once/],
    [{ temperatures: [0] }, /temperatures/],
    [{ seeds: 0 }, /seeds/],
    [{ secondRecipe: 'notebook' }, /recipe of another name/],
  ] as const)('options %j', async (options, message) => {
    const unused = join(folder(), 'none');
    const study = request(unused, options as Parameters<typeof request>[1]);
    await expect(eventsOf(study)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(message) as string,
    });
    expect(existsSync(unused)).toBe(false);
  });
});
