import type { DemoOptions } from '../actions/demo.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { integer } from '../options.js';

/** `letterpress demo`. */
export const registerDemo: RegisterCommand = (program, context) => {
  const command = program
    .command('demo')
    .summary('train a small model on the built-in corpus, in a minute or two')
    .description(
      'Train a small model on the built-in corpus with settings that suit this machine, and show its results\n' +
        "and samples: 'letterpress train' with fewer epochs, and less of everything without the native backend.",
    )
    .option('--out <folder>', 'run directory (default: a new one under runs/)')
    .option('--seed <n>', 'seed of weights, order and samples (default: 0)', integer('--seed', { min: 0 }));
  addBackendOptions(command)
    .option('--json', 'write one JSON document a line for every epoch, and the results')
    .action(async (options: DemoOptions) => {
      const { demo } = await import('../actions/demo.js');
      await demo(options, context);
    });
  addExamples(command, [
    ['letterpress demo', 'a first model'],
    ['letterpress demo --seed 1 --out runs/second', 'another one, in a folder of your choice'],
  ]);
};
