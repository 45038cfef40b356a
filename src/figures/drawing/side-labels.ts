/** Names to the right of a plot, where curves and lines end, moved apart where they would touch. */
import { spreadLabels } from '../curve-layout.js';
import { dots, rules, texts } from './sheet.js';
import type { Layer } from './sheet.js';
import { FONT_SIZE, LABEL_SPACING, MARGIN, SWATCH } from './style.js';
import { shorten, textWidth } from './text.js';

/** A name to the right of the plot. */
export interface SideLabel {
  readonly text: string;
  readonly colour: string;
  /** Absent for a solid line. */
  readonly dash?: readonly number[];
  /** Where its curve ends, in pixels from the top, be it above or below the plot; NaN where there is no such place. */
  readonly y: number;
  /** Whether the curve ends at the edge of the plot: then a leader goes from there to a name that was moved. */
  readonly atEdge: boolean;
}

/** Pixels between plot and names for leaders. */
const LEADER = 14;
/** Names nearer to each other could not be significantly different. */
export const MIN_SPACING = FONT_SIZE + 2;

/** The texts of labels, cut to a reasonable share of the picture, and the room that they take beside the plot. */
export function sideLabelRoom(labels: readonly string[], width: number): { texts: string[]; room: number } {
  const cut = labels.map((label) => shorten(label, 0.38 * width));
  const widest = Math.max(0, ...cut.map((text) => textWidth(text)));
  const room = LEADER + SWATCH.length + SWATCH.textGap + widest + MARGIN;
  return { texts: cut, room: Math.ceil(labels.length === 0 ? MARGIN + 12 : room) };
}

/**
 * Draws labels beside a plot that ends at `right`: a piece of the curve, and the name; instead of the piece a triangle
 * that points up or down where the curve ends above or below the plot.
 *
 * @param name begins the names of the layers
 */
export function sideLabels(
  name: string,
  labels: readonly SideLabel[],
  plot: { readonly right: number; readonly top: number; readonly bottom: number },
): Layer[] {
  const height = plot.bottom - plot.top;
  const spacing = Math.max(MIN_SPACING, Math.min(LABEL_SPACING, height / Math.max(1, labels.length - 1)));
  const wanted = labels.map(({ y }) => (Number.isFinite(y) ? y - plot.top : height / 2));
  const bounded = wanted.map((y) => Math.max(0, Math.min(height, y)));
  const from = plot.right + LEADER;
  const to = from + SWATCH.length;
  return spreadLabels(bounded, spacing, height).flatMap((place, i) => {
    const { text, colour, dash, y, atEdge } = labels[i]!;
    const at = plot.top + place;
    const outside = Math.abs(bounded[i]! - wanted[i]!) > 1;
    const moved = Math.abs(at - y) > 1;
    return [
      ...(atEdge && moved && !outside
        ? [
            rules(`${name}-leader${i}`, [{ x: plot.right + 2, y, x2: from - 2, y2: at }], {
              colour,
              width: 0.75,
              opacity: 0.7,
            }),
          ]
        : []),
      outside
        ? dots(`${name}-beyond${i}`, [{ x: (from + to) / 2, y: at }], {
            fill: colour,
            size: 40,
            shape: wanted[i]! < 0 ? 'triangle-up' : 'triangle-down',
          })
        : rules(`${name}-swatch${i}`, [{ x: from, x2: to, y: at, y2: at }], {
            colour,
            width: 2,
            ...(dash === undefined ? {} : { dash }),
          }),
      texts(`${name}-name${i}`, [{ x: to + SWATCH.textGap, y: at, text }], { baseline: 'middle' }),
    ];
  });
}
