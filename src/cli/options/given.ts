import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { LetterpressError } from '../../errors.js';

/** The options that the user wrote on the command line, in the order of the help. */
export function givenOptions(command: CommandUnknownOpts): readonly Option[] {
  return command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
}

/** Refuses an option beside its negation, of which commander takes the later one. */
export function refuseBoth(command: CommandUnknownOpts, ...flags: readonly [string, string]): void {
  const given = new Set<string>();
  for (const flag of flags)
    command.on(`option:${flag.replace(/^--/, '')}`, () => {
      if (given.add(flag).size === 2)
        throw new LetterpressError(
          'BAD_OPTION',
          `${flags[0]} and ${flags[1]} were both given`,
          'Leave one of them out.',
        );
    });
}

/** How an option is written, e.g. `--d-model`. */
export function flagOf(option: Pick<Option, 'flags' | 'long'>): string {
  return option.long ?? option.flags;
}

/** @throws LetterpressError BAD_OPTION for `--force` without `--out`: the default folder is a new one */
export function checkForce({
  force,
  out,
}: {
  readonly force?: true | undefined;
  readonly out?: string | undefined;
}): void {
  if (!force || out !== undefined) return;
  throw new LetterpressError(
    'BAD_OPTION',
    '--force replaces the folder of --out, which was not given: without it the folder is a new one',
    'Add --out, or leave --force out.',
  );
}

/** @throws LetterpressError BAD_OPTION for `--change-backend` without `--resume` */
export function checkChangeBackend(options: {
  readonly changeBackend?: true | undefined;
  readonly resume?: string | undefined;
}): void {
  if (!options.changeBackend || options.resume !== undefined) return;
  throw new LetterpressError('BAD_OPTION', '--change-backend is for --resume, which was not given', 'Leave it out.');
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
