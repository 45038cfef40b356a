import type { SummaryOptions } from '../actions/summary.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { addModelOptions } from '../plan-options.js';

/** `letterpress summary`. */
export const registerSummary: RegisterCommand = (program, context) => {
  const command = program
    .command('summary')
    .argument('[run]', 'a run directory; or give a shape by the options')
    .summary("a model's layers and parameters")
    .description('Print the layers of a model, their output shapes and parameters, without training it.');
  addModelOptions(command)
    .option('--json', 'write one JSON document instead of a table')
    .action(async (run: string | undefined, options: SummaryOptions) => {
      const { summary } = await import('../actions/summary.js');
      summary(run, options, context);
    });
  addExamples(command, [
    ['letterpress summary --preset 5m', "the notebook's third size"],
    ['letterpress summary --recipe modern --d-model 128 --heads 4 --layers 4', 'a shape of your own'],
    ['letterpress summary runs/gazette-modern-48x3 --json', "a run's model, for a program"],
  ]);
};
