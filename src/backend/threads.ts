import { availableParallelism } from 'node:os';
import { LetterpressError } from '../errors.js';

const MAX_THREADS = 256;

/** Default number of threads: LETTERPRESS_THREADS, else all cores. */
export function defaultThreads(): number {
  const variable = process.env['LETTERPRESS_THREADS'];
  if (variable === undefined || variable === '') return Math.min(availableParallelism(), MAX_THREADS);
  return checkThreads(Number(variable), `in the variable LETTERPRESS_THREADS, got '${variable}'`);
}

export function checkThreads(threads: number, came: string): number {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new LetterpressError('BAD_OPTION', `expected a number of threads from 1 to ${MAX_THREADS} ${came}`);
  }
  return threads;
}
