/** What surrounds the data: title, subtitle, legend and axes. */
import type { SymbolType } from 'd3-shape';
import { AXIS_INK, FAINT_INK, FONT_SIZE, GRID, MARGIN, WIDTH } from '../style.js';
import { position, tickLabel, tickText, type AxisScale, type Position } from './scales.js';
import { SHAPES, dots, rules, texts, type Layer, type Segment, type TextStyle } from './svg.js';
import { breakLines, shorten, textWidth } from './text.js';

export interface FigureOptions {
  readonly title: string;
  readonly subtitle?: string;
}

/** The rectangle of the data, in pixels. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly shape?: SymbolType;
}

const TITLE_SIZE = 15;
const SUBTITLE_SIZE = 11.5;
const LINE = { title: 19, subtitle: 15, legend: 17 };
/** Between the left edge of a legend's dot and its text. */
const LEGEND_TEXT = 15;

/** Title (up to two lines), subtitle (up to three), and the legend, if it has entries; `bottom` is below all. */
export function header(
  { title, subtitle = '' }: FigureOptions,
  legend: readonly LegendEntry[] = [],
): { title: string; layers: Layer[]; bottom: number } {
  const room = WIDTH - 2 * MARGIN;
  const titles = breakLines(title, room, { fontSize: TITLE_SIZE, bold: true, maxLines: 2 });
  const below = subtitle === '' ? [] : breakLines(subtitle, room, { fontSize: SUBTITLE_SIZE });
  const at = (y: number, step: number) => (text: string, i: number) => ({ x: MARGIN, y: y + i * step, text });
  const titlesEnd = 24 + (titles.length - 1) * LINE.title;
  const layers = [
    texts('title', titles.map(at(24, LINE.title)), { fontSize: TITLE_SIZE, bold: true }),
    texts('subtitle', below.map(at(titlesEnd + 18, LINE.subtitle)), { fontSize: SUBTITLE_SIZE, colour: FAINT_INK }),
  ];
  const bottom = titlesEnd + 8 + (below.length === 0 ? 0 : 1 + below.length * LINE.subtitle);
  if (legend.length === 0) return { title, layers, bottom };

  let [x, y] = [MARGIN, bottom + 4 + LINE.legend / 2];
  for (const { label, colour, shape = SHAPES[2] } of legend) {
    const text = shorten(label, room - LEGEND_TEXT);
    const end = x + LEGEND_TEXT + textWidth(text);
    if (x > MARGIN && end > WIDTH - MARGIN) [x, y] = [MARGIN, y + LINE.legend];
    layers.push(
      dots('legend', [{ x: x + 5, y }], { fill: colour, size: 75, shape }),
      texts('legend-name', [{ x: x + LEGEND_TEXT, y, text }], { baseline: 'middle' }),
    );
    x += LEGEND_TEXT + textWidth(text) + 13;
  }
  return { title, layers, bottom: y + LINE.legend / 2 };
}

/** Pixels below a plot for the ticks and the title of its axis. */
export const X_AXIS_HEIGHT = 46;
/** Pixels above a plot for the title of its vertical axis. */
export const Y_TITLE_HEIGHT = 34;
/** Between tick and plot. */
const TICK_GAP = 6;

/** Room to the left of a plot for the texts of ticks. */
export function tickRoom(scale: AxisScale): number {
  const widths = scale.ticks.map((tick) => textWidth(tickLabel(scale, tick)));
  return Math.ceil(MARGIN + TICK_GAP + Math.max(0, ...widths));
}

/** A plot below `top` in a picture of this height, with room for the axes and for `side` pixels to its right. */
export function plotBelow(top: number, yScale: AxisScale, height: number, side = 20): Plot {
  const bottom = height - X_AXIS_HEIGHT;
  return { left: tickRoom(yScale), top: top + Y_TITLE_HEIGHT, right: WIDTH - side, bottom };
}

/** Level lines through the whole plot. */
export function across({ left, right }: Plot, ys: readonly number[]): Segment[] {
  return ys.map((y) => ({ x: left, x2: right, y, y2: y }));
}

/** Upright lines through the whole plot. */
function upright({ top, bottom }: Plot, xs: readonly number[]): Segment[] {
  return xs.map((x) => ({ x, x2: x, y: top, y2: bottom }));
}

/** Two axes and the pixels of values on them. With `grid`, there are lines across the plot from the lower axis too. */
export function axes(
  plot: Plot,
  scales: { readonly x: AxisScale; readonly y: AxisScale },
  titles: { readonly xTitle: string; readonly yTitle: string },
  grid = false,
): { x: Position; y: Position; layers: Layer[] } {
  const x = position(scales.x, plot.left, plot.right);
  const left = leftAxis(plot, scales.y, titles.yTitle);
  return { x, y: left.y, layers: [...left.layers, ...bottomAxis(plot, scales.x, x, titles.xTitle, grid)] };
}

/** Lines across the plot, ticks to its left, and the title level above them, where it is easiest to read. */
export function leftAxis(plot: Plot, scale: AxisScale, title: string): { y: Position; layers: Layer[] } {
  const y = position(scale, plot.bottom, plot.top);
  const x = plot.left - TICK_GAP;
  const labels = scale.ticks.map((tick) => ({ x, y: y(tick), text: tickLabel(scale, tick) }));
  const layers = [
    rules('y-grid', across(plot, scale.ticks.map(y)), { colour: GRID }),
    texts('y-ticks', labels, { align: 'end', baseline: 'middle' }),
    texts('y-title', [{ x: MARGIN, y: plot.top - 14, text: shorten(title, plot.right - MARGIN) }]),
  ];
  return { y, layers };
}

/** A line below the plot, the ticks that there is room for, and the title; with `grid`, lines across the plot too. */
export function bottomAxis(
  plot: Plot,
  { ticks, decimals }: AxisScale,
  x: Position,
  title: string,
  grid = false,
): Layer[] {
  const { bottom } = plot;
  const labels: { x: number; y: number; text: string; end: number }[] = [];
  for (const tick of ticks) {
    const text = tickText(tick, decimals);
    const half = textWidth(text) / 2;
    if (x(tick) - half >= (labels.at(-1)?.end ?? -Infinity) + TICK_GAP)
      labels.push({ x: x(tick), y: bottom + 8, text, end: x(tick) + half });
  }
  const xs = labels.map((label) => label.x);
  const marks = upright({ ...plot, top: bottom, bottom: bottom + 5 }, xs);
  return [
    rules('x-grid', grid ? upright(plot, xs) : [], { colour: GRID }),
    rules('x-line', [...across(plot, [bottom]), ...marks], { colour: AXIS_INK }),
    texts('x-ticks', labels, { align: 'middle', baseline: 'top' }),
    xTitle(plot, bottom + 14 + 2 * FONT_SIZE, title),
  ];
}

function xTitle({ left, right }: { left: number; right: number }, y: number, title: string): Layer {
  const text = shorten(title, 1.1 * (right - left));
  return texts('x-title', [{ x: (left + right) / 2, y, text }], { align: 'middle' });
}

const SLANT = -40; // degrees
const COSINE = Math.cos((SLANT * Math.PI) / 180);
const MAX_SLANTED = 150;

/**
 * Names of categories below a plot, level where they fit, else slanted.
 *
 * @param emphasised number of the category whose name is bold
 * @returns the width of a category, and how high names and title are below the plot
 */
export function categoryAxis(
  given: readonly string[],
  title: string,
  { left, right }: Pick<Plot, 'left' | 'right'>,
  emphasised?: number,
): { step: number; height: number; layers: (plot: Plot) => Layer[] } {
  const step = (right - left) / Math.max(1, given.length);
  const middle = (category: number): number => left + (category + 0.5) * step;
  const widths = given.map((name) => textWidth(name));
  const isLevel = widths.every((width, i) => (width + (widths[i + 1] ?? 0)) / 2 <= step - 3);
  const names = isLevel
    ? given
    : given.map((name, i) => shorten(name, Math.min(MAX_SLANTED, (middle(i) - MARGIN) / COSINE)));
  const widest = Math.max(0, ...names.map((name) => textWidth(name)));
  const labelHeight = isLevel ? FONT_SIZE + 3 : Math.ceil(widest * Math.sqrt(1 - COSINE ** 2) + FONT_SIZE);
  const height = 8 + labelHeight + 28;
  const style: TextStyle = isLevel
    ? { align: 'middle', baseline: 'top' }
    : { align: 'end', baseline: 'middle', angle: SLANT };

  const layers = (plot: Plot): Layer[] => {
    const y = plot.bottom + 8;
    const labels = names.map((text, category) => ({ x: middle(category) + (isLevel ? 0 : 3), y, text }));
    return [
      rules('x-line', across(plot, [plot.bottom]), { colour: AXIS_INK }),
      texts(
        'x-ticks',
        labels.filter((_, category) => category !== emphasised),
        style,
      ),
      texts('x-emphasised', emphasised === undefined ? [] : [labels[emphasised]!], { ...style, bold: true }),
      xTitle(plot, plot.bottom + height - MARGIN - 4, title),
    ];
  };
  return { step, height, layers };
}
