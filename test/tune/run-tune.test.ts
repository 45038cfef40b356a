import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { parseRecipe, RECIPES } from '../../src/train/recipes/index.js';
import { runTune, type TuneEvent, type TuneRequest } from '../../src/tune/run-tune.js';
import { readTrials, readTuneFile } from '../../src/tune/tune-file.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folders = temporaryFolders();
const { backend } = chooseBackend();
const corpus = gazette({ sizes: { train: 40, val: 10, test: 10 } });
const { splits } = corpus;

function request(folder: string, change: Partial<TuneRequest['options']> = {}): TuneRequest {
  return {
    folder,
    backend,
    texts: { corpus, cleaning: 'none', splits, tokenizer: defaultTokenizer() },
    options: {
      recipe: RECIPES.modern,
      set: { 'model.dModel': 8, 'model.heads': 2, 'model.layers': 1, 'training.batch': 8 },
      space: {
        'training.learningRate': { kind: 'range', low: 1e-4, high: 3e-2, log: true },
        'model.norm': { kind: 'choices', values: ['pre', 'post'] },
      },
      trials: 4,
      epochs: 2,
      minEpochs: 1,
      eta: 2,
      ...change,
    },
  };
}

async function run(asked: TuneRequest, stopAfter?: (event: TuneEvent) => boolean): Promise<TuneEvent[]> {
  const events: TuneEvent[] = [];
  const signal = { aborted: false };
  for await (const event of runTune(asked, signal)) {
    events.push(event);
    if (stopAfter?.(event)) signal.aborted = true;
  }
  return events;
}

const withoutTimes = (folder: string) => readTrials(folder).map((result) => ({ ...result, seconds: 0 }));

describe('a search', () => {
  it('trains all trials, then the best of them for longer, and writes a recipe that can be used', async () => {
    const folder = join(folders(), 'search');
    const events = await run(request(folder));
    const trials = readTrials(folder);
    expect(trials.map(({ rung, epochs }) => [rung, epochs])).toEqual([
      ...Array.from({ length: 4 }, () => [0, 1]),
      ...Array.from({ length: 2 }, () => [1, 2]),
    ]);
    const first = trials.slice(0, 4).sort((a, b) => a.valNll - b.valNll);
    expect(trials.slice(4).map(({ trial }) => trial)).toEqual(first.slice(0, 2).map(({ trial }) => trial));
    const finished = events.at(-1)!;
    if (finished.kind !== 'finished') throw new Error('the search should have finished');
    const { ranking, effects, files } = finished.report;
    expect(ranking.map(({ rung }) => rung)).toEqual([1, 1, 0, 0]);
    expect(ranking[0]!.valNll).toBe(Math.min(...trials.slice(4).map(({ valNll }) => valNll)));
    expect(effects.map(({ path }) => path).sort()).toEqual(['model.norm', 'training.learningRate']);
    for (const file of files) expect(existsSync(join(folder, file)), file).toBe(true);
    const best = parseRecipe(JSON.parse(readFileSync(join(folder, 'best.json'), 'utf8')), 'best.json');
    expect(best).toMatchObject({
      name: 'modern-tuned',
      shape: { dModel: 8, heads: 2, layers: 1 },
      training: { batch: 8 },
    });
    const rate = ranking[0]!.set['training.learningRate'] ?? RECIPES.modern.training.learningRate;
    expect(best.training.learningRate).toBe(rate);
  });

  it('resumes where it was interrupted, with the same results', async () => {
    const [whole, parts] = [join(folders(), 'whole'), join(folders(), 'parts')];
    await run(request(whole));
    let trials = 0;
    const paused = await run(request(parts), (event) => event.kind === 'trial' && ++trials === 3);
    expect(paused.at(-1)).toEqual({ kind: 'paused' });
    expect(readTrials(parts)).toHaveLength(3);
    appendFileSync(join(parts, 'trials.jsonl'), '{"trial":3,"rung"'); // what a crash leaves
    await run(request(parts));
    expect(withoutTimes(parts)).toEqual(withoutTimes(whole));
  });

  it('never reads the test texts', async () => {
    const folder = join(folders(), 'search');
    const asked = request(folder, { trials: 2, epochs: 1 });
    const forbidden = new Proxy([] as string[], {
      get(target, name) {
        // Their number and their fingerprint are in tune.json, as they are in every run.
        if (typeof name === 'string' && /^\d+$/.test(name)) throw new Error('a test text was read');
        return Reflect.get(target, name) as unknown;
      },
    });
    const texts = { ...asked.texts, splits: { ...splits, test: forbidden } };
    const events = await run({ ...asked, texts });
    expect(events.at(-1)!.kind).toBe('finished');
  });

  it('ends with the results so far when its time is spent', async () => {
    const folder = join(folders(), 'search');
    const events = await run({ ...request(folder), budgetSeconds: 1e-6 });
    expect(events.filter(({ kind }) => kind === 'trial')).toHaveLength(1); // how long one takes is not known before
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['budget', 'finished']);
    expect(existsSync(join(folder, 'best.json'))).toBe(true);
  });

  it('refuses a folder with another search or other things, invalid settings, and a damaged file', async () => {
    const folder = join(folders(), 'search');
    await run(request(folder, { trials: 1, epochs: 1 }));
    await expect(run(request(folder, { trials: 2, epochs: 1 }))).rejects.toThrow('holds another search');
    const full = folders();
    writeFileSync(join(full, 'letter.txt'), 'Dear');
    await expect(run(request(full))).rejects.toThrow('does not hold a search');
    const odd = { 'model.heads': { kind: 'choices' as const, values: [3, 5] } };
    const set = { 'model.dModel': 8, 'model.layers': 1 };
    await expect(run(request(join(folders(), 'odd'), { space: odd, set }))).rejects.toThrow(
      'dModel must be a multiple of heads: got 8 and',
    );
    const unknown = { 'model.head': { kind: 'choices' as const, values: [1] } };
    await expect(run(request(join(folders(), 'odd'), { space: unknown }))).rejects.toThrow('model.head');
    writeFileSync(join(folder, 'trials.jsonl'), 'x\n');
    await expect(run(request(folder, { trials: 1, epochs: 1 }))).rejects.toThrow('line 1');
    writeFileSync(join(folder, 'tune.json'), '{');
    await expect(run(request(folder))).rejects.toMatchObject({ code: 'BAD_RUN', fix: 'Restore it from a copy.' });
  });

  it('takes no result for that of another trial, or twice', async () => {
    const folder = join(folders(), 'search');
    const asked = request(folder);
    await run(asked);
    const path = join(folder, 'trials.jsonl');
    const whole = readFileSync(path, 'utf8');
    const lines = whole.trimEnd().split('\n');
    const changed = (line: number, change: object) => {
      const result = JSON.parse(lines[line]!) as object;
      return lines.with(line, JSON.stringify({ ...result, ...change }));
    };
    const cases: [lines: string[], message: string][] = [
      [[...lines, lines[0]!], 'line 7 of trials.jsonl is trial 0 of rung 0 again, after line 1'],
      [changed(1, { trial: 2 }), 'line 2 of trials.jsonl is not trial 2 of rung 0 of this search: expected set.'],
      [changed(1, { trial: 4 }), 'line 2 of trials.jsonl is trial 4 of rung 0: the search has 4 trials in 2 rungs'],
      [changed(1, { rung: 2 }), 'line 2 of trials.jsonl is trial 1 of rung 2: the search has 4 trials in 2 rungs'],
      [changed(5, { epochs: 3 }), 'expected epochs 2, got 3'],
      [changed(2, { valNll: 1 }), 'expected valNll '],
      [changed(2, { bestEpoch: 1 }), 'expected bestEpoch 0, got 1'],
      [changed(5, { valNlls: [5], valNll: 5, bestEpoch: 0 }), 'expected valNlls.length 2, got 1'],
      [changed(5, { valNlls: [5, 6, 4], valNll: 4, bestEpoch: 2 }), 'expected valNlls.length 2, got 3'],
      [
        changed(5, { valNlls: [5, 6, 4], valNll: 4, bestEpoch: 2, ended: 'patience' }),
        'expected valNlls.length 2, got 3',
      ],
      [changed(5, { trainNlls: [] }), 'expected trainNlls.length 2, got 0'],
      [changed(2, { seconds: -1 }), 'trials.jsonl, line 3: seconds: '],
      [lines.with(2, lines[2]!.replace(/"seconds":[^,}]+/, '"seconds":1e999')), 'trials.jsonl, line 3: seconds: '],
    ];
    for (const [damaged, message] of cases) {
      writeFileSync(path, `${damaged.join('\n')}\n`);
      await expect(run(asked)).rejects.toMatchObject({
        code: 'BAD_RUN',
        message: expect.stringContaining(message.replace('trials.jsonl', path)) as string,
        fix: 'Remove the line: its trial is run again.',
      });
      expect(readFileSync(path, 'utf8')).toBe(`${damaged.join('\n')}\n`);
    }
    // As it advises.
    writeFileSync(path, `${lines.toSpliced(1, 1).join('\n')}\n`);
    await run(asked);
    const byPlace = (a: { rung: number; trial: number }, b: typeof a) => a.rung - b.rung || a.trial - b.trial;
    const again = withoutTimes(folder).sort(byPlace);
    writeFileSync(path, whole);
    expect(again).toEqual(withoutTimes(folder).sort(byPlace));
  });

  it('ranks a diverged trial last', async () => {
    const folder = join(folders(), 'search');
    const rate = { kind: 'choices' as const, values: [1e30] };
    const events = await run(
      request(folder, { space: { 'training.learningRate': rate }, trials: 2, epochs: 2, minEpochs: 2 }),
    );
    const report = events.at(-1);
    if (report?.kind !== 'finished') throw new Error('the search should have finished');
    expect(report.report.ranking.map(({ trial, ended }) => [trial, ended])).toEqual([
      [0, 'epochs'],
      [1, 'diverged'],
    ]);
  });

  it('trains no trial that diverged again, and the others as planned', async () => {
    const rate = { kind: 'choices' as const, values: [1e30] };
    const space = { 'training.learningRate': rate };
    const some = await run(request(join(folders(), 'some'), { space, trials: 4, epochs: 2, minEpochs: 1, eta: 2 }));
    const trialsOf = (events: readonly TuneEvent[]) =>
      events.flatMap((event) => (event.kind === 'trial' ? [[event.result.rung, event.result.trial]] : []));
    expect(trialsOf(some)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 0],
    ]);
    const set = { ...request('').options.set, 'training.learningRate': 1e30 };
    const norm = { 'model.norm': { kind: 'choices' as const, values: ['pre', 'post'] } };
    const all = await run(
      request(join(folders(), 'all'), { space: norm, set, trials: 4, epochs: 2, minEpochs: 1, eta: 2 }),
    );
    expect(trialsOf(all)).toEqual([0, 1, 2, 3].map((trial) => [0, trial]));
    expect(all.at(-1)).toMatchObject({ kind: 'finished', report: { files: [] } });
  });

  it('is resumed on another backend only where that is allowed, and says so', async () => {
    const folder = join(folders(), 'search');
    const asked = request(folder, { trials: 1, epochs: 1 });
    await run(asked);
    const other = { ...asked.backend, info: { ...asked.backend.info, instructionSet: 'other' } };
    await expect(run({ ...asked, backend: other })).rejects.toThrow('rounds differently');
    await run({ ...asked, backend: other, changeBackend: true });
    const { backend, earlierBackends } = readTuneFile(folder);
    expect([backend.isa, earlierBackends]).toEqual(['other', [expect.objectContaining({ trials: 1 })]]);
  });
});
