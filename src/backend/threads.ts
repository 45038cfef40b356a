import { availableParallelism } from 'node:os';
import { checkThreads, MAX_THREADS } from './check-threads.js';

/** Default number of threads: LETTERPRESS_THREADS, else all cores. */
export function defaultThreads(): number {
  const variable = process.env['LETTERPRESS_THREADS'];
  if (variable === undefined || variable === '') return Math.min(availableParallelism(), MAX_THREADS);
  return checkThreads(
    /^\d+$/.test(variable) ? Number(variable) : NaN,
    `in the variable LETTERPRESS_THREADS, got '${variable}'`,
  );
}
