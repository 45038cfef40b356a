import type { AnalyseOptions } from '../actions/analyse.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';

/** `letterpress analyse`. */
export const registerAnalyse: RegisterCommand = (program, context) => {
  const command = program
    .command('analyse')
    .argument('<run>', 'a run directory')
    .summary('measure again what reports are made from')
    .description(
      "Write a run's analysis files: simple models on the same texts, the quality of its samples, and what its model " +
        'does with some texts. Training does so when it ends; this is for runs of an older Letterpress.',
    );
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (run: string, options: AnalyseOptions) => {
      const { analyse } = await import('../actions/analyse.js');
      await analyse(run, options, context);
    });
  addExamples(command, [['letterpress analyse runs/gazette-modern-48x3', 'writes its files anew']]);
};
