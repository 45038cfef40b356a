import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LetterpressError } from '../../src/errors.js';
import { importModel } from '../../src/model/import-weights.js';
import { parseModelConfig } from '../../src/nn/config.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { encodeSafetensors } from '../../src/runs/safetensors.js';
import { describeWeights } from '../../src/runs/weights-metadata.js';
import { namedTensors } from '../../src/train/checkpoint.js';
import { TrainingRun } from '../../src/train/training-run.js';
import { contents, errorOf } from '../runs/fixtures.js';
import { backend, tinyConfig, tinyPlan, tinyTexts } from './tiny.js';
import { fileFolder, temporaryFolders } from '../support/temporary-folders.js';

const newFolder = temporaryFolders();
const disk = fileFolder();
const mount = (...options: string[]) => spawnSync('mount', [...options, 'letterpress', disk], { encoding: 'utf8' });
const mounted = mount('-t', 'tmpfs', '-o', 'size=2m');
const canMount = mounted.status === 0;
const why = canMount ? '' : ` (skipped: ${mounted.error?.message ?? mounted.stderr.trim()})`;

afterAll(() => {
  if (canMount) spawnSync('umount', [disk]);
});

const create = (path: string) => TrainingRun.create(path, tinyConfig(tinyPlan()), tinyTexts, backend);

/** Trains, and does something after the first epoch. */
async function disturbed(run: TrainingRun, disturb: () => void): Promise<LetterpressError> {
  try {
    for await (const event of run.events()) if (event.kind === 'epoch' && event.report.epoch === 0) disturb();
  } catch (error) {
    return error as LetterpressError;
  }
  throw new Error('expected an error');
}

/** What an epoch left loads, nothing half is there, and the rest can be trained. */
async function expectResumable(path: string, free: () => void): Promise<void> {
  const run = readRun(path);
  expect(run.loadCheckpoint()?.meta.epoch).toBe(0);
  expect(run.loadWeights().epoch).toBe(0);
  expect(Object.keys(contents(path)).filter((file) => file.endsWith('.letterpress-tmp'))).toEqual([]);
  free();
  const kinds: string[] = [];
  for await (const event of TrainingRun.resume(path, tinyTexts, backend).events()) kinds.push(event.kind);
  expect(kinds).toContain('finished');
  expect(readRun(path).metrics).toHaveLength(3);
}

/** Fills the disk to its last byte. */
function fill(path: string): void {
  for (let bytes = 2 ** 20, n = 0; bytes >= 1; n++) {
    try {
      writeFileSync(join(path, `filler-${n}`), new Uint8Array(bytes));
    } catch {
      bytes >>= 1;
    }
  }
}

describe.skipIf(!canMount)(`a disk of 2 MB${why}`, () => {
  it('that is full ends a training with what to do, and without losing an epoch', async () => {
    const [path, filler] = [join(disk, 'run'), join(disk, 'filler')];
    mkdirSync(filler);
    const error = await disturbed(create(path), () => fill(filler));
    expect(error).toMatchObject({ code: 'IO', exitCode: 2 });
    expect(error.message).toMatch(/^cannot (write|append to) .*: the disk is full$/);
    expect(error.fix).toContain('Free some space');
    await expectResumable(path, () => rmSync(filler, { recursive: true }));
  });

  it('that is full when a run is replaced leaves that run as it was', () => {
    const path = join(disk, 'replaced');
    create(path);
    const before = contents(path);
    const model = parseModelConfig({ ...tinyPlan().model, dModel: 128 });
    const { parameters } = new DecoderTransformer(model);
    const about = { model, tokenizer: tinyTexts.tokenizer.toJSON(), padding: 'first', cleaning: 'none' } as const;
    const large = join(newFolder(), 'large.safetensors');
    writeFileSync(large, encodeSafetensors(namedTensors(parameters), describeWeights(about)));
    const room = join(disk, 'room');
    writeFileSync(room, new Uint8Array(2 ** 16)); // for all but the weights
    fill(disk);
    rmSync(room);
    const error = errorOf(() => importModel(large, { out: path, force: true }));
    expect(error.message).toContain('model.safetensors: the disk is full');
    expect(contents(path)).toEqual(before);
    for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  });

  it('that is full when a training begins is named, and no folder stays', () => {
    const filler = join(disk, 'filler');
    mkdirSync(filler);
    fill(filler);
    const error = errorOf(() => create(join(disk, 'late')));
    expect(error).toMatchObject({ code: 'IO' });
    expect(error.message).toContain('the disk is full');
    rmSync(filler, { recursive: true });
    expect(readdirSync(disk)).not.toContain('late');
  });

  it('that is read-only is named by trainings that begin or resume', () => {
    const path = join(disk, 'read-only');
    create(path);
    expect(mount('-o', 'remount,ro').status).toBe(0);
    const resume = () => TrainingRun.resume(path, tinyTexts, backend);
    for (const begin of [resume, () => create(join(disk, 'other'))]) {
      const error = errorOf(begin);
      expect(error).toMatchObject({ code: 'IO', exitCode: 2 });
      expect(error.message).toContain('the file system is read-only');
    }
    mount('-o', 'remount,rw');
    resume();
  });
});

it.skipIf(process.getuid?.() === 0)('refuses a folder that may not be written (skipped for root)', () => {
  const closed = newFolder();
  chmodSync(closed, 0o555);
  expect(errorOf(() => create(closed))).toMatchObject({ code: 'IO' });
  chmodSync(closed, 0o755);
});

it('writes metrics again that were removed while it trained', async () => {
  const path = newFolder();
  for await (const event of create(path).events())
    if (event.kind === 'epoch' && event.report.epoch < 2) rmSync(join(path, RUN_FILES.metrics));
  expect(readRun(path).metrics.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
});
