/** Small line charts above each other that share what is below them. */
import { epochScale, niceScale, scaleBetween } from './curve-layout.js';
import {
  X_AXIS_HEIGHT,
  Y_TITLE_HEIGHT,
  bottomAxis,
  leftAxis,
  linear,
  tickRoom,
  ticksOf,
  withRoom,
} from './drawing/axes.js';
import type { Plot } from './drawing/axes.js';
import { heading } from './drawing/heading.js';
import { legend } from './drawing/legend.js';
import { dots, drawSheet, polyline, rules } from './drawing/sheet.js';
import type { Layer } from './drawing/sheet.js';
import { sideLabelRoom, sideLabels } from './drawing/side-labels.js';
import { CURVE_COLOURS, DOTS, FAINT_INK, GRID, MARGIN } from './palette.js';

/** One chart of {@link PanelsFigureOptions}. */
export interface Panel {
  /** With its unit. */
  readonly yTitle: string;
  /** A value for each `x`; a gap where it is not finite. Series of one name have one colour in all panels. */
  readonly series: readonly { readonly label: string; readonly values: readonly number[] }[];
  readonly references?: readonly { readonly label: string; readonly value: number }[];
}

/** What {@link panelsFigure} draws. Sizes are in pixels. */
export interface PanelsFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly xTitle: string;
  /** From the lowest to the highest. */
  readonly x: readonly number[];
  /** Whether equal ratios of `x` have equal distances; then all must be above zero. */
  readonly xLog?: boolean;
  readonly panels: readonly Panel[];
  readonly width?: number;
}

const PLOT_HEIGHT = 92;
const GAP = 6;
/** From the edges of the plot to the first and last `x`. */
const INSET = 12;

/**
 * Draws charts above each other, with one axis at the bottom.
 *
 * @returns an SVG document, 640 wide by default, as high as it takes
 * @example
 * const svg = await panelsFigure({
 *   title: 'Temperature', xTitle: 'temperature', x: [0.1, 0.5, 1],
 *   panels: [{ yTitle: 'entropy (nats per character)', series: [{ label: '557k', values: [0.1, 0.8, 1.3] }] }],
 * });
 */
export function panelsFigure(options: PanelsFigureOptions): Promise<string> {
  const { title, subtitle, panels, xLog = false, width = 640 } = options;
  const labels = [...new Set(panels.flatMap(({ series }) => series.map(({ label }) => label)))];
  const colour = (label: string): string => CURVE_COLOURS[labels.indexOf(label) % CURVE_COLOURS.length]!;
  const entries = labels.map((label) => ({ label, colour: colour(label) }));
  const head = heading(title, subtitle, width).bottom;
  const names = legend(labels.length < 2 ? [] : entries, head + 4, width);
  const references = panels.map((panel) => (panel.references ?? []).filter(({ value }) => Number.isFinite(value)));
  const scales = panels.map(({ series }, p) =>
    niceScale([...series.flatMap(({ values }) => values), ...references[p]!.map(({ value }) => value)], 3),
  );
  const side = sideLabelRoom(
    references.flat().map(({ label }) => label),
    width,
  );

  const first = head + names.height + Y_TITLE_HEIGHT;
  const plots = panels.map((_, p): Plot => {
    const top = first + p * (PLOT_HEIGHT + Y_TITLE_HEIGHT + GAP);
    const left = Math.max(MARGIN, ...scales.map(tickRoom));
    return { left, right: width - side.room, top, bottom: top + PLOT_HEIGHT };
  });
  const last = plots.at(-1) ?? { left: MARGIN, right: width - MARGIN, top: first, bottom: first };
  const at = horizontal(options.x, xLog, last);
  const ticks = tickValues(options.x, xLog).map((x) => ({ at: at(x), text: String(x) }));
  const xTitle = xLog && !options.xTitle.includes('log') ? `${options.xTitle} (log scale)` : options.xTitle;

  return drawSheet({ title, subtitle, width, height: last.bottom + X_AXIS_HEIGHT }, [
    ...names.layers,
    ...panels.flatMap((panel, p) => {
      const plot = plots[p]!;
      const y = linear(scales[p]!, plot.bottom, plot.top);
      const spots = panel.series.map(({ values }) =>
        options.x.map((x, i) => {
          const value = values[i] ?? NaN;
          return Number.isFinite(value) ? { x: at(x), y: y(value) } : null;
        }),
      );
      return [
        rules(
          `panel${p}-x`,
          ticks.map(({ at: x }) => ({ x, x2: x, y: plot.top, y2: plot.bottom })),
          { colour: GRID },
        ),
        ...leftAxis(`panel${p}-y`, plot, ticksOf(scales[p]!, y), panel.yTitle),
        ...referenceLayers(`panel${p}`, references[p]!, y, plot, width),
        ...panel.series.flatMap(({ label }, s) => [
          polyline(`panel${p}-series${s}`, spots[s]!, { colour: colour(label) }),
          dots(
            `panel${p}-dots${s}`,
            spots[s]!.filter((spot) => spot !== null),
            { fill: colour(label) },
          ),
        ]),
      ];
    }),
    ...bottomAxis('x', last, withRoom(ticks), xTitle),
  ]);
}

/** With more of them, not each `x` has its tick. */
const MAX_TICKS = 12;

/** Each `x` if there are few, and otherwise round numbers between the first and the last. */
function tickValues(x: readonly number[], isLog: boolean): readonly number[] {
  if (x.length <= MAX_TICKS || isLog) return x;
  if (x.every(Number.isInteger)) return epochScale(x).ticks;
  const { ticks, decimals } = scaleBetween(Math.min(...x), Math.max(...x), 8);
  return ticks.map((tick) => Number(tick.toFixed(decimals)));
}

/** From `x` to pixels; a single one in the middle. */
function horizontal(x: readonly number[], isLog: boolean, plot: Plot): (value: number) => number {
  const scaled = x.map((value) => (isLog ? Math.log(value) : value));
  const low = scaled.reduce((least, value) => Math.min(least, value), Infinity);
  const high = scaled.reduce((most, value) => Math.max(most, value), -Infinity);
  if (!(high > low)) return () => (plot.left + plot.right) / 2;
  const place = linear({ low, high }, plot.left + INSET, plot.right - INSET);
  return (value) => place(isLog ? Math.log(value) : value);
}

/** Dotted lines, with their names beside the plot. */
function referenceLayers(
  name: string,
  references: readonly { readonly label: string; readonly value: number }[],
  y: (value: number) => number,
  plot: Plot,
  width: number,
): Layer[] {
  const { texts } = sideLabelRoom(
    references.map(({ label }) => label),
    width,
  );
  const look = { colour: FAINT_INK, dash: DOTS };
  return [
    rules(
      `${name}-references`,
      references.map(({ value }) => ({ x: plot.left, x2: plot.right, y: y(value), y2: y(value) })),
      { ...look, width: 1.2 },
    ),
    ...sideLabels(
      `${name}-side`,
      references.map(({ value }, i) => ({ text: texts[i]!, ...look, y: y(value), atEdge: true })),
      plot,
    ),
  ];
}
