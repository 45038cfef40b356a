/** Figures of curves against epochs, as SVG: one run or several, drawn by Vega-Lite without a browser. */
import { epochScale, niceScale, ratioScale, scaleBetween, tightScale } from './curve-layout.js';
import type { AxisScale } from './curve-layout.js';
import type { CurveFigureOptions, CurveSeries } from './curve-options.js';
import {
  X_AXIS_HEIGHT,
  Y_TITLE_HEIGHT,
  bottomAxis,
  leftAxis,
  linear,
  logarithmic,
  tickRoom,
  tickText,
  ticksOf,
  withRoom,
} from './drawing/axes.js';
import type { Plot } from './drawing/axes.js';
import { cutLine, highestToShow } from './drawing/cut.js';
import { heading } from './drawing/heading.js';
import { area, dots, drawSheet, polyline, rules } from './drawing/sheet.js';
import type { Layer } from './drawing/sheet.js';
import { MIN_SPACING, sideLabelRoom, sideLabels } from './drawing/side-labels.js';
import type { SideLabel } from './drawing/side-labels.js';
import { BACKGROUND, CURVE_COLOURS, DASHES, DOTS, FAINT_INK, LONG_DASHES, POINTS_UP_TO } from './drawing/style.js';

export type { CurveFigureOptions, CurveSeries, ReferenceLine } from './curve-options.js';
export { CURVE_COLOURS } from './drawing/style.js';

/**
 * Draws curves against epochs, with error bands where they have them. The curves' names stand at their right ends,
 * moved apart where they would touch. The same input gives the same bytes, whatever fonts are installed.
 *
 * @returns an SVG document of `width` × `height` (640 × 400 by default), higher if there are many names
 * @example
 * const svg = await curveFigure({
 *   title: 'First run', yTitle: 'NLL (nats per text)',
 *   series: [{ label: 'validation', epochs: [0, 1, 2], values: [117, 110, 106], markEpoch: 2 }],
 *   references: [{ label: 'exact entropy', value: 45.3 }],
 * });
 */
export function curveFigure(options: CurveFigureOptions): Promise<string> {
  const { title, series, width = 640, xLog = false } = options;
  const references = (options.references ?? []).filter(({ value }) => Number.isFinite(value));
  const yScale = valueScale(options);
  const subtitle = [options.subtitle ?? [], cutNote(options, yScale)].flat().join(' · ');
  const xValues = series.flatMap(({ epochs }) => Array.from(epochs));
  const xScale = xLog ? ratioScale(xValues) : epochScale(xValues);
  const names = sideLabelRoom(
    [
      ...series.map(({ label, values }) => (Array.from(values).some(Number.isFinite) ? label : `${label} (no values)`)),
      ...references.map(({ label }) => label),
    ],
    width,
  );
  const top = heading(title, subtitle, width).bottom + Y_TITLE_HEIGHT;
  const least = top + names.texts.length * MIN_SPACING + X_AXIS_HEIGHT;
  const height = Math.max(options.height ?? 400, least);
  const bottom = height - X_AXIS_HEIGHT;
  const y = linear(yScale, bottom, top);
  const plot: Plot = { left: tickRoom(yScale), top, right: width - names.room, bottom };
  const x = xLog ? logarithmic(xScale, plot.left, plot.right) : linear(xScale, plot.left, plot.right);
  const place = { x, y, plot };
  const xTicks = xScale.ticks.map((epoch) => ({ at: x(epoch), text: tickText(epoch, decimalsOf(epoch)) }));

  const looks = series.map((each, i) => look(each, i));
  const labels: SideLabel[] = [
    ...series.map((each, i) => {
      const last = Array.from(each.values).findLastIndex(Number.isFinite);
      return {
        text: names.texts[i]!,
        ...looks[i]!,
        y: y(each.values[last] ?? NaN),
        atEdge: each.epochs[last] === xScale.high,
      };
    }),
    ...references.map(({ value }, i) => ({
      text: names.texts[series.length + i]!,
      colour: FAINT_INK,
      dash: DOTS,
      y: y(value),
      atEdge: true,
    })),
  ];
  const inside = references.filter(({ value }) => value >= yScale.low && value <= yScale.high);
  const withPoints = series.every(({ epochs }) => epochs.length <= POINTS_UP_TO);
  return drawSheet({ title, subtitle, width, height }, [
    ...leftAxis('y', plot, ticksOf(yScale, y), options.yTitle),
    ...bottomAxis(
      'x',
      plot,
      xLog ? withRoom(xTicks) : xTicks,
      `${options.xTitle ?? 'epoch'}${xLog ? ' (log scale)' : ''}`,
    ),
    rules(
      'references',
      inside.map(({ value }) => ({ x: plot.left, x2: plot.right, y: y(value), y2: y(value) })),
      { colour: FAINT_INK, width: 1.2, dash: DOTS },
    ),
    ...series.flatMap((each, i) => bandLayers(each, i, looks[i]!.colour, place)),
    ...series.map((each, i) => polyline(`series${i}`, cutLine(spots(each, place), plot.top, plot.bottom), looks[i]!)),
    ...series.flatMap((each, i) => pointLayers(each, i, looks[i]!.colour, place, withPoints)),
    ...sideLabels('side', labels, plot),
  ]);
}

/** Decimals of a tick that is a round number: none of a whole one. */
function decimalsOf(tick: number): number {
  const places = [0, 1, 2, 3, 4, 5];
  return places.find((decimals) => Math.abs(tick - Number(tick.toFixed(decimals))) < 1e-6 * tick) ?? 6;
}

/** From values to pixels. */
interface Place {
  readonly x: (epoch: number) => number;
  readonly y: (value: number) => number;
  readonly plot: Plot;
}

function allValues({ series }: CurveFigureOptions): number[] {
  return series
    .flatMap(({ values, low, high }) => [values, low ?? [], high ?? []].flatMap((each) => Array.from(each)))
    .filter(Number.isFinite);
}

/** Around all values and references, but for what {@link highestToShow} cuts off, or as asked for. */
function valueScale(options: CurveFigureOptions): AxisScale {
  const values = allValues(options);
  const references = (options.references ?? []).map(({ value }) => value).filter(Number.isFinite);
  const all = [...values, ...references];
  const { yRange } = options;
  const highest = Math.min(highestToShow(values, references), yRange?.high ?? Infinity);
  const around = tightScale(all.filter((value) => value <= highest));
  const cut = all.some((value) => value > highest);
  // A round number where the subtitle says it.
  const high = yRange?.high ?? (cut ? niceScale([around.low, highest]).high : around.high);
  const low = yRange?.low ?? Math.min(around.low, high);
  return high > low ? scaleBetween(low, high) : around;
}

/** What the subtitle says of values beyond the axis: a list of one text, or of none. */
function cutNote(options: CurveFigureOptions, { low, high, decimals }: AxisScale): string[] {
  const values = allValues(options);
  const far = (value: number): string => tickText(value, Math.abs(value) < 1000 ? decimals : 0);
  const above = values.filter((value) => value > high).reduce((most, value) => Math.max(most, value), high);
  const below = values.filter((value) => value < low).reduce((least, value) => Math.min(least, value), low);
  const notes = [
    ...(above > high ? [`above ${far(high)}, up to ${far(above)},`] : []),
    ...(below < low ? [`below ${far(low)}, down to ${far(below)},`] : []),
  ];
  return notes.length === 0 ? [] : [`values ${notes.join(' and ')} are cut off`];
}

function look(series: CurveSeries, index: number): { colour: string; dash?: readonly number[] } {
  const place = series.colourIndex ?? index;
  const colour = CURVE_COLOURS[place % CURVE_COLOURS.length]!;
  if (series.dashed === true) return { colour, dash: DASHES };
  return place >= CURVE_COLOURS.length ? { colour, dash: LONG_DASHES } : { colour };
}

function spots(series: CurveSeries, { x, y }: Place): ({ x: number; y: number } | null)[] {
  return Array.from(series.epochs, (epoch, i) => {
    const value = series.values[i] ?? NaN;
    return Number.isFinite(value) ? { x: x(epoch), y: y(value) } : null;
  });
}

function bandLayers(series: CurveSeries, index: number, colour: string, { x, y, plot }: Place): Layer[] {
  const { low, high } = series;
  if (low === undefined || high === undefined) return [];
  const band = Array.from(series.epochs, (epoch, i) => {
    const [from, to] = [low[i] ?? NaN, high[i] ?? NaN];
    if (!Number.isFinite(from) || !Number.isFinite(to)) return null;
    return { x: x(epoch), y: within(plot, y(to)), y2: within(plot, y(from)) };
  });
  return [area(`band${index}`, band, { fill: colour, opacity: 0.18 })];
}

/** Points on the curve, and the ring around the marked one. */
function pointLayers(series: CurveSeries, index: number, colour: string, place: Place, withPoints: boolean): Layer[] {
  const shown = spots(series, place).map((spot) =>
    spot !== null && spot.y === within(place.plot, spot.y) ? spot : null,
  );
  const marked = shown.filter((_, i) => series.epochs[i] === series.markEpoch);
  return [
    ...(withPoints
      ? [
          dots(
            `points${index}`,
            shown.filter((spot) => spot !== null),
            { fill: colour, size: 14 },
          ),
        ]
      : []),
    ...(series.markEpoch === undefined
      ? []
      : [
          dots(
            `best${index}`,
            marked.filter((spot) => spot !== null),
            {
              fill: BACKGROUND,
              stroke: colour,
              strokeWidth: 2,
              size: 90,
            },
          ),
        ]),
  ];
}

function within(plot: Plot, y: number): number {
  return Math.max(plot.top, Math.min(plot.bottom, y));
}
