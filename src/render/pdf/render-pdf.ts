/** A report as PDF. */
import { pdfBytes } from '../../figures/figure-pdf.js';
import type { Block, ReportDocument } from '../document.js';
import { printable } from '../characters.js';
import { outlineOf, type OutlineHeading, type ReportOutline } from '../outline.js';
import { readableDate } from '../readable-date.js';
import { loadTypesetter } from '../tex.js';
import { Canvas } from './canvas.js';
import { contentsSlices } from './contents-slices.js';
import { figureSlices } from './figure-slices.js';
import { loadReportFonts } from './fonts.js';
import { breakLines } from './lines.js';
import { BOTTOM, DATE, FOOT, FOOTER, LEFT, PAGE, SUBTITLE, TITLE, TOP, WIDTH } from './page-style.js';
import { paginate, type Placed, type Slice } from './paginate.js';
import { sampleSlices } from './sample-slices.js';
import { tableSlices } from './table-slices.js';
import { formulaSlices, headingSlices, lineSlices, listSlices, noteSlices, paragraphSlices } from './text-slices.js';

/**
 * The report as a PDF of A4 pages: real text with embedded fonts, figures and formulas as vector graphics, bookmarks,
 * links, page numbers, and the structure that programs need to read it aloud. The same report gives the same bytes.
 *
 * @throws LetterpressError `INTERNAL` when the report breaks a rule of {@link outlineOf}, a formula is wrong, or a
 *   figure cannot be drawn
 * @example writeFileAtomic('report.pdf', await renderPdf(document));
 */
export async function renderPdf(report: ReportDocument): Promise<Uint8Array> {
  const outline = outlineOf(report);
  const [{ default: PDFDocument }, fonts, typeset] = await Promise.all([
    import('pdfkit'),
    loadReportFonts(),
    loadTypesetter(),
  ]);
  const document = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: 'en',
    tagged: true,
    displayTitle: true,
    info: { Title: printable(report.title), Creator: 'Letterpress', CreationDate: new Date(report.date) },
  });
  const bytes = pdfBytes(document);
  const canvas = await Canvas.on(document, fonts, typeset);
  const pageOf = new Map<string, number>();
  const pages = paginate(
    [
      ...titleSlices(canvas, report),
      ...contentsSlices(canvas, outline.headings, (id) => pageOf.get(id)!),
      ...report.blocks.flatMap((block, index) => blockSlices(canvas, block, outline.labels[index]!)),
    ],
    TOP,
    BOTTOM,
  );
  pages.forEach((placed, page) =>
    placed.forEach(({ anchor }) => {
      if (anchor !== undefined) pageOf.set(anchor, page + 1);
    }),
  );
  const bookmarks = new Bookmarks(document, outline);
  for (const [index, placed] of pages.entries()) {
    document.addPage();
    for (const part of placed) drawPart(canvas, bookmarks, part);
    drawFooter(canvas, report.title, `${index + 1} / ${pages.length}`);
  }
  document.end();
  return bytes;
}

function drawPart(canvas: Canvas, bookmarks: Bookmarks, { y, draw, anchor }: Placed): void {
  draw(y);
  if (anchor === undefined) return;
  canvas.anchor(anchor, Math.max(0, y - 8));
  bookmarks.reach(anchor, y);
}

function blockSlices(canvas: Canvas, block: Block, label: string): Slice[] {
  switch (block.kind) {
    case 'heading':
      return headingSlices(canvas, block);
    case 'paragraph':
      return paragraphSlices(canvas, block.text);
    case 'list':
      return listSlices(canvas, block);
    case 'formula':
      return formulaSlices(canvas, block);
    case 'table':
      return tableSlices(canvas, block, label);
    case 'figure':
      return figureSlices(canvas, block, label);
    case 'samples':
      return sampleSlices(canvas, block);
    case 'note':
      return noteSlices(canvas, block);
  }
}

function titleSlices(canvas: Canvas, { title, subtitle, date }: ReportDocument): Slice[] {
  const lines = breakLines(title, TITLE, WIDTH, canvas);
  return [
    ...lineSlices(canvas, lines, canvas.part('H1'), { gap: 0, keep: true }),
    ...paragraphSlices(canvas, subtitle, { style: SUBTITLE, gap: 6 }),
    ...paragraphSlices(canvas, readableDate(date), { style: DATE, gap: 2 }),
  ];
}

function drawFooter(canvas: Canvas, title: string, number: string): void {
  const [right] = breakLines(number, FOOT, WIDTH, canvas);
  const [left] = breakLines(title, FOOT, WIDTH - right!.width - 20, canvas);
  canvas.mark(undefined, () => {
    canvas.line(left!, LEFT, FOOTER - left!.ascent);
    canvas.line(right!, LEFT + WIDTH - right!.width, FOOTER - right!.ascent);
  });
}

/** The headings as a tree beside the pages. */
class Bookmarks {
  private readonly headings: ReadonlyMap<string, OutlineHeading>;
  /** The last bookmark of each level, after the root. */
  private readonly open: PDFKit.PDFOutline[];

  constructor(document: PDFKit.PDFDocument, { headings }: ReportOutline) {
    this.headings = new Map(headings.map((heading) => [heading.id, heading]));
    this.open = [document.outline];
  }

  /** Adds a bookmark to this place of the current page, if `id` is that of a heading. */
  reach(id: string, y: number): void {
    const heading = this.headings.get(id);
    if (heading === undefined) return;
    // pdfkit measures `left` from the right edge of the page.
    const options = { expanded: heading.level === 1, top: Math.max(0, y - 8), left: PAGE.width };
    const parent = this.open[heading.level - 1]!;
    this.open.splice(heading.level, Infinity, parent.addItem(printable(heading.text), options));
  }
}
