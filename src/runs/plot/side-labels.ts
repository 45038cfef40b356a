/** Names to the right of a plot, where curves and lines end, moved apart where they would touch. */
import { spreadLabels } from '../curve-layout.js';
import { rules, texts } from './sheet.js';
import type { Layer } from './sheet.js';
import { FONT_SIZE, INK, LABEL_SPACING, MARGIN, SWATCH } from './style.js';
import { shorten, textWidth } from './text.js';

/** A name to the right of the plot. */
export interface SideLabel {
  readonly text: string;
  readonly colour: string;
  /** Absent for a solid line. */
  readonly dash?: readonly number[];
  /** Where its curve ends, in pixels from the top; NaN where there is no such place. */
  readonly y: number;
  /** Whether the curve ends at the edge of the plot: then a leader goes from there to a name that was moved. */
  readonly atEdge: boolean;
}

/** Pixels between plot and names for leaders. */
const LEADER = 14;
/** Names nearer to each other could not be told apart. */
export const LEAST_SPACING = FONT_SIZE + 2;

/** The texts of labels, cut to a reasonable share of the picture, and the room that they take beside the plot. */
export function sideLabelRoom(labels: readonly string[], width: number): { texts: string[]; room: number } {
  const cut = labels.map((label) => shorten(label, 0.38 * width));
  const widest = Math.max(0, ...cut.map((text) => textWidth(text)));
  const room = LEADER + SWATCH.length + SWATCH.textGap + widest + MARGIN;
  return { texts: cut, room: Math.ceil(labels.length === 0 ? MARGIN + 12 : room) };
}

/** Draws labels beside a plot that ends at `right`: a piece of the curve, and the name. */
export function sideLabels(
  labels: readonly SideLabel[],
  plot: { readonly right: number; readonly top: number; readonly bottom: number },
): Layer[] {
  const height = plot.bottom - plot.top;
  const spacing = Math.max(LEAST_SPACING, Math.min(LABEL_SPACING, height / Math.max(1, labels.length - 1)));
  const wanted = labels.map(({ y }) => (Number.isFinite(y) ? y - plot.top : height / 2));
  const places = spreadLabels(wanted, spacing, height).map((place) => plot.top + place);
  const from = plot.right + LEADER;
  const to = from + SWATCH.length;
  return labels.flatMap(({ text, colour, dash, y, atEdge }, i) => [
    ...(atEdge && Math.abs(places[i]! - y) > 1
      ? [
          rules(`leader${i}`, [{ x: plot.right + 2, y, x2: from - 2, y2: places[i]! }], {
            colour,
            width: 0.75,
            opacity: 0.7,
          }),
        ]
      : []),
    rules(`swatch${i}`, [{ x: from, x2: to, y: places[i]!, y2: places[i]! }], {
      colour,
      width: 2,
      ...(dash === undefined ? {} : { dash }),
    }),
    texts(`name${i}`, [{ x: to + SWATCH.textGap, y: places[i]!, text }], { baseline: 'middle', colour: INK }),
  ]);
}
