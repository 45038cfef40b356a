/** How the pages look. Lengths are in points (72 to the inch), measured from a page's upper left corner. */
import type { FontName } from './fonts.js';

/** A4. */
export const PAGE = { width: 595.28, height: 841.89 } as const;
export const LEFT = 54;
export const TOP = 54;
/** Of the lowest line of text. */
export const BOTTOM = PAGE.height - 64;
/** Of text, tables and figures. */
export const WIDTH = PAGE.width - 2 * LEFT;
/** Of the page number's baseline. */
export const FOOTER = PAGE.height - 36;

export const INK = '#1f2328';
export const FAINT = '#59626e';
export const LINE = '#c9cfd6';
export const LINK = '#0a5a9c';
export const RAISED = '#eef1f4';

/** How running text looks. */
export interface TextStyle {
  readonly font: FontName;
  readonly size: number;
  /** From baseline to baseline. */
  readonly leading: number;
  readonly colour: string;
  /** Every space of the text counts, and line feeds begin new lines. */
  readonly verbatim?: boolean;
}

export const BODY: TextStyle = { font: 'regular', size: 10, leading: 14.5, colour: INK };
export const NOTE: TextStyle = { font: 'regular', size: 9.5, leading: 13.5, colour: INK };
export const CAPTION: TextStyle = { font: 'regular', size: 8.5, leading: 12, colour: FAINT };
export const SAMPLE: TextStyle = { font: 'mono', size: 7.2, leading: 9.6, colour: INK, verbatim: true };
export const TITLE: TextStyle = { font: 'bold', size: 22, leading: 27, colour: INK };
export const SUBTITLE: TextStyle = { font: 'regular', size: 12, leading: 17, colour: INK };
export const DATE: TextStyle = { font: 'regular', size: 9.5, leading: 14, colour: FAINT };
export const FOOT: TextStyle = { font: 'regular', size: 8, leading: 10, colour: FAINT };

/** By level, from 1. `gap` is the distance to what stands above, `after` to what follows. */
export const HEADINGS: readonly (TextStyle & { readonly gap: number; readonly after: number })[] = [
  { font: 'bold', size: 16, leading: 20, colour: INK, gap: 30, after: 9 },
  { font: 'bold', size: 12.5, leading: 16, colour: INK, gap: 20, after: 6 },
  { font: 'bold', size: 10.5, leading: 14.5, colour: INK, gap: 14, after: 4 },
];

/** Between paragraphs. */
export const PARAGRAPH_GAP = 8;
/** Above and below figures, tables and samples. */
export const BLOCK_GAP = 16;
/** Between a caption and what it belongs to. */
export const CAPTION_GAP = 5;

/** What is in code looks smaller when set in the same size. */
export const MONO_SCALE = 0.88;
