import { LetterpressError } from '../../src/errors.js';

/** The LetterpressError that `run` throws; fails when it throws none, or another error. */
export function errorOf(run: () => unknown): LetterpressError {
  try {
    run();
  } catch (error) {
    if (error instanceof LetterpressError) return error;
    throw error;
  }
  throw new Error('expected an error');
}
