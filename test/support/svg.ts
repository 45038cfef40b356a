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
  readonly fill: string;
  /** The corners of its box, in pixels of the picture, in order around it. */
  readonly corners: readonly (readonly [number, number])[];
}

const metrics = new PDFDocument();

/** Width in Helvetica: what the PDF shows, and about what most fonts on screens take. */
export function helveticaWidth(text: string, fontSize: number, bold = false): number {
  return metrics
    .font(bold ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(fontSize)
    .widthOfString(text.replaceAll('\u2212', '\u2013'));
}

/** All layers of a picture: name and content, in the order in which they are drawn. */
export function layersOf(svg: string): { name: string; content: string }[] {
  return [...svg.matchAll(/class="mark-\w+ role-mark ([\w]+)_marks"[^>/]*>(.*?)<\/g>/g)].map(
    ([, name = '', content = '']) => ({ name, content }),
  );
}

/** What is in a layer, named as the figure's code names it; empty if there is no such layer. */
export function layer(svg: string, name: string): string {
  return layersOf(svg).find((each) => each.name === name.replaceAll('-', '_'))?.content ?? '';
}

/** All texts of a picture. */
export function drawnTexts(svg: string): DrawnText[] {
  return layersOf(svg).flatMap(({ name, content }) =>
    [...content.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = '', escaped = '']) => {
      const text = escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
      const attribute = (key: string): string => new RegExp(`\\b${key}="([^"]*)"`).exec(attributes)?.[1] ?? '';
      const [, x, y, , angle] = /translate\(([-\d.]+),([-\d.]+)\)( rotate\(([-\d.]+)\))?/.exec(attribute('transform'))!;
      // The turn's centre is the text's place; Vega moves turned texts by a second translation.
      const shift = /rotate\([^)]*\) translate\(([-\d.]+),([-\d.]+)\)/.exec(attribute('transform'));
      const fontSize = Number.parseFloat(attribute('font-size'));
      const width = helveticaWidth(text, fontSize, attribute('font-weight') === 'bold');
      const anchor = attribute('text-anchor');
      const left = (anchor === 'middle' ? -width / 2 : anchor === 'end' ? -width : 0) + Number(shift?.[1] ?? 0);
      const base = Number(shift?.[2] ?? 0);
      const [top, bottom] = [base - 0.72 * fontSize, base + 0.2 * fontSize];
      const radians = (Number(angle ?? 0) * Math.PI) / 180;
      const turned = (across: number, down: number): [number, number] => [
        Number(x) + across * Math.cos(radians) - down * Math.sin(radians),
        Number(y) + across * Math.sin(radians) + down * Math.cos(radians),
      ];
      return {
        text,
        layer: name,
        fontSize,
        fill: attribute('fill'),
        corners: [turned(left, top), turned(left + width, top), turned(left + width, bottom), turned(left, bottom)],
      };
    }),
  );
}

/** Whether two boxes cover a common area: if no edge of either has the other wholly on its far side. */
export function overlap(a: DrawnText, b: DrawnText): boolean {
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

/** A rectangle as drawn: a path of one rectangle, with its opacity. */
export interface DrawnBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly opacity: number;
  readonly fill: string;
}

/** The rectangles of a layer. */
export function boxes(svg: string, name: string): DrawnBox[] {
  const found = layer(svg, name).matchAll(
    /<path [^>]*?d="M([-\d.]+),([-\d.]+)h([-\d.]+)v([-\d.]+)h[-\d.]+Z" fill="([^"]+)"(?: fill-opacity="([\d.]+)")?/g,
  );
  return [...found].map(([, left, top, width, height, fill = '', opacity]) => ({
    left: Number(left),
    top: Number(top),
    width: Number(width),
    height: Number(height),
    fill,
    opacity: Number(opacity ?? 1),
  }));
}

/** Where the points of a layer lie. */
export function points(svg: string, name: string): { x: number; y: number }[] {
  const found = layer(svg, name).matchAll(/<path [^>]*transform="translate\(([-\d.]+),([-\d.]+)\)/g);
  return [...found].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

/** The straight lines of a layer. */
export function lines(svg: string, name: string): { x: number; y: number; x2: number; y2: number }[] {
  const found = layer(svg, name).matchAll(
    /<line transform="translate\(([-\d.]+),([-\d.]+)\)" x2="([-\d.]+)" y2="([-\d.]+)"/g,
  );
  return [...found].map((match) => {
    const [x, y, across, down] = match.slice(1).map(Number) as [number, number, number, number];
    return { x, y, x2: x + across, y2: y + down };
  });
}

/** The pieces of a layer's path, each its points in order. */
export function pieces(svg: string, name: string): { x: number; y: number }[][] {
  const path = /\bd="([^"]*)"/.exec(layer(svg, name))?.[1] ?? '';
  return path
    .split('M')
    .slice(1)
    .map((piece) => [...piece.matchAll(/([-\d.]+),([-\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) })));
}

/** Every colour that is the value of a fill or stroke. */
export function coloursOf(svg: string): Set<string> {
  return new Set([...svg.matchAll(/\b(?:fill|stroke)="([^"]+)"/g)].map(([, colour = '']) => colour));
}
