/** Small line charts above each other that share what is below them. */
import { niceScale } from '../../runs/curve-layout.js';
import {
  X_AXIS_HEIGHT,
  Y_TITLE_HEIGHT,
  bottomAxis,
  leftAxis,
  linear,
  tickRoom,
  tickText,
  ticksOf,
  withRoom,
} from '../../runs/plot/axes.js';
import { heading } from '../../runs/plot/heading.js';
import { legend } from '../../runs/plot/legend.js';
import { dots, drawSheet, polyline, rules } from '../../runs/plot/sheet.js';
import { CURVE_COLOURS, DOTS, FAINT_INK, MARGIN } from './palette.js';

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

/**
 * Draws charts above each other, with one axis at the bottom.
 *
 * @returns an SVG document, 640 wide by default, as high as it takes
 * @example
 * const svg = await panelsFigure({
 *   title: 'Temperature', xTitle: 'temperature', x: [0.1, 0.5, 1],
 *   panels: [{ yTitle: 'entropy (nats per letter)', series: [{ label: '557k', values: [0.1, 0.8, 1.3] }] }],
 * });
 */
export function panelsFigure(options: PanelsFigureOptions): Promise<string> {
  const { title, subtitle, panels, xLog = false, width = 640 } = options;
  const labels = [...new Set(panels.flatMap(({ series }) => series.map(({ label }) => label)))];
  const colour = (label: string): string => CURVE_COLOURS[labels.indexOf(label) % CURVE_COLOURS.length]!;
  const head = heading(title, subtitle, width).bottom;
  const names = legend(
    labels.length < 2 ? [] : labels.map((label) => ({ label, colour: colour(label) })),
    head + 4,
    width,
  );
  const plotHeight = 90;
  const top = (panel: number): number =>
    head + names.height + Y_TITLE_HEIGHT + panel * (plotHeight + Y_TITLE_HEIGHT + 4);
  const scales = panels.map(({ series, references = [] }) =>
    niceScale([...series.flatMap(({ values }) => values), ...references.map(({ value }) => value)], 3),
  );
  const ticks = scales.map((scale, p) => ticksOf(scale, linear(scale, top(p) + plotHeight, top(p))));
  const left = Math.max(...ticks.map(tickRoom), MARGIN);
  const right = width - MARGIN - 20;
  const scaled = options.x.map((x) => (xLog ? Math.log(x) : x));
  const [low, high] = [Math.min(...scaled), Math.max(...scaled)];
  const x = high > low ? linear({ low, high }, left + 10, right - 10) : () => (left + right) / 2;
  const bottom = top(panels.length - 1) + plotHeight;
  return drawSheet({ title, subtitle, width, height: Math.ceil(bottom + X_AXIS_HEIGHT) }, [
    ...names.layers,
    ...panels.flatMap((panel, p) => {
      const plot = { left, right, top: top(p), bottom: top(p) + plotHeight };
      const y = linear(scales[p]!, plot.bottom, plot.top);
      return [
        ...leftAxis(`y${p}`, plot, ticks[p]!, panel.yTitle),
        rules(
          `references${p}`,
          (panel.references ?? []).map(({ value }) => ({ x: left, x2: right, y: y(value), y2: y(value) })),
          { colour: FAINT_INK, dash: DOTS },
        ),
        ...panel.series.flatMap(({ label, values }, s) => {
          const spots = values.map((value, i) =>
            Number.isFinite(value) ? { x: x(scaled[i]!), y: y(value) } : null,
          );
          return [
            polyline(`panel${p}-series${s}`, spots, { colour: colour(label) }),
            dots(
              `panel${p}-dots${s}`,
              spots.filter((spot) => spot !== null),
              { fill: colour(label) },
            ),
          ];
        }),
      ];
    }),
    ...bottomAxis(
      'x',
      { left, right, top: bottom, bottom },
      withRoom(
        options.x.map((value, i) => ({
          at: x(scaled[i]!),
          text: tickText(value, Math.max(0, String(value).length - 2)),
        })),
      ),
      options.xTitle,
    ),
  ]);
}
