/** Models and yardsticks on one axis. */
import { niceScale } from '../../runs/curve-layout.js';
import { X_AXIS_HEIGHT, bottomAxis, linear, ticksOf } from '../../runs/plot/axes.js';
import { heading } from '../../runs/plot/heading.js';
import { dots, drawSheet, rules, texts } from '../../runs/plot/sheet.js';
import type { Shape } from '../../runs/plot/sheet.js';
import { textWidth } from '../../runs/plot/text.js';
import { CURVE_COLOURS, DOTS, FAINT_INK, GRID, INK, MARGIN } from './palette.js';

/** What a row of a dot plot stands for: a trained model, a simple one, real texts, or a known truth. */
export type DotKind = 'model' | 'yardstick' | 'texts' | 'exact';

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

const LOOKS: Record<DotKind, { fill: string; shape: Shape }> = {
  model: { fill: CURVE_COLOURS[0], shape: 'circle' },
  yardstick: { fill: FAINT_INK, shape: 'diamond' },
  texts: { fill: CURVE_COLOURS[2], shape: 'square' },
  exact: { fill: INK, shape: 'triangle-up' },
};

/**
 * Draws a row for each value: name, dot, and the number at its end.
 *
 * @returns an SVG document, 640 wide by default, as high as it takes
 * @example
 * const svg = await dotPlotFigure({
 *   title: 'Test NLL', xTitle: 'nats per text',
 *   rows: [{ label: '557k', value: 90.9, low: 90.1, high: 91.4, kind: 'model' }, { label: 'bigram', value: 121, kind: 'yardstick' }],
 * });
 */
export function dotPlotFigure(options: DotPlotFigureOptions): Promise<string> {
  const { title, subtitle, rows, width = 640 } = options;
  const top = heading(title, subtitle, width).bottom + 12;
  const line = 22;
  const bottom = top + line * Math.max(1, rows.length);
  const left = MARGIN + 8 + Math.max(0, ...rows.map(({ label }) => textWidth(label)));
  const plot = { left, right: width - 70, top, bottom };
  const scale = niceScale(rows.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]));
  const x = linear(scale, plot.left, plot.right);
  const y = (row: number): number => top + (row + 0.5) * line;
  const known = rows.flatMap((row, i) => (Number.isFinite(row.value) ? [{ ...row, y: y(i) }] : []));
  return drawSheet({ title, subtitle, width, height: bottom + X_AXIS_HEIGHT }, [
    ...bottomAxis('x', plot, ticksOf(scale, x), options.xTitle, true),
    rules(
      'rows',
      rows.map((_, i) => ({ x: plot.left, x2: plot.right, y: y(i), y2: y(i) })),
      { colour: GRID, dash: DOTS },
    ),
    texts(
      'labels',
      rows.map(({ label: text }, i) => ({ x: left - 8, y: y(i), text })),
      { align: 'right', baseline: 'middle' },
    ),
    ...(['model', 'yardstick', 'texts', 'exact'] as const).flatMap((kind) => {
      const own = known.filter((row) => row.kind === kind);
      return [
        rules(
          `${kind}-bars`,
          own.map((row) => ({
            x: x(row.low ?? row.value),
            x2: x(row.high ?? row.value),
            y: row.y,
            y2: row.y,
          })),
          { colour: LOOKS[kind].fill, width: 2 },
        ),
        dots(
          kind,
          own.map((row) => ({ x: x(row.value), y: row.y, description: `${row.label}: ${row.value}` })),
          { ...LOOKS[kind], size: 70 },
        ),
      ];
    }),
    texts(
      'values',
      known.map((row) => ({ x: width - MARGIN, y: row.y, text: row.value.toFixed(scale.decimals + 2) })),
      { align: 'right', baseline: 'middle' },
    ),
  ]);
}
