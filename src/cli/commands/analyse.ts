import type { AnalyseOptions } from '../actions/analyse.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { list, number } from '../options.js';

/** `letterpress analyse`. */
export const registerAnalyse: RegisterCommand = (program, context) => {
  const command = program
    .command('analyse')
    .argument('<run>', 'a run directory')
    .summary('measure again what reports are made from')
    .description(
      "Write a run's analysis files: simple models on the same texts, what the texts are like, the quality of the samples, " +
        'and what the model does with some texts. Training does so when it ends; this is for runs of an older ' +
        'Letterpress, and for texts at several temperatures.',
    )
    .option(
      '--temperatures <list>',
      'also draw texts at these temperatures, such as 0.5,1',
      list(number('--temperatures', { above: 0 })),
    );
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (run: string, options: AnalyseOptions) => {
      const { analyse } = await import('../actions/analyse.js');
      await analyse(run, options, context);
    });
  addExamples(command, [
    ['letterpress analyse runs/gazette-modern-48x3', 'writes its files again'],
    [
      'letterpress analyse runs/news --temperatures 0.01,0.1,0.5,0.8,1',
      'also what becomes of its texts by temperature',
    ],
  ]);
};
