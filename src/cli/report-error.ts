import type { Option } from '@commander-js/extra-typings';
import { inspect } from 'node:util';
import { LetterpressError } from '../errors.js';
import { codeOf, ioError } from '../io-error.js';
import type { CliContext } from './context.js';
import { flagOf } from './options/given.js';

/**
 * Tells the user what went wrong, on standard error, and returns the exit code: the error's own for a
 * {@link LetterpressError}, 2 when the operating system refused a file, 1 for anything unexpected. Stack traces (and
 * causes) only with `--debug`.
 *
 * @param options of the command that failed, whose flags are added to the fields that the error names
 */
export function reportError(
  error: unknown,
  context: Pick<CliContext, 'notice' | 'errorStyle' | 'debug'>,
  options: readonly Option[] = [],
): number {
  const { errorStyle: style } = context;
  // Only what the user gave, such as the name of a file, has line feeds.
  const oneLine = (text: string): string => text.replaceAll('\n', '\\n');
  const tell = (message: string, fix: string): void =>
    context.notice(`${style.red('error:')} ${oneLine(message)}\n${fix === '' ? '' : `  ${oneLine(fix)}\n`}`);

  if (context.debug) context.notice(`${inspect(error)}\n`);
  if (error instanceof LetterpressError) {
    tell(...withFlags(error.message, error.fix, options));
    return error.exitCode;
  }
  if (codeOf(error) !== '' && error instanceof Error && 'syscall' in error) {
    if (error.syscall === 'uv_cwd') {
      tell('the current folder does not exist any more', 'Change to another one (cd), and try again.');
      return 2;
    }
    const { path = 'a file' } = error as { readonly path?: string };
    const { message, fix } = ioError('use', path, error);
    tell(message, fix);
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

/** Fields of the library that are called otherwise on the command line. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  compareRecipe: 'secondRecipe',
  vary: 'space',
};

/** Fields that advice mentions for other commands than the one that failed. */
const OF_ANY_COMMAND: ReadonlyMap<string, string> = new Map([
  ['force', '--force'],
  ['resume', '--resume'],
]);

/**
 * The library names fields, this adds the flags: to the first mention of each field as in `dModel (--d-model) must be a
 * multiple of heads (--heads)`, and in advice, which has fields in parentheses, instead of them: `Choose another folder
 * (--out), or replace it (--force).` Texts without fields stay as they are.
 *
 * @param options of the command that failed
 */
export function withFlags(message: string, fix: string, options: readonly Option[]): [message: string, fix: string] {
  const flags = new Map(
    options.map((option) => {
      const name = option.attributeName();
      return [OTHER_NAMES[name] ?? name, flagOf(option)];
    }),
  );
  const out = flags.get('out');
  const advice = fix
    .replace('another folder', (all) => (out === undefined ? all : `${all} (${out})`))
    .replace(/\(([^()]+)\)/g, (_, inside: string) => {
      const found = inside.split(', ').map((item) => {
        const [name = '', ...value] = item.split(' ');
        const flag = flags.get(name) ?? OF_ANY_COMMAND.get(name);
        return flag === undefined ? item : [flag, ...value].join(' ');
      });
      return `(${found.join(', ')})`;
    });
  const texts: [string, string] = [message, advice];
  for (const [name, flag] of flags) {
    if (texts.some((text) => text.includes(flag))) continue;
    const mention = mentionOf(name);
    const at = texts.findIndex((text) => mention.test(text));
    if (at >= 0) texts[at] = texts[at]!.replace(mention, `$& (${flag})`);
  }
  return texts;
}

/**
 * Where a text names a field: a name in camel case is one anywhere but in a path for `--set`; an English word only
 * after what comes before fields in errors (`expected a limit`) or before what comes after them (`heads must be`).
 */
function mentionOf(name: string): RegExp {
  if (/[A-Z]/.test(name)) return new RegExp(`(?<![\\w.-])${name}\\b(?![.=])`);
  return new RegExp(
    `(?<=^|[.:;] |expected )${name}(?= must\\b| should\\b| to be\\b| [≥≤<>=])|` +
      `(?<=expected an? |multiple of )${name}\\b|(?<=[:;] |^)${name}(?=: )`,
    'm',
  );
}
