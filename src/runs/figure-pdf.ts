/** SVG figures as PDF: vector graphics with real text, in PDF's built-in fonts. */
import { LetterpressError } from '../errors.js';

/** What a figure's PDF says about itself. */
export interface FigurePdfOptions {
  readonly title?: string;
  /** Stands in the file as its date; the same date and figure give the same bytes. */
  readonly date: Date;
}

const POINTS_PER_PIXEL = 0.75; // 96 pixels and 72 points to the inch

/**
 * Turns an SVG with `width` and `height` in pixels into a PDF of one page of that size.
 *
 * Text is set in Helvetica, which every PDF reader has. It knows the letters of Western Europe only: others lose
 * their accents, or become a question mark. (The SVG keeps them.)
 *
 * @throws LetterpressError `INTERNAL` when the SVG holds something that cannot be drawn
 * @example writeFileAtomic('nll.pdf', await svgToPdf(svg, { date: new Date(config.createdAt) }));
 */
export async function svgToPdf(svg: string, options: FigurePdfOptions): Promise<Uint8Array> {
  const [{ default: PDFDocument }, { default: drawSvg }] = await Promise.all([
    import('pdfkit'),
    import('svg-to-pdfkit'),
  ]);
  const [width, height] = [attribute(svg, 'width'), attribute(svg, 'height')];
  const document = new PDFDocument({
    size: [width * POINTS_PER_PIXEL, height * POINTS_PER_PIXEL],
    margin: 0,
    info: { Title: options.title ?? '', Creator: 'Letterpress', CreationDate: options.date },
  });
  const chunks: Uint8Array[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  drawSvg(document, toWesternLetters(svg), 0, 0, {
    fontCallback: (_family, bold) => (bold ? 'Helvetica-Bold' : 'Helvetica'),
    warningCallback: (warning) => {
      throw new LetterpressError('INTERNAL', `the figure cannot be drawn as PDF: ${warning}`);
    },
  });
  document.end();
  await finished;
  return Buffer.concat(chunks);
}

function attribute(svg: string, name: string): number {
  const value = Number(new RegExp(`^<svg [^>]*\\b${name}="([\\d.]+)"`).exec(svg)?.[1]);
  if (!(value > 0)) throw new LetterpressError('INTERNAL', `the figure's SVG has no ${name} in pixels`);
  return value;
}

/** What Helvetica as built into PDF can show beside Latin-1 (the encoding WinAnsi). */
const WIN_ANSI_EXTRAS = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

function toWesternLetters(svg: string): string {
  let result = '';
  for (const letter of svg.replaceAll('\u2212', '\u2013')) {
    if (letter <= '\u00ff' || WIN_ANSI_EXTRAS.includes(letter)) result += letter;
    else {
      const base = letter.normalize('NFKD').replace(/\p{M}/gu, '');
      result += /^[\u0020-\u00ff]+$/.test(base) ? base : '?';
    }
  }
  return result;
}
