/** Names of series in a row above a plot, in lines as they fit. */
import { dots, texts } from './sheet.js';
import type { Layer, Shape } from './sheet.js';
import { MARGIN } from './style.js';
import { shorten, textWidth } from './text.js';

/** A series as the legend shows it. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly shape?: Shape;
  readonly opacity?: number;
}

const SWATCH = 12;
const GAP = 16;
const LINE = 17;

/** A legend that has been given its places. */
export interface Legend {
  readonly layers: readonly Layer[];
  /** Pixels that it takes from `top` on; 0 without entries. */
  readonly height: number;
}

/** Lays out entries from the left edge of the picture on, in lines of at most `width` pixels. */
export function legend(entries: readonly LegendEntry[], top: number, width: number): Legend {
  let x = MARGIN;
  let y = top + LINE / 2;
  const layers: Layer[] = [];
  entries.forEach((entry, i) => {
    const text = shorten(entry.label, width - 2 * MARGIN - SWATCH);
    const room = SWATCH + textWidth(text);
    if (x > MARGIN && x + room > width - MARGIN) [x, y] = [MARGIN, y + LINE];
    const look = {
      fill: entry.colour,
      size: 90,
      shape: entry.shape ?? 'square',
      opacity: entry.opacity ?? 1,
    };
    layers.push(
      dots(`legend${i}`, [{ x: x + 5, y }], look),
      texts(`legend-name${i}`, [{ x: x + SWATCH + 3, y, text }], { baseline: 'middle' }),
    );
    x += room + GAP;
  });
  return { layers, height: entries.length === 0 ? 0 : y + LINE / 2 - top };
}
