/** Named points in the plane, such as characters by their embedding. */
import { scaleBetween, tightScale } from './curve-layout.js';
import type { AxisScale } from './curve-layout.js';
import { X_AXIS_HEIGHT, Y_TITLE_HEIGHT, bottomAxis, leftAxis, linear, tickRoom, ticksOf } from './drawing/axes.js';
import { heading } from './drawing/heading.js';
import { legend } from './drawing/legend.js';
import { placeLabels } from './drawing/place-labels.js';
import { SHAPES, dots, drawSheet, rules, texts } from './drawing/sheet.js';
import { CURVE_COLOURS, FAINT_INK, MARGIN } from './palette.js';

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

const NAME_SIZE = 12;
/** Beyond this ratio of their ranges, axes of one scale would leave most of the picture empty. */
const MAX_UNLIKE = 4;

/**
 * Draws points with their names, which are moved apart where they would touch. Unless one range is far larger than the
 * other, a unit is as long on both axes, so that distances can be compared.
 *
 * @returns an SVG document, 640 × 480 by default
 * @example
 * const svg = await mapFigure({
 *   title: 'Characters', xTitle: 'first component', yTitle: 'second component',
 *   points: [{ label: 'a', x: 0.3, y: -1.2, group: 'vowels' }, { label: 'b', x: 1, y: 0.4, group: 'consonants' }],
 * });
 */
export function mapFigure(options: MapFigureOptions): Promise<string> {
  const { title, subtitle, width = 640, height = 480 } = options;
  const points = options.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const groups = [...new Set(points.map(({ group }) => group))].map((label, i) => ({
    label,
    colour: CURVE_COLOURS[i % CURVE_COLOURS.length]!,
    shape: SHAPES[i % SHAPES.length]!,
  }));
  const head = heading(title, subtitle, width).bottom;
  const names = legend(groups.length < 2 ? [] : groups, head + 4, width);
  const top = head + names.height + Y_TITLE_HEIGHT;
  const bottom = height - X_AXIS_HEIGHT;
  const right = width - MARGIN - 12;
  const own = {
    x: tightScale(points.map((point) => point.x)),
    y: tightScale(points.map((point) => point.y)),
  };
  const scalesFrom = (left: number): Scales => sameUnits(own, (right - left) / (bottom - top));
  // How wide the ticks' texts are depends on the scale, and the scale on the room beside them.
  const left = tickRoom(scalesFrom(tickRoom(own.y)).y);
  const scales = scalesFrom(left);
  const plot = { left, right, top, bottom };
  const x = linear(scales.x, plot.left, right);
  const y = linear(scales.y, bottom, top);
  const spots = points.map((point) => ({
    ...point,
    x: x(point.x),
    y: y(point.y),
    text: nameOf(point.label),
  }));
  const places = placeLabels(spots, plot, NAME_SIZE);

  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, ticksOf(scales.y, y), options.yTitle),
    ...bottomAxis('x', plot, ticksOf(scales.x, x), options.xTitle, { grid: true }),
    rules(
      'leaders',
      places.flatMap((place, i) => (place.distant ? [leader(spots[i]!, place)] : [])),
      { colour: FAINT_INK, width: 0.6 },
    ),
    ...groups.map(({ label, colour, shape }, i) =>
      dots(
        `group${i}`,
        spots.filter((spot) => spot.group === label).map((spot) => ({ x: spot.x, y: spot.y, description: spot.label })),
        { fill: colour, shape, size: 34 },
      ),
    ),
    texts(
      'names',
      places.map(({ x, y }, i) => ({ x, y, text: spots[i]!.text })),
      {
        align: 'center',
        baseline: 'middle',
        fontSize: NAME_SIZE,
      },
    ),
  ]);
}

/** In the middle of a map, the usual mark for a space would be taken for a stain. */
function nameOf(label: string): string {
  return label === ' ' || label === '_' ? 'space' : label;
}

/** From a point to the nearest place on the edge of its name's box. */
function leader(
  point: { readonly x: number; readonly y: number },
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): { x: number; y: number; x2: number; y2: number } {
  const nearest = (value: number, middle: number, size: number): number =>
    Math.max(middle - size / 2, Math.min(middle + size / 2, value));
  return {
    x: point.x,
    y: point.y,
    x2: nearest(point.x, box.x, box.width),
    y2: nearest(point.y, box.y, box.height),
  };
}

interface Scales {
  readonly x: AxisScale;
  readonly y: AxisScale;
}

/** Widens one of two scales until a unit is as long on both, in a plot that is `ratio` times as wide as high. */
function sameUnits({ x, y }: Scales, ratio: number): Scales {
  const [across, down] = [x.high - x.low, y.high - y.low];
  if (across > MAX_UNLIKE * down || down > MAX_UNLIKE * across) return { x, y };
  if (across < ratio * down) return { x: widen(x, ratio * down, 6 * ratio), y };
  return { x, y: widen(y, across / ratio) };
}

function widen({ low, high }: AxisScale, span: number, target?: number): AxisScale {
  const more = (span - (high - low)) / 2;
  return scaleBetween(low - more, high + more, target);
}
