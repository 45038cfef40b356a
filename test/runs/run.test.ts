import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { encodeNpy } from '../../src/runs/npy.js';
import { readRun } from '../../src/runs/reader.js';
import { encodeSafetensors } from '../../src/runs/safetensors.js';
import { parseFile, type MetricsLine, type RunConfig } from '../../src/runs/schema.js';
import { drawCurves } from '../../src/run-analysis/draw-curves.js';
import { RunWriter } from '../../src/runs/writer.js';
import { checkpointMeta, config, contents, errorOf, metricsLine, results, tensorsOf } from './fixtures.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const newFolder = temporaryFolders();

/** A run of `epochs` epochs with a checkpoint after each, not ended. */
function trained(epochs: number, folder = join(newFolder(), 'run')): string {
  const writer = RunWriter.create(folder, config);
  writer.writeSummary('Total 94,397');
  for (let epoch = 0; epoch < epochs; epoch++) train(writer, epoch);
  return folder;
}

function train(writer: RunWriter, epoch: number): void {
  writer.appendEpoch(metricsLine(epoch));
  writer.writeSamples(epoch, [`text of ${epoch}`, '']);
  if (metricsLine(epoch).best) writer.writeWeights(tensorsOf(epoch), metricsLine(epoch));
  writer.writeCheckpoint(checkpointMeta(epoch), tensorsOf(100 + epoch));
}

/** Puts weights that another run saved into the folder of a run. */
function putWeights(folder: string, of: RunConfig, line: Pick<MetricsLine, 'epoch' | 'valNll'>): void {
  const other = RunWriter.create(join(newFolder(), 'run'), of);
  other.writeWeights(tensorsOf(1), line);
  copyFileSync(join(other.folder, 'model.safetensors'), join(folder, 'model.safetensors'));
}

describe('a run', () => {
  it('is read as it was written', () => {
    const folder = trained(5);
    const before = readRun(folder);
    expect(before.results).toBeUndefined();

    const { writer } = RunWriter.resume(folder);
    writer.writeResults(results);
    writer.writeFinalSamples(['a text', 'two\nlines', '']);
    const run = readRun(folder);
    expect(run.config).toEqual(config);
    expect(run.metrics).toEqual([0, 1, 2, 3, 4].map(metricsLine));
    expect(run.results).toEqual(results);
    expect(run.summary).toBe('Total 94,397\n');
    expect(run.sampleEpochs).toEqual([0, 1, 2, 3, 4]);
    expect(run.readSamples(3)).toEqual(['text of 3', '']);
    expect(run.readSamples('final')).toEqual(['a text', 'two\nlines', '']);
    expect(run.loadWeights()).toEqual({ tensors: tensorsOf(3), epoch: 3 });
    expect(run.loadCheckpoint()).toEqual({ meta: checkpointMeta(4), tensors: tensorsOf(104) });
  });

  it('keeps numbers that are not finite', () => {
    const folder = trained(0);
    const { epoch, ...rest } = metricsLine(0);
    const line = { epoch, ...rest, trainNll: Infinity, valNll: NaN, gradNorm: -Infinity };
    const writer = RunWriter.create(folder, config, { force: true });
    writer.appendEpoch(line);
    writer.writeCheckpoint({ ...checkpointMeta(0), bestValNll: Infinity }, tensorsOf(NaN));
    const text = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    expect(text).toContain('"trainNll":"Infinity","valNll":"NaN"');
    const run = readRun(folder);
    expect(run.metrics).toEqual([line]);
    expect(run.loadCheckpoint()?.meta.bestValNll).toBe(Infinity);
    expect(run.loadCheckpoint()?.tensors).toEqual(tensorsOf(NaN));
  });

  it('can be read before its first epoch has ended', () => {
    const run = readRun(trained(0));
    expect([run.metrics, run.sampleEpochs, run.loadCheckpoint()]).toEqual([[], [], undefined]);
    expect(errorOf(() => run.loadWeights())).toMatchObject({ code: 'BAD_RUN' });
    expect(errorOf(() => run.loadWeights()).fix).toContain(`--resume ${run.folder}`);
  });

  it('has its curves as arrays and figures, the same bytes each time', async () => {
    const folder = trained(5);
    const { writer } = RunWriter.resume(folder);
    await drawCurves(writer.folder);
    const first = contents(folder);
    expect(Object.keys(first)).toEqual(expect.arrayContaining(['curves/nll.pdf', 'curves/top1.pdf']));
    const array = (values: readonly number[]) => Buffer.from(encodeNpy(values)).toString('latin1');
    expect(first['nll.npy']).toBe(array([99, 94, 91, 90, 91]));
    expect(first['rec.npy']).toBe(array([0, 1, 2, 3, 4].map((epoch) => metricsLine(epoch).valTop1)));
    expect(first['curves/nll.svg']).toContain('exact entropy 45.25');
    expect(first['curves/nll.svg']).toContain('best validation NLL 90.00 in epoch 4');
    expect(first['curves/top1.svg']).toContain('top-1 (share of positions)');
    await drawCurves(writer.folder);
    expect(contents(folder)).toEqual(first);
  });

  it('has curves before the first epoch and when it diverged', async () => {
    const folder = trained(0);
    const writer = RunWriter.create(folder, config, { force: true });
    await drawCurves(writer.folder);
    expect(readFileSync(join(folder, 'nll.npy'))).toEqual(Buffer.from(encodeNpy([])));
    writer.appendEpoch({ ...metricsLine(0), trainNll: NaN, valNll: NaN, best: false });
    await drawCurves(writer.folder);
    expect(readFileSync(join(folder, 'curves/nll.svg'), 'utf8')).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('RunWriter.create', () => {
  it('never touches an existing run without force', () => {
    const folder = trained(2);
    writeFileSync(join(folder, '.results.json.12-0-0.letterpress-tmp'), 'another process is writing');
    const before = contents(folder);
    const error = errorOf(() => RunWriter.create(folder, config));
    expect(error.code).toBe('EXISTS');
    expect(error.fix).toMatch(/another folder.*\(force\).*\(resume\)/);
    expect(contents(folder)).toEqual(before);
  });

  it('with force removes the files of the old run, and only those', async () => {
    const folder = trained(3);
    await drawCurves(folder);
    writeFileSync(join(folder, 'notes.md'), 'mine');
    writeFileSync(join(folder, 'samples', 'favourites.txt'), 'mine');
    RunWriter.create(folder, { ...config, seed: 8 }, { force: true });
    const found = contents(folder);
    expect(Object.keys(found).sort()).toEqual(['config.json', 'metrics.jsonl', 'notes.md', 'samples/favourites.txt']);
    expect(readRun(folder)).toMatchObject({ config: { seed: 8 }, metrics: [] });
  });

  it.each([false, true])('refuses a folder that is not a run (force: %s)', (force) => {
    for (const [name, text] of [
      ['thesis.tex', 'years of work'],
      ['config.json', '{"theme":"dark"}'],
      ['config.json', 'not json'],
    ] as const) {
      const folder = newFolder();
      writeFileSync(join(folder, name), text);
      const error = errorOf(() => RunWriter.create(folder, config, { force }));
      expect(error.code).toBe('EXISTS');
      expect(error.message).toMatch(/does not hold a run/);
      expect(contents(folder)).toEqual({ [name]: text });
    }
  });

  it('uses an empty folder, and one that only a cut-off write has left something in', () => {
    const folder = newFolder();
    RunWriter.create(folder, config);
    const other = newFolder();
    writeFileSync(join(other, '.config.json.12-0-0.letterpress-tmp'), '{"sche');
    mkdirSync(join(other, 'samples'));
    RunWriter.create(other, config);
    expect(contents(other)).toEqual(contents(folder));
  });

  it('replaces a run of another version or with damaged files when forced', () => {
    const folder = trained(1);
    writeFileSync(join(folder, 'config.json'), '{"schemaVersion":99,"letterpress":"9.0.0"}');
    writeFileSync(join(folder, 'model.safetensors'), 'rubbish');
    writeFileSync(join(folder, 'yardsticks.json'), 'of version 1');
    RunWriter.create(folder, config, { force: true });
    expect(Object.keys(contents(folder))).toEqual(['config.json', 'metrics.jsonl']);
    // What the message about a damaged config.json advises must work.
    writeFileSync(join(folder, 'config.json'), '{garbage');
    RunWriter.create(folder, config, { force: true });
    expect(readRun(folder).config).toEqual(config);
  });

  it('says what is wrong when the place is a file or cannot be written to', () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, 'x');
    expect(errorOf(() => RunWriter.create(file, config)).code).toBe('EXISTS');
    const below = errorOf(() => RunWriter.create(join(file, 'run'), config));
    expect(below.code).toBe('IO');
    expect(below.fix).toMatch(/another folder/);
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  it('refuses a config that no reader would accept', () => {
    const folder = join(newFolder(), 'run');
    const wrong = { ...config, training: { ...config.training, batch: 0 } };
    expect(errorOf(() => RunWriter.create(folder, wrong)).message).toMatch(/training\.batch/);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('RunWriter.resume', () => {
  it('goes back to the checkpoint, after which a run has the same files as an unbroken one', () => {
    const unbroken = trained(5);
    const folder = trained(3);
    // Epoch 3 was cut off after its weights, in the middle of the next line.
    const { writer: cut } = RunWriter.resume(folder);
    cut.appendEpoch(metricsLine(3));
    cut.writeSamples(3, ['will be sampled again']);
    cut.writeWeights(tensorsOf(3), metricsLine(3));
    const metrics = join(folder, 'metrics.jsonl');
    writeFileSync(metrics, `${readFileSync(metrics, 'utf8')}{"epoch":4,"st`);
    writeFileSync(join(folder, '.model.safetensors.1-0-0.letterpress-tmp'), 'half');

    const resumed = RunWriter.resume(folder);
    expect(resumed.checkpoint).toEqual({ meta: checkpointMeta(2), tensors: tensorsOf(102) });
    expect(resumed.metrics).toEqual([0, 1, 2].map(metricsLine));
    expect(readRun(folder).metrics).toEqual(resumed.metrics);
    expect(readRun(folder).sampleEpochs).toEqual([0, 1, 2]);
    train(resumed.writer, 3);
    train(resumed.writer, 4);
    expect(contents(folder)).toEqual(contents(unbroken));
  });

  it('removes results and final samples', () => {
    const folder = trained(2);
    const { writer } = RunWriter.resume(folder);
    writer.writeResults(results);
    writer.writeFinalSamples(['x']);
    RunWriter.resume(folder);
    expect(readRun(folder).results).toBeUndefined();
    expect(existsSync(join(folder, 'samples/final.txt'))).toBe(false);
  });

  it('starts a run again that was cut off before its first checkpoint', () => {
    for (const epochs of [0, 1]) {
      const folder = trained(epochs);
      rmSync(join(folder, 'checkpoint.safetensors'), { force: true });
      if (epochs === 0) rmSync(join(folder, 'metrics.jsonl'));
      const { writer, checkpoint, metrics } = RunWriter.resume(folder);
      expect([checkpoint, metrics, readRun(folder).metrics]).toEqual([undefined, [], []]);
      train(writer, 0);
      expect(contents(folder)).toEqual(contents(trained(1)));
    }
  });

  it('needs a checkpoint after that, and metrics up to it', () => {
    const without = trained(2);
    rmSync(join(without, 'checkpoint.safetensors'));
    const missing = errorOf(() => RunWriter.resume(without));
    expect(missing.code).toBe('BAD_RUN');
    expect(missing.message).toMatch(/has 2 epochs, but no checkpoint\.safetensors/);
    expect(readRun(without).metrics).toHaveLength(2);

    const folder = trained(3);
    writeFileSync(join(folder, 'metrics.jsonl'), `${JSON.stringify(metricsLine(0))}\n`);
    const error = errorOf(() => RunWriter.resume(folder));
    expect([error.code, error.message]).toEqual(['BAD_RUN', expect.stringMatching(/checkpoint is of epoch 2/)]);
    expect(readRun(folder).metrics).toEqual([metricsLine(0)]);
  });

  it('refuses to write the files of an epoch in another order', () => {
    const folder = trained(2);
    const { writer } = RunWriter.resume(folder);
    expect(errorOf(() => writer.appendEpoch(metricsLine(1))).code).toBe('INTERNAL');
    expect(errorOf(() => writer.writeCheckpoint(checkpointMeta(2), tensorsOf(0))).code).toBe('INTERNAL');
    expect(RunWriter.resume(folder).metrics.length).toBe(2);
  });
});

describe('a damaged run', () => {
  const edit = (file: string, change: (text: string) => string) => (folder: string) => {
    const path = join(folder, file);
    writeFileSync(path, change(readFileSync(path, 'latin1')), 'latin1');
  };
  const remove = (file: string) => (folder: string) => rmSync(join(folder, file), { recursive: true });
  const cases: [what: string, damage: (folder: string) => void, message: RegExp][] = [
    ['no folder', (folder) => rmSync(folder, { recursive: true }), /no run directory at/],
    ['no config', remove('config.json'), /is not a run directory: it has no config\.json/],
    [
      'a mixture',
      (folder) => {
        remove('config.json')(folder);
        writeFileSync(join(folder, 'mixture.json'), '{}');
      },
      /expected a run directory, found a mixture: /,
    ],
    ['a config cut in half', edit('config.json', (text) => text.slice(0, 50)), /config\.json is damaged: .*JSON/],
    ['an empty config', edit('config.json', () => ''), /config\.json is damaged/],
    ['a config of another kind', edit('config.json', () => '[]'), /config\.json: .*expected an object/],
    [
      'a wrong field',
      edit('config.json', (text) => text.replace('"batch": 64', '"batch": "64"')),
      /config\.json: training\.batch: .*expected a number/,
    ],
    [
      'an earlier version',
      edit('config.json', (text) => text.replace('"schemaVersion": 2', '"schemaVersion": 1')),
      /config\.json: expected schema version 2, found 1 \(made by Letterpress 0\.1\.0\)/,
    ],
    [
      'no version',
      edit('config.json', (text) => text.replace('"schemaVersion": 2,', '')),
      /config\.json: schemaVersion: /,
    ],
    ['no metrics', remove('metrics.jsonl'), /metrics\.jsonl is missing/],
    [
      'a broken line among the metrics',
      edit('metrics.jsonl', (text) => text.replace('}\n{', '\n{')),
      /metrics\.jsonl is damaged: line 1 is not JSON/,
    ],
    [
      'a line without a field',
      edit('metrics.jsonl', (text) => text.replace('"valNll":94,', '')),
      /metrics\.jsonl, line 2: valNll: expected a number/,
    ],
    ['an epoch twice', edit('metrics.jsonl', (text) => text + text), /line 4: epoch 0 follows epoch 2/],
    [
      'an epoch gone',
      edit('metrics.jsonl', (text) => text.replace(/.*\n/, '')),
      /expected a line an epoch, 3 .* got 2/,
    ],
    [
      'a best epoch that it never had',
      edit('results.json', (text) => text.replace(/"bestEpoch": \d+/, '"bestEpoch": 77')),
      /results\.json is damaged: .* below 3, got 77/,
    ],
    [
      'results of another run',
      edit('results.json', (text) => text.replace('"bestValNll": 91', '"bestValNll": 91.5')),
      /results\.json is damaged: expected a validation NLL of 91 in epoch 2 .* got 91\.5: .* another run/,
    ],
    // Of the same shapes, they would write nonsense.
    ...(['cba ', 'abcd'] as const).map((alphabet): [string, (folder: string) => void, RegExp] => [
      `weights of an alphabet "${alphabet}" of the same size`,
      (folder) => putWeights(folder, { ...config, tokenizer: { alphabet } }, metricsLine(2)),
      /another model than config\.json: expected tokenizer\.alphabet to be "abc ", got/,
    ]),
    // Of the same shapes and alphabet, they would be measured as those of this run.
    ...(
      [
        ['an earlier epoch', metricsLine(1), /expected the weights of epoch 2, .* got those of 1/],
        ['another seed', { epoch: 2, valNll: 91.5 }, /NLL of 91 in epoch 2 as in metrics\.jsonl, got 91\.5/],
      ] as const
    ).map(([what, of, message]): [string, (folder: string) => void, RegExp] => [
      `weights of ${what}`,
      (folder) => putWeights(folder, config, of),
      message,
    ]),
    [
      'a setting changed since the checkpoint',
      edit('config.json', (text) => text.replace('"learningRate": 0.005', '"learningRate": 0.006')),
      /checkpoint\.safetensors is of another run than config\.json: expected training\.learningRate to be 0\.006, got/,
    ],
    [
      'a seed changed since the checkpoint',
      edit('config.json', (text) => text.replace('"seed": 7', '"seed": 3')),
      /expected seed to be 3, got 7/,
    ],
    ['samples that are not UTF-8', edit('samples/epoch-0001.txt', () => 'caf\xe9'), /0001\.txt .* not UTF-8/],
    ['results cut in half', edit('results.json', (text) => text.slice(0, 9)), /results\.json is damaged/],
    ['results of nothing', edit('results.json', () => '{"schemaVersion":2}'), /results\.json: bestEpoch: /],
    ['no weights', remove('model.safetensors'), /model\.safetensors is missing/],
    ['weights cut in half', edit('model.safetensors', (text) => text.slice(0, -1)), /model\.safetensors: not a valid/],
    [
      'weights of no epoch',
      (folder) => writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors(tensorsOf(1), { epoch: 'last' })),
      /its metadata give "last" as its epoch/,
    ],
    ['a checkpoint cut in half', edit('checkpoint.safetensors', (text) => text.slice(0, 20)), /checkpoint\.safe/],
    [
      'a checkpoint without its numbers',
      (folder) => writeFileSync(join(folder, 'checkpoint.safetensors'), encodeSafetensors(tensorsOf(1))),
      /metadata have no "checkpoint"/,
    ],
    ['no samples', remove('samples'), /epoch-0001\.txt is missing/],
  ];

  it('gives weights that another program wrote, which do not say their epoch', () => {
    const folder = trained(3);
    writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors(tensorsOf(1), { format: 'pt' }));
    expect(readRun(folder).loadWeights()).toEqual({ tensors: tensorsOf(1), epoch: undefined });
  });

  it.each(cases)('with %s is refused, and the message names the file', (_what, damage, message) => {
    const folder = trained(3);
    RunWriter.resume(folder).writer.writeResults({ ...results, bestEpoch: 2, bestValNll: 91, epochsRun: 3 });
    const readAll = (): unknown => {
      const run = readRun(folder);
      return [run.loadWeights(), run.loadCheckpoint(), run.readSamples(1)];
    };
    readAll();
    damage(folder);
    const error = errorOf(readAll);
    expect(error.code).toBe('BAD_RUN');
    expect(error.message).toMatch(message);
    expect(error.fix).not.toBe('');
  });

  it('is not resumed from the checkpoint of another run', () => {
    const folder = trained(3);
    const other = RunWriter.create(join(newFolder(), 'run'), config);
    for (let epoch = 0; epoch < 3; epoch++) other.appendEpoch(metricsLine(epoch));
    other.writeCheckpoint({ ...checkpointMeta(2), bestValNll: 98 }, tensorsOf(1));
    copyFileSync(join(other.folder, 'checkpoint.safetensors'), join(folder, 'checkpoint.safetensors'));
    expect(errorOf(() => RunWriter.resume(folder)).message).toMatch(/checkpoint.* NLL of 99 in epoch 0 .* got 98/);
    expect(readRun(folder).metrics).toHaveLength(3);
  });

  it('says so when the folder is a file', () => {
    const folder = trained(1);
    const error = errorOf(() => readRun(join(folder, 'config.json')));
    expect([error.code, error.message]).toEqual(['BAD_RUN', expect.stringMatching(/found a file/)]);
  });

  it('says so when the system does not tell whether it is one', () => {
    const folder = trained(1);
    rmSync(join(folder, 'config.json'));
    symlinkSync('config.json', join(folder, 'config.json'));
    const error = errorOf(() => readRun(folder));
    expect([error.code, error.message]).toEqual(['IO', expect.stringMatching(/^cannot read .*config\.json: a link/)]);
  });

  it.skipIf(process.getuid?.() === 0)('says so when the folder may not be read (skipped for root)', () => {
    const folder = trained(1);
    chmodSync(folder, 0o600);
    const error = errorOf(() => readRun(folder));
    chmodSync(folder, 0o700);
    expect([error.code, error.message]).toEqual(['IO', expect.stringMatching(/: permission denied$/)]);
  });

  it('says so when a folder lies where a file should', () => {
    const folder = trained(1);
    rmSync(join(folder, 'metrics.jsonl'));
    mkdirSync(join(folder, 'metrics.jsonl'));
    expect(errorOf(() => readRun(folder)).code).toBe('IO');
  });

  it('says so when a file lies where a folder should', () => {
    const folder = trained(1);
    rmSync(join(folder, 'samples'), { recursive: true });
    writeFileSync(join(folder, 'samples'), '');
    expect(errorOf(() => readRun(folder)).message).toMatch(/cannot list .*samples: a part of the path is a file/);
  });
});

it('a byte order mark, as editors on Windows write it, does no harm', () => {
  const folder = trained(1);
  const path = join(folder, 'config.json');
  writeFileSync(path, `\uFEFF${readFileSync(path, 'utf8')}`);
  expect(readRun(folder).config).toEqual(config);
});

it('unknown fields of config.json are ignored', () => {
  const folder = trained(1);
  const path = join(folder, 'config.json');
  const raw = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...raw, mood: 'good' }));
  expect(readRun(folder).config).toEqual(config);
});

it('a folder of an earlier version says what it is, what this Letterpress reads, and what to do', () => {
  const old = { schemaVersion: 1, letterpress: '0.0.9' };
  const error = errorOf(() => parseFile(z.object({}), old, 'study.json'));
  expect(error.code).toBe('BAD_RUN');
  expect(error.message).toBe('study.json: expected schema version 2, found 1 (made by Letterpress 0.0.9)');
  expect(error.fix).toMatch(/earlier version/);
});
