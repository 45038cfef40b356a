import type { Command } from 'commander';
import { PRESETS, type PresetName } from '../nn/presets.js';
import type { PlanOptions } from '../train/plan.js';
import { RECIPE_NAMES, SIZE_NAMES } from '../train/recipes/index.js';
import { choice, number, positiveInteger } from './options.js';
import { recipeOption, settingOption } from './recipe-options.js';

/** The presets' names, for help and checks. */
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** Adds the options that say which model: `--preset`, or `--recipe` with a size or a shape. */
export function addModelOptions(command: Command): Command {
  return command
    .option(
      '--preset <size>',
      `${PRESET_NAMES.join(', ')}: the notebook's shape and its recipe`,
      choice('--preset', PRESET_NAMES),
    )
    .option('--recipe <name>', `${RECIPE_NAMES.join(', ')}, or a JSON file (default: modern)`, recipeOption)
    .option(
      '--size <size>',
      `${SIZE_NAMES.join(', ')}: the recipe's shape of at most so many parameters`,
      choice('--size', SIZE_NAMES),
    )
    .option('--d-model <n>', 'width of the residual stream', positiveInteger('--d-model'))
    .option('--heads <n>', 'attention heads', positiveInteger('--heads'))
    .option('--layers <n>', 'transformer blocks', positiveInteger('--layers'))
    .option('--mlp-ratio <n>', 'hidden width of the MLP, as a multiple of --d-model', positiveInteger('--mlp-ratio'))
    .option('--dropout <rate>', 'rate of every dropout of the recipe', number('--dropout', { min: 0, below: 1 }))
    .option(
      '--set <path=value>',
      'any setting of the recipe, e.g. model.dropout.residual=0.2; may be given again',
      settingOption,
    );
}

/** Adds the options that say how to train. */
export function addTrainingOptions(command: Command): Command {
  return addBatchOptions(
    command
      .option('--epochs <n>', 'passes over the training texts', positiveInteger('--epochs'))
      .option('--lr <rate>', 'learning rate (its peak, where the recipe moves it)', number('--lr', { above: 0 })),
  );
}

/** Adds the options that say what a batch is. */
export function addBatchOptions(command: Command): Command {
  return command
    .option('--batch <n>', 'texts of an optimiser step', positiveInteger('--batch'))
    .option(
      '--padding <which>',
      'all: predict every pad, as the notebook does; first: a text ends at its first pad',
      choice('--padding', ['all', 'first']),
    );
}

/** What commander makes of the options above: `--lr` is called so on the command line only. */
export type ModelCliOptions = Omit<PlanOptions, 'learningRate'> & { readonly lr?: number };

/** The options as the planner wants them. */
export function toPlanOptions({ lr, ...options }: ModelCliOptions): PlanOptions {
  return { ...options, learningRate: lr };
}
