/** Two measures against each other, a point an epoch. */
import { tightScale } from './curve-layout.js';
import { X_AXIS_HEIGHT, Y_TITLE_HEIGHT, bottomAxis, leftAxis, linear, tickRoom, ticksOf } from './drawing/axes.js';
import { highestToShow } from './drawing/cut.js';
import { heading } from './drawing/heading.js';
import { legend } from './drawing/legend.js';
import { SHAPES, dots, drawSheet } from './drawing/sheet.js';
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
 * Draws points, each series in its colour and shape. Points that are far off all others are left out, and the subtitle
 * says how many.
 *
 * @returns an SVG document, 640 × 400 by default
 * @example
 * const svg = await scatterFigure({
 *   title: 'NLL and top-1', xTitle: 'NLL (nats per text)', yTitle: 'top-1 (share of positions)',
 *   series: [{ label: '557k', x: [120, 100, 95], y: [0.7, 0.78, 0.8] }],
 * });
 */
export function scatterFigure(options: ScatterFigureOptions): Promise<string> {
  const { title, width = 640, height = 400 } = options;
  const given = options.series.map(({ label, x, y, colourIndex }, i) => ({
    label,
    colour: CURVE_COLOURS[(colourIndex ?? i) % CURVE_COLOURS.length]!,
    shape: SHAPES[i % SHAPES.length]!,
    points: x
      .map((value, p) => ({ x: value, y: y[p] ?? NaN }))
      .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y)),
  }));
  const all = given.flatMap(({ points }) => points);
  const highest = { x: highestToShow(all.map(({ x }) => x)), y: highestToShow(all.map(({ y }) => y)) };
  const series = given.map((each) => ({
    ...each,
    points: each.points.filter(({ x, y }) => x <= highest.x && y <= highest.y),
  }));
  const shown = series.flatMap(({ points }) => points);
  const left = all.length - shown.length;
  const note = `${left} ${left === 1 ? 'point' : 'points'} far off not shown`;
  const subtitle = [options.subtitle ?? [], left === 0 ? [] : note].flat().join(' · ');

  const head = heading(title, subtitle, width).bottom;
  const names = legend(series, head + 4, width);
  const yScale = tightScale(shown.map((point) => point.y));
  const xScale = tightScale(
    shown.map((point) => point.x),
    8,
  );
  const plot = {
    left: tickRoom(yScale),
    right: width - MARGIN - 12,
    top: head + names.height + Y_TITLE_HEIGHT,
    bottom: height - X_AXIS_HEIGHT,
  };
  const x = linear(xScale, plot.left, plot.right);
  const y = linear(yScale, plot.bottom, plot.top);
  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, ticksOf(yScale, y), options.yTitle),
    ...bottomAxis('x', plot, ticksOf(xScale, x), options.xTitle, { grid: true }),
    ...series.map((each, i) =>
      dots(
        `series${i}`,
        each.points.map((point) => ({ x: x(point.x), y: y(point.y) })),
        { fill: each.colour, shape: each.shape, opacity: 0.75 },
      ),
    ),
  ]);
}
