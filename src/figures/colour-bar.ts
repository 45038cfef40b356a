/** What the colours of a heat map mean: from values to opacities, and the bar beside the map that says so. */
import { scaleBetween } from './curve-layout.js';
import { linear, tickText } from './drawing/axes.js';
import { rectangles, rules, texts } from './drawing/sheet.js';
import type { Layer } from './drawing/sheet.js';
import { breakLines } from './drawing/text.js';
import { AXIS_INK, COLD, FAINT_INK, HEAT } from './palette.js';

/** From values to colours. */
export interface HeatScale {
  readonly low: number;
  readonly high: number;
  /** From 0 to 1. */
  readonly opacity: (value: number) => number;
  /** Whether a value has the colour of what is below zero. */
  readonly isCold: (value: number) => boolean;
  readonly colour: (cold: boolean) => string;
  /** A value as it is written in its cell. */
  readonly text: (value: number) => string;
}

/**
 * The scale of some values. Diverging: as far above zero as below. Otherwise from zero on where all values are above, and
 * from the lowest on where some are not.
 */
export function heatScale(values: readonly number[], diverging: boolean): HeatScale {
  const known = values.filter(Number.isFinite);
  const largest = known.reduce((most, value) => Math.max(most, value), -Infinity);
  const smallest = known.reduce((least, value) => Math.min(least, value), Infinity);
  const furthest = Math.max(Math.abs(largest), Math.abs(smallest));
  let [low, high] = diverging ? [-furthest, furthest] : [Math.min(0, smallest), Math.max(0, largest)];
  if (known.length === 0 || high === low) [low, high] = diverging ? [-1, 1] : [0, 1];
  const { decimals } = scaleBetween(low, high, 5);
  const opacity = (value: number): number => (diverging ? Math.abs(value) / high : (value - low) / (high - low));
  return {
    low,
    high,
    opacity,
    isCold: (value) => diverging && value < 0,
    colour: (cold) => (cold ? COLD : HEAT),
    text: (value) => tickText(value, decimals + 1),
  };
}

const STEPS = 40;
const HEIGHT = 140;
const WIDTH = 12;

/** Draws the bar at a place with `room` pixels to the right, under its title. `bottom` is where it ends. */
export function colourBar(
  scale: HeatScale,
  title: string,
  at: { readonly left: number; readonly top: number; readonly room: number },
): { layers: Layer[]; bottom: number } {
  const lines = breakLines(title, at.room);
  const top = at.top + lines.length * 14 + 6;
  const bottom = top + HEIGHT;
  const y = linear(scale, bottom, top);
  const { ticks, decimals } = scaleBetween(scale.low, scale.high, 4);
  const step = (scale.high - scale.low) / STEPS;
  const pieces = Array.from({ length: STEPS }, (_, i) => {
    const from = scale.low + i * step;
    const middle = from + step / 2;
    // The lowest and the highest piece have the colours of the ends.
    const value = i === 0 ? scale.low : i === STEPS - 1 ? scale.high : middle;
    const span = {
      x: at.left,
      x2: at.left + WIDTH,
      y: y(from + step),
      y2: y(from),
      opacity: scale.opacity(value),
    };
    return { span, cold: scale.isCold(middle) };
  });
  const layers = [
    texts(
      'bar-title',
      lines.map((text, i) => ({ x: at.left, y: at.top + 9 + i * 14, text })),
      { colour: FAINT_INK },
    ),
    ...[false, true].map((cold) =>
      rectangles(
        cold ? 'bar-negative' : 'bar',
        pieces.filter((piece) => piece.cold === cold).map(({ span }) => span),
        scale.colour(cold),
      ),
    ),
    rules(
      'bar-marks',
      ticks.map((tick) => ({ x: at.left + WIDTH, x2: at.left + WIDTH + 4, y: y(tick), y2: y(tick) })),
      {
        colour: AXIS_INK,
      },
    ),
    texts(
      'bar-ticks',
      ticks.map((tick) => ({ x: at.left + WIDTH + 7, y: y(tick), text: tickText(tick, decimals) })),
      { baseline: 'middle' },
    ),
  ];
  return { layers, bottom };
}
