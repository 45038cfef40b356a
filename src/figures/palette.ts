/**
 * The colours of figures. Those in {@link FIXED_COLOURS} carry no data: whoever shows a figure light on dark may
 * replace them, wherever they stand as the value of `fill` or `stroke`. The others are data, and can be read on
 * white as on a dark ground. Safe for browsers.
 */
import { AXIS_INK, BACKGROUND, CURVE_COLOURS, FAINT_INK, GRID, INK } from './drawing/style.js';

export { AXIS_INK, BACKGROUND, CURVE_COLOURS, FAINT_INK, GRID, INK };
export { DOTS, FONT_SIZE, MARGIN } from './drawing/style.js';

/** The colours without data, as they are written in every figure: six lower-case hexadecimal digits. */
export const FIXED_COLOURS = {
  ink: INK,
  faintInk: FAINT_INK,
  axis: AXIS_INK,
  grid: GRID,
  background: BACKGROUND,
} as const;

/** Shares and weights in heat maps: this colour, the more opaque the more. Also what is above zero. */
export const HEAT = CURVE_COLOURS[0];
/** What is below zero in heat maps. */
export const COLD = CURVE_COLOURS[1];
/** Text on opaque data colours, which are dark on any ground. Not one of {@link FIXED_COLOURS}: it stays as it is. */
export const ON_DATA = 'white';
