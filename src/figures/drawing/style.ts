/** How all figures look: colours, fonts, lines and distances. Pixels, unless it says otherwise. Safe for browsers. */

/** Fonts, first that is there. */
export const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
export const FONT_SIZE = 11;

/** Text, and the data colour black. */
export const INK = '#222222';
/** Text and lines in second place. */
export const FAINT_INK = '#666666';
/** Axes and their ticks. */
export const AXIS_INK = '#bbbbbb';
/** Lines across a plot, and the edges of cells without a value. */
export const GRID = '#e8e8e8';
/** Behind everything, and inside rings. */
export const BACKGROUND = '#ffffff';

/**
 * Okabe and Ito's colours, which the colour-blind can tell apart; their yellow is left out (too pale on white), and
 * their black is the ink, so that it stays readable where figures are shown light on dark.
 */
export const CURVE_COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', INK] as const;

/** Least distance between two labels. */
export const LABEL_SPACING = 16;
/** Between plot and label: a piece of the curve. */
export const SWATCH = { gap: 8, length: 16, textGap: 5 };
/** Dash pattern of dashed curves. */
export const DASHES: readonly number[] = [5, 3];
/** Dash pattern of curves whose colour has been used before. */
export const LONG_DASHES: readonly number[] = [12, 3];
/** Dash pattern of reference lines. */
export const DOTS: readonly number[] = [1.5, 2.5];
/** Around the picture. */
export const MARGIN = 8;
/** With more points, dots on a curve would run together. */
export const POINTS_UP_TO = 30;
