/** `letterpress export` and `letterpress import`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/runs/safetensors.js';
import { letterpress } from './capture.js';
import { bad, good, Workplace } from './workplace.js';

const place = new Workplace('run');

describe('letterpress export', () => {
  it('prints what it wrote, also for a program', async () => {
    expect(await good('export', place.run, '--to', 'onnx', '--out', place.at('a/model.onnx'))).toBe(
      `${place.at('a/model.onnx')}\n`,
    );
    const printed = await good('export', place.run, '--to', 'pytorch', '--out', place.at('pytorch'));
    expect(printed).toBe(`${place.at('pytorch')}\n  model.safetensors\n  modeling.py\n`);
    const path = place.at('for-a-program');
    const json = await good('export', place.run, '--to', 'transformers', '--out', path, '--json');
    expect(JSON.parse(json)).toEqual({ run: place.run, to: 'transformers', path });
    expect(existsSync(join(path, 'onnx', 'model.onnx'))).toBe(true);
  });

  it('writes a page with float16 weights, and says what they cost; float32 only changes a page', async () => {
    const out = place.at('page.html');
    const json = await good('export', place.run, '--to', 'html', '--out', out, '--json');
    expect((JSON.parse(json) as { nllCost: number }).nllCost).toBeCloseTo(0, 1);
    const page = readFileSync(out, 'utf8');
    const { stderr } = await letterpress(['export', place.run, '--to', 'html', '--out', out, '--force']);
    expect(stderr).toMatch(/ by (?:less than 0\.0001|[-+]0\.(?!0000)\d{4}) nats per text\.\n$/);
    await good('export', place.run, '--to', 'html', '--precision', 'f32', '--out', out, '--force');
    expect(readFileSync(out, 'utf8').length).toBeGreaterThan(page.length);
    expect(await bad('export', place.run, '--to', 'onnx', '--precision', 'f32')).toMatch(/--to html/);
  });

  it('names the flags that help where something is in the way', async () => {
    await good('export', place.run, '--to', 'onnx', '--out', place.at('twice.onnx'));
    expect(await bad('export', place.run, '--to', 'onnx', '--out', place.at('twice.onnx'))).toMatch(/--out.*--force/);
  });

  it('replaces what it wrote, with --force, and nothing else', async () => {
    for (const to of ['onnx', 'html']) {
      const notes = place.file(`notes-${to}.txt`, 'my only copy\n');
      expect(await bad('export', place.run, '--to', to, '--out', notes, '--force')).toMatch(
        /is not replaced.*\n.*--out/,
      );
      expect(readFileSync(notes, 'utf8')).toBe('my only copy\n');
      const config = join(place.run, 'config.json');
      const before = readFileSync(config, 'utf8');
      expect(await bad('export', place.run, '--to', to, '--out', config, '--force')).toMatch(/is not replaced/);
      expect(readFileSync(config, 'utf8')).toBe(before);
      const out = place.at(`again.${to}`);
      await good('export', place.run, '--to', to, '--out', out);
      await good('export', place.run, '--to', to, '--out', out, '--force');
      expect(await bad('export', place.run, '--to', to === 'onnx' ? 'html' : 'onnx', '--out', out, '--force')).toMatch(
        /is not replaced/,
      );
    }
  });

  it('refuses a mixture, and a folder that is no run', async () => {
    place.file('news/mixture.json', '{}');
    expect(await bad('export', place.news, '--to', 'onnx')).toMatch(/expected a run, got a mixture/);
    expect(await bad('export', place.at('nowhere'), '--to', 'onnx')).toMatch(/no run directory/);
  });
});

describe('letterpress import', () => {
  it('makes a run that samples, scores, evaluates and is exported as the original', async () => {
    await good('export', place.run, '--to', 'pytorch', '--out', place.at('travels'));
    const out = place.at('imported');
    const json = await good('import', place.at('travels/model.safetensors'), '--out', out, '--json');
    expect(JSON.parse(json)).toMatchObject({ run: out, padding: 'first', model: { dModel: 16, heads: 2, layers: 1 } });
    const texts = place.file('texts.txt', 'mayor opens bridge\ncourt rules\nbank closes branch\n');
    for (const args of [
      ['sample', '-n', '3', '--seed', '5'],
      ['score', '--file', texts],
      ['evaluate', '--data', texts],
    ] as const) {
      const [command, ...options] = args;
      expect(await good(command, out, ...options)).toBe(await good(command, place.run, ...options));
    }
    await good('export', out, '--to', 'pytorch', '--out', place.at('again'));
    const [first, again] = ['travels', 'again'].map((folder) => readFileSync(place.at(`${folder}/model.safetensors`)));
    expect(again).toEqual(first);
  });

  it('says which options are missing, and what an imported run cannot do', async () => {
    const weights = place.at('bare.safetensors');
    const { tensors } = decodeSafetensors(readFileSync(join(place.run, 'model.safetensors')));
    writeFileSync(weights, encodeSafetensors(tensors)); // as other tools save: it does not say what it needs
    expect(await bad('import', weights, '--out', place.at('open'))).toMatch(/contextLength.*\n.*--context-length/);
    const out = place.at('told');
    await good('import', weights, '--context-length', '150', '--clean', 'none', '--out', out);
    expect(await good('sample', out)).toBe(await good('sample', place.run));
    expect(await bad('train', '--resume', out)).toMatch(/imported: there is nothing to resume/);
    expect(await bad('evaluate', out)).toMatch(/imported without its texts.*\n.*--data/);
    expect(await bad('analyse', out, '--data', weights)).toMatch(/was imported: it has no training to analyse/);
    expect(await bad('novelty', out)).toMatch(/has no samples: it was imported/);
    expect(await bad('report', out, '--out', place.at('untold'))).toMatch(/got only imported ones: told\n/);
  });

  it('is compared as a model of which no training is known, and leaves the comparison to the others', async () => {
    const weights = place.at('known.safetensors');
    writeFileSync(weights, readFileSync(join(place.run, 'model.safetensors')));
    const out = place.at('a-known'); // the first by name, and as large as the run
    await good('import', weights, '--out', out);
    interface Compared {
      readonly groups: readonly { readonly name: string; readonly comparable: boolean }[];
      readonly notes: readonly { readonly kind: string; readonly runs: readonly string[]; readonly sentence: string }[];
    }
    const { groups, notes } = JSON.parse(await good('compare', out, place.run, '--json')) as Compared;
    expect(groups.map(({ name, comparable }) => [name, comparable])).toEqual([
      ['a-known', false],
      [basename(place.run), true],
    ]);
    expect(notes.filter(({ runs }) => runs.includes('a-known'))).toMatchObject([{ kind: 'no-epochs' }]);
    const text = await good('compare', out, place.run);
    expect(text).toMatch(/a-known: imported without its training/);
    expect(text).not.toMatch(/a-known[^\n]*(?:no epoch has ended|measured on other texts)|No epoch has ended/);
    const { markdown } = JSON.parse(await good('report', out, place.run, '--out', place.at('both'), '--json')) as {
      markdown: string;
    };
    expect(readFileSync(markdown, 'utf8')).toMatch(/^# .*\n\n1 training on “gazette”, 64 texts\n/);
  });
});
