/** SVG figures as PDF: vector graphics with real text, in PDF's built-in fonts or in given ones. */
import { LetterpressError } from '../errors.js';
import { WESTERN_FONTS, withFittingText, type FigureFonts } from './figure-fonts.js';

export type { FigureFonts } from './figure-fonts.js';

/** What a figure's PDF says about itself. */
export interface FigurePdfOptions {
  readonly title?: string;
  /** Stands in the file as its date; the same date and figure give the same bytes. */
  readonly date: Date;
  /** By default {@link WESTERN_FONTS}. */
  readonly fonts?: FigureFonts;
}

/** There are 96 pixels and 72 points to the inch. */
export const POINTS_PER_PIXEL = 0.75;

/**
 * Turns an SVG with `width` and `height` in pixels into a PDF of one page of that size.
 *
 * Text is set in Helvetica, which every PDF reader has. It knows the characters of Western Europe only: others lose
 * their accents, or become a question mark. (The SVG keeps them.) Give `fonts` for more characters in a larger file.
 *
 * @throws LetterpressError `INTERNAL` when the SVG holds something that cannot be drawn
 * @example writeFileAtomic('nll.pdf', await svgToPdf(svg, { date: new Date(config.createdAt) }));
 */
export async function svgToPdf(svg: string, options: FigurePdfOptions): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit');
  const { fonts = WESTERN_FONTS } = options;
  const { width, height } = figureSize(svg);
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    info: { Title: options.title ?? '', Creator: 'Letterpress', CreationDate: options.date },
  });
  const bytes = pdfBytes(document);
  fonts.register(document);
  const draw = await figureDrawer(document, fonts);
  draw(svg, 0, 0, width, height);
  document.end();
  return bytes;
}

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

/**
 * The size of a figure in points.
 *
 * @throws LetterpressError `INTERNAL` when the SVG has no size in pixels
 */
export function figureSize(svg: string): { readonly width: number; readonly height: number } {
  return {
    width: attribute(svg, 'width') * POINTS_PER_PIXEL,
    height: attribute(svg, 'height') * POINTS_PER_PIXEL,
  };
}

/** Draws an SVG into a rectangle of a document's page, from the page's upper left corner, in points. */
export type FigureDrawer = (svg: string, x: number, y: number, width: number, height: number) => void;

/** For a document in which the fonts are registered. The drawer throws `INTERNAL` for what cannot be drawn. */
export async function figureDrawer(document: PDFKit.PDFDocument, fonts: FigureFonts): Promise<FigureDrawer> {
  const { default: drawSvg } = await import('svg-to-pdfkit');
  return (svg, x, y, width, height) =>
    drawSvg(document, withFittingText(svg, fonts), x, y, {
      width,
      height,
      fontCallback: (family, bold, italic) => fonts.name(family, bold, italic),
      warningCallback: (warning) => {
        throw new LetterpressError('INTERNAL', `the figure cannot be drawn as PDF: ${warning}`);
      },
    });
}

function attribute(svg: string, name: string): number {
  const value = Number(new RegExp(`^<svg [^>]*\\b${name}="([\\d.]+)"`).exec(svg)?.[1]);
  if (!(value > 0)) throw new LetterpressError('INTERNAL', `the figure's SVG has no ${name} in pixels`);
  return value;
}
