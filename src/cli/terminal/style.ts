import { styleText } from 'node:util';
import { escapeForTerminal } from '../../escapes.js';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Text decorations that do nothing where colours are not wanted; {@link outward} turns them into escape codes. */
export interface Style {
  /** Whether any decorations are written at all. */
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
  return isTerminal && movesCursor(environment);
}

/** Whether a terminal understands escape codes. */
export function movesCursor(environment: Environment): boolean {
  return environment['TERM'] !== 'dumb';
}

type Decoration = 'bold' | 'red' | 'yellow';

/**
 * Beginning and end of each decoration, as noncharacters: escape codes in a text are the user's, never ours, and no
 * terminal may get them.
 */
const MARKS: Readonly<Record<Decoration, readonly [begin: string, end: string]>> = {
  bold: ['\ufdd0', '\ufdd1'],
  red: ['\ufdd2', '\ufdd3'],
  yellow: ['\ufdd4', '\ufdd5'],
};

/** Each mark, and its escape code. */
const CODES: readonly (readonly [mark: string, code: string])[] = (Object.keys(MARKS) as Decoration[]).flatMap(
  (decoration) => {
    // validateStream: newer Nodes would otherwise look at process.stdout, which may not be the stream meant here.
    const [begin = '', end = ''] = styleText(decoration, '-', { validateStream: false }).split('-');
    return [
      [MARKS[decoration][0], begin],
      [MARKS[decoration][1], end],
    ] as const;
  },
);

/**
 * The decorations for one output stream.
 *
 * @example outward(createStyle(true, {}).bold('NLL')); // '\u001b[1mNLL\u001b[22m'
 */
export function createStyle(isTerminal: boolean, environment: Environment, columns = 80): Style {
  const enabled = wantsColour(isTerminal, environment);
  const decorate = (decoration: Decoration) => (text: string) => (enabled ? MARKS[decoration].join(text) : text);
  return {
    enabled,
    bold: decorate('bold'),
    red: decorate('red'),
    yellow: decorate('yellow'),
    columns,
  };
}

export const SHOW_CURSOR = '\u001b[?25h';

/** For texts in files. */
export const PLAIN = createStyle(false, {});

/** What a stream for readers gets: harmless whatever is in the text, with decorations as escape codes. */
export function outward(text: string): string {
  return toCodes(escapeForTerminal(text));
}

/** Decorations as escape codes, which libraries know to have no width. */
export function toCodes(text: string): string {
  return CODES.reduce((all, [mark, code]) => all.replaceAll(mark, code), text);
}

/** Escape codes as decorations again. */
export function toMarks(text: string): string {
  return CODES.reduce((all, [mark, code]) => all.replaceAll(code, mark), text);
}
