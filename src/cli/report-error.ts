import { inspect } from 'node:util';
import { LetterpressError } from '../errors.js';
import type { CliContext } from './context.js';

/**
 * Tells the user what went wrong, on standard error, and returns the exit code: the error's own for a
 * {@link LetterpressError}, 2 when the operating system refused a file, 1 for anything unexpected. Stack traces (and
 * causes) only with `--debug`.
 */
export function reportError(error: unknown, context: Pick<CliContext, 'notice' | 'errorStyle' | 'debug'>): number {
  const { errorStyle: style } = context;
  const tell = (message: string, fix: string): void =>
    context.notice(`${style.red('error:')} ${message}\n${fix === '' ? '' : `  ${fix}\n`}`);

  if (context.debug) context.notice(`${inspect(error)}\n`);
  if (error instanceof LetterpressError) {
    tell(error.message, withFlags(error.fix));
    return error.exitCode;
  }
  if (hasCode(error) && 'syscall' in error) {
    tell(error.message, 'Check that the path exists and that you may use it.');
    return 2;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const firstLine = message.split('\n', 1)[0] ?? message;
  tell(
    firstLine,
    context.debug
      ? 'This is a bug in Letterpress: please report it.'
      : 'This is a bug in Letterpress: run with --debug for the stack trace.',
  );
  return 1;
}

/** Whether this is an error with a string `code`, such as Node's `ENOENT`. */
export function hasCode(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** Fields of the library that have a flag of the same name. */
const FIELDS: ReadonlySet<string> = new Set(
  'force resume data clean limit epochs precision alphabet recipe few padding distillationSet dModel mlpRatio layers batch'.split(
    ' ',
  ),
);

/**
 * Advice of the library, which names fields, with the flags that set them.
 *
 * @example withFlags('Choose another folder, or replace it (force).') // …folder (--out), or replace it (--force).
 */
function withFlags(fix: string): string {
  const flag = (field: string) => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return fix
    .replace('another folder', 'another folder (--out)')
    .replace(/\((\w+(?:, \w+)*)\)/g, (all, names: string) => {
      const fields = names.split(', ');
      return fields.every((field) => FIELDS.has(field)) ? `(${fields.map(flag).join(', ')})` : all;
    });
}
