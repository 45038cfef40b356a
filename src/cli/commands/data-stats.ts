import type { Command } from 'commander';
import type { DataStatsOptions } from '../actions/data-stats.js';
import { addExamples } from '../command.js';
import type { CliContext } from '../context.js';
import { addDataOptions, addLongTextOptions, addSplitSeedOption } from '../data-options.js';

/** `letterpress data stats`. */
export function registerDataStats(data: Command, context: CliContext): void {
  const command = data
    .command('stats')
    .summary('sizes, lengths and characters of texts')
    .description('Count what is in the texts as a model would see them: cleaned, and in its alphabet.');
  addSplitSeedOption(addLongTextOptions(addDataOptions(command)))
    .option('--json', 'write one JSON document instead of tables')
    .action(async (options: DataStatsOptions) => {
      const { dataStats } = await import('../actions/data-stats.js');
      await dataStats(options, context);
    });
  addExamples(command, [
    ['letterpress data stats', 'the built-in corpus, with its exact entropy'],
    ['letterpress data stats --data news.txt', 'one text a line, split 80/10/10'],
    ['letterpress data stats --data pairs.csv --column left_title --column right_title', 'two columns of a table'],
    ['letterpress data stats --data folder --clean none --alphabet auto --json', 'texts in any script, for a program'],
  ]);
}
