/** The parts of a figure of curves, as layers of a Vega-Lite specification. */
import type { TopLevelSpec } from 'vega-lite';
import type { AxisScale, EpochScale } from './curve-layout.js';
import type { CurveFigureOptions, CurveSeries } from './curve-options.js';

/** Fonts, first that is there. */
export const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
/** Pixels. */
export const FONT_SIZE = 11;
/** A generous mean for the fonts above. */
export const LETTER_WIDTH = 0.56 * FONT_SIZE;
/** Text. */
export const INK = '#222222';
/** Text and lines in second place. */
export const FAINT_INK = '#666666';
/** Least distance between two labels, in pixels. */
export const LABEL_SPACING = 16;
/** Between plot and label: a piece of the curve, in pixels. */
export const SWATCH = { gap: 8, length: 16, textGap: 5 };
/** Dash pattern of dashed curves. */
export const DASHES = [5, 3];
/** Dash pattern of reference lines. */
export const DOTS = [1.5, 2.5];
/** Around the picture, in pixels. */
export const MARGIN = 8;
const LARGE = 1e6; // from here on, ticks are written as powers of ten
/** With more epochs, points on the curves would run together. */
export const POINTS_UP_TO = 30;

/** A name to the right of the plot: `value` says where its curve ends. */
export interface SideLabel {
  text: string;
  value: number;
  colour: string;
  /** Absent for a solid line. */
  dash?: readonly number[];
}

/** One layer of a layered Vega-Lite specification. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

const POSITION = {
  x: { field: 'epoch', type: 'quantitative' },
  y: { field: 'value', type: 'quantitative' },
} as const;

/** The curve itself. */
export function lineLayer(series: CurveSeries, index: number, colour: string): Layer {
  return {
    name: `series${index}`,
    data: { values: rows(series) },
    mark: {
      type: 'line',
      stroke: colour,
      strokeWidth: 2,
      // Round ends show a value between two gaps as a dot; on dashes they would close the gaps.
      ...(series.dashed === true ? { strokeDash: DASHES } : { strokeCap: 'round' }),
      strokeJoin: 'round',
      description: series.label, // what a screen reader says
      invalid: 'break-paths-filter-domains',
    },
    encoding: { ...POSITION, order: { field: 'epoch', type: 'quantitative' } },
  };
}

/** Points on the curve, and the ring around the marked one. */
export function pointLayers(
  series: CurveSeries,
  index: number,
  colour: string,
  withPoints: boolean,
): Layer[] {
  const finite = rows(series).filter((row) => row.value !== null);
  const dot = { type: 'point', shape: 'circle', opacity: 1, aria: false } as const;
  const points: Layer = {
    name: `points${index}`,
    data: { values: finite },
    mark: { ...dot, size: 14, fill: colour, stroke: null },
    encoding: POSITION,
  };
  const ring: Layer = {
    name: `best${index}`,
    data: { values: finite.filter((row) => row.epoch === series.markEpoch) },
    mark: { ...dot, size: 90, fill: 'white', stroke: colour, strokeWidth: 2 },
    encoding: POSITION,
  };
  return [...(withPoints ? [points] : []), ...(series.markEpoch === undefined ? [] : [ring])];
}

function rows(series: CurveSeries): { epoch: number; value: number | null }[] {
  return Array.from(series.epochs, (epoch, i) => {
    const value = series.values[i] ?? NaN;
    return { epoch, value: Number.isFinite(value) ? value : null };
  });
}

/** Title and subtitle, from the left edge of the picture. `at` is relative to the plot. */
export function headingLayers(
  options: CurveFigureOptions,
  at: { left: number; top: number; room: number },
): Layer[] {
  const line = (text: string, fontSize: number, below: number, look: object): Layer => ({
    mark: {
      type: 'text',
      text: shorten(text, (at.room * FONT_SIZE) / fontSize),
      align: 'left',
      baseline: 'alphabetic',
      fontSize,
      ...look,
    },
    encoding: { x: { value: at.left }, y: { value: at.top + below } },
  });
  return [
    line(options.title, 15, 24, { fontWeight: 'bold', color: INK }),
    ...(options.subtitle === undefined ? [] : [line(options.subtitle, 11.5, 42, { color: FAINT_INK })]),
  ];
}

/** A dotted line across the plot. */
export function referenceLayer(value: number): Layer {
  return {
    data: { values: [{ value }] },
    mark: { type: 'rule', stroke: FAINT_INK, strokeWidth: 1.2, strokeDash: DOTS },
    encoding: { y: POSITION.y },
  };
}

/** A short piece of the curve and its name, to the right of the plot. */
export function labelLayers(label: SideLabel, place: number, plotWidth: number): Layer[] {
  const dash = label.dash === undefined ? {} : { strokeDash: [...label.dash] };
  const from = plotWidth + SWATCH.gap;
  const to = from + SWATCH.length;
  return [
    {
      mark: { type: 'rule', stroke: label.colour, strokeWidth: 2, aria: false, ...dash },
      encoding: { x: { value: from }, x2: { value: to }, y: { value: place } },
    },
    {
      mark: { type: 'text', text: label.text, align: 'left', baseline: 'middle', color: INK },
      encoding: { x: { value: to + SWATCH.textGap }, y: { value: place } },
    },
  ];
}

/** Axes and bounds, carried by a layer without marks of its own. */
export function frameLayer(
  options: CurveFigureOptions,
  at: { x: EpochScale; y: AxisScale; titleX: number },
): Layer {
  return {
    data: { values: [] },
    mark: 'point',
    encoding: {
      x: {
        ...POSITION.x,
        scale: { domain: [at.x.low, at.x.high], nice: false, zero: false },
        axis: {
          title: options.xTitle ?? 'epoch',
          values: [...at.x.ticks],
          format: 'd',
          grid: false,
          labelFlush: false,
          labelOverlap: false,
          titlePadding: 8,
        },
      },
      y: {
        ...POSITION.y,
        scale: { domain: [at.y.low, at.y.high], nice: false, zero: false },
        axis: {
          title: options.yTitle,
          values: [...at.y.ticks],
          format: Math.abs(at.y.high) >= LARGE ? '.1e' : `.${at.y.decimals}f`,
          labelOverlap: false,
          domain: false,
          ticks: false,
          labelPadding: 6,
          // Above the axis and level, which reads more easily than a turned title.
          titleAngle: 0,
          titleAlign: 'left',
          titleAnchor: 'end',
          titleBaseline: 'alphabetic',
          titleX: at.titleX,
          titleY: -14,
        },
      },
    },
  };
}

/** A tick as it will be written, to know how wide it is. */
export function tickText(tick: number, decimals: number): string {
  return Math.abs(tick) >= LARGE ? tick.toExponential(1) : tick.toFixed(decimals);
}

/** A text that fits into `room` pixels at the usual size, without control letters (XML forbids them). */
export function shorten(original: string, room: number): string {
  const text = original.replace(/\p{Cc}/gu, ' ');
  const letters = Math.max(1, Math.floor(room / LETTER_WIDTH));
  return text.length <= letters ? text : `${text.slice(0, letters - 1).trimEnd()}…`;
}
