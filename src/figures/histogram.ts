/** How often which lengths occur, split by split. */
import { scaleBetween, scaleFromZero } from './curve-layout.js';
import { X_AXIS_HEIGHT, Y_TITLE_HEIGHT, bottomAxis, leftAxis, linear, tickRoom, ticksOf } from './drawing/axes.js';
import { heading } from './drawing/heading.js';
import { legend } from './drawing/legend.js';
import { area, drawSheet, polyline } from './drawing/sheet.js';
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
 * Draws outlines of histograms over each other, the first one filled. A series without counts has no outline.
 *
 * @returns an SVG document, 640 × 320 by default
 * @example
 * const svg = await histogramFigure({
 *   title: 'Lengths', xTitle: 'characters', yTitle: 'share of texts', binWidth: 5,
 *   series: [{ label: 'train', counts: [1, 8, 20, 3] }, { label: 'test', counts: [0, 1, 3, 1] }],
 * });
 */
export function histogramFigure(options: HistogramFigureOptions): Promise<string> {
  const { title, subtitle, binWidth, series, width = 640, height = 320 } = options;
  const bins = Math.max(1, ...series.map(({ counts }) => counts.findLastIndex((count) => count > 0) + 1));
  const shares = series.map(({ counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total > 0 ? Array.from({ length: bins }, (_, bin) => (counts[bin] ?? 0) / total) : [];
  });
  const colour = (i: number): string => CURVE_COLOURS[i % CURVE_COLOURS.length]!;
  const head = heading(title, subtitle, width).bottom;
  const entries = series.map(({ label }, i) => ({ label, colour: colour(i) }));
  const names = legend(series.length < 2 ? [] : entries, head + 4, width);
  const yScale = scaleFromZero(shares.flat());
  const xScale = scaleBetween(0, bins * binWidth, 8);
  const plot = {
    left: tickRoom(yScale),
    right: width - MARGIN - 12,
    top: head + names.height + Y_TITLE_HEIGHT,
    bottom: height - X_AXIS_HEIGHT,
  };
  const x = linear(xScale, plot.left, plot.right);
  const y = linear(yScale, plot.bottom, plot.top);
  const stairs = shares.map((share) =>
    share.flatMap((value, bin) => [
      { x: x(bin * binWidth), y: y(value) },
      { x: x((bin + 1) * binWidth), y: y(value) },
    ]),
  );
  const ground = stairs[0]?.map((spot) => ({ ...spot, y2: plot.bottom })) ?? [];
  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, ticksOf(yScale, y), options.yTitle),
    area('ground', ground, { fill: colour(0), opacity: 0.15 }),
    ...stairs.map((steps, i) => {
      // From the axis up and down to it again.
      const ends = steps.length === 0 ? [] : [steps[0]!, steps.at(-1)!].map((spot) => ({ x: spot.x, y: plot.bottom }));
      return polyline(`series${i}`, [...ends.slice(0, 1), ...steps, ...ends.slice(1)], {
        colour: colour(i),
        width: 1.75,
      });
    }),
    ...bottomAxis('x', plot, ticksOf(xScale, x), options.xTitle),
  ]);
}
