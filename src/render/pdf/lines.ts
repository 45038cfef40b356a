/** Running text broken into lines. */
import type { Inline, Text } from '../document.js';
import { printable } from '../characters.js';
import { inlinesOf } from '../outline.js';
import type { Formula } from '../tex.js';
import type { FontRun } from './font-runs.js';
import type { FontName } from './fonts.js';
import { LINK, MONO_SCALE, type TextStyle } from './page-style.js';

/** What breaking lines needs to know of fonts and formulas. */
export interface Measure {
  /** Of a text in one font, in points. */
  readonly width: (text: string, font: FontName, size: number) => number;
  readonly runs: (text: string, font: FontName) => readonly FontRun<FontName>[];
  readonly typeset: (tex: string, options: { readonly display: boolean }) => Formula;
}

/** Text in one font, without a break. */
export interface TextPiece {
  readonly kind: 'text';
  readonly text: string;
  readonly font: FontName;
  readonly size: number;
  readonly colour: string;
  readonly width: number;
  /** An anchor of the report (`#id`) or an address. */
  readonly link?: string;
}

/** A formula; its lengths are in em, times `size`. */
export interface FormulaPiece {
  readonly kind: 'formula';
  readonly tex: string;
  readonly formula: Formula;
  readonly size: number;
  readonly colour: string;
  readonly width: number;
}

export type Piece = TextPiece | FormulaPiece;

/** A line: its pieces from left to right, without gaps. */
export interface Line {
  readonly pieces: readonly Piece[];
  readonly width: number;
  /** From its top to its baseline, and from there to its end. */
  readonly ascent: number;
  readonly descent: number;
}

/** Text between two spaces, which stays together, with the space before it. */
interface Word {
  readonly space: TextPiece | undefined;
  readonly pieces: Piece[];
  /** A line ends here, whatever else fits. */
  readonly startsLine: boolean;
}

/**
 * Breaks a text into lines no wider than `width`: at spaces and, where a word alone is wider, between characters. A
 * formula that is wider is made smaller. A text without anything gives one empty line.
 */
export function breakLines(text: Text, style: TextStyle, width: number, measure: Measure): Line[] {
  const lines: Line[] = [];
  let pieces: Piece[] = [];
  let used = 0;
  const finish = (): void => {
    lines.push(lineOf(pieces, style));
    [pieces, used] = [[], 0];
  };
  const put = (piece: Piece): void => {
    pieces.push(piece);
    used += piece.width;
  };
  for (const [index, word] of wordsOf(text, style, measure).entries()) {
    const wordWidth = sum(word.pieces);
    const space = word.space;
    if (word.startsLine) finish();
    if (pieces.length > 0 && used + (space?.width ?? 0) + wordWidth > width) finish();
    else if (space !== undefined && (pieces.length > 0 || (index === 0 && style.verbatim === true))) put(space);
    if (used + wordWidth <= width) word.pieces.forEach(put);
    else {
      for (const piece of word.pieces) {
        for (const part of fitBaselinesOf(piece, width, measure)) {
          if (pieces.length > 0 && used + part.width > width) finish();
          put(part);
        }
      }
    }
  }
  finish();
  return lines;
}

/** How wide a text is in one line, and how wide its widest word: between these, a column can be made narrower. */
export function textWidths(
  text: Text,
  style: TextStyle,
  measure: Measure,
): { readonly natural: number; readonly least: number } {
  let [natural, least] = [0, 0];
  for (const { space, pieces } of wordsOf(text, style, measure)) {
    const width = sum(pieces);
    natural += (space?.width ?? 0) + width;
    least = Math.max(least, width);
  }
  return { natural, least };
}

/** The height of lines below each other. */
export const heightOf = (lines: readonly Line[]): number =>
  lines.reduce((height, { ascent, descent }) => height + ascent + descent, 0);

function wordsOf(text: Text, style: TextStyle, measure: Measure): Word[] {
  const words: Word[] = [];
  let word: Word = { space: undefined, pieces: [], startsLine: false };
  const next = (space: TextPiece | undefined, startsLine: boolean): void => {
    if (word.pieces.length > 0 || word.startsLine) words.push(word);
    word = { space, pieces: [], startsLine };
  };
  for (const inline of inlinesOf(text)) {
    if (typeof inline !== 'string' && 'formula' in inline) {
      word.pieces.push(formulaPiece(inline.formula, style, measure));
      continue;
    }
    const { content, font, size, colour, link } = looksOf(inline, style);
    const shown = printable(content);
    for (const part of shown.split(style.verbatim === true ? /( +|[\t\n])/ : /([ \t\n]+)/)) {
      if (part === '') continue;
      const pieces = measure.runs(part === '\t' ? ' ' : part, font).map((run): TextPiece => {
        const runSize = run.font === 'mono' && font !== 'mono' ? size * MONO_SCALE : size;
        return {
          kind: 'text',
          ...run,
          size: runSize,
          colour,
          width: measure.width(run.text, run.font, runSize),
          ...(link === undefined ? {} : { link }),
        };
      });
      if (style.verbatim === true && part === '\n') next(undefined, true);
      else if (!/^[ \t\n]/.test(part)) word.pieces.push(...pieces);
      else {
        const space = { ...pieces[0]!, text: style.verbatim === true ? pieces[0]!.text : ' ' };
        next({ ...space, width: measure.width(space.text, space.font, space.size) }, false);
      }
    }
  }
  next(undefined, false);
  return words;
}

function looksOf(
  inline: Exclude<Inline, { formula: string }>,
  { font, size, colour }: TextStyle,
): { content: string; font: FontName; size: number; colour: string; link?: string } {
  if (typeof inline === 'string') return { content: inline, font, size, colour };
  if ('strong' in inline) return { content: inline.strong, font: 'bold', size, colour };
  if ('emphasis' in inline) return { content: inline.emphasis, font: 'italic', size, colour };
  if ('code' in inline) {
    return { content: inline.code, font: 'mono', size: font === 'mono' ? size : size * MONO_SCALE, colour };
  }
  return { content: inline.text, font, size, colour: LINK, link: inline.link };
}

function formulaPiece(tex: string, { size, colour }: TextStyle, measure: Measure): FormulaPiece {
  const formula = measure.typeset(tex, { display: false });
  return { kind: 'formula', tex, formula, size, colour, width: formula.width * size };
}

/** A piece as parts that fit, if it is too wide. */
function fitBaselinesOf(piece: Piece, width: number, measure: Measure): Piece[] {
  if (piece.width <= width) return [piece];
  if (piece.kind === 'formula') return [{ ...piece, size: (piece.size * width) / piece.width, width }];
  const parts: TextPiece[] = [];
  let text = '';
  const widthOf = (part: string): number => measure.width(part, piece.font, piece.size);
  const cut = (): number => parts.push({ ...piece, text, width: widthOf(text) });
  for (const character of piece.text) {
    if (text !== '' && widthOf(text + character) > width) {
      cut();
      text = '';
    }
    text += character;
  }
  cut();
  return parts;
}

/** Pieces as a line, in which neighbours that look the same are one. */
function lineOf(pieces: readonly Piece[], { size, leading }: TextStyle): Line {
  const merged: Piece[] = [];
  // Characters stand in the middle of the line's height: 0.72 em above and 0.21 em below the baseline.
  let ascent = leading / 2 + size * 0.255;
  let descent = leading - ascent;
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last?.kind === 'text' && piece.kind === 'text' && looksSame(last, piece)) {
      merged[merged.length - 1] = { ...last, text: last.text + piece.text, width: last.width + piece.width };
    } else merged.push(piece);
    if (piece.kind === 'formula') {
      const { height, depth } = piece.formula;
      ascent = Math.max(ascent, (height - depth) * piece.size + 1);
      descent = Math.max(descent, depth * piece.size + 1);
    }
  }
  return { pieces: merged, width: sum(merged), ascent, descent };
}

function looksSame(a: TextPiece, b: TextPiece): boolean {
  return a.font === b.font && a.size === b.size && a.colour === b.colour && a.link === b.link;
}

function sum(pieces: readonly Piece[]): number {
  return pieces.reduce((width, piece) => width + piece.width, 0);
}
