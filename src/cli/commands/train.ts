import type { TrainOptions } from '../actions/train.js';
import { addBackendOptions, addPrecisionOption } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { addDataOptions, addLongTextOptions } from '../data-options.js';
import { integer, positiveInteger } from '../options.js';
import { addModelOptions, addTrainingOptions } from '../plan-options.js';

/** `letterpress train`. */
export const registerTrain: RegisterCommand = (program, context) => {
  const command = program
    .command('train')
    .summary('train a model and write its run directory')
    .description(
      'Train a model on texts: the built-in corpus unless --data names others. Writes a run directory with\n' +
        'metrics, curves, samples and the best weights. Ctrl-C leaves a run that --resume goes on with.',
    );
  addLongTextOptions(addDataOptions(command))
    .option('--limit <n>', 'only the first n training texts', positiveInteger('--limit'))
    .option('--strict', 'an error for characters outside the alphabet, instead of replacing them');
  command.option('--distillation-set <folder>', 'train on what a teacher wrote, too: see letterpress distill');
  addTrainingOptions(addModelOptions(command)).option(
    '--seed <n>',
    'seed of weights, order, dropout and samples (default: 0)',
    integer('--seed', { min: 0 }),
  );
  addPrecisionOption(addBackendOptions(command))
    .option('--out <folder>', 'run directory (default: a new one under runs/)')
    .option('--force', 'replace a run that is there already')
    .option('--resume <run>', 'go on with an interrupted run')
    .option('--json', 'write one JSON document a line for every epoch, and the results')
    .action(async (options: TrainOptions) => {
      const { train } = await import('../actions/train.js');
      await train(options, context);
    });
  addExamples(command, [
    ['letterpress train', 'a small model of the built-in corpus'],
    ['letterpress train --data news/ --preset 87k', "the notebook's smallest model on a folder of headlines"],
    ['letterpress train --data titles.csv --column title --d-model 64 --layers 4 --heads 4', 'a shape of your own'],
    ['letterpress train --data poems.txt --clean none --alphabet auto --epochs 20', 'texts in any script'],
    ['letterpress train --resume runs/gazette-modern-48x3', 'go on after Ctrl-C'],
  ]);
};
