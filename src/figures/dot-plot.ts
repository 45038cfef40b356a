/** Models and baselines on one axis. */
import { tightScale } from './curve-layout.js';
import { X_AXIS_HEIGHT, bottomAxis, linear, tickText, ticksOf } from './drawing/axes.js';
import { highestToShow } from './drawing/cut.js';
import { heading } from './drawing/heading.js';
import { legend } from './drawing/legend.js';
import { dots, drawSheet, rules, texts } from './drawing/sheet.js';
import type { Layer, Shape } from './drawing/sheet.js';
import { shorten, textWidth } from './drawing/text.js';
import { CURVE_COLOURS, FAINT_INK, GRID, INK, MARGIN } from './palette.js';

/** What a row of a dot plot stands for: a trained model, a mixture of such, a simple one, real texts, or a known truth. */
export type DotKind = 'model' | 'mixture' | 'baseline' | 'texts' | 'exact';

/** What {@link dotPlotFigure} draws. Sizes are in pixels. */
export interface DotPlotFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
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
  readonly width?: number;
}

const LOOKS: Record<DotKind, { label: string; colour: string; shape: Shape }> = {
  model: { label: 'model', colour: CURVE_COLOURS[0], shape: 'circle' },
  mixture: { label: 'mixture', colour: CURVE_COLOURS[3], shape: 'square' },
  baseline: { label: 'baseline', colour: CURVE_COLOURS[4], shape: 'diamond' },
  texts: { label: 'real texts', colour: CURVE_COLOURS[2], shape: 'square' },
  exact: { label: 'exact', colour: INK, shape: 'triangle-up' },
};
const KINDS = ['model', 'mixture', 'baseline', 'texts', 'exact'] as const;

/** Numbers have the decimals that tell as many steps of the axis apart. */
const STEPS_TO_TELL = 250;
const DOT = 60; // square pixels
/** Ends of bars that are shorter would be taken for a part of the dot. */
const SHORTEST_WITH_ENDS = 16;
const ROW = 22;
/** Between the columns of names, of dots and of numbers. */
const GAP = 14;

/**
 * Draws a row for each value: name, dot, and the number at its end. A value that is far off all others has its dot, an
 * arrowhead, at the edge.
 *
 * @returns an SVG document, 640 wide by default, as high as it takes
 * @example
 * const svg = await dotPlotFigure({
 *   title: 'Test NLL', xTitle: 'nats per text',
 *   rows: [
 *     { label: '557k', value: 90.9, low: 90.1, high: 91.4, kind: 'model' },
 *     { label: 'bigram', value: 121, kind: 'baseline' },
 *   ],
 * });
 */
export function dotPlotFigure(options: DotPlotFigureOptions): Promise<string> {
  const { title, subtitle, rows, width = 640 } = options;
  const kinds = KINDS.filter((kind) => rows.some((row) => row.kind === kind));
  const head = heading(title, subtitle, width).bottom;
  const names = legend(kinds.length < 2 ? [] : kinds.map((kind) => LOOKS[kind]), head + 4, width);
  const top = head + names.height + 14;
  const bottom = top + ROW * Math.max(1, rows.length);

  const values = rows.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const highest = highestToShow(values);
  const around = tightScale(values.filter((value) => value <= highest));
  const decimals = Math.max(0, Math.ceil(-Math.log10((around.high - around.low) / STEPS_TO_TELL)));
  const numbers = rows.map(({ value }) => (Number.isFinite(value) ? tickText(value, decimals) : '–'));
  const labels = rows.map(({ label }) => shorten(label, 0.4 * width));
  const plot = {
    left: Math.ceil(MARGIN + GAP + Math.max(0, ...labels.map((label) => textWidth(label)))),
    right: width - Math.ceil(MARGIN + GAP + Math.max(0, ...numbers.map((text) => textWidth(text)))),
    top,
    bottom,
  };
  const x = linear(around, plot.left, plot.right);
  const y = (row: number): number => top + (row + 0.5) * ROW;
  const known = rows
    .map((row, i) => ({
      ...row,
      y: y(i),
      at: Math.min(plot.right, x(row.value)),
      beyond: row.value > highest,
    }))
    .filter(({ value }) => Number.isFinite(value));

  return drawSheet({ title, subtitle, width, height: bottom + X_AXIS_HEIGHT }, [
    ...names.layers,
    ...bottomAxis('x', plot, ticksOf(around, x), options.xTitle, { grid: true }),
    rules(
      'rows',
      rows.map((_, i) => ({ x: plot.left, x2: plot.right, y: y(i), y2: y(i) })),
      { colour: GRID },
    ),
    texts(
      'names',
      labels.map((text, i) => ({ x: plot.left - GAP, y: y(i), text })),
      { align: 'right', baseline: 'middle' },
    ),
    ...kinds.flatMap((kind) => {
      const { colour, shape } = LOOKS[kind];
      const own = known.filter((row) => row.kind === kind);
      const spots = (beyond: boolean) =>
        own
          .filter((row) => row.beyond === beyond)
          .map((row) => ({ x: row.at, y: row.y, description: `${row.label}: ${row.value}` }));
      return [
        ...rangeLayers(kind, own, x, plot.right, colour),
        dots(kind, spots(false), { fill: colour, shape, size: DOT }),
        dots(`${kind}-beyond`, spots(true), { fill: colour, shape: 'triangle-right', size: DOT }),
      ];
    }),
    texts(
      'numbers',
      numbers.map((text, i) => ({ x: width - MARGIN, y: y(i), text })),
      { align: 'right', baseline: 'middle', colour: FAINT_INK },
    ),
  ]);
}

/** Bars from low to high, with their ends. */
function rangeLayers(
  kind: DotKind,
  rows: readonly {
    readonly y: number;
    readonly value: number;
    readonly low?: number;
    readonly high?: number;
  }[],
  x: (value: number) => number,
  right: number,
  colour: string,
): Layer[] {
  const ranges = rows
    .map(({ y, value, low = value, high = value }) => ({ y, from: x(low), to: Math.min(right, x(high)) }))
    .filter(({ from, to }) => to > from);
  const look = { colour, width: 1.5 };
  return [
    rules(
      `${kind}-ranges`,
      ranges.map(({ y, from, to }) => ({ x: from, x2: to, y, y2: y })),
      look,
    ),
    rules(
      `${kind}-ends`,
      ranges
        .filter(({ from, to }) => to - from >= SHORTEST_WITH_ENDS)
        .flatMap(({ y, from, to }) => [from, to].map((at) => ({ x: at, x2: at, y: y - 5, y2: y + 5 }))),
      look,
    ),
  ];
}
