import type { SampleCliOptions } from '../actions/sample.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { integer, number, positiveInteger } from '../options.js';

/** `letterpress sample`. */
export const registerSample: RegisterCommand = (program, context) => {
  const command = program
    .command('sample')
    .argument('<run>', 'a run directory, or a mixture')
    .summary('write new texts with a trained model')
    .description("Draw texts from a run's best model, one a line. Text i is a function of the seed and i.")
    .option('-n, --count <n>', 'number of texts', positiveInteger('--count'), 10)
    .option(
      '--temperature <t>',
      "below 1 likelier characters, above 1 more even; 1 is the model's own distribution",
      number('--temperature', { above: 0 }),
      1,
    )
    .option('--top-k <k>', 'only the k most probable characters', positiveInteger('--top-k'))
    .option(
      '--top-p <p>',
      'only the most probable characters that together reach p',
      number('--top-p', { above: 0, max: 1 }),
    )
    .option('--prompt <text>', 'what every text starts with')
    .option('--seed <n>', 'seed of the draws', integer('--seed', { min: 0 }), 0);
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (run: string, options: SampleCliOptions) => {
      const { sample } = await import('../actions/sample.js');
      await sample(run, options, context);
    });
  addExamples(command, [
    ['letterpress sample runs/gazette-modern-48x3', 'ten texts'],
    ['letterpress sample runs/gazette-modern-48x3 -n 3 --temperature 0.5 --prompt "mayor "', 'with a beginning'],
    ['letterpress sample runs/gazette-modern-48x3 -n 1000 --seed 7 > texts.txt', 'a file of texts'],
  ]);
};
