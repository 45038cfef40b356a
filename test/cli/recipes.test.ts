import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../src/train/recipes/index.js';
import { bad, good } from './workplace.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const temporary = temporaryFolders();

describe('recipes', () => {
  it('lists them', async () => {
    const out = await good('recipes');
    expect(out).toMatch(/^notebook +1 +87k, 557k, 5m, 10m +exactly the notebook/m);
    expect(out).toMatch(/^modern +\d+ /m);
  });

  it('prints the settings of one, its sizes and reasons', async () => {
    const out = await good('recipes', 'notebook');
    expect(out).toMatch(/^model\.dropout\.embedding +0\.1$/m);
    expect(out).toMatch(/^training\.schedule\.kind +constant$/m);
    expect(out).toMatch(/^5m +5,097,821 +48 × 6, 6 heads, MLP ratio 170 +-$/m);
    expect(out).toMatch(/^training\.epochs +early stopping/m);
    expect(out).not.toContain('with --distillation-set');
    expect(await good('recipes', 'modern')).toMatch(
      /^with --distillation-set +value\n[^]*^training\.distillationSet +\{/m,
    );
  });

  it('prints a file that can be changed and used', async () => {
    const recipe = JSON.parse(await good('recipes', 'modern', '--json')) as Recipe;
    const file = join(temporary(), 'own.json');
    const shape = { dModel: 12, heads: 3, layers: 2, mlpRatio: 2 };
    writeFileSync(file, JSON.stringify({ ...recipe, name: 'own', sizes: { '87k': { shape } } }));
    const summary = (...argv: string[]): Promise<string> => good('summary', '--recipe', file, ...argv, '--json');
    expect(JSON.parse(await summary('--size', '87k'))).toMatchObject({ config: { ...shape, norm: 'pre' } });
    expect(JSON.parse(await summary('--set', 'model.norm=post', '--set', 'model.dModel=20'))).toMatchObject({
      config: { ...recipe.shape, dModel: 20, norm: 'post' },
    });
    expect(await good('recipes', file)).toMatch(new RegExp(`^own, version ${recipe.version}:`, 'm'));
  });

  it.each<[field: string, change: (training: Recipe['training']) => object, message: RegExp]>([
    [
      'a misspelt field',
      (t) => ({ ...t, labelSmooting: 0.1 }),
      /labelSmooting"; did you mean "training.labelSmoothing"/,
    ],
    ['one of the optimizer', ({ optimizer, ...t }) => ({ ...t, optimizer: { ...optimizer, lr: 1 } }), /optimizer\.lr"/],
    ['one of another kind', (t) => ({ ...t, schedule: { kind: 'constant', floor: 0 } }), /"training\.schedule\.floor"/],
    ['one of an augmentation', (t) => ({ ...t, augmentation: { shuffle: 1 } }), /"training\.augmentation\.shuffle"/],
  ])('refuses a recipe whose training has %s that nothing reads', async (_, change, message) => {
    const recipe = JSON.parse(await good('recipes', 'modern', '--json')) as Recipe;
    const file = join(temporary(), 'own.json');
    writeFileSync(file, JSON.stringify({ ...recipe, training: change(recipe.training) }));
    const said = await bad('summary', '--recipe', file);
    expect(said.replace(/\s+/g, ' ')).toMatch(message);
    expect(said).toContain('is not a valid recipe');
  });

  it('refuses a setting whose value has a field that nothing reads', async () => {
    const set = (value: string) => bad('summary', '--set', value);
    expect(await set('training.averaging={"kind":"ema","decay":0.9,"start":1}')).toContain('training.averaging.start');
    expect(await set('training.schedule={"kind":"constant","floor":0}')).toContain('training.schedule.floor');
    const kinds = [
      'training.schedule={"kind":"warmup-cosine","warmupSteps":1,"floor":0}',
      'training.schedule.kind=constant',
    ];
    await good('summary', ...kinds.flatMap((kind) => ['--set', kind]));
  });

  it.each<[string, (recipe: string) => string | Uint8Array, RegExp]>([
    ['NaN', (recipe) => recipe.replace('0.01', 'NaN'), /is not JSON: .*'N'/],
    ['half of it', (recipe) => recipe.slice(0, -3), /is not JSON: (it ends too early|it is wrong at)/],
    ['UTF-16', (recipe) => Buffer.from(`\ufeff${recipe}`, 'utf16le'), /is not JSON: it is not UTF-8 text/],
    ['Latin-1', (recipe) => Buffer.from(recipe.replace('pre-', 'pr\xe9-'), 'latin1'), /is not UTF-8 text/],
  ])('says of a file with %s what is wrong with it', async (_, change, message) => {
    const file = join(temporary(), 'own.json');
    writeFileSync(file, change(await good('recipes', 'modern', '--json')));
    expect((await bad('summary', '--recipe', file)).replace(/\s+/g, ' ')).toMatch(message);
  });

  it('reads a recipe behind a byte order mark', async () => {
    const file = join(temporary(), 'own.json');
    writeFileSync(file, `\ufeff${await good('recipes', 'modern', '--json')}`);
    await good('summary', '--recipe', file);
  });

  it('refuses recipes and settings that are wrong', async () => {
    const folder = temporary();
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"name": ');
    expect(await bad('summary', '--recipe', file)).toContain('is not JSON');
    writeFileSync(file, '{"name": "broken"}');
    expect(await bad('summary', '--recipe', file)).toContain('is not a valid recipe');
    expect(await bad('summary', '--recipe', join(folder, 'none.json'))).toContain('there is no file');
    expect(await bad('recipes', 'modren')).toContain("Did you mean 'modern'?");
    expect(await bad('summary', '--size', '1k')).toContain("'--size <size>'");
    expect(await bad('summary', '--set', 'model.dModel')).toContain('--set');
    expect(await bad('summary', '--set', 'model.dModle=3')).toContain('Did you mean model.dModel?');
    expect(await bad('train', '--resume', folder, '--set', 'model.dModel=3')).toContain('--set');
  });

  it.each([
    ['--d-model', '8', 'model.dModel=16'],
    ['--heads', '2', 'model.heads=2'],
    ['--layers', '1', 'model.layers=2'],
    ['--mlp-ratio', '2', 'model.mlpRatio=4'],
    ['--dropout', '0.1', ...['embedding', 'attention', 'residual'].map((name) => `model.dropout.${name}=0.2`)],
    ['--epochs', '1', 'training.epochs=2'],
    ['--batch', '8', 'training.batch=16'],
    ['--lr', '0.1', 'training.learningRate=0.2'],
    ['--padding', 'all', 'training.padding=first'],
    ['--on-divergence', 'stop', 'training.onDivergence=lower-lr'],
    ['--context-length', '20', 'model.contextLength=30'],
    ['--set', 'training.batch=8', 'training.batch=16'],
  ])('refuses what %s and --set both give', async (option, value, ...settings) => {
    const set = settings.flatMap((setting) => ['--set', setting]);
    const said = await bad('train', '--dry-run', option, value, ...set);
    expect(said).toContain(settings[0]!.split('=')[0]);
    expect(said).toContain(option === '--set' ? 'given twice' : `Leave one of them out (${option}, --set)`);
    if (['--lr', '--epochs', '--on-divergence'].includes(option)) return; // train's alone
    expect(await bad('bench', option, value, ...set)).toContain('Leave one of them out');
    if (option === '--context-length') expect(await bad('tune', option, value, ...set)).toContain('Leave one of them');
  });

  it('takes the rate of one dropout beside that of all', async () => {
    const json = await good(
      'summary',
      '--json',
      '--recipe',
      'notebook',
      '--dropout',
      '0.1',
      '--set',
      'model.dropout.residual=0.2',
    );
    expect(JSON.parse(json)).toMatchObject({ config: { dropout: { embedding: 0.1, residual: 0.2 } } });
  });
});
