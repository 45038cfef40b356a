/** Reading figures as they were drawn: texts with the boxes they take, and the marks of a layer. */
import PDFDocument from 'pdfkit';
import { expect } from 'vitest';

/** Checks that tags open and close in order, with entities and attributes as XML wants them. */
export function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(/<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (...match: string[]) => {
    const [, closing, name = '', , empty] = match;
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (empty !== '/') open.push(name);
    return '';
  });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|apos);)/);
  expect(xml).not.toMatch(/NaN|Infinity|undefined|\p{Cc}(?!$)/u);
}

/** A text of a picture. */
export interface DrawnText {
  readonly text: string;
  /** Its layer's name. */
  readonly layer: string;
  readonly fontSize: number;
  /** The corners of its box, in pixels of the picture, in order around it. */
  readonly corners: readonly (readonly [number, number])[];
}

/** Names of a model's characters as figures show them. */
export const ALPHABET = [...Array.from('abcdefghijklmnopqrstuvwxyz_'), 'cls', 'end'];

const metrics = new PDFDocument();

/** Width in Helvetica: what the PDF shows, and about what most fonts on screens take. */
export function helveticaWidth(text: string, fontSize: number, bold = false): number {
  return metrics
    .font(bold ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(fontSize)
    .widthOfString(text.replaceAll('\u2212', '\u2013'));
}

/** A `<g>` of a picture. */
interface Layer {
  readonly name: string;
  /** Of the `<g>`, which all its marks share. */
  readonly attributes: string;
  readonly content: string;
}

/** In the order in which they are drawn. */
export function layersOf(svg: string, name?: string): Layer[] {
  return [...svg.matchAll(/<g class="([^"]*)"([^>]*)>(.*?)<\/g>/g)]
    .map(([, found = '', attributes = '', content = '']) => ({ name: found, attributes, content }))
    .filter((layer) => name === undefined || layer.name === name);
}

/** The value of an attribute that all marks of a layer share; empty if they have none. */
export function shared(svg: string, name: string, key: string): string {
  return valueOf(layersOf(svg, name)[0]?.attributes ?? '', key);
}

function valueOf(attributes: string, key: string): string {
  return new RegExp(` ${key}="([^"]*)"`).exec(attributes)?.[1] ?? '';
}

/** All marks of a kind in the layers of a name, each its attributes. */
function marks(svg: string, name: string, tag: string): string[] {
  const pattern = new RegExp(`<${tag}( [^>]*?)/?>`, 'g');
  return layersOf(svg, name).flatMap(({ content }) => [...content.matchAll(pattern)].map(([, found = '']) => found));
}

/** All texts of a picture. */
export function drawnTexts(svg: string, layer?: string): DrawnText[] {
  return layersOf(svg, layer).flatMap(({ name, attributes, content }) =>
    [...content.matchAll(/<text( [^>]*)>([^<]*)<\/text>/g)].map(([, own = '', escaped = '']) => {
      const text = escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
      const [, left0 = 0, top0 = 0, angle = 0] =
        /translate\(([-\d.]+),([-\d.]+)\) rotate\(([-\d.]+)\)/.exec(own)?.map(Number) ?? [];
      const fontSize = Number(valueOf(attributes, 'font-size'));
      const width = helveticaWidth(
        text.replaceAll('&amp;', '&'),
        fontSize,
        valueOf(attributes, 'font-weight') === 'bold',
      );
      const anchor = valueOf(attributes, 'text-anchor');
      const left = Number(valueOf(own, 'x')) + (anchor === 'middle' ? -width / 2 : anchor === 'end' ? -width : 0);
      const base = Number(valueOf(own, 'y'));
      const [top, bottom] = [base - 0.72 * fontSize, base + 0.2 * fontSize];
      const radians = (angle * Math.PI) / 180;
      const rotated = (across: number, down: number): [number, number] => [
        left0 + across * Math.cos(radians) - down * Math.sin(radians),
        top0 + across * Math.sin(radians) + down * Math.cos(radians),
      ];
      return {
        text: text.replaceAll('&amp;', '&'),
        layer: name,
        fontSize,
        corners: [rotated(left, top), rotated(left + width, top), rotated(left + width, bottom), rotated(left, bottom)],
      };
    }),
  );
}

/** What the texts of a picture or of a layer say. */
export function textsOf(svg: string, layer?: string): string[] {
  return drawnTexts(svg, layer).map(({ text }) => text);
}

/** Whether two boxes cover a common area: if no edge of either has the other wholly on its far side. */
function overlap(a: DrawnText, b: DrawnText): boolean {
  return [a, b].every(({ corners }) =>
    corners.every((from, i) => {
      const to = corners[(i + 1) % corners.length]!;
      const [normalX, normalY] = [to[1] - from[1], from[0] - to[0]];
      const along = (each: DrawnText): number[] => each.corners.map(([x, y]) => x * normalX + y * normalY);
      const [one, other] = [along(a), along(b)];
      const slack = 1e-6 * Math.hypot(normalX, normalY);
      return Math.max(...one) > Math.min(...other) + slack && Math.max(...other) > Math.min(...one) + slack;
    }),
  );
}

/** Checks that all texts lie in the picture, and no two on each other. */
export function expectLegible(svg: string, ignore: readonly string[] = []): void {
  const [, width, height] = /\bwidth="(\d+)" height="(\d+)"/.exec(svg)!;
  const texts = drawnTexts(svg).filter(({ layer: name }) => !ignore.includes(name));
  const outside = texts.filter(({ corners }) =>
    corners.some(([x, y]) => x < 0 || y < 0 || x > Number(width) || y > Number(height)),
  );
  expect(outside.map(({ text }) => text)).toEqual([]);
  const touching = texts.flatMap((a, i) =>
    texts.slice(i + 1).flatMap((b) => (overlap(a, b) ? [`${a.text} / ${b.text}`] : [])),
  );
  expect(touching).toEqual([]);
}

export interface DrawnBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly opacity: number;
}

/** The rectangles of a layer. */
export function boxes(svg: string, name: string): DrawnBox[] {
  return marks(svg, name, 'rect').map((rect) => {
    const [left, top, width, height] = ['x', 'y', 'width', 'height'].map((key) => Number(valueOf(rect, key)));
    return {
      left: left!,
      top: top!,
      width: width!,
      height: height!,
      opacity: Number(valueOf(rect, 'fill-opacity') || 1),
    };
  });
}

export interface DrawnPoint {
  readonly x: number;
  readonly y: number;
}

/** Where the dots of a layer are. */
export function points(svg: string, name: string): DrawnPoint[] {
  return marks(svg, name, 'path').map((dot) => {
    const [, x, y] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(dot)!.map(Number);
    return { x: x!, y: y! };
  });
}

/** The pieces of the paths of a layer, each its points in order. */
export function pieces(svg: string, name: string): DrawnPoint[][] {
  return marks(svg, name, 'path')
    .flatMap((path) => valueOf(path, 'd').split('M').slice(1))
    .map((piece) => {
      let [x, y] = [NaN, NaN];
      return [...piece.matchAll(/([LHV]?)([-\d.]+)(?:,([-\d.]+))?/g)].map(([, command, first, second]) => {
        if (command === 'V') y = Number(first);
        else x = Number(first);
        if (second !== undefined) y = Number(second);
        return { x, y };
      });
    });
}

/** The straight lines of a layer. */
export function lines(svg: string, name: string): { x: number; y: number; x2: number; y2: number }[] {
  return pieces(svg, name).map(([from, to]) => ({ ...from!, x2: to!.x, y2: to!.y }));
}

/** Every colour that is the value of a fill or stroke. */
export function coloursOf(svg: string): Set<string> {
  return new Set([...svg.matchAll(/\b(?:fill|stroke)="([^"]+)"/g)].map(([, colour = '']) => colour));
}
