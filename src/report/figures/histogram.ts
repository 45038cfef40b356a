/** How often which lengths occur, split by split. */
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
import { drawSheet, polyline } from '../../runs/plot/sheet.js';
import { CURVE_COLOURS, MARGIN } from './palette.js';

/** What {@link histogramFigure} draws. Sizes are in pixels. */
export interface HistogramFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Bin i counts what is at least i · binWidth and below (i + 1) · binWidth. */
  readonly binWidth: number;
  /** Counts are shown as shares of their series, so that splits of different sizes compare. */
  readonly series: readonly { readonly label: string; readonly counts: readonly number[] }[];
  readonly width?: number;
  readonly height?: number;
}

/**
 * Draws outlines of histograms over each other.
 *
 * @returns an SVG document, 640 × 320 by default
 * @example
 * const svg = await histogramFigure({
 *   title: 'Lengths', xTitle: 'letters', yTitle: 'share of texts', binWidth: 5,
 *   series: [{ label: 'train', counts: [1, 8, 20, 3] }, { label: 'test', counts: [0, 1, 3, 1] }],
 * });
 */
export function histogramFigure(options: HistogramFigureOptions): Promise<string> {
  const { title, subtitle, binWidth, series, width = 640, height = 320 } = options;
  const shares = series.map(({ counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total > 0 ? count / total : 0));
  });
  const colour = (i: number): string => CURVE_COLOURS[i % CURVE_COLOURS.length]!;
  const head = heading(title, subtitle, width).bottom;
  const names = legend(
    series.map(({ label }, i) => ({ label, colour: colour(i) })),
    head + 4,
    width,
  );
  const bins = Math.max(1, ...series.map(({ counts }) => counts.findLastIndex((count) => count > 0) + 1));
  const yScale = niceScale([0, ...shares.flat()], 5);
  const top = head + names.height + Y_TITLE_HEIGHT;
  const bottom = height - X_AXIS_HEIGHT;
  const y = linear(yScale, bottom, top);
  const yTicks = ticksOf(yScale, y);
  const plot = { left: tickRoom(yTicks), right: width - MARGIN - 10, top, bottom };
  const xScale = niceScale([0, bins * binWidth], 8);
  const x = linear(xScale, plot.left, plot.right);
  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, yTicks, options.yTitle),
    ...shares.map((share, i) =>
      polyline(
        `series${i}`,
        [
          ...share.slice(0, bins).flatMap((value, bin) => [
            { x: x(bin * binWidth), y: y(value) },
            { x: x((bin + 1) * binWidth), y: y(value) },
          ]),
        ],
        { colour: colour(i) },
      ),
    ),
    ...bottomAxis('x', plot, ticksOf(xScale, x), options.xTitle),
  ]);
}
