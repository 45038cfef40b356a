import { PRESETS, type PresetName } from '../../nn/presets.js';
import { refuseSetTwice, type PlanOptions } from '../../train/plan.js';
import { RECIPE_NAMES, SIZE_NAMES } from '../../train/recipes/index.js';
import { optionGroup } from './group.js';
import { choice, expecting, number, positiveInteger } from './parsers.js';
import { recipeOption, settingOption } from './recipe.js';

const recipe = expecting({ kind: 'choice', choices: RECIPE_NAMES }, (text: string) => recipeOption(text));

const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** Adds the options that say which model: `--preset`, or `--recipe` with a size or a shape. */
export const addModelOptions = optionGroup((command) =>
  command
    .optionsGroup('Model:')
    .option('--preset <size>', `${PRESET_NAMES.join(', ')}: the notebook's shape and recipe`, choice(PRESET_NAMES))
    .option('--recipe <name>', `${RECIPE_NAMES.join(', ')}, or a JSON file (default: modern)`, recipe)
    .option(
      '--size <size>',
      `${SIZE_NAMES.join(', ')}: the recipe's shape with at most that many parameters`,
      choice(SIZE_NAMES),
    )
    .option('--d-model <n>', 'width of the residual stream', positiveInteger)
    .option('--heads <n>', 'attention heads', positiveInteger)
    .option('--layers <n>', 'transformer blocks', positiveInteger)
    .option('--mlp-ratio <n>', 'hidden width of the MLP, as a multiple of --d-model', positiveInteger)
    .option('--dropout <rate>', 'rate of all dropouts of the recipe', number({ min: 0, below: 1 }))
    .option(
      '--set <path=value>',
      'any setting of the recipe, such as model.dropout.residual=0.2; repeatable',
      settingOption,
    ),
);

/** Adds the options that say how to train. */
export const addTrainingOptions = optionGroup((command) =>
  addBatchOptions(command.optionsGroup('Training:'))
    .option('--epochs <n>', 'passes over the training texts', positiveInteger)
    .option(
      '--on-divergence <what>',
      'when numbers are not finite: stop (exit code 3), or lower-lr, which repeats the epoch (default: stop)',
      choice(['stop', 'lower-lr']),
    )
    .option('--lr <rate>', 'learning rate (its peak, under a schedule)', number({ above: 0 })),
);

/** Adds the options that say what a batch is. */
export const addBatchOptions = optionGroup((command) =>
  command
    .option('--batch <n>', 'texts per optimiser step', positiveInteger)
    .option(
      '--padding <which>',
      'all: loss on all padding, as in the notebook; first: up to the first pad',
      choice(['all', 'first']),
    ),
);

export interface ModelOptions extends Omit<PlanOptions, 'learningRate'> {
  readonly lr?: number | undefined;
}

/**
 * The options as the planner wants them: only the command line says `lr`.
 *
 * @throws LetterpressError BAD_OPTION for a setting that an option and `--set` give
 */
export function toPlanOptions({ lr, ...others }: ModelOptions): PlanOptions {
  const options = { ...others, learningRate: lr };
  refuseSetTwice(options);
  return options;
}
