/** SVG figures as PDF: vector graphics with real text. */
import { LetterpressError } from '../errors.js';
import { escapeXml, figureSize } from './drawing/svg.js';
import { describeMissing, loadPdfFonts, type FontName, type PdfFonts } from './pdf-fonts.js';

/** There are 96 pixels and 72 points to the inch. */
export const POINTS_PER_PIXEL = 0.75;

/**
 * Turns an SVG with `width` and `height` in pixels into a PDF of one page of that size; where the fonts lack
 * characters, a line below the figure says which.
 *
 * @param info `date` is that of the file; the same figure, title, date and fonts give the same bytes
 * @throws LetterpressError `INTERNAL` when the SVG holds something that cannot be drawn
 * @example writeFileAtomic('nll.pdf', await svgToPdf(svg, { title: 'NLL', date: new Date(config.createdAt) }));
 */
export async function svgToPdf(
  svg: string,
  info: { readonly title: string; readonly date: Date; readonly fonts?: PdfFonts },
): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit');
  const fonts = info.fonts ?? (await loadPdfFonts());
  const missing = fonts.missing(textsOfSvg(svg));
  const size = figureSize(svg);
  const [width, height] = [size.width * POINTS_PER_PIXEL, size.height * POINTS_PER_PIXEL];
  const document = new PDFDocument({
    size: [width, height + (missing.length === 0 ? 0 : NOTE_HEIGHT)],
    margin: 0,
    font: '', // else it looks for Helvetica
    info: { Title: info.title, Creator: 'Letterpress', CreationDate: info.date },
  });
  const bytes = pdfBytes(document);
  const draw = await figureDrawer(document, fonts);
  draw(svg, 0, 0, width, height);
  if (missing.length > 0) {
    const note = `Characters that the fonts of this file lack: ${describeMissing(missing)}`;
    const options = { width: width - 12, height: NOTE_HEIGHT - 2, ellipsis: true };
    document.font('regular').fontSize(6.5).fillColor('black').text(note, 6, height, options);
  }
  document.end();
  return bytes;
}

/** Points below a figure for what its fonts lack. */
const NOTE_HEIGHT = 20;

/** All that a document writes, once it has ended. */
export async function pdfBytes(document: PDFKit.PDFDocument): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  return Buffer.concat(chunks);
}

/** Draws an SVG into a rectangle of a document's page, from the page's upper left corner, in points. */
export type FigureDrawer = (svg: string, x: number, y: number, width: number, height: number) => void;

/** Registers the fonts with a document. The drawer throws `INTERNAL` for what cannot be drawn. */
export async function figureDrawer(document: PDFKit.PDFDocument, fonts: PdfFonts): Promise<FigureDrawer> {
  const { default: drawSvg } = await import('svg-to-pdfkit');
  fonts.register(document);
  return (svg, x, y, width, height) => {
    // The size that the picture itself gives counts, in pixels.
    const sized = svg.replace(
      /\bwidth="[^"]*" height="[^"]*"/,
      `width="${width / POINTS_PER_PIXEL}" height="${height / POINTS_PER_PIXEL}"`,
    );
    drawSvg(document, withFonts(sized, fonts), x, y, {
      fontCallback: (family, bold) => (isSubstitute(family) ? family : bold ? 'bold' : 'regular'),
      warningCallback: (warning) => {
        throw new LetterpressError('INTERNAL', `the figure cannot be drawn as PDF: ${warning}`);
      },
    });
  };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const TEXT = /(<text\b[^>]*>)([^<]*)/g;

function unescapeXml(escaped: string): string {
  return escaped.replaceAll(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

/** The texts that a figure draws. */
export function textsOfSvg(svg: string): string[] {
  return Array.from(svg.matchAll(TEXT), ([, , escaped]) => unescapeXml(escaped!));
}

function isSubstitute(font: string): font is FontName {
  return font === 'mono' || font.startsWith('extra');
}

/** The same figure, with parts of texts in another font where characters need it. */
function withFonts(svg: string, fonts: PdfFonts): string {
  return svg.replaceAll(TEXT, (_all, tag: string, escaped: string) => {
    const runs = fonts.runs(unescapeXml(escaped), 'regular').map((run) => {
      const content = escapeXml(run.text);
      return isSubstitute(run.font) ? `<tspan font-family="${run.font}">${content}</tspan>` : content;
    });
    return tag + runs.join('');
  });
}
