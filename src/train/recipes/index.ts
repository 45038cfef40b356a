import { LetterpressError } from '../../errors.js';
import { suggest } from '../../suggest.js';
import { modern } from './modern.js';
import { notebook } from './notebook.js';
import { parseRecipe, type Recipe } from './recipe.js';

export { parseRecipe, recipeSchema, SIZE_NAMES, type Recipe, type RecipeInput, type SizeName } from './recipe.js';

export const RECIPE_NAMES = ['notebook', 'modern'] as const;

export type RecipeName = (typeof RECIPE_NAMES)[number];

const parsed: Partial<Record<RecipeName, Recipe>> = {};

// Parsed when asked for, which takes as long as to load the rest of this folder.
export const RECIPES: Readonly<Record<RecipeName, Recipe>> = {
  get notebook() {
    return (parsed.notebook ??= parseRecipe(notebook, 'the recipe notebook'));
  },
  get modern() {
    return (parsed.modern ??= parseRecipe(modern, 'the recipe modern'));
  },
};

/**
 * A built-in recipe by name.
 *
 * @throws LetterpressError BAD_OPTION for an unknown name
 */
export function recipeNamed(name: string): Recipe {
  const found = RECIPE_NAMES.find((known) => known === name);
  if (found !== undefined) return RECIPES[found];
  const nearest = suggest(name, RECIPE_NAMES);
  throw new LetterpressError(
    'BAD_OPTION',
    `there is no recipe called '${name}': expected ${RECIPE_NAMES.join(' or ')}, or one of your own`,
    nearest === undefined ? '`letterpress recipes` lists them.' : `Did you mean '${nearest}'?`,
  );
}
