import type { CompareOptions } from '../actions/compare.js';
import { addExamples, type RegisterCommand } from '../command.js';

/** `letterpress compare`. */
export const registerCompare: RegisterCommand = (program, context) => {
  const command = program
    .command('compare')
    .argument('<run...>', 'run directories, mixtures, studies, or folders with runs in them')
    .summary('figures of runs side by side')
    .description(
      'Print what runs are and what they reach, beside simple models of the same texts, and what may be said of them. ' +
        'Runs that differ by their seeds alone are taken together. Nothing is measured: it is all in the runs, which may be unfinished.',
    )
    .option('--json', 'write one JSON document')
    .action(async (paths: string[], options: CompareOptions) => {
      const { compare } = await import('../actions/compare.js');
      compare(paths, options, context);
    });
  addExamples(command, [
    ['letterpress compare runs/gazette-modern-48x3', 'one run beside simple models'],
    ['letterpress compare runs', 'all runs and mixtures in a folder'],
    ['letterpress compare study', 'the runs of a study, as far as it is'],
    ['letterpress compare runs/small-seed0 runs/small-seed1 runs/large --json', 'for a program'],
  ]);
};
