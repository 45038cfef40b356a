import { styleText } from 'node:util';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Text decorations that do nothing where colours are not wanted. */
export interface Style {
  /** Whether any escape codes are written at all. */
  readonly enabled: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
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

type Decoration = Exclude<keyof Style, 'enabled'>;

/**
 * The decorations for one output stream.
 *
 * @example createStyle(true, {}).bold('NLL'); // '\u001b[1mNLL\u001b[22m'
 */
export function createStyle(isTerminal: boolean, environment: Environment): Style {
  const enabled = wantsColour(isTerminal, environment);
  // validateStream: newer Nodes would otherwise look at process.stdout, which may not be the stream meant here.
  const decorate = (decoration: Decoration) => (text: string) =>
    enabled ? styleText(decoration, text, { validateStream: false }) : text;
  return {
    enabled,
    bold: decorate('bold'),
    dim: decorate('dim'),
    red: decorate('red'),
    green: decorate('green'),
    yellow: decorate('yellow'),
    cyan: decorate('cyan'),
  };
}
