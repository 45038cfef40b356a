import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { FormField } from '../../studio/api.js';
import { flagOf } from './given.js';
import { expectationOf } from './parsers.js';

/**
 * Options of a command as the fields of a form: the command line states them once, with their help and their limits.
 *
 * @param leftOut flags that a form does not have
 */
export function describeOptions(command: CommandUnknownOpts, leftOut: readonly string[]): FormField[] {
  return command.options
    .filter((option) => !leftOut.includes(flagOf(option)))
    .map((option) => ({
      flag: flagOf(option),
      group: (option.helpGroupHeading ?? 'Texts:').replace(/:$/, ''),
      help: option.description,
      expects: expectsOf(option),
    }));
}

function expectsOf(option: Option): FormField['expects'] {
  if (option.isBoolean() || option.negate) return { kind: 'flag' };
  return expectationOf(option.parseArg) ?? { kind: 'text' };
}
