/** Bars beside each other: one for each category and series. */
import { niceScale } from '../../runs/curve-layout.js';
import {
  X_AXIS_HEIGHT,
  Y_TITLE_HEIGHT,
  bottomAxis,
  leftAxis,
  linear,
  tickRoom,
  ticksOf,
} from '../../runs/plot/axes.js';
import { heading } from '../../runs/plot/heading.js';
import { legend } from '../../runs/plot/legend.js';
import { drawSheet, rectangles } from '../../runs/plot/sheet.js';
import { CURVE_COLOURS, MARGIN } from './palette.js';

/** What {@link barsFigure} draws. Sizes are in pixels. */
export interface BarsFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** What the categories are. */
  readonly xTitle: string;
  /** With its unit. */
  readonly yTitle: string;
  readonly categories: readonly string[];
  /** A value for each category; no bar where it is not finite. */
  readonly series: readonly { readonly label: string; readonly values: readonly number[] }[];
  /** Number of the category to emphasise, from 0 on. */
  readonly highlighted?: number;
  readonly width?: number;
  readonly height?: number;
}

const PALE = 0.45;

/**
 * Draws bars from zero on, those of a category side by side.
 *
 * @returns an SVG document, 640 × 320 by default
 * @example
 * const svg = await barsFigure({
 *   title: 'After “q”', xTitle: 'next letter', yTitle: 'probability',
 *   categories: ['t', 'u', 'x'], series: [{ label: '557k', values: [0.01, 0.98, 0.01] }], highlighted: 1,
 * });
 */
export function barsFigure(options: BarsFigureOptions): Promise<string> {
  const { title, subtitle, categories, series, highlighted, width = 640, height = 320 } = options;
  const colour = (i: number): string => CURVE_COLOURS[i % CURVE_COLOURS.length]!;
  const scale = niceScale([0, ...series.flatMap(({ values }) => values)], 5);
  const head = heading(title, subtitle, width).bottom;
  const names = legend(
    series.length < 2 ? [] : series.map(({ label }, i) => ({ label, colour: colour(i) })),
    head + 4,
    width,
  );
  const top = head + names.height + Y_TITLE_HEIGHT;
  const bottom = height - X_AXIS_HEIGHT;
  const y = linear(scale, bottom, top);
  const yTicks = ticksOf(scale, y);
  const plot = { left: tickRoom(yTicks), right: width - MARGIN, top, bottom };
  const step = (plot.right - plot.left) / Math.max(1, categories.length);
  const barWidth = Math.min(40, (step * 0.8) / Math.max(1, series.length));
  const middle = (category: number): number => plot.left + (category + 0.5) * step;

  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, yTicks, options.yTitle),
    ...series.map(({ values }, i) =>
      rectangles(
        `series${i}`,
        categories.flatMap((category, c) => {
          const value = values[c] ?? NaN;
          if (!Number.isFinite(value)) return [];
          const x = middle(c) + (i - series.length / 2) * barWidth;
          const opacity = highlighted === undefined || highlighted === c ? 1 : PALE;
          const description = `${category}: ${value}`;
          return [{ x, x2: x + barWidth, y: y(0), y2: y(value), opacity, description }];
        }),
        colour(i),
      ),
    ),
    ...bottomAxis(
      'x',
      plot,
      categories.map((text, c) => ({ at: middle(c), text })),
      options.xTitle,
    ),
  ]);
}
