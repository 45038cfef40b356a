import type { Command } from 'commander';
import type { DataCleanOptions } from '../actions/data-clean.js';
import { addExamples } from '../command.js';
import type { CliContext } from '../context.js';

/** `letterpress data clean FILE`. */
export function registerDataClean(data: Command, context: CliContext): void {
  const command = data
    .command('clean')
    .summary('write one cleaned line for every line of a file')
    .description(
      'Clean texts as the notebook cleaned headlines: words wholly of characters, lower case, without stop words, ' +
        'nouns in the singular. Writes one cleaned line for every line of the input to standard output.',
    )
    .argument('<file>', 'a UTF-8 text file, one text a line, or - for standard input')
    .option('--json', 'write one JSON array of strings instead of lines')
    .action(async (file: string, options: DataCleanOptions) => {
      const { dataClean } = await import('../actions/data-clean.js');
      await dataClean(file, options, context);
    });
  addExamples(command, [
    ['letterpress data clean news.txt > clean.txt', 'clean a file'],
    ["echo 'Two churches were closed' | letterpress data clean -", 'prints: two church closed'],
  ]);
}
