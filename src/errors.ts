/** What went wrong, as a stable word that scripts and tests may compare. */
export type ErrorCode =
  | 'BAD_OPTION' // an option, preset or argument the user gave does not exist or is out of range
  | 'BAD_INPUT' // a text, file or column the user gave cannot be used
  | 'BAD_RUN' // a run directory is missing, damaged or of another schema version
  | 'EXISTS' // something would be overwritten
  | 'IN_USE' // another process writes the folder, or the worker trains already
  | 'IO' // the file system refused
  | 'NO_BACKEND' // the backend asked for is not available here
  | 'DIVERGED' // a training ended since its numbers were not finite
  | 'ABORTED' // it was stopped before there was anything to return
  | 'NO_MEMORY' // the machine has not enough memory for what was asked
  | 'INTERNAL'; // a broken invariant of Letterpress itself

/**
 * Every error that Letterpress throws on purpose. The message says what was expected and what came;
 * `fix` says what to do about it. The command line prints both and exits with {@link exitCode}.
 *
 * @example throw new LetterpressError('BAD_INPUT', `file not found: ${path}`, 'Check the path.');
 */
export class LetterpressError extends Error {
  override readonly name = 'LetterpressError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** What the user can do, one or two sentences; empty when there is nothing to do. */
    readonly fix = '',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /**
   * 2 for what the user can fix (bad option, input, run, existing or unwritable output), 1 for our faults, 3 for a
   * training that diverged.
   */
  get exitCode(): 1 | 2 | 3 {
    return this.code === 'INTERNAL' ? 1 : this.code === 'DIVERGED' ? 3 : 2;
  }
}

/** Throws `INTERNAL` unless `condition` holds: for invariants of our own code, not for user input. */
export function assertInternal(condition: boolean, message: string): asserts condition {
  if (!condition) throw new LetterpressError('INTERNAL', message, 'This is a bug in Letterpress: please report it.');
}
