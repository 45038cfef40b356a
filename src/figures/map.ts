/** Named points in the plane, such as characters by their embedding. */
import { axes, header, plotBelow, type FigureOptions, type Plot } from './drawing/frame.js';
import { placeLabels } from './drawing/place-labels.js';
import { scaleBetween, tightScale, type AxisScale } from './drawing/scales.js';
import { SHAPES, dots, rules, svgDocument, texts } from './drawing/svg.js';
import { FAINT_INK, seriesColour } from './style.js';

export interface MapFigureOptions extends FigureOptions {
  /** Points of one group have one colour. Left out where a coordinate is not finite. */
  readonly points: readonly {
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly group: string;
  }[];
  readonly xTitle: string;
  readonly yTitle: string;
}

const HEIGHT = 480;
const NAME_SIZE = 12;
/** Beyond this ratio of their ranges, axes of one scale would leave most of the picture empty. */
const MAX_UNLIKE = 4;

/**
 * Draws points with their names, which are moved apart where they would touch. Unless one range is far larger than the
 * other, a unit is as long on both axes, so that distances can be compared.
 *
 * @returns an SVG document, 640 × 480
 */
export function mapFigure(options: MapFigureOptions): string {
  const points = options.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const groups = [...new Set(points.map(({ group }) => group))].map((label, i) => ({
    label,
    colour: seriesColour(i),
    shape: SHAPES[i % SHAPES.length]!,
  }));
  const head = header(options, groups.length < 2 ? [] : groups);
  const own = { x: tightScale(points.map((point) => point.x)), y: tightScale(points.map((point) => point.y)) };
  const plotFor = (y: AxisScale): Plot => plotBelow(head.bottom, y, HEIGHT);
  // How wide the ticks' texts are depends on the scale, and the scale on the room beside them.
  const plot = plotFor(sameUnits(own, plotFor(own.y)).y);
  const scales = sameUnits(own, plot);
  const { x, y, layers } = axes(plot, scales, options, true);
  const placed = points.map((point) => ({
    ...point,
    x: x(point.x),
    y: y(point.y),
    description: point.label,
    // In the middle of a map, the usual mark for a space would be taken for a stain.
    text: point.label === '_' ? 'space' : point.label,
  }));
  const names = placeLabels(placed, plot, NAME_SIZE);
  const leaders = names.flatMap((name, i) => {
    const point = placed[i]!;
    // To the nearest place on the edge of the name's box.
    const nearest = (from: number, middle: number, size: number): number =>
      Math.max(middle - size / 2, Math.min(middle + size / 2, from));
    const end = { x2: nearest(point.x, name.x, name.width), y2: nearest(point.y, name.y, name.height) };
    return name.distant ? [{ x: point.x, y: point.y, ...end }] : [];
  });
  const marks = groups.map(({ label, colour, shape }, i) => {
    const members = placed.filter(({ group }) => group === label);
    return dots(`group${i}`, members, { fill: colour, shape, size: 28 });
  });
  const labels = names.map(({ x, y }, i) => ({ x, y, text: placed[i]!.text }));
  return svgDocument(head, HEIGHT, [
    ...layers,
    rules('leaders', leaders, { colour: FAINT_INK, width: 0.6 }),
    ...marks,
    texts('names', labels, { align: 'middle', baseline: 'middle', fontSize: NAME_SIZE }),
  ]);
}

interface Scales {
  readonly x: AxisScale;
  readonly y: AxisScale;
}

/** Widens one of two scales until a unit is as long on both. */
function sameUnits({ x, y }: Scales, { left, right, top, bottom }: Plot): Scales {
  const [across, down, ratio] = [x.high - x.low, y.high - y.low, (right - left) / (bottom - top)];
  if (across > MAX_UNLIKE * down || down > MAX_UNLIKE * across) return { x, y };
  if (across < ratio * down) return { x: widen(x, ratio * down, 6 * ratio), y };
  return { x, y: widen(y, across / ratio) };
}

function widen({ low, high }: AxisScale, length: number, target?: number): AxisScale {
  const more = (length - (high - low)) / 2;
  return scaleBetween(low - more, high + more, target);
}
