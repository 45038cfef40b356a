/** What surrounds the data: title, subtitle, legend and axes. */
import type { SymbolType } from 'd3-shape';
import { AXIS_INK, FAINT_INK, FONT_SIZE, GRID, MARGIN } from '../style.js';
import { position, tickText, type AxisScale, type Position } from './scales.js';
import { SHAPES, dots, rules, texts, type Layer, type Segment, type TextStyle } from './svg.js';
import { breakLines, shorten, textWidth, visible } from './text.js';

/** Sizes in pixels. */
export interface FigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly width?: number;
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

/**
 * Title (up to two lines), subtitle (up to three), and the legend, if it has entries. `bottom` is below all of them.
 */
export function header(
  { title, subtitle = '' }: FigureOptions,
  width: number,
  legend: readonly LegendEntry[] = [],
): { layers: Layer[]; bottom: number } {
  const room = width - 2 * MARGIN;
  const titles = breakLines(title, room, { fontSize: TITLE_SIZE, bold: true, maxLines: 2 });
  const below = subtitle === '' ? [] : breakLines(subtitle, room, { fontSize: SUBTITLE_SIZE });
  const at = (y: number, step: number) => (text: string, i: number) => ({ x: MARGIN, y: y + i * step, text });
  const titlesEnd = 24 + (titles.length - 1) * LINE.title;
  const layers = [
    texts('title', titles.map(at(24, LINE.title)), { fontSize: TITLE_SIZE, bold: true }),
    texts('subtitle', below.map(at(titlesEnd + 18, LINE.subtitle)), { fontSize: SUBTITLE_SIZE, colour: FAINT_INK }),
  ];
  const bottom = titlesEnd + 8 + (below.length === 0 ? 0 : 1 + below.length * LINE.subtitle);
  if (legend.length === 0) return { layers, bottom };

  let [x, y] = [MARGIN, bottom + 4 + LINE.legend / 2];
  for (const { label, colour, shape = SHAPES[2] } of legend) {
    const text = shorten(label, room - LEGEND_TEXT);
    const end = x + LEGEND_TEXT + textWidth(text);
    if (x > MARGIN && end > width - MARGIN) [x, y] = [MARGIN, y + LINE.legend];
    layers.push(
      dots('legend', [{ x: x + 5, y }], { fill: colour, size: 75, shape }),
      texts('legend-name', [{ x: x + LEGEND_TEXT, y, text }], { baseline: 'middle' }),
    );
    x += LEGEND_TEXT + textWidth(text) + 13;
  }
  return { layers, bottom: y + LINE.legend / 2 };
}

/** Pixels below a plot for the ticks and the title of its axis. */
export const X_AXIS_HEIGHT = 46;
/** Pixels above a plot for the title of its vertical axis. */
export const Y_TITLE_HEIGHT = 34;
/** Between tick and plot. */
const TICK_GAP = 6;

/** Room to the left of a plot for the texts of ticks. */
export function tickRoom({ ticks, decimals }: AxisScale): number {
  const widths = ticks.map((tick) => textWidth(tickText(tick, decimals)));
  return Math.ceil(MARGIN + TICK_GAP + Math.max(0, ...widths));
}

/** A plot below `top` with room for the axes around it, and for `side` pixels to its right. */
export function plotBelow(top: number, yScale: AxisScale, size: { width: number; height: number }, side = 20): Plot {
  const bottom = size.height - X_AXIS_HEIGHT;
  return { left: tickRoom(yScale), top: top + Y_TITLE_HEIGHT, right: size.width - side, bottom };
}

/** Level lines through the whole plot. */
export function across({ left, right }: Plot, ys: readonly number[]): Segment[] {
  return ys.map((y) => ({ x: left, x2: right, y, y2: y }));
}

/** Upright lines through the whole plot. */
export function upright({ top, bottom }: Plot, xs: readonly number[]): Segment[] {
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
  const labels = scale.ticks.map((tick) => ({ x, y: y(tick), text: tickText(tick, scale.decimals) }));
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

const SMALL = 9.5;
const NAME_GAP = 3;
const SLANT = -40; // degrees
const COSINE = Math.cos((SLANT * Math.PI) / 180);
const MAX_SLANTED = 150;

/**
 * Names of categories below a plot: level if they fit, else smaller or in lines, else slanted.
 *
 * @param room the plot may begin further to the right, so that slanted names fit
 * @param emphasised number of the category whose name is bold
 * @returns where the first category begins, how wide each is, and how high names and title are below the plot
 */
export function categoryAxis(
  given: readonly string[],
  title: string,
  room: { readonly left: number; readonly right: number },
  emphasised?: number,
) {
  const names = given.map(visible);
  const level = levelNames(names, (room.right - room.left) / Math.max(1, names.length) - NAME_GAP);
  const isSlanted = level === undefined;
  const left = isSlanted ? roomForSlanted(names, room) : room.left;
  const step = (room.right - left) / Math.max(1, names.length);
  const middle = (category: number): number => left + (category + 0.5) * step;
  const { lines, fontSize } = level ?? {
    lines: names.map((name, i) => [shorten(name, Math.min(MAX_SLANTED, (middle(i) - MARGIN) / COSINE))]),
    fontSize: FONT_SIZE,
  };
  const lineHeight = fontSize + 3;
  const widest = Math.max(0, ...lines.map(([first = '']) => textWidth(first, fontSize)));
  const labelHeight = isSlanted
    ? Math.ceil(widest * Math.sqrt(1 - COSINE ** 2) + fontSize)
    : Math.max(1, ...lines.map((each) => each.length)) * lineHeight;
  const height = 8 + labelHeight + 28;
  const style: TextStyle = isSlanted
    ? { align: 'end', baseline: 'middle', fontSize, angle: SLANT }
    : { align: 'middle', baseline: 'top', fontSize };

  const layers = (plot: Plot): Layer[] => {
    const labels = lines.map((each, category) => {
      const [x, y] = [middle(category) + (isSlanted ? 3 : 0), plot.bottom + 8];
      return each.map((text, line) => ({ x, y: y + line * lineHeight, text }));
    });
    const others = labels.filter((_, category) => category !== emphasised);
    return [
      rules('x-line', across(plot, [plot.bottom]), { colour: AXIS_INK }),
      texts('x-ticks', others.flat(), style),
      texts('x-emphasised', labels[emphasised ?? -1] ?? [], { ...style, bold: true }),
      xTitle(plot, plot.bottom + height - MARGIN - 4, title),
    ];
  };
  return { left, step, height, layers };
}

/** The lines of each name in the largest size in which none touches its neighbour; undefined if there is none. */
function levelNames(names: readonly string[], room: number): { lines: string[][]; fontSize: number } | undefined {
  const sizes = [FONT_SIZE, SMALL];
  const inOneLine = sizes.find((size) =>
    names.every((name, i) => (textWidth(name, size) + textWidth(names[i + 1] ?? '', size)) / 2 <= room),
  );
  if (inOneLine !== undefined) return { lines: names.map((name) => [name]), fontSize: inOneLine };
  for (const fontSize of sizes) {
    const lines = names.map((name) => breakLines(name, room, { fontSize }));
    if (lines.every((each, i) => each.join(' ') === names[i])) return { lines, fontSize };
  }
  return undefined;
}

/** Where a plot must begin so that slanted names, which begin to the left of their category, fit into the picture. */
function roomForSlanted(names: readonly string[], { left, right }: { left: number; right: number }): number {
  const needed = names.map((name, i) => {
    const share = (i + 0.5) / names.length; // of the plot, to the left of the middle of the category
    const width = Math.min(MAX_SLANTED, textWidth(name)) * COSINE;
    return (MARGIN + width - share * right) / (1 - share);
  });
  return Math.min(Math.max(left, ...needed), 0.25 * right);
}
