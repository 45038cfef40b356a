/** Running text broken into lines. */
import type { FontName, FontRun } from '../../figures/pdf-fonts.js';
import { printable } from '../display.js';
import type { Inline, Text } from '../document.js';
import { inlinesOf } from '../outline.js';
import type { Formula } from '../tex.js';
import { INVENTED, LINK, MONO_SCALE, type TextStyle } from './style.js';

/** What breaking lines needs to know of fonts and formulas. */
export interface Measure {
  /** Of a text in one font, in points. */
  readonly width: (text: string, font: FontName, size: number) => number;
  readonly runs: (text: string, font: FontName) => readonly FontRun[];
  readonly typeset: (tex: string, options: { readonly display: boolean }) => Formula;
}

/** Text in one font, without a break; or a formula. */
export interface Piece {
  /** The TeX of a formula. */
  readonly text: string;
  readonly formula?: Formula;
  readonly font: FontName;
  /** Of a formula, the size of the text around it. */
  readonly size: number;
  readonly colour: string;
  readonly width: number;
  /** An anchor of the report (`#id`) or an address. */
  readonly link?: string | undefined;
  readonly underlined?: boolean | undefined;
}

/** A line: its pieces from left to right, without gaps. */
export interface Line {
  readonly pieces: readonly Piece[];
  readonly width: number;
  /** From its top to its baseline, and from there to its bottom. */
  readonly ascent: number;
  readonly descent: number;
}

/** Text between two spaces, which stays together, with the space before it. */
interface Word {
  readonly space?: Piece;
  readonly pieces: Piece[];
  /** A line ends before it, whatever else fits. */
  readonly startsLine: boolean;
}

const TOLERANCE = 0.01; // points: widths are sums of fractions

/**
 * Breaks a text into lines no wider than `width`: at spaces and, where a word alone is wider, between characters. A
 * formula that is wider is made smaller. An empty text gives one empty line.
 */
export function breakLines(text: Text, style: TextStyle, width: number, measure: Measure): Line[] {
  const lines: Line[] = [];
  let pieces: Piece[] = [];
  let used = 0;
  const fits = (more: number): boolean => used + more <= width + TOLERANCE;
  const put = (piece: Piece): void => {
    pieces.push(piece);
    used += piece.width;
  };
  const finish = (): void => {
    lines.push(lineOf(pieces, style));
    [pieces, used] = [[], 0];
  };
  for (const { space, pieces: parts, startsLine } of wordsOf(text, style, measure)) {
    if (startsLine) finish();
    if (pieces.length > 0 && !fits((space?.width ?? 0) + widthOf(parts))) finish();
    else if (space !== undefined && (pieces.length > 0 || style.verbatim === true)) put(space);
    for (const part of fits(widthOf(parts)) ? parts : parts.flatMap((piece) => cut(piece, width, measure))) {
      if (pieces.length > 0 && !fits(part.width)) finish();
      put(part);
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
  const words = wordsOf(text, style, measure).map(({ space, pieces }) => [space?.width ?? 0, widthOf(pieces)] as const);
  return {
    natural: words.reduce((sum, [space, width]) => sum + space + width, 0),
    least: Math.max(0, ...words.map(([, width]) => width)),
  };
}

/** The height of lines below each other. */
export const heightOf = (lines: readonly Line[]): number =>
  lines.reduce((height, { ascent, descent }) => height + ascent + descent, 0);

const widthOf = (pieces: readonly Piece[]): number => pieces.reduce((width, piece) => width + piece.width, 0);

function wordsOf(text: Text, style: TextStyle, measure: Measure): Word[] {
  const isVerbatim = style.verbatim === true;
  const words: Word[] = [{ pieces: [], startsLine: false }];
  for (const inline of inlinesOf(text)) {
    const { content, ...looks } = looksOf(inline, style);
    if (typeof inline !== 'string' && 'formula' in inline) {
      const formula = measure.typeset(content, { display: false });
      words.at(-1)!.pieces.push({ text: content, formula, ...looks, width: formula.width * looks.size });
      continue;
    }
    const piecesOf = (part: string): Piece[] =>
      measure.runs(part, looks.font).map((run) => {
        const size = run.font === 'mono' && style.font !== 'mono' ? looks.size * MONO_SCALE : looks.size;
        return { ...looks, ...run, size, width: measure.width(run.text, run.font, size) };
      });
    for (const part of printable(content).split(isVerbatim ? /( +|[\t\n])/ : /([ \t\n]+)(?!%)/)) {
      if (part === '') continue;
      if (isVerbatim && part === '\n') words.push({ pieces: [], startsLine: true });
      else if (/^[ \t\n]/.test(part)) {
        words.push({ space: piecesOf(isVerbatim && part !== '\t' ? part : ' ')[0]!, pieces: [], startsLine: false });
      } else words.at(-1)!.pieces.push(...piecesOf(part));
    }
  }
  return words.filter(({ pieces, startsLine }) => pieces.length > 0 || startsLine);
}

type Looks = Pick<Piece, 'font' | 'size' | 'colour' | 'link' | 'underlined'> & { readonly content: string };

function looksOf(inline: Inline, { font, size, colour }: TextStyle): Looks {
  if (typeof inline === 'string') return { content: inline, font, size, colour };
  if ('strong' in inline) return { content: inline.strong, font: 'bold', size, colour };
  if ('emphasis' in inline) return { content: inline.emphasis, font: 'italic', size, colour };
  if ('code' in inline) return { content: inline.code, font: 'mono', size, colour };
  if ('formula' in inline) return { content: inline.formula, font, size, colour };
  if ('sample' in inline) {
    const { sample: content, invented, copied: underlined } = inline;
    return invented
      ? { content, font: 'italic', size, colour: INVENTED, underlined }
      : { content, font, size, colour, underlined };
  }
  return { content: inline.text, font, size, colour: LINK, link: inline.link };
}

/** A piece as parts that fit. */
function cut(piece: Piece, width: number, measure: Measure): Piece[] {
  if (piece.width <= width) return [piece];
  if (piece.formula !== undefined) return [{ ...piece, size: (piece.size * width) / piece.width, width }];
  const parts: Piece[] = [];
  for (const character of piece.text) {
    const text = (parts.at(-1)?.text ?? '') + character;
    const longer = { ...piece, text, width: measure.width(text, piece.font, piece.size) };
    if (parts.length > 0 && longer.width <= width) parts[parts.length - 1] = longer;
    else parts.push({ ...piece, text: character, width: measure.width(character, piece.font, piece.size) });
  }
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
    if (last !== undefined && looksSame(last, piece)) {
      merged[merged.length - 1] = { ...last, text: last.text + piece.text, width: last.width + piece.width };
    } else merged.push(piece);
    if (piece.formula !== undefined) {
      const { height, depth } = piece.formula;
      ascent = Math.max(ascent, (height - depth) * piece.size + 1);
      descent = Math.max(descent, depth * piece.size + 1);
    }
  }
  return { pieces: merged, width: widthOf(merged), ascent, descent };
}

function looksSame(a: Piece, b: Piece): boolean {
  if (a.formula !== undefined || b.formula !== undefined) return false;
  return (['font', 'size', 'colour', 'link', 'underlined'] as const).every((look) => a[look] === b[look]);
}
