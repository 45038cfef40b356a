import { describe, expect, it } from 'vitest';
import { countParameters } from '../../../src/nn/decoder-transformer.js';
import { DEFAULT_VOCABULARY, PRESETS, presetConfig } from '../../../src/nn/presets.js';
import { planTraining } from '../../../src/train/plan.js';
import { parseRecipe, recipeNamed, RECIPES, SIZE_NAMES } from '../../../src/train/recipes/index.js';
import { settingPaths } from '../../../src/train/recipes/settings-by-path.js';
import { errorOf } from '../../runs/fixtures.js';

const all = Object.values(RECIPES);

describe.each(all.map((recipe) => [recipe.name, recipe] as const))('the recipe %s', (name, recipe) => {
  it('has a reason for every setting, and reasons for nothing else', () => {
    const { architecture, shape, training } = recipe;
    const paths = settingPaths({ architecture, shape, training });
    const speaksFor = (reason: string, path: string) => path === reason || path.startsWith(`${reason}.`);
    const reasons = Object.keys(recipe.reasons);
    expect(paths.filter((path) => !reasons.some((reason) => speaksFor(reason, path)))).toEqual([]);
    expect(reasons.filter((reason) => !paths.some((path) => speaksFor(reason, path)))).toEqual([]);
  });

  it.each(SIZE_NAMES)('has a shape of at most the parameters of the notebook’s %s', (size) => {
    const { model } = planTraining({ recipe, size }, DEFAULT_VOCABULARY);
    const most = countParameters(presetConfig(size));
    expect(countParameters(model)).toBeLessThanOrEqual(most);
    const smaller = SIZE_NAMES[SIZE_NAMES.indexOf(size) - 1];
    if (smaller) {
      const { model: less } = planTraining({ recipe, size: smaller }, DEFAULT_VOCABULARY);
      expect(countParameters(model)).toBeGreaterThan(1.5 * countParameters(less));
    }
    expect(model).toMatchObject(recipe.sizes[size]!.shape);
  });

  it('survives being written and read', () => {
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)), 'a copy')).toEqual(recipe);
    expect(recipeNamed(name)).toBe(recipe);
  });
});

it('the sizes of the notebook’s recipe are its presets', () => {
  for (const size of SIZE_NAMES) {
    const plan = planTraining({ recipe: 'notebook', size }, DEFAULT_VOCABULARY);
    const preset = planTraining({ preset: size }, DEFAULT_VOCABULARY);
    expect([plan.model, plan.training]).toEqual([preset.model, preset.training]);
    expect(plan.model).toMatchObject(PRESETS[size]);
  }
});

describe('planning by size and settings', () => {
  const own = parseRecipe(
    {
      ...RECIPES.modern,
      name: 'own',
      sizes: {
        '87k': {
          shape: { dModel: 16, heads: 2, layers: 1, mlpRatio: 2 },
          set: {
            'model.dropout.residual': 0.2,
            'training.epochs': 7,
            'training.schedule': { kind: 'constant' },
          },
        },
      },
    },
    'a test',
  );

  it('takes shape and settings of a size, options over those, and `set` over options', () => {
    const plan = planTraining({ recipe: own, size: '87k' }, 29);
    expect(plan.name).toBe('own-87k');
    expect(plan.model).toMatchObject({ dModel: 16, layers: 1, dropout: { embedding: 0, residual: 0.2 } });
    expect(plan.training).toMatchObject({ epochs: 7, schedule: { kind: 'constant' }, batch: 64 });
    const changed = planTraining(
      { recipe: own, size: '87k', epochs: 3, batch: 5, set: { 'training.batch': 6, 'model.dModel': 8 } },
      29,
    );
    expect(changed.training).toMatchObject({ epochs: 3, batch: 6 });
    expect(changed.model).toMatchObject({ dModel: 8, heads: 2 });
    expect(own.training.epochs).toBe(RECIPES.modern.training.epochs); // the recipe itself stays as it is
  });

  it('takes the recipe’s own settings without a size', () => {
    const plan = planTraining({ recipe: own }, 29);
    expect(plan.name).toBe('own-48x3');
    expect(plan.training).toEqual(RECIPES.modern.training);
  });

  it.each([
    [{ recipe: own, size: '5m' }, 'has no size 5m', 'It has 87k.'],
    [{ recipe: own, size: '87k', dModel: 12 }, 'size 87k', 'Leave one'],
    [{ preset: '87k', size: '87k' }, 'preset 87k and size 87k', 'Leave one'],
    [{ preset: '87k', recipe: own }, 'recipe own', 'Leave out'],
    [{ set: { 'training.epoch': 3 } }, 'no setting called training.epoch', 'Did you mean training.epochs?'],
    [{ set: { 'training.clipNorm.norm': 3 } }, 'no setting called training.clipNorm.norm', ''],
    [{ set: { epochs: 3 } }, 'no setting called epochs', 'training.epochs'],
    [{ set: { 'training.epochs': 'ten' } }, 'epochs', ''],
    [{ set: { 'model.norm': 'middle' } }, 'norm', ''],
    [{ set: { model: 3 } }, 'configuration is not valid', ''],
  ] as const)('refuses %j', (options, message, fix) => {
    const error = errorOf(() => planTraining(options, 29));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain(message);
    expect(error.fix).toContain(fix);
  });

  it.each([
    [{ ...own, name: 'Own!' }, 'name'],
    [{ ...own, training: { ...own.training, batch: 0 } }, 'batch'],
    [{ ...own, sizes: { '1k': {} } }, 'sizes'],
    [{ ...own, extra: 1 }, 'extra'],
    [null, 'a test'],
  ])('refuses a recipe with %#', (value, message) => {
    const error = errorOf(() => parseRecipe(value, 'a test'));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain(message);
  });

  it('suggests a recipe for a misspelt name', () => {
    expect(errorOf(() => recipeNamed('notebok'))).toMatchObject({
      code: 'BAD_OPTION',
      fix: "Did you mean 'notebook'?",
    });
  });
});
