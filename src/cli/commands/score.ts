import type { ScoreOptions } from '../actions/score.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { cleaningMode } from '../data-options.js';

/** `letterpress score`. */
export const registerScore: RegisterCommand = (program, context) => {
  const command = program
    .command('score')
    .argument('<run>', 'a run directory, or a mixture')
    .summary('how probable given texts are, in nats')
    .description("Print −log p of every text of a file under a run's best model, in nats: lower is likelier.")
    .requiredOption('--file <path>', 'a text file, one text a line')
    .option('--clean <how>', "headlines or none (default: as the run's own texts)", cleaningMode);
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (run: string, options: ScoreOptions) => {
      const { score } = await import('../actions/score.js');
      await score(run, options, context);
    });
  addExamples(command, [
    ['letterpress score runs/news --file texts.txt', 'a line a text: nats, then the text'],
    ['letterpress score runs/news --file texts.txt | sort -n | head', 'the likeliest'],
  ]);
};
