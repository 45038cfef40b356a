import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadMixture, loadTextModel } from '../../src/ensemble/load-mixture.js';
import { readMixtureFile } from '../../src/ensemble/mixture-folder.js';
import { MIXTURE_FILES } from '../../src/ensemble/mixture-schema.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { chooseBackend } from '../../src/backend/registry.js';
import { errorOf } from '../support/error-of.js';
import { letterpress } from './capture.js';
import { bad, expectToFit, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace('run');
const json = async (...argv: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await good(...argv, '--json')) as Record<string, unknown>;
const seed = (n: number): string => place.at(`seed-${n}`);
const mixture = (): string => place.at('mixed');
let printed = '';

beforeAll(async () => {
  for (const n of [0, 1]) {
    const options = [...place.texts, '--epochs', '2', '--seed', String(n)];
    await good('train', ...SHAPE, ...options, '--out', seed(n));
  }
  printed = await good('mix', seed(0), seed(1), '--order', '4', '--out', mixture());
});

describe('mix', () => {
  it('prints the figures of the members and the mixture, and what comes next', () => {
    expectToFit(printed);
    const { runs, ngram, mixing, validation, test } = readMixtureFile(mixture());
    const row = (name: string, ...nlls: number[]) =>
      expect(printed).toMatch(new RegExp(`^${name} +${nlls.map((nll) => nll.toFixed(2)).join(' +')}`, 'm'));
    row('Kneser–Ney, order 4', ngram!.valNll, ngram!.testNll!);
    row('equal weights', validation.equalWeightsNll, test!.equalWeightsNll);
    row(`mixture, ${mixing.kind}`, validation.nll, validation.crossValidatedNll, test!.nll);
    for (const { valNll, testNll } of runs)
      expect(printed).toMatch(new RegExp(`${valNll.toFixed(2)} +${testNll!.toFixed(2)} +-?\\d`));
    expect(printed).toContain(test!.readAt);
    expect(printed).toContain(`Next: letterpress sample ${mixture()} -n 20\n`);
  });

  it('writes the members, the weights and the figures', async () => {
    const file = readMixtureFile(mixture());
    expect(file.runs.map(({ path }) => path)).toEqual(['../seed-0', '../seed-1']);
    expect(file.ngram).toMatchObject({ order: 4, texts: 60 });
    expect(file.mixing.buckets).toHaveLength(16);
    expect(file.validation.tried.map((each) => each.crossValidatedNll)).toContain(file.validation.crossValidatedNll);
    const test = (await json('evaluate', mixture())) as { nll: number; top1: number; texts: number };
    expect(test).toMatchObject({ split: 'test', texts: 12 });
    expect(test.nll).toBeCloseTo(file.test!.nll, 9);
    expect(test.top1).toBeCloseTo(file.test!.top1, 12);
    const val = (await json('evaluate', mixture(), '--split', 'val')) as { nll: number };
    expect(val.nll).toBeCloseTo(file.validation.nll, 3); // learned from float32
    // A member's figure leaves out what it wastes on cls, and no more.
    const alone = (await json('evaluate', seed(0))) as { nll: number };
    expect(file.runs[0]!.testNll).toBeLessThan(alone.nll);
    expect(file.runs[0]!.testNll).toBeGreaterThan(0.95 * alone.nll);
  });

  it('is compared with runs, or by itself', async () => {
    const { validation, test } = readMixtureFile(mixture());
    const figures = [validation.nll, validation.crossValidatedNll, test!.nll].map((nll) => nll.toFixed(2));
    const row = new RegExp(`^mixed +seed-0.* ${figures.join(' +')} +${test!.top1.toFixed(4)}$`, 'm');
    const both = await good('compare', seed(0), mixture());
    expect(both).toMatch(row);
    expect(both).toMatch(/^run +/m);
    expectToFit(both);
    expect(await good('compare', mixture())).toMatch(row);
    const document = await json('compare', seed(0), mixture());
    expect(document).toMatchObject({
      runs: [{ name: 'seed-0' }],
      mixtures: [{ name: 'mixed', runs: ['../seed-0', '../seed-1'], ngram: 4, testNll: test!.nll }],
      notes: [],
    });
    // A folder stands for the mixtures in it, as it does for the runs.
    const folder = place.at('both');
    mkdirSync(folder);
    for (const path of [seed(0), mixture()])
      cpSync(path, join(folder, path.split(/[\\/]/).at(-1)!), { recursive: true });
    expect(await good('compare', folder)).toMatch(row);
  });

  it('says when it was measured on other texts', async () => {
    const other = place.at('other');
    await good('train', ...SHAPE, ...place.texts, '--limit', '20', '--epochs', '1', '--out', other);
    const notes = [{ kind: 'other-texts', sentence: expect.stringMatching(/^mixed /) as string }];
    expect(await json('compare', other, mixture())).toMatchObject({ notes });
  });

  it('is scored and sampled as a run is', async () => {
    const file = join(place.news, 'test.txt');
    const scored = (await json('score', mixture(), '--file', file)) as { nll: number };
    expect(scored.nll).toBeCloseTo(readMixtureFile(mixture()).test!.nll, 9);
    const argv = ['sample', mixture(), '-n', '3', '--seed', '4', '--prompt', 'rain '];
    const texts = await good(...argv);
    expect(texts).toMatch(/^(rain .*\n){3}$/);
    expect((await letterpress(argv, { isTTY: true })).stdout).toBe(texts);
    expect(await good(...argv, '--temperature', '0.01', '--top-k', '1')).not.toBe(texts);
  });

  it('can be moved with its runs, and needs neither the texts nor the place where it was made', async () => {
    const moved = place.at('elsewhere');
    mkdirSync(moved);
    for (const name of ['seed-0', 'seed-1', 'mixed']) cpSync(place.at(name), join(moved, name), { recursive: true });
    renameSync(place.news, `${place.news}-away`);
    try {
      const file = place.file('some.txt', 'rain hits coast\nstorm\n'.repeat(5));
      expect(await good('score', join(moved, 'mixed'), '--file', file)).toBe(
        await good('score', mixture(), '--file', file),
      );
      // The texts are there to be named.
      const again = ['mix', seed(0), '--order', '2', '--out', place.at('again'), '--data'];
      expect(await bad(...again, place.at('nowhere'))).toContain('nowhere');
      expect(await good(...again, `${place.news}-away`)).toContain('Kneser–Ney, order 2');
      expect(await bad(...again, file, '--force')).toContain('(--data)');
    } finally {
      renameSync(`${place.news}-away`, place.news);
    }
  });

  it('mixes without an n-gram model, into a folder beside the first run by default', async () => {
    const found = await json('mix', seed(0), seed(1), '--no-ngram', '--mixing', 'linear');
    expect(found).toMatchObject({
      folder: `${seed(0)}-mixture`,
      mixing: { kind: 'linear', strength: 'Infinity' },
    });
    expect(found).not.toHaveProperty('ngram');
    const { buckets } = (found as { mixing: { buckets: { weights: number[] }[] } }).mixing;
    expect(buckets).toHaveLength(1);
    expect(buckets[0]!.weights[0]! + buckets[0]!.weights[1]!).toBeCloseTo(1, 9);
    expect(existsSync(join(`${seed(0)}-mixture`, MIXTURE_FILES.texts))).toBe(false);
    expect(await good('sample', `${seed(0)}-mixture`, '-n', '1')).toMatch(/\n$/);
    expect(await json('mix', seed(0), '--mixing', 'geometric')).toMatchObject({
      folder: `${seed(0)}-mixture-2`,
      mixing: { kind: 'geometric' },
      ngram: { order: expect.any(Number) as number },
    });
  });

  it('never overwrites a mixture without --force, nor anything else with it', async () => {
    const mix = ['mix', seed(0), '--order', '2', '--out'];
    const path = place.at('replaced');
    await good(...mix, path);
    expect(await bad(...mix, path)).toContain('--force');
    await good(...mix, path, '--mixing', 'linear', '--force');
    expect(readMixtureFile(path).mixing.kind).toBe('linear');
    await good('mix', seed(0), seed(1), '--no-ngram', '--out', path, '--force');
    expect(existsSync(join(path, MIXTURE_FILES.texts))).toBe(false);
    const cutOff = place.at('cut-off');
    mkdirSync(cutOff);
    writeFileSync(join(cutOff, MIXTURE_FILES.texts), '');
    await good(...mix, cutOff);
    expect(await bad(...mix, seed(1), '--force')).toContain(seed(1));
    expect(await bad(...mix, place.file('file', ''), '--force')).toContain(place.at('file'));
  });

  it('refuses what cannot be mixed', async () => {
    expect(await bad('mix', seed(0), place.run)).toMatch(/64 \/ 1084 \/ 1084 of gazette/);
    expect(await bad('mix', seed(0), seed(0))).toContain(seed(0));
    expect(await bad('mix', seed(0), '--no-ngram')).toContain('got 1');
    expect(await bad('mix', seed(0), mixture())).toContain(mixture());
    expect(await bad('mix', place.at('missing'))).toContain(place.at('missing'));
    expect(await bad('mix', seed(0), seed(1), '--no-ngram', '--order', '3')).toContain('--no-ngram');
    expect(await bad('mix', seed(0), '--order', 'bets')).toContain('--order');
    expect(await bad('mix', seed(0), '--mixing', 'linaer')).toContain("Did you mean 'linear'?");
    expect(await bad('mix', seed(0), '--column', 'title')).toContain('Add --data');
  });
});

describe('a damaged mixture', () => {
  const { backend } = chooseBackend();
  const broken = (name: string, damage: (folder: string) => void) => {
    const folder = place.at(name);
    cpSync(mixture(), folder, { recursive: true });
    damage(folder);
    return errorOf(() => loadMixture(folder, backend));
  };
  const change = (folder: string, from: string | RegExp, to: string) => {
    const path = join(folder, MIXTURE_FILES.mixture);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  };

  it('is refused, with what is wrong', () => {
    const texts = (folder: string) => join(folder, MIXTURE_FILES.texts);
    for (const [name, damage, message] of [
      ['m0', (folder) => rmSync(texts(folder)), 'cannot read'],
      ['m1', (folder) => writeFileSync(texts(folder), '"storm"\n'), 'its texts are not those'],
      ['m2', (folder) => writeFileSync(texts(folder), 'storm\n'), 'a JSON string a line'],
      ['m3', (folder) => change(folder, /"weights": "\w/, '"weights": "x'), 'have changed since'],
      ['m4', (folder) => change(folder, '"kind"', '"knid"'), 'mixing.kind'],
      ['m5', (folder) => change(folder, '../seed-0', '../seed-9'), 'no run directory'],
      ['m6', (folder) => change(folder, '"order": 4', '"order": 3'), 'expected 12 sets of 3 weights'],
      ['m7', (folder) => rmSync(join(folder, MIXTURE_FILES.mixture)), 'no mixture at'],
    ] as const satisfies [string, (folder: string) => void, string][])
      expect(broken(name, damage).message, name).toContain(message);
    for (const [name, damage, message] of [
      ['m8', (folder) => writeFileSync(texts(folder), '\xff', 'latin1'), 'not UTF-8'],
      ['m9', (folder) => change(folder, /\}\s*$/, ''), 'not JSON'],
      ['m10', (folder) => change(folder, /"runs": \[[^]*?\]/, '"runs": []'), 'mixture.json: runs: '],
    ] as const satisfies [string, (folder: string) => void, string][])
      expect(broken(name, damage), name).toMatchObject({
        message: expect.stringContaining(message) as unknown,
        fix: expect.stringContaining('mix again: letterpress mix (force)') as unknown,
      });
  });

  it('is told from a run', () => {
    expect(loadTextModel(seed(0), backend)).toBeInstanceOf(LanguageModel);
    expect(existsSync(join(mixture(), RUN_FILES.config))).toBe(false);
  });
});
