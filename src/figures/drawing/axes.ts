/** Axes of figures that are drawn on sheets: from values to pixels, ticks, their texts and titles. */
import type { AxisScale } from '../curve-layout.js';
import { rules, texts } from './sheet.js';
import type { Layer } from './sheet.js';
import { AXIS_INK, FONT_SIZE, GRID, MARGIN } from './style.js';
import { shorten, textWidth } from './text.js';

/** The rectangle of a picture that the data lie in, in pixels. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A place on an axis, in pixels, and what stands there. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Between tick and plot. */
const TICK_GAP = 6;
/** Pixels below a plot for ticks and title of its axis. */
export const X_AXIS_HEIGHT = 46;
/** Pixels between a heading and a plot whose vertical axis has a title. */
export const Y_TITLE_HEIGHT = 34;

const LARGE = 1e6;
const MAX_DECIMALS = 5;
const MAX_DIGITS = 4; // after the first, in powers of ten

/** A tick as it is written: decimals that tell the ticks apart, or powers of ten for what is very large or small. */
export function tickText(tick: number, decimals: number): string {
  const magnitude = Math.abs(tick);
  if (tick === 0 && decimals > MAX_DECIMALS) return '0';
  if (tick !== 0 && (magnitude >= LARGE || decimals > MAX_DECIMALS)) {
    const digits = Math.max(0, Math.min(MAX_DIGITS, decimals + Math.floor(Math.log10(magnitude))));
    const [mantissa, exponent] = tick.toExponential(digits).split('e') as [string, string];
    const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${short}e${exponent.replace('+', '')}`.replaceAll('-', MINUS);
  }
  const text = magnitude.toFixed(Math.min(decimals, MAX_DECIMALS));
  const [whole, rest] = text.split('.') as [string, string | undefined];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${tick < 0 ? MINUS : ''}${grouped}${rest === undefined ? '' : `.${rest}`}`;
}

const MINUS = '\u2212';

/** Where values of a scale go between the pixels `from` (its low end) and `to`. */
export function linear(
  scale: { readonly low: number; readonly high: number },
  from: number,
  to: number,
): (value: number) => number {
  return (value) => from + ((value - scale.low) / (scale.high - scale.low)) * (to - from);
}

/** The same where equal ratios have equal distances; all must be above zero. */
export function logarithmic(
  { low, high }: { readonly low: number; readonly high: number },
  from: number,
  to: number,
): (value: number) => number {
  const place = linear({ low: Math.log(low), high: Math.log(high) }, from, to);
  return (value) => place(Math.log(value));
}

/** The ticks of a scale, at their pixels. */
export function ticksOf(scale: AxisScale, at: (value: number) => number): Tick[] {
  return scale.ticks.map((tick) => ({ at: at(tick), text: tickText(tick, scale.decimals) }));
}

/** Room to the left of a plot for the texts of ticks. */
export function tickRoom({ ticks, decimals }: AxisScale): number {
  const widths = ticks.map((tick) => textWidth(tickText(tick, decimals)));
  return Math.ceil(MARGIN + TICK_GAP + Math.max(0, ...widths));
}

/** Lines across the plot, ticks to its left, and the title above them, level: easier to read than a turned one. */
export function leftAxis(name: string, plot: Plot, ticks: readonly Tick[], title: string): Layer[] {
  const room = plot.right - MARGIN;
  return [
    rules(
      `${name}-grid`,
      ticks.map(({ at }) => ({ x: plot.left, x2: plot.right, y: at, y2: at })),
      { colour: GRID },
    ),
    texts(
      `${name}-ticks`,
      ticks.map(({ at, text }) => ({ x: plot.left - TICK_GAP, y: at, text })),
      { align: 'right', baseline: 'middle' },
    ),
    texts(`${name}-title`, [{ x: MARGIN, y: plot.top - 14, text: shorten(title, room) }]),
  ];
}

/** A line below the plot with ticks, and the title below them. `grid` draws lines across the plot as well. */
export function bottomAxis(
  name: string,
  plot: Plot,
  ticks: readonly Tick[],
  title: string,
  look: { readonly grid?: boolean } = {},
): Layer[] {
  const { left, right, top, bottom } = plot;
  return [
    ...(look.grid === true
      ? [
          rules(
            `${name}-grid`,
            ticks.map(({ at }) => ({ x: at, x2: at, y: top, y2: bottom })),
            { colour: GRID },
          ),
        ]
      : []),
    rules(`${name}-line`, [{ x: left, x2: right, y: bottom, y2: bottom }], { colour: AXIS_INK }),
    rules(
      `${name}-marks`,
      ticks.map(({ at }) => ({ x: at, x2: at, y: bottom, y2: bottom + 5 })),
      { colour: AXIS_INK },
    ),
    texts(
      `${name}-ticks`,
      ticks.map(({ at, text }) => ({ x: at, y: bottom + 8, text })),
      { align: 'center', baseline: 'top' },
    ),
    texts(
      `${name}-title`,
      [{ x: (left + right) / 2, y: bottom + 14 + 2 * FONT_SIZE, text: shorten(title, 2 * (right - left)) }],
      { align: 'center' },
    ),
  ];
}

/** Ticks without those whose texts would touch the one before. */
export function withRoom(ticks: readonly Tick[], gap = 6): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    const apart = before === undefined ? Infinity : Math.abs(tick.at - before.at);
    if (apart >= (textWidth(tick.text) + textWidth(before?.text ?? '')) / 2 + gap) kept.push(tick);
  }
  return kept;
}
