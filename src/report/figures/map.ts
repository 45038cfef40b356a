/** Named points in the plane, such as letters by their embedding. */
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
import { SHAPES, dots, drawSheet, texts } from '../../runs/plot/sheet.js';
import { CURVE_COLOURS, MARGIN } from './palette.js';

/** What {@link mapFigure} draws. Sizes are in pixels. */
export interface MapFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** Points of one group have one colour. Left out where a coordinate is not finite. */
  readonly points: readonly {
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly group: string;
  }[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * Draws points with their names, which are moved apart where they would touch.
 *
 * @returns an SVG document, 640 × 440 by default
 * @example
 * const svg = await mapFigure({
 *   title: 'Letters', xTitle: 'first component', yTitle: 'second component',
 *   points: [{ label: 'a', x: 0.3, y: -1.2, group: 'vowels' }, { label: 'b', x: 1, y: 0.4, group: 'consonants' }],
 * });
 */
export function mapFigure(options: MapFigureOptions): Promise<string> {
  const { title, subtitle, width = 640, height = 440 } = options;
  const points = options.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const groups = [...new Set(points.map(({ group }) => group))];
  const colour = (i: number): string => CURVE_COLOURS[i % CURVE_COLOURS.length]!;
  const shape = (i: number) => SHAPES[i % SHAPES.length]!;
  const head = heading(title, subtitle, width).bottom;
  const names = legend(
    groups.map((label, i) => ({ label, colour: colour(i), shape: shape(i) })),
    head + 4,
    width,
  );
  const top = head + names.height + Y_TITLE_HEIGHT;
  const bottom = height - X_AXIS_HEIGHT;
  const yScale = niceScale(points.map(({ y }) => y));
  const y = linear(yScale, bottom, top);
  const yTicks = ticksOf(yScale, y);
  const plot = { left: tickRoom(yTicks), right: width - MARGIN - 20, top, bottom };
  const xScale = niceScale(points.map((point) => point.x));
  const x = linear(xScale, plot.left, plot.right);
  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, yTicks, options.yTitle),
    ...bottomAxis('x', plot, ticksOf(xScale, x), options.xTitle, true),
    ...groups.map((group, i) =>
      dots(
        `group${i}`,
        points
          .filter((point) => point.group === group)
          .map((point) => ({ x: x(point.x), y: y(point.y), description: point.label })),
        { fill: colour(i), shape: shape(i) },
      ),
    ),
    texts(
      'labels',
      points.map((point) => ({ x: x(point.x) + 6, y: y(point.y), text: point.label })),
      { baseline: 'middle' },
    ),
  ]);
}
