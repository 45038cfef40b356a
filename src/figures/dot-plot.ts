/** Models and baselines on one axis. */
import { X_AXIS_HEIGHT, across, bottomAxis, header, type FigureOptions, type LegendEntry } from './drawing/frame.js';
import { highestToShow, position, tickText, tightScale } from './drawing/scales.js';
import { SHAPES, dots, rules, svgDocument, texts } from './drawing/svg.js';
import { shorten, textWidth } from './drawing/text.js';
import { CURVE_COLOURS, FAINT_INK, GRID, INK, MARGIN, WIDTH } from './style.js';

/** What a row stands for: a trained model, a mixture of such, a simple model, or a known truth. */
export type DotKind = 'model' | 'mixture' | 'baseline' | 'exact';

export interface DotPlotFigureOptions extends FigureOptions {
  /** With its unit. */
  readonly xTitle: string;
  /** From top to bottom. A row whose value is not finite has a name only. */
  readonly rows: readonly {
    readonly label: string;
    readonly value: number;
    /** Ends of a bar around the value, such as the lowest and highest seed. */
    readonly low?: number;
    readonly high?: number;
    readonly kind: DotKind;
  }[];
}

const [CIRCLE, DIAMOND, SQUARE, TRIANGLE] = SHAPES;
const STYLES: Record<DotKind, LegendEntry> = {
  model: { label: 'model', colour: CURVE_COLOURS[0], shape: CIRCLE },
  mixture: { label: 'mixture', colour: CURVE_COLOURS[3], shape: SQUARE },
  baseline: { label: 'baseline', colour: CURVE_COLOURS[4], shape: DIAMOND },
  exact: { label: 'exact', colour: INK, shape: TRIANGLE },
};

/** Numbers have the decimals that distinguish as many steps of the axis. */
const STEPS_TO_TELL = 250;
const DOT = 50; // square pixels
/** Ends of shorter bars would be taken for a part of the dot. */
const MIN_BAR_WITH_ENDS = 16;
const ROW = 19;
/** Between the columns of names, of dots and of numbers. */
const GAP = 14;

/**
 * Draws a row for each value: name, dot, and the number at its end. A value that is far off all others has an arrowhead
 * at the edge instead of a dot.
 *
 * @returns an SVG document, 640 wide, as high as it takes
 */
export function dotPlotFigure(options: DotPlotFigureOptions): string {
  const { rows } = options;
  const kinds = (Object.keys(STYLES) as DotKind[]).filter((kind) => rows.some((row) => row.kind === kind));
  const head = header(options, kinds.length < 2 ? [] : kinds.map((kind) => STYLES[kind]));
  const top = head.bottom + 14;
  const bottom = top + ROW * Math.max(1, rows.length);

  const values = rows.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const highest = highestToShow(values);
  const scale = tightScale(values.filter((value) => value <= highest));
  const decimals = Math.max(0, Math.ceil(-Math.log10((scale.high - scale.low) / STEPS_TO_TELL)));
  const numbers = rows.map(({ value }) => (Number.isFinite(value) ? tickText(value, decimals) : '–'));
  const names = rows.map(({ label }) => shorten(label, 0.4 * WIDTH));
  const columnWidth = (column: readonly string[]): number =>
    Math.ceil(MARGIN + GAP + Math.max(0, ...column.map((text) => textWidth(text))));
  const plot = { left: columnWidth(names), right: WIDTH - columnWidth(numbers), top, bottom };
  const x = position(scale, plot.left, plot.right);
  const y = (row: number): number => top + (row + 0.5) * ROW;

  const marks = kinds.flatMap((kind) => {
    const { colour, shape = CIRCLE } = STYLES[kind];
    const placed = rows.map((row, i) => ({ ...row, y: y(i) }));
    const own = placed.filter((row) => row.kind === kind && Number.isFinite(row.value));
    const points = (isBeyond: boolean) =>
      own
        .filter(({ value }) => value > highest === isBeyond)
        .map(({ label, value, y }) => ({ x: Math.min(plot.right, x(value)), y, description: `${label}: ${value}` }));
    const bars = own
      .map(({ y, value, low = value, high = value }) => ({ x: x(low), x2: Math.min(plot.right, x(high)), y, y2: y }))
      .filter(({ x, x2 }) => x2 > x);
    const ends = bars
      .filter(({ x, x2 }) => x2 - x >= MIN_BAR_WITH_ENDS)
      .flatMap(({ x, x2, y }) => [x, x2].map((at) => ({ x: at, x2: at, y: y - 5, y2: y + 5 })));
    return [
      rules(`${kind}-ranges`, [...bars, ...ends], { colour, width: 1.5 }),
      dots(kind, points(false), { fill: colour, shape, size: DOT }),
      dots(`${kind}-beyond`, points(true), { fill: colour, shape: TRIANGLE, angle: 90, size: DOT }),
    ];
  });
  const levels = rows.map((_, i) => y(i));
  const column = (cells: readonly string[], right: number) => cells.map((text, i) => ({ x: right, y: y(i), text }));
  return svgDocument(head, bottom + X_AXIS_HEIGHT, [
    ...bottomAxis(plot, scale, x, options.xTitle, true),
    rules('rows', across(plot, levels), { colour: GRID }),
    texts('names', column(names, plot.left - GAP), { align: 'end', baseline: 'middle' }),
    ...marks,
    texts('numbers', column(numbers, WIDTH - MARGIN), { align: 'end', baseline: 'middle', colour: FAINT_INK }),
  ]);
}
