import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { countParameters } from '../../nn/decoder-transformer.js';
import { planTraining } from '../../train/plan.js';
import { RECIPES, SIZE_NAMES, type Recipe, type SizeName } from '../../train/recipes/index.js';
import { asWritten, settingAt, settingPaths, type Settings } from '../../train/recipes/settings-by-path.js';
import type { CliContext } from '../context.js';
import { recipeOption } from '../recipe-options.js';
import { formatCount } from '../../format.js';
import { formatTable } from '../terminal/table.js';

/** The options of `letterpress recipes`. */
export interface RecipesOptions {
  readonly json?: true;
}

/** Lists the recipes, or prints one. */
export function recipes(name: string | undefined, { json }: RecipesOptions, context: CliContext): void {
  if (name === undefined) {
    if (json) context.printJson(Object.values(RECIPES));
    else context.print(listOf(Object.values(RECIPES), context));
    return;
  }
  const recipe = recipeOption(name);
  if (json) context.printJson(recipe);
  else context.print(descriptionOf(recipe, context));
}

function listOf(all: readonly Recipe[], { style }: CliContext): string {
  const rows = all.map((recipe) => [recipe.name, String(recipe.version), sizesOf(recipe), recipe.summary]);
  const columns = [
    { title: 'recipe' },
    { title: 'version', align: 'right' as const },
    { title: 'sizes' },
    { title: 'what it is' },
  ];
  return formatTable(columns, rows, style.bold);
}

function descriptionOf(recipe: Recipe, { style }: CliContext): string {
  const settings = settingsOf(recipe);
  const rows = settingPaths(settings).map((path) => [path, asWritten(settingAt(settings, path))]);
  const reasons = Object.entries(recipe.reasons).map(([path, reason]) => [
    path.replace(/^architecture/, 'model'),
    reason,
  ]);
  return [
    `${style.bold(recipe.name)}, version ${recipe.version}: ${recipe.summary}\n`,
    formatTable([{ title: 'setting' }, { title: 'value' }], rows, style.bold),
    ...(Object.keys(recipe.sizes).length === 0 ? [] : [sizeTable(recipe, style.bold)]),
    ...(Object.keys(recipe.distilled).length === 0 ? [] : [distilledTable(recipe, style.bold)]),
    ...(reasons.length === 0 ? [] : [formatTable([{ title: 'setting' }, { title: 'reason' }], reasons, style.bold)]),
  ].join('\n');
}

/** The recipe's settings under the paths that `--set` knows. */
function settingsOf({ architecture, shape, training }: Recipe): Settings {
  return { model: { ...shape, ...architecture }, training };
}

function distilledTable({ distilled }: Recipe, bold: (text: string) => string): string {
  const rows = Object.entries(distilled).map(([path, value]) => [path, asWritten(value)]);
  return formatTable([{ title: 'with --distillation-set' }, { title: 'value' }], rows, bold);
}

function sizeTable(recipe: Recipe, bold: (text: string) => string): string {
  const rows = SIZE_NAMES.filter((size) => recipe.sizes[size] !== undefined).map((size) => {
    const { dModel, layers, heads, mlpRatio } = recipe.sizes[size]!.shape;
    const set = Object.entries(recipe.sizes[size]!.set);
    return [
      size,
      formatCount(parametersOf(recipe, size)),
      `${dModel} × ${layers}, ${heads} heads, ${mlpRatio} neurons`,
      set.map(([path, value]) => `${path}=${asWritten(value)}`).join(' ') || '-',
    ];
  });
  const columns = [
    { title: 'size' },
    { title: 'parameters', align: 'right' as const },
    { title: 'dModel × blocks' },
    { title: 'sets' },
  ];
  return formatTable(columns, rows, bold);
}

/** With the default alphabet and window. */
function parametersOf(recipe: Recipe, size: SizeName): number {
  return countParameters(planTraining({ recipe, size }, DEFAULT_VOCABULARY).model);
}

function sizesOf({ sizes }: Recipe): string {
  return SIZE_NAMES.filter((size) => sizes[size] !== undefined).join(', ') || '-';
}
