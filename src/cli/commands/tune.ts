import type { TuneCommandOptions } from '../actions/tune.js';
import { addBackendOptions, addPrecisionOption } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { addDataOptions, addLongTextOptions } from '../data-options.js';
import { choice, duration, integer, positiveInteger } from '../options.js';
import { recipeOption, settingOption } from '../recipe-options.js';
import { RECIPE_NAMES, SIZE_NAMES } from '../../train/recipes/index.js';
import { variationOption } from '../variation-option.js';

/** `letterpress tune`. */
export const registerTune: RegisterCommand = (program, context) => {
  const command = program
    .command('tune')
    .summary("search a recipe's settings")
    .description(
      'Train many variations of a recipe for a few epochs, the best of them for more, and the best of those in full\n' +
        '(successive halving). Training and validation texts only: the test texts are never read. Can be interrupted.',
    );
  addLongTextOptions(addDataOptions(command))
    .option('--limit <n>', 'only the first n training texts', positiveInteger('--limit'))
    .option('--recipe <name>', `${RECIPE_NAMES.join(', ')}, or a JSON file (default: modern)`, recipeOption)
    .option('--size <size>', `${SIZE_NAMES.join(', ')}: the recipe's shape of that size`, choice('--size', SIZE_NAMES))
    .option('--set <path=value>', 'a setting of all trials; may be given again', settingOption)
    .option(
      '--vary <path=values>',
      'what to vary: path=a,b,c or path=low..high or path=low..high:log; may be given again',
      variationOption,
    )
    .option('--trials <n>', 'variations in the first round (default: 18)', positiveInteger('--trials'))
    .option('--epochs <n>', "epochs in the last round (default: the recipe's)", positiveInteger('--epochs'))
    .option('--min-epochs <n>', 'fewest epochs of the first round (default: 4)', positiveInteger('--min-epochs'))
    .option('--eta <n>', 'one in n goes on, for n times the epochs (default: 3)', integer('--eta', { min: 2 }))
    .option('--budget <time>', 'begin no trial that would end later, e.g. 90m or 2h', duration('--budget'))
    .option('--seed <n>', 'seed of the draws and of the trainings (default: 0)', integer('--seed', { min: 0 }));
  addPrecisionOption(addBackendOptions(command))
    .option('--out <folder>', 'folder of the search (default: a new one under tunes/)')
    .option('--resume <folder>', 'go on with an interrupted search')
    .option('--json', 'write one JSON document a line for every trial, and the results')
    .action(async (options: TuneCommandOptions) => {
      const { tune } = await import('../actions/tune.js');
      await tune(options, context);
    });
  addExamples(command, [
    ['letterpress tune --data headlines/ --size 87k --budget 1h', 'learning rate, weight decay and dropout'],
    [
      'letterpress tune --vary training.learningRate=1e-3..1e-2:log --vary model.norm=pre,post --epochs 12',
      'what you name',
    ],
    ['letterpress train --data headlines/ --recipe tunes/headlines-modern-87k/best.json', 'train with what was found'],
    ['letterpress tune --resume tunes/headlines-modern-87k', 'go on after Ctrl-C'],
  ]);
};
