/** Title and subtitle of a figure. Safe for browsers. */
import { FAINT_INK, INK, MARGIN } from './style.js';
import { breakLines, shorten } from './text.js';

const TITLE_SIZE = 15;
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

/** A title cut to one line, and a subtitle of up to three, in a picture that is `width` pixels wide. */
export function heading(title: string, subtitle: string | undefined, width: number): Heading {
  const room = width - 2 * MARGIN;
  const lines: HeadingLine[] = [
    { text: shorten(title, room, TITLE_SIZE, true), y: 24, fontSize: TITLE_SIZE, bold: true, colour: INK },
  ];
  const below = subtitle === undefined || subtitle === '' ? [] : breakLines(subtitle, room, SUBTITLE_SIZE);
  below.forEach((text, i) => {
    lines.push({ text, y: 42 + i * SUBTITLE_LINE, fontSize: SUBTITLE_SIZE, bold: false, colour: FAINT_INK });
  });
  return { lines, bottom: 32 + (below.length === 0 ? 0 : 1 + below.length * SUBTITLE_LINE) };
}
