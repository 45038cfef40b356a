/** Small line charts above each other that share the axis below them. */
import { X_AXIS_HEIGHT, Y_TITLE_HEIGHT, across, bottomAxis, header, leftAxis } from './drawing/frame.js';
import { tickRoom, upright, type FigureOptions, type Plot } from './drawing/frame.js';
import { niceScale, position, scaleBetween, wholeScale, type AxisScale } from './drawing/scales.js';
import { sideLabelRoom, sideLabels } from './drawing/side-labels.js';
import { dots, polyline, rules, svgDocument } from './drawing/svg.js';
import { GRID, MARGIN, REFERENCE, WIDTH, seriesColour } from './style.js';

export interface PanelsFigureOptions extends FigureOptions {
  readonly xTitle: string;
  /** From the lowest to the highest. */
  readonly x: readonly number[];
  readonly panels: readonly {
    /** With its unit. */
    readonly yTitle: string;
    /** A value for each `x`; a gap where it is not finite. */
    readonly values: readonly number[];
    /** Not drawn where its value is not finite. */
    readonly reference?: { readonly label: string; readonly value: number };
  }[];
}

const PLOT_HEIGHT = 74;
const GAP = 6;
/** From the edges of the plot to the first and last `x`. */
const INSET = 12;

/**
 * Draws charts above each other, with one axis at the bottom.
 *
 * @returns an SVG document, 640 wide, as high as it takes
 */
export function panelsFigure(options: PanelsFigureOptions): string {
  const { panels } = options;
  const head = header(options);
  const references = panels.map(({ reference }) => (Number.isFinite(reference?.value) ? [reference!] : []));
  const scales = panels.map(({ values }, p) => niceScale([...values, ...references[p]!.map(({ value }) => value)], 3));
  const left = Math.max(MARGIN, ...scales.map(tickRoom));
  const right = WIDTH - sideLabelRoom(references.flat());
  const plots = panels.map((_, p): Plot => {
    const top = head.bottom + Y_TITLE_HEIGHT + p * (PLOT_HEIGHT + Y_TITLE_HEIGHT + GAP);
    return { left, right, top, bottom: top + PLOT_HEIGHT };
  });
  const last = plots.at(-1) ?? { left, right, top: head.bottom, bottom: head.bottom };
  const xScale = horizontalScale(options);
  const x = position(xScale, left + INSET, right - INSET);

  const colour = seriesColour(0);
  const charts = panels.flatMap(({ yTitle, values }, p) => {
    const plot = plots[p]!;
    const { y, layers } = leftAxis(plot, scales[p]!, yTitle);
    const dotted = references[p]!.map(({ label, value }) => ({ ...REFERENCE, label, y: y(value), atEdge: true }));
    const levels = dotted.map((reference) => reference.y);
    const points = options.x.map((at, i) => (Number.isFinite(values[i]) ? { x: x(at), y: y(values[i]!) } : null));
    const known = points.filter((point) => point !== null);
    return [
      rules('x-grid', upright(plot, xScale.ticks.map(x)), { colour: GRID }),
      ...layers,
      rules(`panel${p}-references`, across(plot, levels), { ...REFERENCE, width: 1.2 }),
      ...sideLabels(dotted, plot),
      polyline(`panel${p}-series`, points, { colour }),
      dots(`panel${p}-dots`, known, { fill: colour }),
    ];
  });
  const axis = bottomAxis(last, xScale, x, options.xTitle);
  return svgDocument(head, last.bottom + X_AXIS_HEIGHT, [...charts, ...axis]);
}

/** With more of them, not each `x` has its tick. */
const MAX_TICKS = 12;

/** From the lowest to the highest `x`: each has its tick if there are few, otherwise round numbers have. */
function horizontalScale({ x }: PanelsFigureOptions): AxisScale {
  const bounds = { low: Math.min(...x), high: Math.max(...x) };
  if (x.length <= MAX_TICKS) return { ...bounds, ticks: x };
  const { ticks } = x.every(Number.isInteger) ? wholeScale(x) : scaleBetween(bounds.low, bounds.high, 8);
  return { ...bounds, ticks };
}
