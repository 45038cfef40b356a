/** How the pages look. Lengths are in points (72 to the inch), measured from a page's upper left corner. */
import { FAINT_INK as FAINT, INK, INVENTED_INK } from '../../figures/style.js';
import type { FontName } from '../../figures/pdf-fonts.js';

/** A4. */
export const PAGE = { width: 595.28, height: 841.89 } as const;
export const LEFT = 54;
export const TOP = 52;
/** Of the lowest line of text. */
export const BOTTOM = PAGE.height - 61;
/** Of text, tables and figures. */
export const WIDTH = PAGE.width - 2 * LEFT;
/** Baseline of the page number. */
export const FOOTER = PAGE.height - 36;

export { FAINT, INK };
export const LINE = '#c9cfd6';
export const LINK = '#0a5a9c';
export const RAISED = '#eef1f4';
export { INVENTED_INK as INVENTED };

export interface TextStyle {
  readonly font: FontName;
  readonly size: number;
  /** From baseline to baseline. */
  readonly leading: number;
  readonly colour: string;
  /** Every space counts, and a line feed begins a new line. */
  readonly verbatim?: boolean;
}

const style = (font: FontName, size: number, leading: number, colour = INK): TextStyle => ({
  font,
  size,
  leading,
  colour,
});

export const BODY = style('regular', 10, 13.6);
export const NOTE = style('regular', 9.5, 13);
export const CAPTION = style('regular', 8.5, 11.3, FAINT);
export const TITLE = style('bold', 22, 27);
export const SUBTITLE = style('regular', 12, 17);
export const DATE = style('regular', 9.5, 14, FAINT);
export const FOOT = style('regular', 8, 10, FAINT);
export const SAMPLE: TextStyle = { ...style('regular', 8, 10.4), verbatim: true };
export const CODE: TextStyle = { ...style('mono', 7.4, 10), verbatim: true };
export const SAMPLE_TITLE = style('bold', 8.5, 11.5);
export const SAMPLE_NUMBER = style('regular', 6.5, 10.4, FAINT);
export const SAMPLE_REMARK = style('italic', 8, 10.4, FAINT);
export const CONTENTS_TITLE = style('bold', 10.5, 14.5);

/** By level, from 1, with the distance to what stands above. */
export const CONTENTS = [
  { ...style('regular', 9.5, 12.5), indent: 0, gap: 3 },
  { ...style('regular', 9, 11.5), indent: 14, gap: 0 },
] as const;
export const HEADINGS = [
  { ...style('bold', 16, 20), gap: 24 },
  { ...style('bold', 12.5, 16), gap: 17 },
  { ...style('bold', 10.5, 14.5), gap: 12 },
] as const;

/** Between paragraphs. */
export const PARAGRAPH_GAP = 7;
/** Above figures, tables and samples. */
export const BLOCK_GAP = 13;
/** Between a caption and what it belongs to. */
export const CAPTION_GAP = 5;

/** Code in running text: monospaced characters look larger than others of the same size. */
export const MONO_SCALE = 0.88;
