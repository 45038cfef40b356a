/** Two measures against each other, a point an epoch. */
import { axes, header, plotBelow, type FigureOptions } from './drawing/frame.js';
import { highestToShow, tightScale } from './drawing/scales.js';
import { SHAPES, dots, svgDocument, type Point } from './drawing/svg.js';
import { seriesColour } from './style.js';

export interface ScatterFigureOptions extends FigureOptions {
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
}

const HEIGHT = 250;

/** Least height of the plot and what is below it: long titles make the figure higher. */
const PLOT_HEIGHT = 180;

/**
 * Draws points, each series in its colour and shape. Points that are far off all others are left out, and the subtitle
 * says how many.
 *
 * @returns an SVG document, 640 × 250, or higher for long titles
 */
export function scatterFigure(options: ScatterFigureOptions): string {
  const series = options.series.map(({ label, x, y, colourIndex }, i) => ({
    label,
    colour: seriesColour(colourIndex ?? i),
    shape: SHAPES[i % SHAPES.length]!,
    points: x
      .map((value, p) => ({ x: value, y: y[p] ?? NaN }))
      .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y)),
  }));
  const all = series.flatMap(({ points }) => points);
  const highest = { x: highestToShow(all.map(({ x }) => x)), y: highestToShow(all.map(({ y }) => y)) };
  const isShown = (point: Point): boolean => point.x <= highest.x && point.y <= highest.y;
  const shown = all.filter(isShown);
  const hidden = all.length - shown.length;
  const note = `${hidden} ${hidden === 1 ? 'point' : 'points'} far off not shown`;
  const subtitle = [options.subtitle ?? [], hidden === 0 ? [] : note].flat().join(' · ');

  const head = header({ ...options, subtitle }, series);
  const [xs, ys] = [shown.map((point) => point.x), shown.map((point) => point.y)];
  const scales = { x: tightScale(xs, 8), y: tightScale(ys) };
  const height = Math.max(HEIGHT, Math.ceil(head.bottom) + PLOT_HEIGHT);
  const { x, y, layers } = axes(plotBelow(head.bottom, scales.y, height), scales, options, true);
  const marks = series.map(({ points, colour, shape }, i) => {
    const places = points.filter(isShown).map((point) => ({ x: x(point.x), y: y(point.y) }));
    return dots(`series${i}`, places, { fill: colour, shape, opacity: 0.75 });
  });
  return svgDocument(head, height, [...layers, ...marks]);
}
