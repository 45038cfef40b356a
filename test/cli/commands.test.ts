import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { toLines } from '../../src/escapes.js';
import { runCli } from '../../src/cli/run.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { TextModel } from '../../src/model/text-model.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { readStudyFile } from '../../src/study/study-file.js';
import { readTuneFile } from '../../src/tune/tune-file.js';
import type { Novelty } from '../../src/texts/novelty.js';
import { nativeInstructionSets } from '../support/backends.js';
import { Capture, interrupted, letterpress } from './capture.js';
import { bad, expectToFit, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace('run');

const json = async (...argv: string[]): Promise<unknown> => JSON.parse(await good(...argv, '--json'));
const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('train', () => {
  it('prints the model, a line an epoch, the results, a dozen samples and where everything is', () => {
    const { code, stdout, stderr } = place.trained;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^gazette {2}64 \/ 1,084 \/ 1,084 texts/);
    expect(stdout).toMatch(/^total +4,397 +4,397$/m);
    expect(stdout).toMatch(/^ {4}1 +\d+\.\d\d +\d+\.\d\d +0\.\d{3} +0\.\d{4} +\S+ +.*best$/m);
    expect(stdout).toMatch(/^test NLL \d+\.\d{3} nats per text .*\naccuracy 0\.\d{3} of .*top-1 0\.\d{4} /m);
    expect(stdout).toContain('nats per text from perfect');
    const samples = /samples at temperature 1:\n([\s\S]*?)\n\n\d/.exec(stdout)?.[1]?.split('\n');
    expect(samples).toEqual(
      readRun(place.run)
        .readSamples('final')
        .slice(0, 12)
        .map((text) => `  ${text}`),
    );
    for (const file of ['', RUN_FILES.nllSvg, RUN_FILES.top1Svg, RUN_FILES.finalSamples, RUN_FILES.results])
      expect(stdout).toContain(join(place.run, file));
  });

  it('writes every file of a run, and they can be read', () => {
    const files = Object.values(RUN_FILES).filter((file) => file !== RUN_FILES.temperatures);
    expect(existsSync(join(place.run, RUN_FILES.temperatures))).toBe(false); // only where it is asked for
    for (const file of [...files, 'samples/epoch-0000.txt'])
      expect(statSync(join(place.run, file)).size, file).toBeGreaterThan(0);
    const { config, metrics, results, summary, sampleEpochs, ...found } = readRun(place.run);
    expect(config.corpus).toMatchObject({
      kind: 'builtin',
      limit: 64,
      sizes: { train: 64, val: 1084, test: 1084 },
    });
    expect(config.model).toMatchObject({ dModel: 16, heads: 2, layers: 1, norm: 'pre' });
    expect(metrics).toHaveLength(1);
    expect(results).toMatchObject({ bestEpoch: 0, epochsRun: 1, parameters: 4397, stoppedBecause: 'epochs' });
    expect(results?.exact?.excess).toBeCloseTo(results!.testNll - results!.exact!.grammarNll, 9);
    expect(sampleEpochs).toEqual([0]);
    expect(found.readSamples(0)).toHaveLength(64);
    expect(found.readSamples('final')).toHaveLength(64);
    expect(found.loadWeights().epoch).toBe(0);
    expect(found.loadCheckpoint()?.meta).toMatchObject({ epoch: 0, step: 1 });
    expect(summary).toMatch(/^total +4,397 +4,397$/m);
    expect(summary).not.toContain('\u001b');
  });

  it('never overwrites a run without --force, and replaces it with', async () => {
    const path = place.at('replaced');
    const train = ['train', ...SHAPE, ...place.texts, '--epochs', '1', '--out', path];
    await good(...train);
    const before = readFileSync(join(path, RUN_FILES.config), 'utf8');
    expect(await bad(...train, '--seed', '5')).toMatch(/\(--out\).*\(--force\).*\(--resume\)/);
    expect(readFileSync(join(path, RUN_FILES.config), 'utf8')).toBe(before);
    await good(...train, '--seed', '5', '--force');
    expect(readRun(path).config.seed).toBe(5);
  });

  it('with --json writes one document a line and nothing else, and still counts what encoding changes', async () => {
    const long = place.at('long.txt');
    writeFileSync(long, `${'Storm '.repeat(30)}\nrain in Málaga\n`.repeat(10));
    const own = ['--data', long, '--clean', 'none', '--epochs', '2', '--out', place.at('long'), '--json'];
    const { code, stdout, stderr } = await letterpress(['train', ...SHAPE, ...own]);
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines.map(({ kind }) => kind)).toEqual(['epoch', 'epoch', 'results']);
    expect(lines[1]).toMatchObject({ epoch: 1, best: expect.any(Boolean) as boolean });
    expect(lines[2]).toMatchObject({ folder: place.at('long'), texts: { train: 16, val: 2, test: 2 } });
    expect(stderr).toMatch(/^train: \d+ texts truncated \(\d+ characters\)$/m);
    expect(stderr).toMatch(/^train: \d+ characters? folded: á→a \d+$/m);
  });

  it('ends with exit code 3 when it diverges, and leaves a run that says so', async () => {
    const options = [...SHAPE, ...place.texts, '--epochs', '1', '--lr', '1e30', '--out', place.at('nan')];
    const { code, stdout, stderr } = await letterpress(['train', ...options, '--json']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: the training diverged in epoch 1: the \w+.* was (NaN|Infinity)$/m);
    expect(stderr).toMatch(/--lr.*--on-divergence lower-lr/);
    expect(stdout).not.toContain('null');
    const [diverged] = jsonLines(stdout).filter(({ kind }) => kind === 'diverged');
    expect(diverged).toMatchObject({ divergence: { epoch: 0 }, report: { valNll: 'NaN' } });
    expect(readRun(place.at('nan')).results).toMatchObject({ testNll: NaN, stoppedBecause: 'diverged', bestEpoch: -1 });
    for (const command of ['sample', 'evaluate', 'mix', 'distill', 'analyse'])
      expect(await bad(command, place.at('nan'))).toContain('diverged');
  });

  it('Ctrl-C leaves a run that --resume finishes as if nothing had happened', async () => {
    const options = ['--epochs', '3', '--dropout', '0.1', '--batch', '16'];
    const train = ['train', ...SHAPE, ...place.texts, ...options];
    await good(...train, '--out', place.at('whole'));

    const cutOff = await interrupted([...train, '--out', place.at('cut')], /^ {4}1 /m); // the line of the first epoch
    expect(cutOff.code).toBe(130);
    expect(cutOff.stderr).toMatch(/\ninterrupted in epoch 2/);
    expect(cutOff.stderr).toContain(`letterpress train --resume ${place.at('cut')}\n`);
    expect(readRun(place.at('cut')).results).toBeUndefined();

    expect(await bad('train', '--resume', place.at('cut'), '--epochs', '9')).toContain('--epochs');
    const resumed = await good('train', '--resume', place.at('cut'));
    expect(resumed).toMatch(/epoch 2, step 4/);
    const [cut, whole] = [readRun(place.at('cut')), readRun(place.at('whole'))];
    const timeless = (metrics: typeof whole.metrics) => metrics.map((line) => ({ ...line, seconds: 0 }));
    expect(timeless(cut.metrics)).toEqual(timeless(whole.metrics));
    expect(cut.readSamples('final')).toEqual(whole.readSamples('final'));
    const weights = (path: string) => readFileSync(join(path, RUN_FILES.weights));
    expect(weights(place.at('cut')).equals(weights(place.at('whole')))).toBe(true);
    expect(await bad('train', '--resume', place.at('cut'))).toContain(place.at('cut'));
    rmSync(join(place.at('cut'), 'model.safetensors'));
    const restored = JSON.parse(await good('train', '--resume', place.at('cut'), '--json')) as object;
    expect(restored).toEqual({ run: place.at('cut'), restored: ['model.safetensors'] });

    writeFileSync(join(place.news, 'val.txt'), 'other\ntexts\n');
    rmSync(join(place.at('cut'), RUN_FILES.results));
    expect(await bad('train', '--resume', place.at('cut'))).toContain('Restore the texts');
    writeFileSync(
      join(place.news, 'val.txt'),
      gazette({ sizes: { train: 0, val: 10, test: 0 } }).splits.val.join('\n'),
    );
  });
});

describe('sample', () => {
  it('writes one text a line, the same for the same seed', async () => {
    const texts = (await good('sample', place.run, '-n', '3', '--seed', '4')).trimEnd().split('\n');
    expect(texts).toHaveLength(3);
    expect((await good('sample', place.run, '-n', '70', '--seed', '4')).split('\n').slice(0, 3)).toEqual(texts);
    expect((await good('sample', place.run)).split('\n')).toHaveLength(11);
  });

  it.each([['a file', false] as const, ['a terminal', true] as const])(
    'writes a text to %s as soon as it and those before it have ended, those that fill the context too',
    async (_, isTTY) => {
      // It leaves room for five characters; two batches of texts are sampled.
      const asked = ['sample', place.run, '-n', '130', '--prompt', 'mayor opens '.repeat(12)];
      const { texts } = JSON.parse(await good(...asked, '--json')) as { texts: string[] };
      expect(texts.filter((text) => text.length === 149).length).toBeGreaterThan(64);
      const stdout = new Capture();
      const sampleSteps = Reflect.get(TextModel.prototype, 'sampleSteps');
      let before = '';
      const watched = vi.spyOn(TextModel.prototype, 'sampleSteps').mockImplementation(function* (
        this: TextModel,
        ...of
      ) {
        const sampled = yield* sampleSteps.apply(this, of);
        before = stdout.text;
        return sampled;
      });
      await runCli(asked, { stdout, stderr: new Capture(), isTTY });
      watched.mockRestore();
      expect(before).toBe(texts.map((text) => `${text}\n`).join(''));
      expect(stdout.text).toBe(before);
    },
  );

  it('is silent about prompts unless one is given, and counts what becomes of its characters', async () => {
    expect((await letterpress(['sample', place.run, '-n', '1'])).stderr).toBe('');
    const { stdout, stderr } = await letterpress(['sample', place.run, '-n', '2', '--prompt', 'Mayor é']);
    expect(stdout).toMatch(/^mayor e.*\nmayor e.*\n$/);
    expect(stderr).toBe('prompt: 1 capital letter lowercased\nprompt: 1 character folded: é→e 1\n');
  });

  it('refuses options that contradict each other, or mean nothing', async () => {
    expect(await bad('sample', place.run, '--clean', 'none')).toMatch(/how to clean --prompt, which was not given/);
    for (const command of [
      ['sample', place.run],
      ['data', 'clean', '-'],
    ])
      expect(await bad(...command, '--json', '-0')).toContain('--null ends each text with NUL, but --json');
  });

  it('cleans the prompt where the texts are cleaned', async () => {
    const sample = (prompt: string) =>
      letterpress(['sample', place.run, '-n', '1', '--clean', 'headlines', '--prompt', prompt]);
    const { stdout, stderr } = await sample('The churches ');
    expect(stdout).toMatch(/^church /);
    expect(stderr).toBe('prompt: cleaned to "church "\n');
    expect((await sample('The')).stderr).toMatch(/cleaning leaves nothing of the prompt "The"[^]*--clean none/);
  });

  it('shows character by character on a terminal what it writes to a file', async () => {
    const argv = ['sample', place.run, '-n', '5', '--prompt', 'rain '];
    expect((await letterpress(argv, { isTTY: true })).stdout).toBe((await letterpress(argv)).stdout);
  });

  it('--json is one document', async () => {
    const found = await json('sample', place.run, '-n', '2', '--temperature', '0.5', '--top-k', '3', '--top-p', '0.9');
    expect(found).toMatchObject({ run: place.run, count: 2, temperature: 0.5, topK: 3, topP: 0.9, seed: 0 });
    expect((found as { texts: string[] }).texts).toHaveLength(2);
  });

  it.each([
    [['--temperature', '0'], "'--temperature <t>'"],
    [['--top-p', '2'], "'--top-p <p>'"],
    [['--prompt', 'a'.repeat(149)], '148'],
    [['-n', '0'], "'-n, --count <n>'"],
  ])('refuses %j', async (options, message) => {
    expect(await bad('sample', place.run, ...options)).toContain(message);
  });
});

describe('analyse', () => {
  it('writes the same files again that training wrote', async () => {
    const files = [RUN_FILES.baselines, RUN_FILES.corpusReport, RUN_FILES.sampleQualities, RUN_FILES.inspection];
    const read = () => files.map((file) => readFileSync(join(place.run, file), 'utf8'));
    const before = read();
    for (const file of files) rmSync(join(place.run, file));
    expect(await good('analyse', place.run)).toBe(files.map((file) => `${join(place.run, file)}\n`).join(''));
    expect(read()).toEqual(before);
    expect(readRun(place.run).readAnalysis().baselines?.baselines.at(-1)?.id).toBe('entropy');
  });

  it('samples at the temperatures that are asked for', async () => {
    const path = place.at('hot');
    cpSync(place.run, path, { recursive: true });
    const { files } = (await json('analyse', path, '--temperatures', '0.5, 1,0.5')) as { files: string[] };
    expect(files).toContain(RUN_FILES.temperatures);
    const { temperatures } = readRun(path).readAnalysis();
    expect(temperatures?.entries.map((entry) => entry.temperature)).toEqual([0.5, 1]);
    // The same texts as the final samples.
    expect(temperatures?.entries[1]?.texts).toEqual(readRun(path).readSamples('final'));
    for (const list of ['0', '-1', 'hot', '', '1,,2', '1e999'])
      expect(await bad('analyse', path, '--temperatures', list)).toContain("'--temperatures <list>'");
  });

  it('refuses an unfinished run', async () => {
    const path = place.at('not-ended');
    cpSync(place.run, path, { recursive: true });
    rmSync(join(path, RUN_FILES.results));
    expect(await bad('analyse', path)).toContain(`letterpress train --resume ${path}`);
  });
});

describe('novelty', () => {
  it('compares the samples with the training texts, which it reads again', async () => {
    const { searched, texts } = (await json('novelty', place.run)) as Novelty;
    expect(searched).toBe(64);
    expect(texts.map(({ text }) => text)).toEqual(readRun(place.run).readSamples('final'));
    expect(texts.every(({ nearest, copiedShare }) => nearest!.edits >= 0 && copiedShare <= 1)).toBe(true);
    expect(await good('novelty', place.run, '--epoch', '1')).toMatch(/64 of 64 training texts\.\n$/);
    expect(await bad('novelty', place.run, '--epoch', '7')).toContain('Choose one of 1 (--epoch)');
  });

  it('fits on a terminal where many samples are copies', async () => {
    const run = place.at('copies');
    cpSync(place.run, run, { recursive: true });
    const samples = readRun(run).readSamples('final').with(0, 'q'.repeat(500));
    const copies = gazette().splits.train.slice(0, 22);
    writeFileSync(join(run, 'samples', 'final.txt'), toLines([...samples.slice(0, 42), ...copies]));
    const { code, stdout } = await letterpress(['novelty', run], { isTTY: true });
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/\d\d\.\d % of the characters .* 22 of 64 texts are training texts\. /);
    expectToFit(stdout);
  });
});

interface Evaluated {
  readonly nll: number;
  readonly top1: number;
  readonly texts: number;
}

describe('evaluate and score', () => {
  it('evaluate gives the figures of results.json and metrics.jsonl', async () => {
    const { results } = readRun(place.run);
    const test = (await json('evaluate', place.run)) as Evaluated;
    expect(test).toMatchObject({ split: 'test', texts: 1084, exact: results?.exact });
    expect(test.nll).toBeCloseTo(results!.testNll, 6);
    expect(test.top1).toBeCloseTo(results!.testTop1, 9);
    const val = (await json('evaluate', place.run, '--split', 'val')) as Evaluated;
    expect(val.nll).toBeCloseTo(results!.bestValNll, 6);
    expect(await good('evaluate', place.run)).toMatch(
      /^1,084 texts \(test of gazette\)\nNLL {7}\d+\.\d{4} nats[^]*\naccuracy {2}0\.\d+/,
    );
  });

  it('evaluate reads other texts with --data', async () => {
    const found = await json('evaluate', place.run, '--data', place.news, '--split', 'train');
    expect(found).toMatchObject({ texts: 60, split: 'train' });
    expect(await bad('evaluate', place.run, '--clean', 'none')).toContain('Add --data');
  });

  it('take tables and standard input, one text too, and do not score what cleaning leaves nothing of', async () => {
    const table = place.file('one.csv', 'id,title\n1,Two churches\n2,The\n');
    const options = [place.run, '--column', 'title', '--clean', 'headlines', '--json'];
    const parse = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as { nll: number; texts: unknown };
    const evaluated = parse(await letterpress(['evaluate', '--data', table, ...options]));
    expect(evaluated).toMatchObject({ split: 'all', texts: 1 });
    const stdin = [readFileSync(table)];
    const scored = parse(await letterpress(['score', '--file', '-', ...options], { stdin }));
    expect(scored.nll).toBe(evaluated.nll);
    expect(scored.texts).toEqual([
      {
        text: 'Two churches',
        scored: 'two church',
        characters: 11,
        nll: evaluated.nll,
        top1: expect.any(Number) as number,
      },
      { text: 'The', scored: '' },
    ]);
  });

  it('refuse texts, and sample prompts, of another script', async () => {
    const path = place.file('dom.txt', 'Дома закрыты\n');
    for (const argv of [
      ['evaluate', place.run, '--data', path],
      ['score', place.run, '--file', path],
      ['sample', place.run, '--prompt', 'Дома'],
    ]) {
      const { code, stderr } = await letterpress(argv);
      expect(code).toBe(2);
      expect(stderr).toMatch(/error: \d+(\.\d)? % of the characters of .* are outside the alphabet/);
    }
  });

  it('score refuses options of a file where it is given texts', async () => {
    for (const option of [
      ['--split', 'train'],
      ['--column', 'title'],
      ['--format', 'csv'],
    ])
      expect(await bad('score', place.run, 'mayor opens', ...option)).toContain(`${option[0]} says how to read --file`);
  });

  it('score gives nats a text, whose mean evaluate gives', async () => {
    const file = join(place.news, 'test.txt');
    const scored = (await json('score', place.run, '--file', file)) as {
      texts: { text: string; nll: number; characters: number }[];
      nll: number;
    };
    expect(scored.texts.map(({ text }) => text)).toEqual(readFileSync(file, 'utf8').split('\n'));
    const evaluated = (await json('evaluate', place.run, '--data', place.news)) as Evaluated;
    expect(scored.nll).toBeCloseTo(evaluated.nll, 9);
    const lines = (await good('score', place.run, '--file', file)).trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    lines.forEach((line, i) => {
      const { nll, text, characters } = scored.texts[i]!;
      const each = nll / characters;
      expect(line.slice(40)).toBe(text);
      const figures = [nll.toFixed(3), String(characters), each.toFixed(3), (each / Math.LN2).toFixed(3)];
      expect(line.slice(0, 38).trim().split(/ +/)).toEqual(figures);
    });
    const [first] = scored.texts;
    expect(await good('score', place.run, first!.text)).toBe(`${lines[0]!}\n`);
    expect(await bad('score', place.run, 'one', '--file', file)).toContain('expected texts or --file, got both');
    expect(await bad('score', place.run)).toContain('expected texts or --file, got neither');
  });
});

describe.runIf(nativeInstructionSets().length > 0)('train --precision bf16', () => {
  it('is recorded, kept by --resume, and finished runs are measured in f32', async () => {
    const path = place.at('bf16');
    const train = ['train', ...SHAPE, ...place.texts, '--epochs', '2', '--batch', '16'];
    const printed = await good(...train, '--precision', 'bf16', '--out', path);
    expect(printed.replaceAll(/\s+/g, ' ')).toMatch(/native backend \(.+, bf16\)/);
    expect(readRun(path).config.backend.precision).toBe('bf16');
    expect(readRun(place.run).config.backend.precision).toBe('f32');
    const inTraining = readRun(path).results!.testNll;
    const { stdout, stderr } = await letterpress(['evaluate', path, '--split', 'test', '--json']);
    expect(stderr).toContain("note: computed in f32; the run's own figures, in bf16, differ a little\n");
    const measured = JSON.parse(stdout) as { nll: number; precision: string };
    expect(measured.precision).toBe('f32');
    expect(measured.nll).not.toBe(inTraining);
    expect(Math.abs(measured.nll / inTraining - 1)).toBeLessThan(0.005);

    rmSync(join(path, RUN_FILES.results)); // as if it had been cut off after its last epoch
    expect(await bad('train', '--resume', path, '--precision', 'f32')).toContain('--precision');
    await good('train', '--resume', path);
    expect(readRun(path).results!.testNll).toBe(inTraining);
  });

  it('is by default what LETTERPRESS_PRECISION says, of train, study and tune', async () => {
    vi.stubEnv('LETTERPRESS_PRECISION', 'bf16');
    const small = [...place.texts, '--epochs', '1'];
    const [run, study, search] = ['auto', 'study-auto', 'search-auto'].map((name) => place.at(name));
    await good('train', ...SHAPE, ...small, '--out', run!);
    await good('study', ...small, '--sizes', '8x1x1', '--few', '16', '--no-padding-check', '--out', study!);
    const set = ['dModel=8', 'heads=2', 'layers=1'].flatMap((value) => ['--set', `model.${value}`]);
    await good('tune', ...set, ...small, '--trials', '2', '--vary', 'training.batch=16,32', '--out', search!);
    expect(readRun(run!).config.backend.precision).toBe('bf16');
    expect(readStudyFile(study!).options.precision).toBe('bf16');
    expect(readTuneFile(search!).backend.precision).toBe('bf16');
    vi.stubEnv('LETTERPRESS_PRECISION', 'f32');
    await good('study', '--resume', study!); // as it began
    vi.stubEnv('LETTERPRESS_PRECISION', 'f23');
    expect(await bad('train', ...SHAPE, ...small)).toContain('LETTERPRESS_PRECISION');
  });

  it('refuses the portable backend, and unknown precisions', async () => {
    expect(await bad('train', '--precision', 'bf16', '--backend', 'portable')).toMatch(/native.*bf16/);
    expect(await bad('train', '--precision', 'bf61')).toContain("Did you mean 'bf16'?");
  });
});

describe('tables in 80 columns', () => {
  it.each([
    ['recipes'],
    ['recipes', 'notebook'],
    ['recipes', 'modern'],
    ['summary', '--preset', '10m'],
    ['summary', '--d-model', '1024', '--layers', '12'],
    ['doctor'],
  ])('%s %s %s %s %s fit', async (...argv) => {
    expectToFit(await good(...argv));
  });
});

describe('summary and doctor', () => {
  it.each([
    ['87k', 87_289],
    ['557k', 556_919],
    ['5m', 5_097_821],
    ['10m', 10_122_749],
  ])('summary --preset %s has %i parameters', async (preset, parameters) => {
    expect(await json('summary', '--preset', preset)).toMatchObject({ parameters, trainable: parameters });
    expect(await good('summary', '--preset', preset)).toContain(parameters.toLocaleString('en-US'));
  });

  it('summary of a run is what it was trained with', async () => {
    expect(await good('summary', place.run)).toBe(readRun(place.run).summary);
    expect(await json('summary', place.run)).toMatchObject({ parameters: 4397, config: { dModel: 16 } });
    expect(await bad('summary', place.run, '--d-model', '8')).toContain('--d-model');
  });

  it('doctor says what runs here, and why', async () => {
    const report = await json('doctor', '--backend', 'portable');
    expect(report).toMatchObject({
      node: process.version,
      backend: 'portable',
      instructionSet: 'javascript',
      threads: 1,
    });
    expect(await good('doctor')).toMatch(/^backend +(native|wasm) \(.+\)$/m);
  });
});
