import { z } from 'zod';
import { LetterpressError, type ErrorCode } from '../../errors.js';

const CODES: Readonly<Record<ErrorCode, true>> = {
  BAD_OPTION: true,
  BAD_INPUT: true,
  BAD_RUN: true,
  EXISTS: true,
  IO: true,
  NO_BACKEND: true,
  NO_MEMORY: true,
  INTERNAL: true,
};

/**
 * An error as plain data. Between threads, JavaScript itself would keep the message and the stack of an error, but
 * neither its class nor its code.
 */
export const errorMessageSchema = z.object({
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  /** Of a LetterpressError. */
  letterpress: z
    .object({
      code: z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(CODES, value)),
      fix: z.string(),
    })
    .optional(),
  /** Of an error of Node.js: its code, and the call that the operating system refused. */
  code: z.string().optional(),
  syscall: z.string().optional(),
  get cause() {
    return errorMessageSchema.optional();
  },
});

export type ErrorMessage = z.infer<typeof errorMessageSchema>;

/** What was thrown, as plain data; causes that are not errors are left out. */
export function describeError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const text = (name: 'code' | 'syscall') => {
    const value: unknown = name in error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error instanceof LetterpressError
      ? { letterpress: { code: error.code, fix: error.fix } }
      : { code: text('code'), syscall: text('syscall') }),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}

/** The error that {@link describeError} described, with its original stack. */
export function reviveError(description: ErrorMessage): Error {
  const { name, message, stack, letterpress, code, syscall, cause } = description;
  const options = cause === undefined ? {} : { cause: reviveError(cause) };
  let error: Error;
  if (letterpress === undefined) {
    error = new Error(message, options);
    error.name = name;
    if (code !== undefined) Object.assign(error, { code });
    if (syscall !== undefined) Object.assign(error, { syscall });
  } else error = new LetterpressError(letterpress.code, message, letterpress.fix, options);
  if (stack !== undefined) error.stack = stack;
  return error;
}
