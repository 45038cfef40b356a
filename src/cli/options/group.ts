import type { Command, OptionValues } from '@commander-js/extra-typings';

/**
 * Options that several commands share: a function that adds them, and their types, to a command.
 *
 * @example const addSeed = optionGroup((command) => command.option('--seed <n>', 'seed', integer({ min: 0 })));
 */
export function optionGroup<Added extends OptionValues>(define: (command: Command) => Command<[], Added>) {
  // The options are inferred for an empty command: inferred for any, chains of groups would take the compiler minutes.
  return <A extends unknown[], O extends OptionValues, G extends OptionValues>(command: Command<A, O, G>) =>
    define(command as unknown as Command) as unknown as Command<A, O & Added, G>;
}
