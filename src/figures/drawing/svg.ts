/**
 * Prints SVG: layers of marks in pixels from the top left corner of the picture. A layer is a `<g>` whose class is its
 * name and whose attributes its marks share. The same input gives the same bytes.
 */
import { area as areaPath, line as linePath, symbol } from 'd3-shape';
import { symbolCircle, symbolDiamond2, symbolSquare, symbolTriangle, type SymbolType } from 'd3-shape';
import { assertInternal } from '../../errors.js';
import { escapeMarkup } from '../../escapes.js';
import { BACKGROUND, FONT, FONT_SIZE, INK, WIDTH } from '../style.js';

/** A printed `<g>`, or nothing. */
export type Layer = string;

export interface Point {
  readonly x: number;
  readonly y: number;
  /** For screen readers. */
  readonly description?: string;
}

/** A line from a point to another, or a rectangle between two. */
export interface Segment extends Point {
  readonly x2: number;
  readonly y2: number;
  /** Of a rectangle, from 0 to 1, the default. */
  readonly opacity?: number;
}

export interface Label extends Point {
  readonly text: string;
}

/** By default in ink, from its left end, on its base line. */
export interface TextStyle {
  readonly colour?: string;
  readonly align?: 'start' | 'middle' | 'end';
  readonly baseline?: 'alphabetic' | 'top' | 'middle';
  readonly fontSize?: number;
  readonly bold?: boolean;
  /** Degrees, clockwise. */
  readonly angle?: number;
}

export interface LineStyle {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

export interface FillStyle {
  readonly fill: string;
  readonly stroke?: string;
  readonly opacity?: number;
}

export interface DotStyle extends FillStyle {
  /** In square pixels. */
  readonly size?: number;
  readonly shape?: SymbolType;
  /** Degrees, clockwise. */
  readonly angle?: number;
}

/** Shapes of series: closed, with different outlines. */
export const SHAPES = [symbolCircle, symbolDiamond2, symbolSquare, symbolTriangle] as const;

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A name and its attributes. Numbers have two decimals, finer than any screen or printer; opacities have five. */
function tag(name: string, attributes: Attributes): string {
  const written = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const steps = key.endsWith('opacity') ? 1e5 : 100;
    return [` ${key}="${typeof value === 'number' ? Math.round(value * steps) / steps : escapeXml(value)}"`];
  });
  return name + written.join('');
}

function layer(name: string, attributes: Attributes, marks: readonly string[]): Layer {
  return marks.length === 0 ? '' : `<${tag('g', { class: name, ...attributes })}>${marks.join('')}</g>`;
}

function mark(name: string, { description }: { readonly description?: string }, attributes: Attributes): string {
  const aria = description === undefined ? {} : { role: 'img', 'aria-label': description };
  return `<${tag(name, { ...attributes, ...aria })}/>`;
}

function path(d: string | null): string[] {
  return d === null || d === '' ? [] : [mark('path', {}, { d })];
}

/** Text between tags or within quotes. Control characters become spaces, since XML forbids them. */
export function escapeXml(text: string): string {
  return escapeMarkup(text.replace(/\p{Cc}/gu, ' '));
}

/** Straight lines. */
export function rules(name: string, segments: readonly Segment[], style: LineStyle): Layer {
  const points = segments.flatMap(({ x, y, x2, y2 }) => [{ x, y }, { x: x2, y: y2 }, null]);
  return polyline(name, points, { width: 1, ...style }, {});
}

const ROUND = { 'stroke-linejoin': 'round', 'stroke-linecap': 'round' };

/** One line through points in their order; null leaves a gap. */
export function polyline(
  name: string,
  points: readonly (Point | null)[],
  { colour, width = 2, dash, opacity }: LineStyle,
  ends: Attributes = dash === undefined ? ROUND : {},
): Layer {
  const dashes = { 'stroke-dasharray': dash?.join(','), 'stroke-opacity': opacity };
  const attributes = { fill: 'none', stroke: colour, 'stroke-width': width, ...dashes, ...ends };
  const line = linePath<Point | null>()
    .x((point) => point!.x)
    .y((point) => point!.y);
  return layer(name, attributes, path(line.defined((point) => point !== null).digits(2)(points)));
}

/** Half the width of an area of one point, which would have none. */
const LONE = 3;

/** The area between the `y` and the `y2` of points from left to right; null leaves a gap. */
export function area(name: string, points: readonly (Omit<Segment, 'x2'> | null)[], style: FillStyle): Layer {
  const widened = points.flatMap((point, i) => {
    const isLone = point !== null && !points[i - 1] && !points[i + 1];
    return isLone ? [-LONE, LONE].map((shift) => ({ ...point, x: point.x + shift })) : [point];
  });
  const outline = areaPath<(typeof widened)[number]>().x((point) => point!.x);
  const between = outline.y0((point) => point!.y2).y1((point) => point!.y);
  return layer(name, filled(style), path(between.defined((point) => point !== null).digits(2)(widened)));
}

function filled({ fill, stroke, opacity }: FillStyle): Attributes {
  return { fill, stroke, 'fill-opacity': opacity };
}

/** Rectangles, each with its own opacity. */
export function boxes(name: string, given: readonly Segment[], style: FillStyle): Layer {
  const marks = given.map((box) => {
    const size = { width: Math.abs(box.x2 - box.x), height: Math.abs(box.y2 - box.y) };
    const place = { x: Math.min(box.x, box.x2), y: Math.min(box.y, box.y2), ...size };
    return mark('rect', box, { ...place, 'fill-opacity': box.opacity });
  });
  return layer(name, filled(style), marks);
}

/** Rectangles of one opacity in one path, for thousands of cells; neighbours have no seam between them. */
export function patches(name: string, given: readonly Segment[], style: FillStyle): Layer {
  return layer(name, filled(style), path(given.map(({ x, y, x2, y2 }) => `M${x},${y}H${x2}V${y2}H${x}Z`).join('')));
}

export function dots(name: string, points: readonly Point[], style: DotStyle): Layer {
  const { fill, stroke, opacity, size = 24, shape = symbolCircle, angle } = style;
  const d = symbol(shape, size).digits(2)() ?? '';
  const marks = points.map((point) => mark('path', point, { transform: moved(point, angle), d }));
  return layer(name, { fill, stroke, 'stroke-width': stroke === undefined ? undefined : 2, opacity }, marks);
}

function moved({ x, y }: Point, angle?: number): string {
  const at = `translate(${Math.round(x * 100) / 100},${Math.round(y * 100) / 100})`;
  return angle === undefined ? at : `${at} rotate(${angle})`;
}

export function texts(name: string, labels: readonly Label[], style: TextStyle = {}): Layer {
  const { colour = INK, align, baseline = 'alphabetic', fontSize = FONT_SIZE, bold = false, angle } = style;
  // Not `dominant-baseline`: few programs besides browsers know it.
  const down = Math.round({ alphabetic: 0, top: 0.79, middle: 0.3 }[baseline] * fontSize);
  const marks = labels.map((label) => {
    const { x, y } = label;
    const place = angle === undefined ? { x, y: y + down } : { transform: moved(label, angle), y: down };
    return `<${tag('text', place)}>${escapeXml(label.text)}</text>`;
  });
  const font = { 'font-size': fontSize, 'font-weight': bold ? 'bold' : undefined };
  return layer(name, { fill: colour, ...font, 'text-anchor': align }, marks);
}

/** The whole picture, {@link WIDTH} wide: below its heading other layers, the first one undermost. */
export function svgDocument(
  heading: { readonly title: string; readonly layers: readonly Layer[] },
  height: number,
  layers: readonly Layer[],
): string {
  const size = { width: WIDTH, height };
  const root = { xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox: `0 0 ${WIDTH} ${height}`, 'font-family': FONT };
  const ground = mark('rect', {}, { ...size, fill: BACKGROUND });
  const content = [`<title>${escapeXml(heading.title)}</title>`, ground, ...heading.layers, ...layers];
  return `<${tag('svg', root)}>${content.join('')}</svg>\n`;
}

/**
 * The size of a figure in pixels.
 *
 * @throws LetterpressError `INTERNAL` when the SVG has none
 */
export function figureSize(svg: string): { readonly width: number; readonly height: number } {
  const [width, height] = ['width', 'height'].map((name) =>
    Number(new RegExp(`^<svg [^>]*\\b${name}="([\\d.]+)"`).exec(svg)?.[1]),
  ) as [number, number];
  assertInternal(width > 0 && height > 0, 'a figure has no width and height in pixels');
  return { width, height };
}
