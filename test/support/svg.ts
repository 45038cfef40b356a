/** Reading figures as they were drawn: texts with the boxes they take, and the marks of a layer. */
import PDFDocument from 'pdfkit';
import { expect } from 'vitest';
import { parsePage, type Element } from './elements.js';

/** Names of a model's characters as figures show them. */
export const ALPHABET = [...Array.from('abcdefghijklmnopqrstuvwxyz_'), 'cls', 'end'];

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

let lastRead = { svg: '', layers: [] as Element[] };

/** The `<g>`s of a picture or those of a name, in the order in which they are drawn. */
function layersOf(svg: string, name?: string): Element[] {
  if (lastRead.svg !== svg) lastRead = { svg, layers: parsePage(svg).elements.filter(({ tag }) => tag === 'g') };
  return lastRead.layers.filter(({ attributes }) => name === undefined || attributes.get('class') === name);
}

export function layerNames(svg: string): string[] {
  return layersOf(svg).map(({ attributes }) => attributes.get('class')!);
}

/** The value of an attribute that all marks of a layer share; empty if they have none. */
export function shared(svg: string, name: string, key: string): string {
  return layersOf(svg, name)[0]?.attributes.get(key) ?? '';
}

function marks(svg: string, name: string): Element['attributes'][] {
  return layersOf(svg, name).flatMap(({ children }) => children.map(({ attributes }) => attributes));
}

const numberOf = (attributes: Element['attributes'], key: string): number => Number(attributes.get(key) ?? NaN);

function transformOf(attributes: Element['attributes']): { x: number; y: number; angle: number } {
  const [x = 0, y = 0, angle = 0] = (attributes.get('transform') ?? '').match(/[-\d.]+/g)?.map(Number) ?? [];
  return { x, y, angle };
}

const metrics = new PDFDocument();

/** Width in Helvetica: what the PDF shows, and about what most fonts on screens take. */
export function helveticaWidth(text: string, fontSize: number, bold = false): number {
  return metrics
    .font(bold ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(fontSize)
    .widthOfString(text.replaceAll('\u2212', '\u2013'));
}

interface DrawnText {
  readonly text: string;
  readonly fontSize: number;
  /** The corners of its box, in pixels of the picture, in order around it. */
  readonly corners: readonly (readonly [number, number])[];
}

export function drawnTexts(svg: string, layer?: string): DrawnText[] {
  return layersOf(svg, layer).flatMap(({ attributes, children }) =>
    children
      .filter(({ tag }) => tag === 'text')
      .map(({ attributes: own, text }) => {
        const fontSize = numberOf(attributes, 'font-size');
        const width = helveticaWidth(text, fontSize, attributes.get('font-weight') === 'bold');
        const share = { start: 0, middle: 0.5, end: 1 }[attributes.get('text-anchor') ?? 'start']!;
        const [left, base] = [Number(own.get('x') ?? 0) - share * width, numberOf(own, 'y')];
        const { x, y, angle } = transformOf(own);
        const [cosine, sine] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
        const [top, bottom, right] = [base - 0.72 * fontSize, base + 0.2 * fontSize, left + width];
        const box = [
          ...[left, right].map((across) => [across, top] as const),
          ...[right, left].map((across) => [across, bottom] as const),
        ];
        const corners = box.map(
          ([across, down]) => [x + across * cosine - down * sine, y + across * sine + down * cosine] as const,
        );
        return { text, fontSize, corners };
      }),
  );
}

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

export function expectLegible(svg: string, ignore: readonly string[] = []): void {
  const [, width, height] = /\bwidth="(\d+)" height="(\d+)"/.exec(svg)!.map(Number) as [number, number, number];
  const layers = [...new Set(layerNames(svg))].filter((name) => !ignore.includes(name));
  const texts = layers.flatMap((name) => drawnTexts(svg, name));
  const outside = texts.filter(({ corners }) => corners.some(([x, y]) => x < 0 || y < 0 || x > width || y > height));
  expect(outside.map(({ text }) => text)).toEqual([]);
  const touching = texts.flatMap((a, i) =>
    texts.slice(i + 1).flatMap((b) => (overlap(a, b) ? [`${a.text} / ${b.text}`] : [])),
  );
  expect(touching).toEqual([]);
}

export function boxes(svg: string, name: string) {
  return marks(svg, name).map((rect) => ({
    left: numberOf(rect, 'x'),
    top: numberOf(rect, 'y'),
    width: numberOf(rect, 'width'),
    height: numberOf(rect, 'height'),
    opacity: Number(rect.get('fill-opacity') ?? 1),
  }));
}

export interface DrawnPoint {
  readonly x: number;
  readonly y: number;
}

export function points(svg: string, name: string): DrawnPoint[] {
  return marks(svg, name)
    .map(transformOf)
    .map(({ x, y }) => ({ x, y }));
}

/** The pieces of the paths of a layer, each its points in order. */
export function pieces(svg: string, name: string): DrawnPoint[][] {
  return marks(svg, name)
    .flatMap((path) => path.get('d')!.split('M').slice(1))
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

export function lines(svg: string, name: string): { x: number; y: number; x2: number; y2: number }[] {
  return pieces(svg, name).map(([from, to]) => ({ ...from!, x2: to!.x, y2: to!.y }));
}

export function coloursOf(svg: string): Set<string> {
  return new Set([...svg.matchAll(/\b(?:fill|stroke)="([^"]+)"/g)].map(([, colour = '']) => colour));
}
