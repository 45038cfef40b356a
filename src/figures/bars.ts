/** Bars beside each other: one for each category and series. */
import { scaleFromZero } from './curve-layout.js';
import type { AxisScale } from './curve-layout.js';
import { Y_TITLE_HEIGHT, leftAxis, linear, tickRoom, tickText, ticksOf } from './drawing/axes.js';
import { categoryAxis } from './drawing/category-axis.js';
import { heading } from './drawing/heading.js';
import { legend } from './drawing/legend.js';
import { drawSheet, rectangles, rules, texts } from './drawing/sheet.js';
import type { Label } from './drawing/sheet.js';
import { textWidth } from './drawing/text.js';
import { AXIS_INK, CURVE_COLOURS, MARGIN } from './palette.js';

/** What {@link barsFigure} draws. Sizes are in pixels. */
export interface BarsFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** What the categories are. */
  readonly xTitle: string;
  /** With its unit. */
  readonly yTitle: string;
  readonly categories: readonly string[];
  /** A value for each category; no bar where it is not finite. */
  readonly series: readonly { readonly label: string; readonly values: readonly number[] }[];
  /** Number of the category to emphasise, from 0 on. */
  readonly highlighted?: number;
  readonly width?: number;
  readonly height?: number;
}

/** Opacity of bars that are not the highlighted one. */
const PALE = 0.5;
const WIDEST = 44;
const MIN_HEIGHT = 140; // of the plot
/** Share of the axis that a number at the end of a bar takes. */
const NUMBER_SHARE = 0.07;
const NUMBER_SIZE = 10;
/** Numbers stand at bars up to so many of them; with more, they would be all that one sees. */
const NUMBERS_UP_TO = 16;

/**
 * Draws bars from zero on, those of a category side by side. Numbers stand at the bars where there are few, and at the
 * highlighted ones.
 *
 * @returns an SVG document, 640 × 320 by default, higher if the names need it
 * @example
 * const svg = await barsFigure({
 *   title: 'After “q”', xTitle: 'next character', yTitle: 'probability',
 *   categories: ['t', 'u', 'x'], series: [{ label: '557k', values: [0.01, 0.98, 0.01] }], highlighted: 1,
 * });
 */
export function barsFigure(options: BarsFigureOptions): Promise<string> {
  const { title, subtitle, categories, series, highlighted, width = 640 } = options;
  const colour = (i: number): string => CURVE_COLOURS[i % CURVE_COLOURS.length]!;
  const scale = barScale(series.flatMap(({ values }) => values));
  const head = heading(title, subtitle, width).bottom;
  const entries = series.map(({ label }, i) => ({ label, colour: colour(i) }));
  const names = legend(series.length < 2 ? [] : entries, head + 4, width);

  const top = head + names.height + Y_TITLE_HEIGHT;
  const left = tickRoom(scale);
  const right = width - MARGIN;
  const step = (right - left) / Math.max(1, categories.length);
  const axis = categoryAxis(categories, options.xTitle, { left, step }, highlighted);
  const height = Math.max(options.height ?? 320, top + MIN_HEIGHT + axis.height);
  const plot = { left, right, top, bottom: height - axis.height };
  const y = linear(scale, plot.bottom, top);

  const barWidth = Math.min(WIDEST, (step * 0.8) / Math.max(1, series.length));
  const bars = series.map(({ values }, i) =>
    categories.flatMap((category, c) => {
      const value = values[c] ?? NaN;
      if (!Number.isFinite(value)) return [];
      const x = left + (c + 0.5) * step + (i - series.length / 2) * barWidth;
      const emphasised = highlighted === undefined || highlighted === c;
      return [
        {
          x,
          x2: x + barWidth,
          y: y(0),
          y2: y(value),
          opacity: emphasised ? 1 : PALE,
          description: `${category}: ${value}`,
          value,
          highlighted: highlighted === c,
        },
      ];
    }),
  );
  const all = bars.flat();
  const numbers = all.map((bar): Label => {
    const text = bar.value === 0 ? '0' : tickText(bar.value, scale.decimals + 1);
    return { x: (bar.x + bar.x2) / 2, y: bar.y2 + (bar.value < 0 ? 11 : -4), text };
  });
  const room = series.length === 1 ? step : barWidth;
  const withNumbers =
    numbers.length <= NUMBERS_UP_TO && numbers.every(({ text }) => textWidth(text, NUMBER_SIZE) + 3 <= room);

  return drawSheet({ title, subtitle, width, height }, [
    ...names.layers,
    ...leftAxis('y', plot, ticksOf(scale, y), options.yTitle),
    ...bars.map((spans, i) => rectangles(`series${i}`, spans, colour(i))),
    ...axis.layers(plot),
    ...(scale.low < 0 ? [rules('zero', [{ x: left, x2: right, y: y(0), y2: y(0) }], { colour: AXIS_INK })] : []),
    texts(
      'numbers',
      numbers.filter((_, i) => withNumbers || (all[i]!.highlighted && series.length === 1)),
      { align: 'center', fontSize: NUMBER_SIZE },
    ),
  ]);
}

/** From zero on, with room for numbers below negative bars. (Above the plot there is room.) */
function barScale(values: readonly number[]): AxisScale {
  const known = values.filter(Number.isFinite);
  const high = known.reduce((most, value) => Math.max(most, value), 0);
  const low = known.reduce((least, value) => Math.min(least, value), 0);
  return scaleFromZero([high, low < 0 ? low - NUMBER_SHARE * (high - low) : 0]);
}
