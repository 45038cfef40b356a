import type { Command } from 'commander';
import type { CliContext } from './context.js';

/**
 * Adds one command (or a group) to the program. Modules of `commands/` only declare: names, options, help. What a command
 * does is in `actions/`, imported when it runs, so that `--help` and mistakes answer at once.
 */
export type RegisterCommand = (program: Command, context: CliContext) => void;

/** A command line, and what it does in a few words. */
export type Example = readonly [commandLine: string, meaning: string];

/**
 * Adds a list of examples below a command's help, and returns the command.
 *
 * @example addExamples(command, [['letterpress data clean news.txt > clean.txt', 'clean a file']]);
 */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  const lines = examples.map(([commandLine, meaning]) => `  $ ${commandLine}\n      ${meaning}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
