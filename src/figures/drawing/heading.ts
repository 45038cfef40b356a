/** Title and subtitle of a figure. Safe for browsers. */
import { FAINT_INK, INK, MARGIN } from './style.js';
import { breakLines } from './text.js';

const TITLE_SIZE = 15;
const TITLE_LINE = 19;
const SUBTITLE_SIZE = 11.5;
const SUBTITLE_LINE = 15;

/** A line of the heading; `y` is its base line, in pixels from the top of the picture. */
export interface HeadingLine {
  readonly text: string;
  readonly y: number;
  readonly fontSize: number;
  readonly bold: boolean;
  readonly colour: string;
}

/** Everything above a plot. */
export interface Heading {
  readonly lines: readonly HeadingLine[];
  /** Pixels from the top of the picture to below the last line. */
  readonly bottom: number;
}

/** A title of up to two lines and a subtitle of up to three, in a picture that is `width` pixels wide. */
export function heading(title: string, subtitle: string | undefined, width: number): Heading {
  const room = width - 2 * MARGIN;
  const titles = breakLines(title, room, { fontSize: TITLE_SIZE, bold: true, most: 2 });
  const below =
    subtitle === undefined || subtitle === '' ? [] : breakLines(subtitle, room, { fontSize: SUBTITLE_SIZE });
  const titlesEnd = 24 + (titles.length - 1) * TITLE_LINE;
  const lines: HeadingLine[] = [
    ...titles.map((text, i) => ({
      text,
      y: 24 + i * TITLE_LINE,
      fontSize: TITLE_SIZE,
      bold: true,
      colour: INK,
    })),
    ...below.map((text, i) => ({
      text,
      y: titlesEnd + 18 + i * SUBTITLE_LINE,
      fontSize: SUBTITLE_SIZE,
      bold: false,
      colour: FAINT_INK,
    })),
  ];
  return { lines, bottom: titlesEnd + 8 + (below.length === 0 ? 0 : 1 + below.length * SUBTITLE_LINE) };
}
