import { beforeAll, describe, expect, it } from 'vitest';
import type { Block, BlockOf, ReportDocument } from '../../../src/render/document.js';
import { inlinesOf, outlineOf, plainText, textsOf } from '../../../src/render/outline.js';
import { renderPdf } from '../../../src/render/pdf/render-pdf.js';
import { LONG_ROWS, sampleDrawing, sampleReport } from '../sample-report.js';
import { readPdf, type Bookmark, type PlacedText, type ReadPage } from './read.js';

let report: ReportDocument;
let bytes: Uint8Array;
let pdf: Awaited<ReturnType<typeof readPdf>>;
/** All text of all pages but for what stands at their ends. */
let everything: string;

beforeAll(async () => {
  report = sampleReport();
  bytes = await renderPdf(report);
  pdf = await readPdf(bytes);
  everything = textOf(pdf.pages);
});

const pdfOf = async (blocks: readonly Block[], title = '') =>
  readPdf(await renderPdf({ title, subtitle: title, date: '2020-03-07', blocks }));
/** Texts are drawn line by line, so spaces at the ends of lines are not in the file. */
const squeeze = (text: string): string => text.replaceAll(/\s/g, '');
const blocksOf = <K extends Block['kind']>(kind: K): BlockOf<K>[] =>
  report.blocks.filter((block): block is BlockOf<K> => block.kind === kind);
const has = (text: string): boolean => everything.includes(squeeze(text));
const textOf = (pages: readonly ReadPage[]): string =>
  squeeze(
    pages
      .flatMap(({ texts, height }) => texts.filter(({ y }) => y < height - 50))
      .map(({ text }) => text)
      .join(''),
  );
const find = (page: ReadPage, text: string): PlacedText[] => page.texts.filter((placed) => placed.text.includes(text));

describe('the PDF', () => {
  it('has A4 pages with numbers, and says what it is', () => {
    expect(pdf.pages.length).toBeGreaterThan(10);
    pdf.pages.forEach((page, index) => {
      expect([page.width, page.height]).toEqual([595.28, 841.89]);
      expect(page.text).toContain(`${index + 1} / ${pdf.pages.length}`);
    });
    expect(pdf.info).toMatchObject({ Title: report.title, Creator: 'Letterpress', Language: 'en' });
    expect(pdf.info['CreationDate']).toContain('20200307');
  });

  it('has the text of every heading, paragraph, list, note and caption', () => {
    const headings = blocksOf('heading').map(({ text }) => text);
    const inlines = report.blocks.flatMap(textsOf).flatMap(inlinesOf);
    const texts = inlines.map((inline) => plainText([inline]));
    for (const text of [...headings, ...texts]) {
      // Formulas are outlines.
      if (!text.includes('\\') && text.length > 1) expect(has(text), text).toBe(true);
    }
  });

  it('has every cell of every table, and the cells of a row beside each other', () => {
    for (const { rows, columns } of blocksOf('table')) {
      for (const { header } of columns) expect(has(header), header).toBe(true);
      for (const row of rows) for (const cell of row) expect(has(cell), cell).toBe(true);
    }
    for (let row = 0; row < LONG_ROWS; row++) {
      const text = `row-${row} `;
      const [page] = pdf.pages.filter((each) => find(each, text).length > 0);
      const [{ y }] = find(page!, text) as [PlacedText];
      const inRow = page!.texts.filter((placed) => Math.abs(placed.y - y) < 0.1).map((placed) => placed.text);
      expect(inRow[0]).toBe(`${row}`);
      expect(inRow.at(-1)).toBe((200 / (row + 1)).toFixed(3));
    }
  });

  it('aligns numbers to the right', () => {
    const numbers = pdf.pages.flatMap((page) => page.texts.filter(({ text }) => /^\d+\.\d{3}$/.test(text)));
    const long = numbers.filter(({ x }) => x > 350);
    const ends = new Set(
      [200, 100, 2, 1.667].map((value) => {
        const placed = long.find(({ text }) => text === value.toFixed(3));
        return (placed!.x + placed!.width).toFixed(1);
      }),
    );
    expect(ends.size).toBe(1);
  });

  it('repeats the header of a table on every page that it goes over', () => {
    const withRows = pdf.pages.filter((page) => find(page, 'row-').length > 0);
    expect(withRows.length).toBeGreaterThan(2);
    withRows.forEach((page, index) => {
      expect(find(page, 'NLL (nats)').length).toBe(1);
      expect(find(page, 'Table 4, continued').length).toBe(index === 0 ? 0 : 1);
      const [header] = find(page, 'NLL (nats)');
      for (const { y } of find(page, 'row-')) expect(y).toBeGreaterThan(header!.y);
    });
  });

  it('has every sample, and says where a text or a list is empty', () => {
    for (const { columns } of blocksOf('samples')) {
      for (const text of columns.flatMap(({ texts }) => texts.map(plainText))) expect(has(text), text).toBe(true);
    }
    expect(everything.split('empty').length - 1).toBeGreaterThanOrEqual(2);
    expect(has('no texts')).toBe(true);
  });

  it('keeps everything within the pages', () => {
    for (const { texts, width, height } of pdf.pages) {
      for (const text of texts) {
        expect(text.x).toBeGreaterThan(40);
        expect(text.x + text.width).toBeLessThan(width - 40);
        expect(text.y).toBeGreaterThan(40);
        expect(text.y).toBeLessThan(height - 30);
      }
    }
  });

  it('has bookmarks of all headings that lead to their pages, and contents that agree', () => {
    const found: string[] = [];
    const visit = (level: number) => (bookmark: Bookmark) => {
      const { id } = blocksOf('heading').find(({ text }) => text === bookmark.title)!;
      expect(bookmark.page).toBe(pdf.targets.get(id));
      expect(squeeze(pdf.pages[bookmark.page - 1]!.text)).toContain(squeeze(bookmark.title));
      if (level < 3) expect(squeeze(pdf.pages[0]!.text)).toContain(squeeze(`${bookmark.title} ${bookmark.page}`));
      found.push(`${level} ${bookmark.title}`);
      bookmark.below.forEach(visit(level + 1));
    };
    pdf.bookmarks.forEach(visit(1));
    expect(found).toEqual(outlineOf(report).headings.map(({ level, text }) => `${level} ${text}`));
  });

  it('has the links of the report, whose targets are there', () => {
    const links = pdf.pages.flatMap((page) => page.links.map(({ target }) => target));
    expect(links).toContain('https://arxiv.org/abs/1706.03762');
    expect(links).toContain('#curves');
    for (const link of links.filter((target) => target.startsWith('#'))) {
      expect(pdf.targets.has(link.slice(1))).toBe(true);
    }
  });

  it('never leaves a heading at the end of a page', () => {
    for (const { text } of blocksOf('heading')) {
      const page = pdf.pages.findLast((each) => find(each, text.slice(0, 40)).length > 0)!;
      const [heading] = find(page, text.slice(0, 40));
      expect(heading!.y, text).toBeLessThan(page.height - 90); // room for what follows, which ends at 64
    }
  });

  it('tells programs what is a heading, a table, a figure, and what figures and formulas show', () => {
    const count = (role: string): number => pdf.parts.filter((part) => part.role === role).length;
    expect(count('Document')).toBe(pdf.pages.length); // PDF.js gives the root on each page
    expect(count('H1')).toBe(1);
    expect(count('H2')).toBeGreaterThanOrEqual(blocksOf('heading').filter(({ level }) => level === 1).length);
    const described = pdf.parts.flatMap(({ alt }) => alt ?? []);
    for (const { description } of blocksOf('figure')) expect(described).toContain(description);
    for (const { words } of blocksOf('formula')) expect(described).toContain(words);
    expect(count('TH')).toBeGreaterThan(10);
    expect(count('TD')).toBeGreaterThan(2 * LONG_ROWS);
  });

  it('draws formulas as outlines', () => {
    const [first] = pdf.pages;
    // The first page has three formulas in its text and one in a caption, of dozens of characters; no other drawing.
    expect(first!.operations.get('constructPath') ?? 0).toBeGreaterThan(50);
    expect(first!.operations.get('paintImageXObject')).toBeUndefined();
  });

  it('makes the same bytes of the same report', async () => {
    expect(Buffer.compare(bytes, await renderPdf(sampleReport()))).toBe(0);
  });
});

describe('figures in the PDF', () => {
  it('draws figures whole, above their captions, on one page', async () => {
    const heights = [180, 300, 420, 90, 640, 250, 500, 1400];
    const figures = heights.map((height, index): Block => ({
      kind: 'figure',
      id: `figure-${index}`,
      svg: sampleDrawing(height, `drawing ${index}`, `#0000f${index}`),
      caption: 'Words. '.repeat(index * 6),
      description: '',
    }));
    const { pages } = await pdfOf(figures);
    heights.forEach((height, index) => {
      const [page, ...more] = pages.filter(({ strokes }) => strokes.includes(`#0000f${index}`));
      expect(more).toEqual([]);
      const [inside] = find(page!, `drawing ${index}`);
      const [caption] = find(page!, `Figure ${index + 1}.`);
      const scale = Math.min(0.75, (caption!.y - inside!.y) / height); // points per pixel
      // From the baseline of the text, 24 pixels below the top, to the caption: the rest of the figure, and a gap.
      expect(caption!.y - inside!.y).toBeGreaterThan((height - 24) * scale);
      expect(inside!.y - 24 * scale).toBeGreaterThan(50);
      expect(caption!.y).toBeLessThan(page!.height - 60);
    });
  });

  it('writes the characters of figures as text, also those that Helvetica lacks', () => {
    const drawings = pdf.pages.filter((page) => find(page, 'τ = 0.8').length > 0);
    expect(drawings.length).toBeGreaterThan(2);
    expect(drawings.flatMap((page) => find(page, 'a − b, τ = 0.8')).length).toBe(7);
  });
});

describe('what does not fit', () => {
  it('breaks rather than loses words wider than a line, rows higher than a page, columns without room', async () => {
    const word = 'ab'.repeat(300);
    const cell = Array.from({ length: 900 }, (_, index) => `w${index}.`).join(' ');
    const headers = Array.from({ length: 40 }, (_, index) => `measure-${index}`);
    const blocks: Block[] = [
      { kind: 'paragraph', text: word },
      {
        kind: 'table',
        caption: 'A high row',
        columns: [
          { header: 'short', align: 'left' },
          { header: 'long', align: 'left' },
        ],
        rows: [
          ['narrow', cell.repeat(3)],
          ['last', 'row'],
        ],
      },
      {
        kind: 'table',
        caption: 'Many columns',
        columns: headers.map((header) => ({ header, align: 'right' })),
        rows: [headers.map((_, index) => `${index}.5`)],
      },
      { kind: 'samples', caption: '', columns: [{ title: word, texts: [`${word}\n${word}`] }] },
      { kind: 'table', caption: 'Nothing', columns: [], rows: [] },
      { kind: 'samples', caption: 'No columns', columns: [] },
    ];
    const { pages } = await pdfOf(blocks, word);
    const text = textOf(pages);
    expect(text.split('ab').length).toBeGreaterThanOrEqual(6 * 300);
    for (const part of ['w0.', 'w450.', 'w899.']) expect(text.split(part).length).toBeGreaterThanOrEqual(4);
    for (const header of headers) expect(text.includes(header), header).toBe(true);
    for (const page of pages) {
      for (const placed of page.texts) {
        expect(placed.x + placed.width).toBeLessThan(page.width - 40);
        expect(placed.y).toBeLessThan(page.height - 30);
      }
    }
  });

  it('keeps three rows of a table together on either side of the end of a page', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `table-${index} `);
    const blocks = names.flatMap((name, index): Block[] => [
      { kind: 'list', ordered: false, items: Array<string>(index % 11).fill('an item') },
      {
        kind: 'table',
        caption: '',
        columns: [{ header: 'a', align: 'left' }],
        rows: Array.from({ length: 7 }, (_, row) => [`${name}${row}`]),
      },
    ]);
    const { pages } = await pdfOf(blocks);
    const counts = names.map((name) => pages.map((page) => find(page, name).length).filter((count) => count > 0));
    expect(counts.filter(({ length }) => length > 1).length).toBeGreaterThan(1);
    for (const count of counts.flat()) expect(count).toBeGreaterThanOrEqual(3);
  });

  it('draws no header of a table where it would say nothing', async () => {
    const table: Block = {
      kind: 'table',
      caption: 'Facts',
      columns: [
        { header: '', align: 'left' },
        { header: '', align: 'left' },
      ],
      rows: Array.from({ length: 80 }, (_, row) => [`name-${row}`, `fact-${row}`]),
    };
    const { pages, parts } = await pdfOf([table]);
    // PDF.js gives the whole table on each of its pages.
    expect(parts.filter(({ role }) => role === 'TR').length).toBe(80 * pages.length);
    const [caption] = find(pages[0]!, 'Facts').slice(-1);
    const [first] = find(pages[0]!, 'name-0');
    expect(first!.y - caption!.y).toBeLessThan(25); // no room for a header
    expect(pages.length).toBe(3);
    for (const page of pages.slice(1)) expect(find(page, 'Table 1, continued').length).toBe(1);
  });

  it('shows stand-ins for characters that no font has', async () => {
    const { pages } = await pdfOf([{ kind: 'paragraph', text: 'before 漢字 after\u0000, \ud800 end' }]);
    expect(squeeze(pages[0]!.text)).toContain('before\ufffd\ufffdafter\ufffd,\ufffdend');
  });
});
