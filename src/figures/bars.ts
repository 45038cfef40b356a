/** Bars beside each other: one for each category and series. */
import { Y_TITLE_HEIGHT, categoryAxis, header, leftAxis, tickRoom, type FigureOptions } from './drawing/frame.js';
import { scaleFromZero, tickText } from './drawing/scales.js';
import { boxes, svgDocument, texts } from './drawing/svg.js';
import { textWidth } from './drawing/text.js';
import { HEAT, MARGIN, WIDTH, rampColour, seriesColour } from './style.js';

export interface BarsFigureOptions extends FigureOptions {
  /** What the categories are. */
  readonly xTitle: string;
  /** With its unit. */
  readonly yTitle: string;
  readonly categories: readonly string[];
  /** A value from zero on for each category; no bar where it is not finite. */
  readonly series: readonly { readonly label: string; readonly values: readonly number[] }[];
  /** Whether the series are in the order of a quantity, which their colours then show. */
  readonly ordered?: boolean;
  /** Number of the category to emphasise, from 0 on. */
  readonly highlighted?: number;
  readonly height: number;
}

/** Opacity of bars that are not the highlighted one. */
const PALE = 0.5;
const MAX_BAR = 44;
/** Share of the axis that the number at the end of a bar takes. */
const NUMBER_SHARE = 0.09;
const NUMBER_SIZE = 10;
/** With more, numbers would be all that one sees. */
const MAX_NUMBERS = 16;

/**
 * Draws bars from zero on, those of a category side by side. Numbers stand at the bars where there are few, and at the
 * highlighted ones.
 *
 * @returns an SVG document, 640 wide
 */
export function barsFigure(options: BarsFigureOptions): string {
  const { categories, series, highlighted, height, ordered = false } = options;
  const oneColour = highlighted === undefined ? seriesColour : () => HEAT;
  const colourOf = (s: number) => (ordered ? rampColour(s, series.length) : oneColour(s));
  const scale = scaleFromZero(
    series.flatMap(({ values }) => values),
    NUMBER_SHARE,
  );
  const legend = series.map(({ label }, i) => ({ label, colour: colourOf(i) }));
  const head = header(options, series.length < 2 ? [] : legend);
  const room = { left: tickRoom(scale), right: WIDTH - MARGIN };
  const axis = categoryAxis(categories, options.xTitle, room, highlighted);
  const { step } = axis;
  const plot = { ...room, top: head.bottom + Y_TITLE_HEIGHT, bottom: height - axis.height };
  const { y, layers } = leftAxis(plot, scale, options.yTitle);

  const barWidth = Math.min(MAX_BAR, (step * 0.8) / Math.max(1, series.length));
  const bars = series.map(({ values }, s) =>
    categories.flatMap((category, c) => {
      const value = values[c] ?? NaN;
      if (!Number.isFinite(value)) return [];
      const isHighlighted = highlighted === c;
      const x = room.left + (c + 0.5) * step + (s - series.length / 2) * barWidth;
      const opacity = highlighted === undefined || isHighlighted ? 1 : PALE;
      const text = value === 0 ? '0' : tickText(value, scale.decimals! + 1);
      const number = { x: x + barWidth / 2, y: y(value) - 4, text, isHighlighted };
      return [{ x, x2: x + barWidth, y: y(0), y2: y(value), opacity, description: `${category}: ${value}`, number }];
    }),
  );
  const numbers = bars.flat().map(({ number }) => number);
  const numberRoom = (series.length === 1 ? step : barWidth) - 3;
  const areAllShown =
    numbers.length <= MAX_NUMBERS && numbers.every(({ text }) => textWidth(text, NUMBER_SIZE) <= numberRoom);
  const shown = numbers.filter(({ isHighlighted }) => areAllShown || (isHighlighted && series.length === 1));

  return svgDocument(head, height, [
    ...layers,
    ...bars.map((own, s) => boxes(`series${s}`, own, { fill: colourOf(s) })),
    ...axis.layers(plot),
    texts('numbers', shown, { align: 'middle', fontSize: NUMBER_SIZE }),
  ]);
}
