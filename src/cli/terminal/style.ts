import { styleText } from 'node:util';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Text decorations that do nothing where colours are not wanted. */
export interface Style {
  /** Whether any escape codes are written at all. */
  readonly enabled: boolean;
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number;
}

/**
 * Whether to write colours: FORCE_COLOR decides first (as in Node itself; `0` and `false` switch off), then a
 * non-empty NO_COLOR (no-color.org) or TERM=dumb switch off, and otherwise only a terminal gets colours.
 */
export function wantsColour(isTerminal: boolean, environment: Environment): boolean {
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '') return false;
  if (environment['TERM'] === 'dumb') return false;
  return isTerminal;
}

/**
 * The decorations for one output stream.
 *
 * @example createStyle(true, {}).bold('NLL'); // '\u001b[1mNLL\u001b[22m'
 */
export function createStyle(isTerminal: boolean, environment: Environment, columns = 80): Style {
  const enabled = wantsColour(isTerminal, environment);
  // validateStream: newer Nodes would otherwise look at process.stdout, which may not be the stream meant here.
  const decorate = (decoration: 'bold' | 'red' | 'yellow') => (text: string) =>
    enabled ? styleText(decoration, text, { validateStream: false }) : text;
  return {
    enabled,
    bold: decorate('bold'),
    red: decorate('red'),
    yellow: decorate('yellow'),
    columns,
  };
}

/** For texts in files. */
export const PLAIN = createStyle(false, {});
