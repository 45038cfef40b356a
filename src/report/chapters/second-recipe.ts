import { SECOND_RECIPE_RULES } from '../rules/second-recipe.js';
import { discuss } from '../rules/rule.js';
import type { Block } from '../../render/document.js';
import type { SecondRecipeFacts } from '../facts/types.js';
import { bullets, chapter, left, listed, paragraph, section, table } from '../writing/blocks.js';
import { prose } from '../writing/prose.js';
import { pairsOf, type Pair } from './second-recipe/pairs.js';
import { differentSettings } from './second-recipe/settings.js';
import { differenceTable, figuresTables } from './second-recipe/tables.js';
import { timeFigure } from './second-recipe/time-figure.js';
import { shownRun, type ReportContext } from './context.js';
import { waysOfTraining } from './measuring/method.js';

/** The sizes with a second recipe against those with the report's own. */
export function secondRecipeChapter(context: ReportContext): Block[] {
  const { facts } = context;
  const { secondRecipe } = facts;
  if (secondRecipe === undefined) return [];
  const pairs = pairsOf(context);
  const { recipe, ownRecipe = 'the study’s own recipe' } = secondRecipe;
  const found = discuss(SECOND_RECIPE_RULES, facts);
  const curves = timeFigure(context, pairs);
  return [
    chapter('second-recipe', `Another recipe: ${recipe}`),
    paragraph(
      prose`A recipe is all that there is to choose of a model and its training. The same sizes were trained with the recipe _${recipe}_ too, on the same texts. These models were
        not asked for the best size, for few texts or for temperatures: every other chapter is about _${ownRecipe}_. Sizes go by the same names with both, and the second recipe may
        have other numbers of parameters.`,
    ),
    ...differences(context, pairs, secondRecipe),
    section('beside-figures', 'What comes out'),
    ...figuresTables(context, pairs, secondRecipe),
    ...differenceTable(context, secondRecipe),
    ...(curves === undefined ? [] : [curves]),
    ...(found.length === 0 ? [] : [section('beside-findings', 'What the numbers say'), bullets(...found)]),
  ];
}

/** How the models of each recipe were trained in words, and in which settings they differ. */
function differences(
  context: ReportContext,
  pairs: readonly Pair[],
  { recipe, ownRecipe = '' }: SecondRecipeFacts,
): Block[] {
  const both = pairs.flatMap(({ size, own, other }) => {
    const configs = [own, other].map((group) => group && shownRun(context, group)?.config);
    return configs[0] === undefined || configs[1] === undefined ? [] : [{ size, own: configs[0], other: configs[1] }];
  });
  const settings = differentSettings(
    both.map(({ own }) => own),
    both.map(({ other }) => other),
  );
  const trained = [
    [ownRecipe, pairs.flatMap(({ own }) => own ?? [])],
    [recipe, pairs.flatMap(({ other }) => other ?? [])],
  ] as const;
  const words = trained.flatMap(([name, groups]) => {
    const ways = [...waysOfTraining(context, groups).keys()];
    return ways.length === 1 ? [prose`_${name}_: ${ways[0]!}.`] : [];
  });
  const order =
    both.length > 1 ? ` Several values are those of ${listed(both.map(({ size }) => size))}, in this order.` : '';
  return [
    ...(words.length + settings.length === 0 ? [] : [section('beside-settings', 'What differs')]),
    ...(words.length === 0 ? [] : [bullets(...words)]),
    ...(settings.length === 0
      ? []
      : [
          table(
            `The settings in which the recipes differ; in all others they are the same.${order}`,
            [left('setting'), left(ownRecipe), left(recipe)],
            settings.map(({ name, first, second }) => [name, first, second]),
          ),
        ]),
  ];
}
