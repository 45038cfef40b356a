import type * as z from 'zod';
import { describeIssues } from './describe-issues.js';
import { LetterpressError } from './errors.js';
import { suggest } from './suggest.js';

/**
 * Checks options by their schema, and fills in what has a default. Safe for browsers.
 *
 * @param what they are, with its verb, for the error: `the training settings are`
 * @throws LetterpressError BAD_OPTION naming the field, what was expected and what came
 */
export function parseOptions<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new LetterpressError(
    'BAD_OPTION',
    `${what} not valid: ${describeIssues(parsed.error, value)}`,
    'Give values as expected.',
  );
}

/**
 * Checks that options are an object whose names are all known: a misspelt one would be ignored in silence.
 *
 * @param known every name, so that the compiler notices one that is missing here
 * @param of the function that takes them, for the error
 * @throws LetterpressError BAD_OPTION naming the first unknown option, with the nearest known one
 */
export function checkNames<T extends object>(options: T, known: Readonly<Record<keyof T, unknown>>, of: string): void {
  if (typeof options !== 'object' || (options as T | null) === null)
    throw new LetterpressError('BAD_OPTION', `${of} expects an object of options, got ${JSON.stringify(options)}`);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const nearest = suggest(name, Object.keys(known));
    throw new LetterpressError(
      'BAD_OPTION',
      `${of} has no option called '${name}'`,
      nearest === undefined ? `It has ${Object.keys(known).join(', ')}.` : `Did you mean '${nearest}'?`,
    );
  }
}

/**
 * Checks what JavaScript passes for a path: Node.js would say nothing of Letterpress.
 *
 * @param what was expected, for the error: `the folder of a run`
 * @throws LetterpressError BAD_OPTION for anything but a string
 */
export function checkPath(path: unknown, what: string): void {
  if (typeof path === 'string') return;
  throw new LetterpressError('BAD_OPTION', `expected ${what}, got ${path === null ? 'null' : typeof path}`);
}
