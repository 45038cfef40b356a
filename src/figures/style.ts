/** What all figures have in common: colours, fonts, line styles and distances in pixels. */

export const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
export const FONT_SIZE = 11;
export const WIDTH = 640;
/** Around the picture. */
export const MARGIN = 8;

/** Text, and the data colour black. */
export const INK = '#1f2328';
/** Secondary text and lines. */
export const FAINT_INK = '#59626e';
/** Words of a sample that no training text has. */
export const INVENTED_INK = '#9c4200';
/** Axes and their tick marks. */
export const AXIS_INK = '#bbbbbb';
/** Lines across a plot, and the edges of cells. */
export const GRID = '#e8e8e8';
/** Behind everything, and inside rings. */
export const BACKGROUND = '#ffffff';

/** Heat maps, and bars of one series of which some are paler: the more opaque, the larger the value. */
export const HEAT = '#0a6fb0';
/** Heat maps: values below zero. */
export const COLD = '#cf5a08';

/**
 * The colours without data, and those of which the opacity is data, in six lower-case hexadecimal digits. Whoever shows
 * a figure light on dark may replace them wherever they are the value of `fill` or `stroke`. All other colours are
 * data, and legible on white as on a dark ground.
 */
export const FIXED_COLOURS = {
  ink: INK,
  faint: FAINT_INK,
  axis: AXIS_INK,
  grid: GRID,
  ground: BACKGROUND,
  heat: HEAT,
  cold: COLD,
} as const;

/**
 * Okabe and Ito's colours, which the colour-blind can distinguish, without their yellow (too pale on white). Their
 * black is the ink, so that it stays legible where figures are shown light on dark.
 */
export const CURVE_COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', INK] as const;

export function seriesColour(index: number): string {
  return CURVE_COLOURS[index % CURVE_COLOURS.length]!;
}

/** From cold to hot, ever lighter, so that the order is seen in grey too. */
const RAMP = ['#4a3aa8', '#8a3fa5', '#c24d82', '#e07050', '#e5a126'] as const;

/** The colour of one of `count` values in order. */
export function rampColour(index: number, count: number): string {
  return RAMP[Math.round((index * (RAMP.length - 1)) / Math.max(1, count - 1))]!;
}

export const DASHES = [5, 3];
/** Of curves whose colour has been used before. */
export const LONG_DASHES = [12, 3];
/** Lines of known values, such as baselines. */
export const REFERENCE = { colour: FAINT_INK, dash: [1.5, 2.5] };
