import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { LetterpressError } from '../../errors.js';

/** The options that the user wrote on the command line, in the order of the help. */
export function givenOptions(command: CommandUnknownOpts): readonly Option[] {
  return command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
}

/** How an option is written, e.g. `--d-model`. */
export function flagOf(option: Pick<Option, 'flags' | 'long'>): string {
  return option.long ?? option.flags;
}

/** Options that say how a command runs, which may change when it is resumed. */
const ALLOWED_WITH_RESUME: readonly string[] = ['--resume', '--backend', '--threads', '--json'];

/**
 * @param what is resumed: `run`
 * @param also options that may be changed too
 * @param remedy what to do instead
 * @throws LetterpressError BAD_OPTION for an option that `--resume` cannot change
 */
export function checkResumeOptions(
  command: CommandUnknownOpts,
  what: string,
  remedy: string,
  also: readonly string[] = [],
): void {
  const allowed = [...ALLOWED_WITH_RESUME, ...also];
  const other = givenOptions(command)
    .map(flagOf)
    .find((flag) => !allowed.includes(flag));
  if (other === undefined) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `--resume keeps the original options of the ${what}, but ${other} was given too`,
    `Leave ${other} out, or ${remedy}.`,
  );
}
