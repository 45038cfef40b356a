/** Two measures against each other, a point an epoch. */
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
import { SHAPES, dots, drawSheet } from '../../runs/plot/sheet.js';
import { CURVE_COLOURS, MARGIN } from './palette.js';

/** What {@link scatterFigure} draws. Sizes are in pixels. */
export interface ScatterFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** With its unit. */
  readonly xTitle: string;
  /** With its unit. */
  readonly yTitle: string;
  readonly series: readonly {
    readonly label: string;
    readonly x: readonly number[];
    /** As many as `x`. Points with a coordinate that is not finite are left out. */
    readonly y: readonly number[];
    /** Place in {@link CURVE_COLOURS}; by default the place in the figure. */
    readonly colourIndex?: number;
  }[];
  readonly width?: number;
  readonly height?: number;
}

/**
 * Draws points, each series in its colour and shape.
 *
 * @returns an SVG document, 640 × 400 by default
 * @example
 * const svg = await scatterFigure({
 *   title: 'NLL and top-1', xTitle: 'NLL (nats per text)', yTitle: 'top-1 (share of positions)',
 *   series: [{ label: '557k', x: [120, 100, 95], y: [0.7, 0.78, 0.8] }],
 * });
 */
export function scatterFigure(options: ScatterFigureOptions): Promise<string> {
  const { title, subtitle, width = 640, height = 400 } = options;
  const series = options.series.map(({ label, x, y, colourIndex }, i) => ({
    label,
    colour: CURVE_COLOURS[(colourIndex ?? i) % CURVE_COLOURS.length]!,
    shape: SHAPES[i % SHAPES.length]!,
    points: x
      .map((value, p) => ({ x: value, y: y[p] ?? NaN }))
      .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y)),
  }));
  const points = series.flatMap((each) => each.points);
  const head = heading(title, subtitle, width).bottom;
  const names = legend(series, head + 4, width);
  const top = head + names.height + Y_TITLE_HEIGHT;
  const bottom = height - X_AXIS_HEIGHT;
  const yScale = niceScale(points.map((point) => point.y));
  const y = linear(yScale, bottom, top);
  const yTicks = ticksOf(yScale, y);
  const plot = { left: tickRoom(yTicks), right: width - MARGIN - 20, top, bottom };
  const xScale = niceScale(
    points.map((point) => point.x),
    8,
  );
  const x = linear(xScale, plot.left, plot.right);
  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, yTicks, options.yTitle),
    ...bottomAxis('x', plot, ticksOf(xScale, x), options.xTitle, true),
    ...series.map((each, i) =>
      dots(
        `series${i}`,
        each.points.map((point) => ({ x: x(point.x), y: y(point.y) })),
        {
          fill: each.colour,
          shape: each.shape,
          opacity: 0.8,
        },
      ),
    ),
  ]);
}
