import { LetterpressError } from '../errors.js';

export const MAX_THREADS = 256;

/** @throws LetterpressError BAD_OPTION for what is no number of threads */
export function checkThreads(threads: number, came: string): number {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a number of threads from 1 to ${MAX_THREADS}, ${came}`,
      'Leave it out for all cores.',
    );
  }
  return threads;
}
