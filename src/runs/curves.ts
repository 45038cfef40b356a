/** Figures of curves against epochs, as SVG: one run or several, drawn by Vega-Lite without a browser. */
import type { TopLevelSpec } from 'vega-lite';
import { epochScale, niceScale, spreadLabels } from './curve-layout.js';
import type { AxisScale, EpochScale } from './curve-layout.js';

/** One curve. Values that are not finite leave a gap. */
export interface CurveSeries {
  readonly label: string;
  readonly epochs: ArrayLike<number>;
  /** As many as `epochs`. */
  readonly values: ArrayLike<number>;
  /** Place in {@link CURVE_COLOURS}; by default the curve's place in the figure. */
  readonly colourIndex?: number;
  /** Dashed, by custom for what is measured on the training texts. */
  readonly dashed?: boolean;
  /** The epoch to mark with a ring, by custom the best one. */
  readonly markEpoch?: number;
}

/** A horizontal line for a known value, such as an exact entropy or a baseline. */
export interface ReferenceLine {
  readonly label: string;
  readonly value: number;
}

/** What to draw. Sizes are in pixels. */
export interface CurveFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** With its unit, e.g. `NLL (nats per text)`. */
  readonly yTitle: string;
  readonly xTitle?: string;
  readonly series: readonly CurveSeries[];
  readonly references?: readonly ReferenceLine[];
  readonly width?: number;
  readonly height?: number;
}

/** Okabe and Ito's colours, which the colour-blind can tell apart; their yellow is left out (too pale on white). */
export const CURVE_COLOURS = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#000000',
] as const;

const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const FONT_SIZE = 11;
const LETTER_WIDTH = 0.56 * FONT_SIZE; // a generous mean for the fonts above
const INK = '#222222';
const FAINT_INK = '#666666';
const LABEL_SPACING = 16;
const SWATCH = { gap: 8, length: 16, textGap: 5 };
const DASHES = [5, 3];
const DOTS = [1.5, 2.5];
const MARGIN = 8;
const LARGE = 1e6; // from here on, ticks are written as powers of ten
const POINTS_UP_TO = 30; // with more epochs, points on the curves would run together

interface SideLabel {
  text: string;
  value: number;
  colour: string;
  dash: number[];
}

/**
 * Draws curves against epochs. The curves' names stand at their right ends, moved apart where they would touch.
 * The same input gives the same bytes, whatever fonts are installed.
 *
 * @returns an SVG document of exactly `width` × `height` (640 × 400 by default)
 * @example
 * const svg = await curveFigure({
 *   title: 'First run', yTitle: 'NLL (nats per text)',
 *   series: [{ label: 'validation', epochs: [0, 1, 2], values: [117, 110, 106], markEpoch: 2 }],
 *   references: [{ label: 'exact entropy', value: 45.3 }],
 * });
 */
export async function curveFigure(options: CurveFigureOptions): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(vegaLite.compile(curveSpec(options)).spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    const title = `<title>${escapeXml(options.title)}</title>`;
    return `${svg.replace(/^<svg [^>]*>/, (open) => `${open}${title}`)}\n`;
  } finally {
    view.finalize();
  }
}

/** The Vega-Lite specification that {@link curveFigure} draws, for who wants to go on from it. */
export function curveSpec(options: CurveFigureOptions): TopLevelSpec {
  const { references = [], width = 640, height = 400 } = options;
  const series = options.series.map((s) => ({ ...s, label: shorten(s.label, 0.35 * width) }));
  const colours = series.map((s, i) => CURVE_COLOURS[(s.colourIndex ?? i) % CURVE_COLOURS.length]!);
  const x = epochScale(series.flatMap((s) => Array.from(s.epochs)));
  const y = niceScale([...series.flatMap((s) => Array.from(s.values)), ...references.map((r) => r.value)]);

  const labels: SideLabel[] = [
    ...series.map((s, i) => ({
      text: s.label,
      value: lastFinite(s.values),
      colour: colours[i]!,
      dash: s.dashed === true ? DASHES : [],
    })),
    ...references.map((r) => ({
      text: shorten(r.label, 0.35 * width),
      value: r.value,
      colour: FAINT_INK,
      dash: DOTS,
    })),
  ];
  const labelWidth = Math.max(0, ...labels.map((label) => label.text.length * LETTER_WIDTH));
  const padding = {
    left: Math.round(24 + LETTER_WIDTH * tickText(y.high, y.decimals).length),
    right: Math.round(SWATCH.gap + SWATCH.length + SWATCH.textGap + labelWidth + MARGIN),
    top: options.subtitle === undefined ? 66 : 82,
    bottom: 46,
  };
  const plotWidth = width - padding.left - padding.right;
  const plotHeight = height - padding.top - padding.bottom;

  const places = spreadLabels(
    labels.map(({ value }) =>
      Number.isFinite(value) ? (plotHeight * (y.high - value)) / (y.high - y.low) : plotHeight / 2,
    ),
    LABEL_SPACING,
    plotHeight,
  );
  const withPoints = series.every((s) => s.epochs.length <= POINTS_UP_TO);
  // Headings are drawn as marks, as Vega would place its own titles by the width that it guesses for them.
  const heading = { left: MARGIN - padding.left, top: -padding.top, room: width - 2 * MARGIN };

  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: plotHeight,
    padding,
    autosize: { type: 'none' },
    background: 'white',
    data: { values: [{}] },
    layer: [
      frameLayer(options, { x, y, titleX: heading.left }),
      ...headingLayers(options, heading),
      ...references.map((reference) => referenceLayer(reference.value)),
      ...series.map((s, i) => lineLayer(s, i, colours[i]!)),
      ...series.flatMap((s, i) => pointLayers(s, i, colours[i]!, withPoints)),
      ...labels.flatMap((label, i) => labelLayers(label, places[i]!, plotWidth)),
    ],
    config: {
      font: FONT,
      view: { stroke: null },
      text: { font: FONT, fontSize: FONT_SIZE },
      axis: {
        labelFontSize: FONT_SIZE,
        titleFontSize: FONT_SIZE,
        titleFontWeight: 'normal',
        labelColor: INK,
        titleColor: INK,
        gridColor: '#e8e8e8',
        tickColor: '#bbbbbb',
        domainColor: '#bbbbbb',
      },
    },
  };
}

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

const POSITION = {
  x: { field: 'epoch', type: 'quantitative' },
  y: { field: 'value', type: 'quantitative' },
} as const;

function lineLayer(series: CurveSeries, index: number, colour: string): Layer {
  return {
    name: `series${index}`,
    data: { values: rows(series) },
    mark: {
      type: 'line',
      stroke: colour,
      strokeWidth: 2,
      strokeDash: series.dashed === true ? DASHES : [],
      strokeJoin: 'round',
      invalid: 'break-paths-filter-domains',
    },
    encoding: { ...POSITION, order: { field: 'epoch', type: 'quantitative' } },
  };
}

/** Points on the curve, and the ring around the marked one. */
function pointLayers(series: CurveSeries, index: number, colour: string, withPoints: boolean): Layer[] {
  const finite = rows(series).filter((row) => row.value !== null);
  const dot = { type: 'point', shape: 'circle', opacity: 1 } as const;
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

function headingLayers(
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

function referenceLayer(value: number): Layer {
  return {
    data: { values: [{ value }] },
    mark: { type: 'rule', stroke: FAINT_INK, strokeWidth: 1.2, strokeDash: DOTS },
    encoding: { y: POSITION.y },
  };
}

/** A short piece of the curve and its name, to the right of the plot. */
function labelLayers(label: SideLabel, place: number, plotWidth: number): Layer[] {
  const from = plotWidth + SWATCH.gap;
  const to = from + SWATCH.length;
  return [
    {
      mark: { type: 'rule', stroke: label.colour, strokeWidth: 2, strokeDash: label.dash },
      encoding: { x: { value: from }, x2: { value: to }, y: { value: place } },
    },
    {
      mark: { type: 'text', text: label.text, align: 'left', baseline: 'middle', color: INK },
      encoding: { x: { value: to + SWATCH.textGap }, y: { value: place } },
    },
  ];
}

/** Axes and bounds, carried by a layer without marks of its own. */
function frameLayer(options: CurveFigureOptions, at: { x: EpochScale; y: AxisScale; titleX: number }): Layer {
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

function tickText(tick: number, decimals: number): string {
  return Math.abs(tick) >= LARGE ? tick.toExponential(1) : tick.toFixed(decimals);
}

/** Cuts a text that would not fit into `room` pixels at the usual size. */
function shorten(text: string, room: number): string {
  const letters = Math.max(1, Math.floor(room / LETTER_WIDTH));
  return text.length <= letters ? text : `${text.slice(0, letters - 1).trimEnd()}…`;
}

function lastFinite(values: ArrayLike<number>): number {
  return Array.from(values).findLast(Number.isFinite) ?? NaN;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
