import type { ReportOptions } from '../actions/report.js';
import { addExamples, type RegisterCommand } from '../command.js';

/** `letterpress report`. */
export const registerReport: RegisterCommand = (program, context) => {
  const command = program
    .command('report')
    .argument('<run...>', 'run directories, mixtures beside them, folders with runs in them, or a study')
    .summary('write a report of runs, as a page and as PDF')
    .description(
      'Write a report of one run, of several that are compared, or of a study: report.html, report.pdf, every figure as SVG\n' +
        'and PDF, and all numbers as results.json. It is made from the files of the runs alone: no model is loaded. Runs that\n' +
        'differ by their seeds alone are taken together. An earlier report in the folder is replaced.',
    )
    .option('--out <folder>', 'where to write it (default: into the study, or a folder under reports/)')
    .option('--title <text>', 'what it is called')
    .option('--json', 'write one JSON document: where the files are, and what is missing')
    .action(async (paths: string[], options: ReportOptions) => {
      const { report } = await import('../actions/report.js');
      await report(paths, options, context);
    });
  addExamples(command, [
    ['letterpress report runs/gazette-modern-48x3', 'of one run, into reports/gazette-modern-48x3'],
    ['letterpress report runs/small-seed0 runs/small-seed1 runs/large', 'two models, one of them with two seeds'],
    ['letterpress report runs', 'of all runs and mixtures in a folder'],
    ['letterpress report study', 'of a study, as far as it is; into the study itself'],
    ['letterpress report runs/a runs/b --out a-and-b --title "Two learning rates"', 'with a name of its own'],
  ]);
};
