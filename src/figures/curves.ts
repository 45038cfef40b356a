/** Curves against epochs, of one run or several. */
import {
  X_AXIS_HEIGHT,
  Y_TITLE_HEIGHT,
  across,
  axes,
  header,
  plotBelow,
  type FigureOptions,
  type Plot,
} from './drawing/frame.js';
import {
  highestToShow,
  niceScale,
  ratioScale,
  scaleBetween,
  tickText,
  tightScale,
  wholeScale,
  type AxisScale,
} from './drawing/scales.js';
import { MIN_SPACING, sideLabelRoom, sideLabels } from './drawing/side-labels.js';
import { area, dots, polyline, rules, svgDocument, type Layer, type LineStyle, type Point } from './drawing/svg.js';
import { BACKGROUND, CURVE_COLOURS, DASHES, LONG_DASHES, REFERENCE, seriesColour } from './style.js';

/** One curve. Values that are not finite leave a gap. */
export interface CurveSeries {
  readonly label: string;
  readonly epochs: ArrayLike<number>;
  /** As many as `epochs`. */
  readonly values: ArrayLike<number>;
  /** Both or neither, as many as `epochs`: a band around the curve, such as from the lowest to the highest seed. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** Place in {@link CURVE_COLOURS}; by default the curve's place in the figure. */
  readonly colourIndex?: number;
  /** By custom for what is measured on the training texts. */
  readonly dashed?: boolean;
  /** The epoch to mark with a ring, by custom the best one. */
  readonly markEpoch?: number;
}

/** A horizontal line for a known value, such as an exact entropy or a baseline. */
export interface ReferenceLine {
  readonly label: string;
  readonly value: number;
}

export interface CurvesFigureOptions extends FigureOptions {
  /** With its unit, e.g. `NLL (nats per text)`. */
  readonly yTitle: string;
  readonly xTitle?: string;
  /** What stands in brackets behind a tick of the vertical axis: the same on another scale. */
  readonly yAside?: (value: number) => string;
  /** Equal ratios on the horizontal axis have equal distances; then `epochs` may be any numbers above zero. */
  readonly xLog?: boolean;
  readonly series: readonly CurveSeries[];
  readonly references?: readonly ReferenceLine[];
  /**
   * Values beyond are cut off, and the subtitle says so. By default nothing is cut off below; above, what would
   * squeeze everything else into a small part of the plot.
   */
  readonly yRange?: { readonly low?: number; readonly high?: number };
  /** At least; more if the names need it. */
  readonly height?: number;
}

/** With more epochs, dots on a curve would touch. */
const MAX_DOTS = 30;

/**
 * Draws curves against epochs, with error bands where they have them. The curves' names stand at their right ends,
 * moved apart where they would touch.
 *
 * @returns an SVG document 640 × 400 by default, higher if there are many names
 */
export function curvesFigure(options: CurvesFigureOptions): string {
  const { title, series, xLog = false } = options;
  const references = (options.references ?? []).filter(({ value }) => Number.isFinite(value));
  const yScale = { ...valueScale(options), aside: options.yAside };
  const xValues = series.flatMap(({ epochs }) => Array.from(epochs));
  const xScale = xLog ? ratioScale(xValues) : wholeScale(xValues);
  const styles = series.map(lineStyle);
  const ends = [
    ...series.map(({ label, epochs, values }, i) => {
      const last = Array.from(values).findLastIndex(Number.isFinite);
      const atEdge = epochs[last] === xScale.high;
      return { ...styles[i]!, label: last < 0 ? `${label} (no values)` : label, value: values[last] ?? NaN, atEdge };
    }),
    ...references.map((reference) => ({ ...REFERENCE, ...reference, atEdge: true })),
  ];
  const subtitle = [options.subtitle ?? [], cutNote(options, yScale)].flat().join(' · ');
  const head = header({ title, subtitle });
  const needed = head.bottom + Y_TITLE_HEIGHT + ends.length * MIN_SPACING + X_AXIS_HEIGHT;
  const height = Math.max(options.height ?? 400, needed);
  const plot = plotBelow(head.bottom, yScale, height, sideLabelRoom(ends));
  const xTitle = `${options.xTitle ?? 'epoch'}${xLog ? ' (log scale)' : ''}`;
  const { x, y, layers } = axes(plot, { x: xScale, y: yScale }, { xTitle, yTitle: options.yTitle });
  const bounded = (value: number): number => Math.max(plot.top, Math.min(plot.bottom, y(value)));

  const bands = series.map(({ epochs, low = [], high = [] }, i): Layer => {
    const edges = Array.from(epochs, (epoch, e) => {
      const isKnown = Number.isFinite(low[e]) && Number.isFinite(high[e]);
      return isKnown ? { x: x(epoch), y: bounded(high[e]!), y2: bounded(low[e]!) } : null;
    });
    return area(`band${i}`, edges, { fill: styles[i]!.colour, opacity: 0.18 });
  });
  const curves = series.map(({ epochs, values }) => {
    const at = (epoch: number, i: number) => ({ x: x(epoch), y: y(values[i]!), epoch });
    return cutLine(
      Array.from(epochs, (epoch, i) => (Number.isFinite(values[i]) ? at(epoch, i) : null)),
      plot,
    );
  });
  const hasDots = series.every(({ epochs }) => epochs.length <= MAX_DOTS);
  const marks = series.flatMap(({ markEpoch }, i): Layer[] => {
    const { colour } = styles[i]!;
    const points = curves[i]!.filter((point) => point?.epoch !== undefined).map((point) => point!);
    const marked = points.filter(({ epoch }) => epoch === markEpoch);
    return [
      dots(`points${i}`, hasDots ? points : [], { fill: colour, size: 11 }),
      dots(`best${i}`, marked, { fill: BACKGROUND, stroke: colour, size: 71 }),
    ];
  });
  const known = references.filter(({ value }) => value >= yScale.low && value <= yScale.high);
  const levels = known.map(({ value }) => y(value));
  const labels = ends.map((end) => ({ ...end, y: y(end.value) }));
  return svgDocument(head, height, [
    ...layers,
    rules('references', across(plot, levels), { ...REFERENCE, width: 1.2 }),
    ...bands,
    ...curves.map((points, i) => polyline(`series${i}`, points, styles[i]!)),
    ...marks,
    ...sideLabels(labels, plot),
  ]);
}

function lineStyle({ colourIndex, dashed = false }: CurveSeries, index: number): LineStyle {
  const place = colourIndex ?? index;
  const dash = dashed ? DASHES : place >= CURVE_COLOURS.length ? LONG_DASHES : undefined;
  return { colour: seriesColour(place), ...(dash && { dash }) };
}

function allValues({ series }: CurvesFigureOptions): number[] {
  return series
    .flatMap(({ values, low = [], high = [] }) => [values, low, high].flatMap((each) => Array.from(each)))
    .filter(Number.isFinite);
}

/** Around all values and references, but for what {@link highestToShow} cuts off, or as asked for. */
function valueScale(options: CurvesFigureOptions): AxisScale {
  const values = allValues(options);
  const references = (options.references ?? []).map(({ value }) => value).filter(Number.isFinite);
  const all = [...values, ...references];
  const { yRange } = options;
  const highest = Math.min(highestToShow(values, references), yRange?.high ?? Infinity);
  const around = tightScale(all.filter((value) => value <= highest));
  // A round number where the subtitle says it.
  const high =
    yRange?.high ?? (all.some((value) => value > highest) ? niceScale([around.low, highest]).high : around.high);
  const low = yRange?.low ?? Math.min(around.low, high);
  return high > low ? scaleBetween(low, high) : around;
}

/** What the subtitle says of values beyond the axis: a list of one text, or of none. */
function cutNote(options: CurvesFigureOptions, { low, high, decimals }: AxisScale): string[] {
  const values = allValues(options);
  const text = (value: number): string => tickText(value, Math.abs(value) < 1000 ? decimals : 0);
  const most = values.reduce((a, b) => Math.max(a, b), high);
  const least = values.reduce((a, b) => Math.min(a, b), low);
  const notes = [
    ...(most > high ? [`above ${text(high)}, up to ${text(most)},`] : []),
    ...(least < low ? [`below ${text(low)}, down to ${text(least)},`] : []),
  ];
  return notes.length === 0 ? [] : [`values ${notes.join(' and ')} are cut off`];
}

/** A point of a curve; no epoch where the curve was cut. */
type CurvePoint = Point & { readonly epoch?: number };

/** Rounding puts what lies on a bound beyond it, by less than this. */
const ROUNDING = 1e-6;

/** A curve without what is above or below the plot, with points where it crosses the edge; null is a gap. */
function cutLine(points: readonly (CurvePoint | null)[], { top, bottom }: Plot): (CurvePoint | null)[] {
  const isInside = ({ y }: Point): boolean => y >= top - ROUNDING && y <= bottom + ROUNDING;
  return points.flatMap((point, i) => {
    const before = points[i - 1] ?? null;
    const kept = point !== null && isInside(point) ? point : null;
    if (before === null || point === null || (isInside(before) && kept !== null)) return [kept];
    const crossings = [top, bottom]
      .map((y) => ({ share: (y - before.y) / (point.y - before.y), y }))
      .filter(({ share }) => share > 0 && share < 1)
      .sort((a, b) => a.share - b.share)
      .map(({ share, y }) => ({ x: before.x + share * (point.x - before.x), y }));
    return [...crossings, kept];
  });
}
