/** What commands do about places for their files that are in the way, full or odd. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { letterpress } from './capture.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';
import { fileFolder, temporaryFolders } from '../support/temporary-folders.js';

const place = new Workplace('run');
const SMALL = ['--limit', '12', '--epochs', '1'];
const SETTINGS = ['model.dModel=16', 'model.layers=1', 'model.heads=2'].flatMap((each) => ['--set', each]);

const COMMANDS: Readonly<Record<string, () => readonly string[]>> = {
  train: () => ['train', ...SHAPE, ...SMALL],
  study: () => ['study', '--sizes', '16x1x2', '--recipe', 'modern', ...SMALL],
  tune: () => ['tune', ...SETTINGS, ...SMALL, '--min-epochs', '1', '--trials', '2'],
  distill: () => ['distill', place.run, '-n', '5'],
  mix: () => ['mix', place.run, '--order', '2'],
  import: () => {
    const weights = place.file('weights.safetensors', readFileSync(join(place.run, 'model.safetensors')));
    return ['import', weights];
  },
  report: () => ['report', place.run],
  'export --to onnx': () => ['export', place.run, '--to', 'onnx'],
  'export --to html': () => ['export', place.run, '--to', 'html'],
  'export --to pytorch': () => ['export', place.run, '--to', 'pytorch'],
  'export --to transformers': () => ['export', place.run, '--to', 'transformers'],
};

const newFolder = temporaryFolders();
const names = (folder: string) => readdirSync(folder, { recursive: true }).sort();

describe.each(Object.entries(COMMANDS))('%s', (_, argv) => {
  it('names what is wrong with a place that it cannot write, and leaves it as it is', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), 'precious');
    symlinkSync('nowhere', join(folder, 'dead link'));
    symlinkSync('loop', join(folder, 'loop'));
    const before = names(folder);
    for (const [name, said] of [
      ['file', /found a file|exists already/],
      ['file/', /part of the path is a file|found a file|exists already/],
      ['file/below', /part of the path is a file/],
      ['dead link', /leads nowhere|exists already/],
      ['dead link/below', /something else of that name is there/],
      ['loop', /leads nowhere|exists already/],
      ['x'.repeat(300), /too long/],
    ] as const)
      expect(await bad(...argv(), '--out', `${folder}/${name}`), name).toMatch(said);
    expect(await bad(...argv(), '--out', '')).toMatch(/Expected a path/);
    expect(names(folder)).toEqual(before);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('precious');
  });
});

const disk = fileFolder();
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'letterpress', disk], { encoding: 'utf8' });
const canMount = mounted.status === 0;
const why = canMount ? '' : ` (skipped: ${mounted.error?.message ?? mounted.stderr.trim()})`;

afterAll(() => {
  if (canMount) spawnSync('umount', [disk]);
});

it('a ~ that no shell has replaced is refused, and a folder of that name may be meant', async () => {
  for (const out of ['~', '~/run'])
    expect(await bad('train', ...SHAPE, ...SMALL, '--out', out)).toMatch(/'--out <folder>'.*write the home folder out/);
  await good('distill', place.run, '-n', '5', '--out', join(newFolder(), '~'));
});

describe.skipIf(!canMount)(`a disk of 8 kB${why}`, () => {
  /** The others leave what is resumed, or replaced, once there is space. */
  const LEAVES = ['train', 'study', 'tune', 'report'];

  it.each(Object.entries(COMMANDS))('that is full is named by %s', async (name, argv) => {
    const out = join(disk, 'out');
    const { code, stderr } = await letterpress([...argv(), '--out', out]);
    const left = readdirSync(disk);
    rmSync(out, { recursive: true, force: true });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/the disk is full[^]*Free some space.*--out/)]);
    if (!LEAVES.includes(name)) expect(left).toEqual([]);
  });
});

it('an export may be in a folder that a link leads to, and is done again where one was cut off', async () => {
  const target = place.at('target');
  mkdirSync(target);
  symlinkSync(target, place.at('link'));
  const argv = ['export', place.run, '--to', 'pytorch', '--out', place.at('link')];
  await good(...argv);
  await good(...argv, '--force');
  expect(names(target)).toEqual(['model.safetensors', 'modeling.py']);
  // As a process leaves it that is killed in the middle.
  mkdirSync(join(target, '.unfinished-export'));
  rmSync(join(target, 'modeling.py'));
  await good(...argv);
  expect(names(target)).toEqual(['model.safetensors', 'modeling.py']);
});
