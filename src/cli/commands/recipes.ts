import type { RecipesOptions } from '../actions/recipes.js';
import { addExamples, type RegisterCommand } from '../command.js';

/** `letterpress recipes`. */
export const registerRecipes: RegisterCommand = (program, context) => {
  const command = program
    .command('recipes')
    .argument('[recipe]', 'the name of one, or its JSON file')
    .summary('the named ways to train, and why each is as it is')
    .description(
      'List the recipes, or print all settings of one with their reasons. With --json, the recipe is printed as a\n' +
        'file: change it and its name, and give it to --recipe.',
    )
    .option('--json', 'write one JSON document instead of tables')
    .action(async (recipe: string | undefined, options: RecipesOptions) => {
      const { recipes } = await import('../actions/recipes.js');
      recipes(recipe, options, context);
    });
  addExamples(command, [
    ['letterpress recipes', 'which there are'],
    ['letterpress recipes modern', 'its settings, sizes and reasons'],
    ['letterpress recipes modern --json > mine.json', 'a recipe of your own to begin with'],
    ['letterpress train --recipe mine.json --size 557k', 'train with it'],
  ]);
};
