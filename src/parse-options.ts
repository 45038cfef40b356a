import type { z } from 'zod';
import { describeIssues } from './describe-issues.js';
import { LetterpressError } from './errors.js';

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
