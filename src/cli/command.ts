import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import type { CliContext } from './context.js';

/** Declares a command's arguments, options, help and action on an empty command of its name. */
export type DefineCommand = (command: Command, context: CliContext) => void;

/** A command line, and what it does in a few words. */
export type Example = readonly [commandLine: string, meaning: string];

/** Adds a list of examples below a command's help. */
export function addExamples(command: CommandUnknownOpts, examples: readonly Example[]): void {
  const lines = examples.map(([commandLine, meaning]) => {
    return `  $ ${commandLine.length <= 76 ? commandLine : wrapCommand(commandLine)}\n      ${meaning}`;
  });
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** A command line in several, broken before options: with the indent and backslashes in 80 columns. */
function wrapCommand(commandLine: string): string {
  return commandLine.replace(/(?=.{71})(.{1,70}) (?=-)/g, '$1 \\\n        ');
}
