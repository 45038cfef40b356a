/** A report as PDF. */
import { figureDrawer, pdfBytes, textsOfSvg } from '../../figures/figure-pdf.js';
import { describeMissing, loadPdfFonts, type PdfFonts } from '../../figures/pdf-fonts.js';
import { printable, readableDate } from '../display.js';
import type { Block, BlockOf, ReportDocument } from '../document.js';
import { allTexts, outlineOf, plainText } from '../outline.js';
import { loadTypesetter } from '../tex.js';
import { blockSlices, contentsSlices, lineSlices, paragraphSlices } from './blocks.js';
import { Canvas } from './canvas.js';
import { breakLines } from './lines.js';
import { paginate, type Slice } from './paginate.js';
import { BOTTOM, DATE, FOOT, FOOTER, LEFT, PAGE, SUBTITLE, TITLE, TOP, WIDTH } from './style.js';

/**
 * The report as a PDF of A4 pages: real text with embedded fonts, figures and formulas as vector graphics, bookmarks,
 * links, page numbers, and the structure that programs need to read it aloud. The same report gives the same bytes.
 *
 * @param given fonts; by default those of Letterpress alone. What they lack, a note below the title says.
 * @throws LetterpressError `INTERNAL` when the report breaks a rule of {@link outlineOf}, a formula is wrong, or a
 *   figure cannot be drawn
 * @example writeFileAtomic('report.pdf', await renderPdf(document));
 */
export async function renderPdf(report: ReportDocument, given?: PdfFonts): Promise<Uint8Array> {
  const outline = outlineOf(report);
  const [{ default: PDFDocument }, fonts, typeset] = await Promise.all([
    import('pdfkit'),
    given ?? loadPdfFonts(),
    loadTypesetter(),
  ]);
  const missing = missingCharacters(report, fonts);
  const document = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    font: '', // else it looks for Helvetica
    pdfVersion: '1.7',
    lang: 'en',
    tagged: true,
    displayTitle: true,
    info: { Title: printable(report.title), Creator: 'Letterpress', CreationDate: new Date(report.date) },
  });
  const bytes = pdfBytes(document);
  const canvas = new Canvas(document, fonts, typeset, await figureDrawer(document, fonts));
  const pageOf = new Map<string, number>();
  const pages = paginate(
    [
      ...titleSlices(canvas, report),
      ...(missing.length === 0 ? [] : blockSlices(canvas, noteOf(missing), '')),
      ...report.blocks.flatMap((block, index) => {
        if (block.kind === 'contents') return contentsSlices(canvas, outline.headings, (id) => pageOf.get(id)!);
        return joined(blockSlices(canvas, block, outline.labels[index]!), block, report.blocks[index - 1]);
      }),
    ],
    TOP,
    BOTTOM,
  );
  pages.forEach((placed, page) =>
    placed.forEach(({ anchor }) => {
      if (anchor !== undefined) pageOf.set(anchor, page + 1);
    }),
  );
  const bookmarks = [document.outline]; // the root and the last bookmark of each level
  for (const [index, placed] of pages.entries()) {
    document.addPage();
    for (const { y, draw, anchor } of placed) {
      draw(y);
      if (anchor === undefined) continue;
      const top = Math.max(0, y - 8);
      document.addNamedDestination(anchor, 'XYZ', 0, top, null);
      const heading = outline.headings.find(({ id }) => id === anchor);
      if (heading === undefined) continue;
      const { level, text } = heading;
      // pdfkit measures `left` from the right edge of the page.
      const bookmark = { expanded: level === 1, top, left: PAGE.width };
      bookmarks.splice(level, Infinity, bookmarks[level - 1]!.addItem(printable(text), bookmark));
    }
    drawFooter(canvas, report.title, `${index + 1} / ${pages.length}`);
  }
  document.end();
  return bytes;
}

/** The characters of a report that the fonts of its PDF lack. */
export function missingCharacters(report: ReportDocument, fonts: PdfFonts): readonly string[] {
  const drawn = report.blocks.flatMap((block) => (block.kind === 'figure' ? textsOfSvg(block.svg) : []));
  return fonts.missing([...allTexts(report).map(printable), ...drawn]);
}

function noteOf(missing: readonly string[]): BlockOf<'note'> {
  const which = `The fonts of this file lack characters of the texts, which are shown as \ufffd: `;
  return { kind: 'note', text: `${which}${describeMissing(missing)}. The page, report.html, has them all.` };
}

/** No waiting figure comes between a paragraph and its list; nor a page end after a colon. */
function joined(slices: readonly Slice[], block: Block, before: Block | undefined): Slice[] {
  const announces = (each: Block | undefined): boolean =>
    each?.kind === 'paragraph' && plainText(each.text).trimEnd().endsWith(':');
  return slices.map((slice, index) => ({
    ...slice,
    inside: index > 0 || announces(before) || (block.kind === 'list' && before?.kind === 'paragraph'),
    ...(index === slices.length - 1 && announces(block) && { keep: true }),
  }));
}

function titleSlices(canvas: Canvas, { title, subtitle, byline = '', date }: ReportDocument): Slice[] {
  const lines = breakLines(title, TITLE, WIDTH, canvas);
  return [
    ...lineSlices(canvas, lines, canvas.part('H1'), { gap: 0, keep: true }),
    ...paragraphSlices(canvas, subtitle, SUBTITLE, 6),
    ...paragraphSlices(canvas, [byline, readableDate(date)].filter((text) => text !== '').join(' · '), DATE, 2),
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
