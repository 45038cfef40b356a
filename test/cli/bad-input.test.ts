import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUN_FILES } from '../../src/runs/layout.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/runs/safetensors.js';
import { bad, SHAPE, Workplace } from './workplace.js';

const place = new Workplace('run');

describe('texts that cannot be trained on', () => {
  const file = (name: string, content: string | Uint8Array) => place.file(name, content);
  const train = (...options: string[]) => bad('train', ...SHAPE, '--out', place.at('never'), ...options);
  const table = 'title,other\n' + 'rain today,x\n'.repeat(10);

  it.each([
    ['a missing file', () => ['--data', place.at('nothing.txt')], /no such file or folder: .*nothing\.txt/],
    ['no such column', () => ['--data', file('t.csv', table), '--column', 'titel'], /no column "titel"[\s\S]*"title"/],
    ['no column named', () => ['--data', file('t.csv', table)], /"title", "other"[\s\S]*--column/],
    ['a limit above the texts', () => ['--limit', '8665'], /\(--limit\) of 1 to 8664 .*gazette.* 8665/],
    [
      'a foreign character under --strict',
      () => ['--data', file('dom.txt', 'Дом in rain\n'.repeat(9)), '--clean', 'none', '--strict'],
      /text 1 of train has the character "Д" \(U\+0414\)[\s\S]*--alphabet auto/,
    ],
    ['nothing left by cleaning', () => ['--data', file('n.txt', '1 2\n'.repeat(9))], /cleaning left nothing/],
  ])('%s', async (_, options, message) => {
    expect(await train(...options())).toMatch(message);
    expect(existsSync(place.at('never'))).toBe(false);
  });
});

describe('options that contradict each other or do not exist', () => {
  it.each([
    [['--preset', '5M'], /'--preset <size>'.*Did you mean '5m'\?/],
    [['--preset', '88k'], /Did you mean '87k'\?/],
    [['--recipe', 'moden'], /Did you mean 'modern'\?/],
    [['--epocs', '3'], /unknown option '--epocs'[\s\S]*Did you mean --epochs\?/],
    [['--learning_rate', '3'], /Did you mean --lr\?/],
    [['--num_train_epochs', '3'], /Did you mean --epochs\?/],
    [['--per-device-train-batch-size=3'], /Did you mean --batch\?/],
    [['--device', 'cpu'], /Did you mean --backend\?/],
    [['--weight-decay', '0.1'], /Did you mean --set training\.optimizer\.weightDecay=/],
    [['news.txt'], /too many arguments[^]*Texts are named by --data/],
    [['--d-model', '10', '--heads', '3'], /dModel \(--d-model\).*heads \(--heads\).* 10 and 3[^]*1, 2, 5, 10/],
    [['--d-model', '99999', '--heads', '1'], /at most 1e\+9 parameters[^]*--d-model/],
    [['--preset', '87k', '--recipe', 'modern'], /preset 87k.*recipe modern[^]*\(--size 87k\)/],
    [['--preset', '87k', '--d-model', '12'], /--d-model/],
    [['--padding', 'last'], /'--padding <which>'.*'all' or 'first'/],
    [['--lr', '0'], /'--lr <rate>'/],
    [['--backend', 'cuda'], /'--backend <which>'.*'auto', 'native', 'wasm' or 'portable'/],
    [['--clean', 'headlines', '--d-model', '8', '--heads', '2'], /--clean headlines/],
    [['--column', 'title'], /--column.*--data/],
    [['--backend', 'portable', '--threads', '2'], /--threads.*--backend portable/],
    [['--change-backend'], /--change-backend is for --resume/],
  ])('train %j', async (options, message) => {
    expect(await bad('train', ...options, '--out', place.at('never'))).toMatch(message);
    expect(existsSync(place.at('never'))).toBe(false);
  });
});

describe('options without an effect', () => {
  it.each([
    [['study', '--ablations', '--no-ablations'], /--ablations and --no-ablations were both given/],
    [['study', '--no-ablations', '--ablations'], /--ablations and --no-ablations were both given/],
    [['data', 'stats', '--data', place.news, '--seed', '4'], /a seed was given, but the folder .* has its own/],
    [['data', 'stats', '--data', place.news, '--seed', '4', '--continuous'], /does not go with --seed/],
    [['train', '--force'], /--force replaces the folder of --out, which was not given/],
    [['mix', 'a', '--force'], /--force replaces the folder of --out, which was not given/],
    [['import', 'a.safetensors', '--force'], /--force replaces the folder of --out, which was not given/],
    [['tune', '--change-backend'], /--change-backend is for --resume/],
    [['doctor', '--backend', 'portable', '--threads', '2'], /--threads.*--backend portable/],
    [['studio', '--export', 'site', '--port', '80'], /--export .* but --port was given too/],
    [['studio', '--export', 'site', '--no-open'], /--export .* but --no-open was given too/],
    [['studio', 'runs', '--export', 'site'], /--export .* but runs was given too/],
  ])('%j', async (argv, message) => {
    expect(await bad(...argv)).toMatch(message);
  });
});

describe('folders that cannot be used', () => {
  const train = (out: string) => bad('train', ...SHAPE, ...place.texts, '--out', out);

  it('a path below a file', async () => {
    expect(await train(join(place.news, 'test.txt', 'run'))).toMatch(/a part of the path is a file[\s\S]*--out/);
  });

  it('a file', async () => {
    expect(await train(join(place.news, 'test.txt'))).toMatch(/found a file[\s\S]*--out/);
  });

  it('a folder with something else in it, also with --force', async () => {
    expect(await train(place.news)).toContain('does not hold a run');
    expect(await bad('train', ...SHAPE, '--out', place.news, '--force')).toContain('does not hold a run');
    expect(existsSync(join(place.news, 'train.txt'))).toBe(true);
  });
});

describe('damaged run directories', () => {
  /** A copy of the run with one file changed, or removed. */
  function damaged(name: string, file: string, change?: (bytes: Buffer) => string | Uint8Array): string {
    const copy = place.at(`damaged ${name}`);
    cpSync(place.run, copy, { recursive: true });
    const path = join(copy, file);
    if (change === undefined) rmSync(path);
    else writeFileSync(path, change(readFileSync(path)));
    return copy;
  }
  const replaced = (from: string, to: string) => (bytes: Buffer) => {
    const text = bytes.toString('utf8');
    expect(text).toContain(from);
    return text.replace(from, to);
  };
  const { config, weights } = RUN_FILES;

  it.each([
    ['garbage', config, () => '{garbage', /config\.json is damaged: it is not JSON/],
    ['another norm', config, replaced('"norm": "pre"', '"norm": "mid"'), /norm/],
    ['another width', config, replaced('"dModel": 16', '"dModel": 12'), /expected model\.dModel to be 12, got 16/],
    ['another alphabet', config, replaced('"abcdef', '"def'), /26 token values, its model 29/],
    ['cut weights', weights, (bytes: Buffer) => bytes.subarray(0, 3000), /model\.safetensors: not a valid/],
  ] as const)('%s', async (name, file, change, message) => {
    const path = damaged(name, file, change);
    expect(await bad('sample', path)).toMatch(message);
    expect(await bad('evaluate', path)).toMatch(message);
    expect(await bad('score', path, '--file', join(place.news, 'test.txt'))).toMatch(message);
    if (name === 'garbage') expect(await bad('summary', path)).toMatch(message);
  });

  it('no weights', async () => {
    expect(await bad('sample', damaged('weights', weights))).toMatch(
      /model\.safetensors is missing\n.*checkpoint: letterpress train --resume/,
    );
  });

  it('no run at all', async () => {
    expect(await bad('sample', place.at('nowhere'))).toContain('no run directory at');
    expect(await bad('sample', place.news)).toContain('is not a run directory: it has no config.json');
    expect(await bad('evaluate', join(place.news, 'test.txt'))).toContain('expected a run directory, found a file');
  });

  it('a checkpoint that cannot be resumed from', async () => {
    const path = damaged('results', RUN_FILES.results);
    const checkpoint = join(path, RUN_FILES.checkpoint);
    const whole = readFileSync(checkpoint);
    const { tensors, metadata } = decodeSafetensors(whole);
    const withOther = (what: 'checkpoint' | 'tensor', from: string, to: string) =>
      what === 'tensor'
        ? encodeSafetensors(new Map([...tensors].map(([name, data]) => [name.replace(from, to), data])), metadata)
        : encodeSafetensors(tensors, { ...metadata, checkpoint: metadata['checkpoint']!.replace(from, to) });
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [whole.subarray(0, whole.length / 2), /checkpoint\.safetensors: not a valid/],
      [withOther('checkpoint', '"trainTexts"', '"trainTexto"'), /trainTexts/],
      [withOther('tensor', 'best_weights', 'best_weightz'), /best_weights/],
      [Buffer.from(whole).fill(1, whole.length - 4), /checkpoint\.safetensors: not a valid .* checksum/],
    ];
    for (const [bytes, message] of cases) {
      expect(whole.equals(bytes)).toBe(false);
      writeFileSync(checkpoint, bytes);
      expect(await bad('train', '--resume', path)).toMatch(message);
    }
    rmSync(checkpoint);
    const metrics = join(path, RUN_FILES.metrics);
    const first = readFileSync(metrics, 'utf8');
    writeFileSync(metrics, first + first.replace('"epoch":0', '"epoch":1'));
    expect(await bad('train', '--resume', path)).toMatch(/2 epochs.*checkpoint\.safetensors[^]*--force/);
  });
});
