import { LetterpressError, type ErrorCode } from '../../errors.js';

/**
 * An error as plain data. Between threads, JavaScript itself would keep the message and the stack of an error, but
 * neither its class nor its code.
 */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** E.g. `code`, and `fix` of a LetterpressError or `syscall` of an error of Node.js. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly cause?: ErrorMessage | undefined;
}

/** What was thrown, as plain data; causes that are not errors are left out. */
export function describeError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack, cause } = error;
  const fields = Object.entries(error).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const described = cause instanceof Error ? describeError(cause) : undefined;
  return { name, message, stack, fields: Object.fromEntries(fields), cause: described };
}

/** The error that {@link describeError} described, with its original stack. */
export function reviveError({ name, message, stack, fields = {}, cause }: ErrorMessage): Error {
  const options = cause && { cause: reviveError(cause) };
  const { code, fix } = fields;
  const error =
    name === 'LetterpressError'
      ? new LetterpressError(code as ErrorCode, message, fix, options)
      : Object.assign(new Error(message, options), { name, ...fields });
  if (stack !== undefined) error.stack = stack;
  return error;
}
