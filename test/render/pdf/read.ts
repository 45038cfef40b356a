/** A PDF as Mozilla's PDF.js reads it. */
import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';

// PDF.js uses a method that Node.js has from version 21 on.
if (!('transferToFixedLength' in ArrayBuffer.prototype)) {
  Object.defineProperty(ArrayBuffer.prototype, 'transferToFixedLength', {
    value(this: ArrayBuffer, length = this.byteLength): ArrayBuffer {
      const result = new Uint8Array(length);
      result.set(new Uint8Array(this).subarray(0, length));
      return result.buffer;
    },
  });
}

/** A piece of text, in points from the page's upper left corner; `y` is its baseline. */
export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A page: its texts in the order in which they were drawn, links, and how often each operation was used. */
export interface ReadPage {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly PlacedText[];
  /** All texts, with a space between two, and no two spaces in a row. */
  readonly text: string;
  readonly links: readonly { readonly target: string; readonly x: number; readonly y: number }[];
  readonly operations: ReadonlyMap<string, number>;
  /** Colours in which lines were drawn, in order, as `#rrggbb`. */
  readonly strokes: readonly string[];
}

/** A bookmark and those below it, with the number of its page. */
export interface Bookmark {
  readonly title: string;
  readonly page: number;
  readonly below: readonly Bookmark[];
}

/**
 * Opens a PDF and reads all of it. `targets` are the pages, from 1, of named targets; `parts` the kinds of parts, such
 * as `H1`, with their alternative text.
 */
export async function readPdf(bytes: Uint8Array) {
  const { OPS } = await getResolvedPDFJS();
  const names = new Map(Object.entries(OPS).map(([name, code]) => [code, name]));
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  const pageOf = async (target: unknown): Promise<number> =>
    (await pdf.getPageIndex((target as Parameters<typeof pdf.getPageIndex>[0][])[0]!)) + 1;
  const pages: ReadPage[] = [];
  const parts: Part[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const [, , width, height] = page.view as [number, number, number, number];
    const { items } = await page.getTextContent();
    const texts = items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '') return [];
      const [, , , , x, y] = item.transform as number[];
      return [{ text: item.str, x: x!, y: height - y!, width: item.width }];
    });
    const { fnArray, argsArray } = await page.getOperatorList();
    const operations = new Map<string, number>();
    const strokes: string[] = [];
    fnArray.forEach((code, index) => {
      const name = names.get(code)!;
      operations.set(name, (operations.get(name) ?? 0) + 1);
      if (name === 'setStrokeRGBColor') strokes.push((argsArray[index] as [string])[0]);
    });
    const annotations = (await page.getAnnotations()) as { rect: number[]; url?: string; dest?: string }[];
    const links = annotations.map(({ rect, url, dest }) => ({
      target: url ?? `#${dest}`,
      x: rect[0]!,
      y: height - rect[3]!,
    }));
    const text = texts.map((each) => each.text).join(' ');
    pages.push({ width, height, texts, text: text.replaceAll(/\s+/g, ' '), links, operations, strokes });
    parts.push(...partsIn(((await page.getStructTree()) as Part | null) ?? {})); // null where a PDF has no structure
  }
  const outline = (await pdf.getOutline()) as OutlineItem[] | null;
  const targets = new Map<string, number>();
  const named = (await pdf.getDestinations()) as Record<string, unknown>;
  for (const [name, target] of Object.entries(named)) targets.set(name, await pageOf(target));
  const { info } = await pdf.getMetadata();
  const bookmarks = await Promise.all((outline ?? []).map((item) => bookmarkOf(item, pageOf)));
  return { pages, bookmarks, info: info as Record<string, unknown>, targets, parts };
}

interface OutlineItem {
  readonly title: string;
  readonly dest: unknown;
  readonly items: readonly OutlineItem[];
}

async function bookmarkOf(item: OutlineItem, pageOf: (target: unknown) => Promise<number>): Promise<Bookmark> {
  const below = await Promise.all(item.items.map((each) => bookmarkOf(each, pageOf)));
  return { title: item.title, page: await pageOf(item.dest), below };
}

interface Part {
  readonly role?: string;
  readonly alt?: string;
  readonly children?: readonly Part[];
}

function partsIn(node: Part): Part[] {
  return [
    ...(node.role === undefined || node.role === 'Root' ? [] : [node]),
    ...(node.children ?? []).flatMap(partsIn),
  ];
}
