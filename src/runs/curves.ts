/** Figures of curves against epochs, as SVG: one run or several, drawn by Vega-Lite without a browser. */
import type { TopLevelSpec } from 'vega-lite';
import { epochScale, niceScale, spreadLabels } from './curve-layout.js';
import {
  DASHES,
  DOTS,
  FAINT_INK,
  FONT,
  FONT_SIZE,
  INK,
  LABEL_SPACING,
  LETTER_WIDTH,
  MARGIN,
  POINTS_UP_TO,
  SWATCH,
  frameLayer,
  headingLayers,
  labelLayers,
  lineLayer,
  pointLayers,
  referenceLayer,
  shorten,
  tickText,
} from './curve-layers.js';
import type { SideLabel } from './curve-layers.js';
import type { CurveFigureOptions } from './curve-options.js';

export type { CurveFigureOptions, CurveSeries, ReferenceLine } from './curve-options.js';

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
  const { width = 640, height = 400 } = options;
  const references = (options.references ?? []).filter((r) => Number.isFinite(r.value));
  const series = options.series.map((s) => ({ ...s, label: shorten(s.label, 0.35 * width) }));
  const colours = series.map((s, i) => CURVE_COLOURS[(s.colourIndex ?? i) % CURVE_COLOURS.length]!);
  const x = epochScale(series.flatMap((s) => Array.from(s.epochs)));
  const y = niceScale([...series.flatMap((s) => Array.from(s.values)), ...references.map((r) => r.value)]);

  const labels: SideLabel[] = [
    ...series.map((s, i) => ({
      text: s.label,
      value: lastFinite(s.values),
      colour: colours[i]!,
      ...(s.dashed === true ? { dash: DASHES } : {}),
    })),
    ...references.map((r) => ({
      text: shorten(r.label, 0.35 * width),
      value: r.value,
      colour: FAINT_INK,
      dash: DOTS,
    })),
  ];
  const labelWidth = Math.max(0, ...labels.map((label) => label.text.length * LETTER_WIDTH));
  const tickLetters = Math.max(...y.ticks.map((tick) => tickText(tick, y.decimals).length));
  const padding = {
    left: Math.round(24 + LETTER_WIDTH * tickLetters),
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

function lastFinite(values: ArrayLike<number>): number {
  return Array.from(values).findLast(Number.isFinite) ?? NaN;
}

function escapeXml(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
