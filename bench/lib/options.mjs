// Options of the scripts.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { fail } from './output.mjs';

/**
 * Reads the command line: options as of `parseArgs`, each with a `help`. Prints them for --help.
 *
 * @param purpose one line for --help
 */
export function readOptions(purpose, options) {
  let values;
  try {
    ({ values } = parseArgs({ options: { ...options, help: { type: 'boolean', default: false } } }));
  } catch (error) {
    fail(error.message);
  }
  if (!values.help) return values;
  console.log(`${purpose} See bench/README.md.\n`);
  for (const [name, { type, default: given, help }] of Object.entries(options)) {
    const usage = `--${name}${type === 'string' ? ` ${name.toUpperCase()}` : ''}`;
    console.log(`  ${usage.padEnd(38)} ${help}${type === 'string' && given?.length ? ` (${given})` : ''}`);
  }
  process.exit(0);
}

/** Options of several scripts. */
export const COMMON_OPTIONS = {
  threads: { type: 'string', default: defaultThreads(), help: 'numbers of threads to try' },
  backend: { type: 'string', default: 'native', help: 'native, wasm or portable' },
  python: { type: 'string', default: 'python3', help: 'Python with PyTorch' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
};

/** `1` and all cores. */
function defaultThreads() {
  const all = availableParallelism();
  return all > 1 ? `1,${all}` : '1';
}

/** Parses `1,2` as numbers of at least 1. */
export function positiveIntegers(option, text) {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((n) => Number.isInteger(n) && n >= 1))
    fail(`${option} expects whole numbers of at least 1, separated by commas, got '${text}'`);
  return numbers;
}

/** Checks that a word is one of those that an option takes. */
export function oneOf(option, text, allowed) {
  if (!allowed.includes(text)) fail(`${option} expects ${allowed.join(' or ')}, got '${text}'`);
  return text;
}

/** Checks a list of words, separated by commas. */
export function someOf(option, text, allowed) {
  return text.split(',').map((word) => oneOf(option, word, allowed));
}
