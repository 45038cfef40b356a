/**
 * Figures as marks at places in pixels, measured from the top left corner of the picture. Where things go is worked out
 * by who calls, from the data, so that nothing depends on the fonts or libraries of the machine; Vega-Lite draws.
 */
import type { TopLevelSpec } from 'vega-lite';
import { drawSpec } from './draw.js';
import { heading } from './heading.js';
import { BACKGROUND, FONT, FONT_SIZE, INK, MARGIN } from './style.js';

/** One layer of a layered Vega-Lite specification. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Where a mark goes, with what a screen reader says of it, if anything. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly description?: string;
}

/** A line from a spot to another, or a rectangle between two. `opacity` is from 0 to 1, 1 by default. */
export interface Span extends Spot {
  readonly x2: number;
  readonly y2: number;
  readonly opacity?: number;
}

/** A line of text, at the place where its alignment puts it. */
export interface Label extends Spot {
  readonly text: string;
}

/** How text looks: in ink, from its left end, on its base line, unless it says otherwise. */
export interface TextLook {
  readonly colour?: string;
  readonly align?: 'left' | 'center' | 'right';
  readonly baseline?: 'alphabetic' | 'top' | 'middle' | 'bottom';
  readonly fontSize?: number;
  readonly bold?: boolean;
  /** Degrees, clockwise. */
  readonly angle?: number;
}

/** How lines look. */
export interface LineLook {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

/** How areas look. `opacity` is from 0 to 1. */
export interface FillLook {
  readonly fill: string;
  readonly opacity: number;
}

/** Shapes of points: closed ones that differ in outline. */
export const SHAPES = ['circle', 'diamond', 'square', 'triangle-up'] as const;
/** Shapes of points; triangles also point to what lies beyond a plot. */
export type Shape = (typeof SHAPES)[number] | 'triangle-down' | 'triangle-right';

/** From pixels to pixels. (Without any scale, Vega-Lite would draw lines through missing values.) */
const SCALE = { domain: [0, 1], range: [0, 1], zero: false, nice: false };
const place = (field: string): object => ({ field, type: 'quantitative', scale: SCALE, axis: null });
const POSITION = { x: place('x'), y: place('y') };
const SPAN = { ...POSITION, x2: { field: 'x2' }, y2: { field: 'y2' } };

/** Two decimals of a pixel are finer than any screen or printer. */
function toHundredths(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

// Vega-Lite's types list every mark's every option; what is built here is a small part of it.
function layer(name: string, values: readonly object[], mark: object, encoding: object): Layer {
  const described = values.some((value) => 'description' in value);
  return {
    name,
    data: { values: values.map(rounded) },
    mark: { ...mark, aria: described },
    encoding: { ...encoding, ...(described ? { description: { field: 'description' } } : {}) },
  } as Layer;
}

function rounded(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]: [string, unknown]) => [
      key,
      typeof entry === 'number' && key !== 'opacity' ? toHundredths(entry) : entry,
    ]),
  );
}

function stroke(look: LineLook): object {
  return {
    stroke: look.colour,
    strokeWidth: look.width ?? 1,
    ...(look.opacity === undefined ? {} : { strokeOpacity: look.opacity }),
    ...(look.dash === undefined ? {} : { strokeDash: [...look.dash] }),
  };
}

/** Straight lines between two spots. */
export function rules(name: string, spans: readonly Span[], look: LineLook): Layer {
  return layer(name, spans, { type: 'rule', ...stroke(look) }, SPAN);
}

/** Rectangles, each with its own opacity. */
export function rectangles(name: string, spans: readonly Span[], fill: string): Layer {
  const values = spans.map((span) => ({ ...span, opacity: Math.round((span.opacity ?? 1) * 1000) / 1000 }));
  const opacity = { field: 'opacity', type: 'quantitative', scale: null };
  return layer(name, values, { type: 'rect', fill }, { ...SPAN, fillOpacity: opacity });
}

/**
 * Rectangles of one opacity, as one path: for figures of thousands of cells. Neighbours have no seams between them.
 */
export function patches(name: string, spans: readonly Span[], look: FillLook): Layer {
  const corners = ({ x, y, x2, y2 }: Span): Spot[] => [
    { x, y },
    { x: x2, y },
    { x: x2, y: y2 },
    { x, y: y2 },
  ];
  return polygons(name, spans.map(corners), look);
}

/** Filled shapes, each by its corners, as one path. */
function polygons(name: string, shapes: readonly (readonly Spot[])[], look: FillLook): Layer {
  const mark = {
    type: 'line',
    stroke: null,
    fill: look.fill,
    fillOpacity: look.opacity,
    invalid: 'break-paths-filter-domains',
  };
  return layer(name, inOrder(shapes.flatMap((shape) => [...shape, null])), mark, IN_ORDER);
}

/** Texts of one look. */
export function texts(name: string, labels: readonly Label[], look: TextLook = {}): Layer {
  const mark = {
    type: 'text',
    color: look.colour ?? INK,
    align: look.align ?? 'left',
    baseline: look.baseline ?? 'alphabetic',
    fontSize: look.fontSize ?? FONT_SIZE,
    ...(look.bold === true ? { fontWeight: 'bold' } : {}),
    ...(look.angle === undefined ? {} : { angle: look.angle }),
  };
  return layer(name, labels, mark, { ...POSITION, text: { field: 'text', type: 'nominal' } });
}

/** One line through spots, in their order; a missing spot leaves a gap. */
export function polyline(name: string, spots: readonly (Spot | null)[], look: LineLook): Layer {
  const mark = {
    type: 'line',
    ...stroke({ width: 2, ...look }),
    strokeJoin: 'round',
    ...(look.dash === undefined ? { strokeCap: 'round' } : {}),
    invalid: 'break-paths-filter-domains',
  };
  return layer(name, inOrder(spots), mark, IN_ORDER);
}

const IN_ORDER = { ...POSITION, order: { field: 'order', type: 'quantitative' } };

function inOrder(spots: readonly (Spot | null)[]): object[] {
  return spots.map((spot, order) => ({ x: spot?.x ?? null, y: spot?.y ?? null, order }));
}

/** Half the width of an area of one spot, which would have none. */
const LONE = 3;

/** The area between the `y` and the `y2` of spots, from left to right; a missing spot leaves a gap. */
export function area(
  name: string,
  spots: readonly ({ x: number; y: number; y2: number } | null)[],
  look: FillLook,
): Layer {
  const shapes: Spot[][] = [];
  for (let from = 0; from < spots.length; from++) {
    const rest = spots.slice(from);
    const gap = rest.indexOf(null);
    const piece = rest.slice(0, gap === -1 ? rest.length : gap).filter((spot) => spot !== null);
    from += piece.length;
    const [first] = piece;
    if (first === undefined) continue;
    const wide =
      piece.length > 1
        ? piece
        : [
            { ...first, x: first.x - LONE },
            { ...first, x: first.x + LONE },
          ];
    const there = wide.map(({ x, y }) => ({ x, y }));
    shapes.push([...there, ...wide.map(({ x, y2 }) => ({ x, y: y2 })).reverse()]);
  }
  return polygons(name, shapes, look);
}

/** Points of one look, `size` square pixels each; without `fill` they are as their outline. */
export function dots(
  name: string,
  spots: readonly Spot[],
  look: {
    fill: string;
    stroke?: string;
    size?: number;
    shape?: Shape;
    opacity?: number;
    strokeWidth?: number;
  },
): Layer {
  const mark = {
    type: 'point',
    shape: look.shape ?? 'circle',
    size: look.size ?? 30,
    fill: look.fill,
    stroke: look.stroke ?? null,
    strokeWidth: look.strokeWidth ?? 1,
    opacity: look.opacity ?? 1, // Vega-Lite's own is less
  };
  return layer(name, spots, mark, POSITION);
}

/** What every figure has. Sizes in pixels. */
export interface Sheet {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly width: number;
  readonly height: number;
}

/** Draws layers, the first undermost, on a ground with title and subtitle. */
export function drawSheet(sheet: Sheet, layers: readonly Layer[]): Promise<string> {
  const { lines } = heading(sheet.title, sheet.subtitle, sheet.width);
  const spec: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: sheet.width,
    height: sheet.height,
    padding: 0,
    autosize: { type: 'none' },
    background: BACKGROUND,
    data: { values: [{}] },
    layer: [...lines.map(({ text, y, ...look }, i) => texts(`heading${i}`, [{ x: MARGIN, y, text }], look)), ...layers],
    config: { font: FONT, view: { stroke: null }, text: { font: FONT, fontSize: FONT_SIZE } },
  };
  return drawSpec(spec, sheet.title);
}
