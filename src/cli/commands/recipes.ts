import { countParameters } from '../../nn/decoder-transformer.js';
import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { planTraining } from '../../train/plan.js';
import { RECIPES, SIZE_NAMES, type Recipe, type SizeName } from '../../train/recipes/index.js';
import { asWritten, settingAt, settingPaths } from '../../train/recipes/settings-by-path.js';
import { addExamples, type DefineCommand } from '../command.js';
import { recipeOption } from '../options/recipe.js';
import { counted, formatCount } from '../../format.js';
import type { Style } from '../terminal/style.js';
import { formatParagraph, formatTable, right } from '../terminal/table.js';

export const define: DefineCommand = (command, context) => {
  command
    .argument('[recipe]', 'name of a recipe, or its JSON file')
    .description(
      'List the recipes, or print all settings of one with their reasons. With --json, the recipe is printed as a ' +
        'file: change it and its name, and give it to --recipe.',
    )
    .option('--json', 'one JSON document')
    .action((name, { json }) => {
      const { style } = context;
      const found = name === undefined ? Object.values(RECIPES) : recipeOption(name);
      if (json) context.printJson(found);
      else context.print('name' in found ? descriptionOf(found, style) : listOf(found, style));
    });
  addExamples(command, [
    ['letterpress recipes', 'all of them'],
    ['letterpress recipes modern', 'settings, sizes and reasons of one'],
    ['letterpress recipes modern --json > mine.json', 'a recipe of your own to begin with'],
    ['letterpress train --recipe mine.json --size 557k', 'training with it'],
  ]);
};

function listOf(all: readonly Recipe[], style: Style): string {
  const rows = all.map((recipe) => [recipe.name, String(recipe.version), sizesOf(recipe), recipe.summary]);
  return formatTable(['recipe', right('version'), 'sizes', 'summary'], rows, style);
}

function descriptionOf(recipe: Recipe, style: Style): string {
  const { architecture, shape, training, distilled } = recipe;
  // Under the paths that `--set` knows.
  const settings = { model: { ...shape, ...architecture }, training };
  const pairs = (name: string, value: string, rows: string[][]) =>
    rows.length === 0 ? [] : [formatTable([name, value], rows, style)];
  return [
    formatParagraph(`${style.bold(recipe.name)}, version ${recipe.version}: ${recipe.summary}`, style),
    ...pairs(
      'setting',
      'value',
      settingPaths(settings).map((path) => [path, asWritten(settingAt(settings, path))]),
    ),
    ...(Object.keys(recipe.sizes).length === 0 ? [] : [sizeTable(recipe, style)]),
    ...pairs(
      'with --distillation-set',
      'value',
      Object.entries(distilled).map(([path, value]) => [path, asWritten(value)]),
    ),
    ...pairs(
      'setting',
      'reason',
      Object.entries(recipe.reasons).map(([path, reason]) => [path.replace(/^architecture/, 'model'), reason]),
    ),
  ].join('\n');
}

function sizeTable(recipe: Recipe, style: Style): string {
  const rows = SIZE_NAMES.filter((size) => recipe.sizes[size] !== undefined).map((size) => {
    const { shape, set } = recipe.sizes[size]!;
    const { dModel, layers, heads, mlpRatio } = shape;
    const changes = Object.entries(set).map(([path, value]) => `${path}=${asWritten(value)}`);
    return [
      size,
      formatCount(parametersOf(recipe, size)),
      `${dModel} × ${layers}, ${counted(heads, 'head')}, MLP ratio ${mlpRatio}`,
      changes.join(' ') || '-',
    ];
  });
  return formatTable(['size', right('parameters'), 'd-model × layers', 'other settings'], rows, style);
}

/** With the default alphabet and context length. */
function parametersOf(recipe: Recipe, size: SizeName): number {
  return countParameters(planTraining({ recipe, size }, DEFAULT_VOCABULARY).model);
}

function sizesOf({ sizes }: Recipe): string {
  return SIZE_NAMES.filter((size) => sizes[size] !== undefined).join(', ') || '-';
}
