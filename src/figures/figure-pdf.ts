/** SVG figures as PDF: vector graphics with real text, in PDF's built-in fonts or in given ones. */
import { LetterpressError } from '../errors.js';
import { escapeXml } from './drawing/svg.js';

/** Which fonts there are, and how a text is cut so that each piece is in a font that has its characters. */
export interface FigureFonts {
  /** Makes the fonts known to a document. */
  readonly register: (document: PDFKit.PDFDocument) => void;
  /** The name of a font. `family` is what the SVG says, or what {@link FigureFonts.fit} says of a piece. */
  readonly name: (family: string, bold: boolean, italic: boolean) => string;
  /**
   * A text as pieces, of which some may need another family; a piece may differ from the text where characters lack.
   */
  readonly fit: (text: string) => readonly { readonly text: string; readonly family?: string }[];
}

/** Helvetica as every PDF reader has it: the characters of Western Europe. */
const WESTERN_FONTS: FigureFonts = {
  register: () => undefined,
  name: (_family, bold) => (bold ? 'Helvetica-Bold' : 'Helvetica'),
  fit: (text) => [{ text: toWesternCharacters(text) }],
};

export interface FigurePdfOptions {
  readonly title?: string;
  /** The file's date; the same date and figure give the same bytes. */
  readonly date: Date;
  /** By default Helvetica. */
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
  const [width, height] = [attribute(svg, 'width'), attribute(svg, 'height')];
  return { width: width * POINTS_PER_PIXEL, height: height * POINTS_PER_PIXEL };
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

/** The same figure, its texts cut and changed as the fonts need it. */
function withFittingText(svg: string, fonts: FigureFonts): string {
  // Only what stands within a text element is text; elsewhere, white space at most stands between tags.
  return svg.replaceAll(/(<text\b[^>]*>)(.*?)(<\/text>)/gs, (_all, start: string, content: string, end: string) => {
    const fitted = content.replaceAll(/(?<=^|>)[^<]+/g, (escaped) =>
      fonts
        .fit(unescape(escaped))
        .map(({ text, family }) =>
          family === undefined ? escapeXml(text) : `<tspan font-family="${family}">${escapeXml(text)}</tspan>`,
        )
        .join(''),
    );
    return start + fitted + end;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? all;
    return String.fromCodePoint(decimal === undefined ? parseInt(hex!, 16) : Number(decimal));
  });
}

/** What Helvetica as built into PDF can show beside Latin-1 (the encoding WinAnsi). */
const WIN_ANSI_EXTRAS = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

function toWesternCharacters(text: string): string {
  let result = '';
  for (const character of text.replaceAll('\u2212', '\u2013')) {
    if (character <= '\u00ff' || WIN_ANSI_EXTRAS.includes(character)) result += character;
    else {
      const base = character.normalize('NFKD').replace(/\p{M}/gu, '');
      result += /^[\u0020-\u00ff]+$/.test(base) ? base : '?';
    }
  }
  return result;
}
