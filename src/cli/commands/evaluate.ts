import type { EvaluateOptions } from '../actions/evaluate.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { cleaningMode, collect } from '../data-options.js';
import { choice, positiveInteger } from '../options.js';

/** `letterpress evaluate`. */
export const registerEvaluate: RegisterCommand = (program, context) => {
  const command = program
    .command('evaluate')
    .argument('<run>', 'a run directory, or a mixture')
    .summary('NLL and top-1 of a trained model')
    .description("Measure a run's best model on its test texts, or on others.")
    .option(
      '--split <which>',
      'train, val or test (default: test; of a single file given by --data, all texts)',
      choice('--split', ['train', 'val', 'test'] as const),
    )
    .option('--data <path>', "other texts than the run's own: a file or folder, as for train")
    .option('--column <name>', 'column that holds the texts of --data; may be given several times', collect)
    .option('--clean <how>', "headlines or none, for --data (default: as the run's own texts)", cleaningMode)
    .option(
      '--stride <n>',
      'for a model of a long text: characters between overlapping pieces, so that each character has more before it',
      positiveInteger('--stride'),
    );
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (run: string, options: EvaluateOptions) => {
      const { evaluate } = await import('../actions/evaluate.js');
      await evaluate(run, options, context);
    });
  addExamples(command, [
    ['letterpress evaluate runs/gazette-modern-48x3', 'on the test texts'],
    ['letterpress evaluate runs/news --split val --json', 'on the validation texts, for a program'],
    ['letterpress evaluate runs/news --data other-news/', 'on the test texts of another folder'],
    ['letterpress evaluate runs/news --data more.txt', 'on all texts of a file'],
    ['letterpress evaluate runs/book --stride 64', 'bits per character of a long text'],
  ]);
};
