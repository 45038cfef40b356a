/** Drawing on the pages of a PDF, and what a program that reads it aloud is told. */
import { POINTS_PER_PIXEL, figureDrawer, type FigureDrawer } from '../../figures/figure-pdf.js';
import { printable } from '../characters.js';
import type { Typesetter } from '../tex.js';
import type { FontName, ReportFonts } from './fonts.js';
import type { FormulaPiece, Line, Measure, TextPiece } from './lines.js';
import { INK } from './page-style.js';

/** A part of the report as a screen reader sees it: a heading, a paragraph, a table, its rows and cells, a figure. */
export type Part = PDFKit.PDFStructureElement;

/** What a part says beside its text. */
export interface PartOptions {
  /** What a figure or formula shows. */
  readonly alt?: string;
  /** Of a table's header cells. */
  readonly scope?: 'Column' | 'Row';
}

/** A document's current page. Coordinates are in points from its upper left corner; text stands on `baseline`. */
export class Canvas implements Measure {
  private readonly widths = new Map<string, number>();

  private constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly fonts: ReportFonts,
    private readonly drawFigure: FigureDrawer,
    readonly typeset: Typesetter,
  ) {}

  /** Prepares a document for being drawn on: registers the fonts. */
  static async on(document: PDFKit.PDFDocument, fonts: ReportFonts, typeset: Typesetter): Promise<Canvas> {
    fonts.register(document);
    return new Canvas(document, fonts, await figureDrawer(document, fonts.figures), typeset);
  }

  runs(text: string, font: FontName): ReturnType<ReportFonts['runs']> {
    return this.fonts.runs(text, font);
  }

  width(text: string, font: FontName, size: number): number {
    const key = `${font} ${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      width = this.document.font(font).fontSize(1000).widthOfString(text) / 1000;
      this.widths.set(key, width);
    }
    return width * size;
  }

  /** A part of the report, within `parent` or at its end. Parts are read out in the order in which they are made. */
  part(type: string, parent?: Part, options: PartOptions = {}): Part {
    const { alt } = options;
    const part = this.document.struct(type, {
      ...options,
      ...(alt === undefined ? {} : { alt: printable(alt) }),
    });
    if (parent === undefined) this.document.addStructure(part);
    else parent.add(part);
    return part;
  }

  /** Whatever `draw` draws belongs to `part`; without one, it is decoration that is not read out. */
  mark(part: Part | undefined, draw: () => void): void {
    if (part === undefined) this.document.markContent('Artifact', { type: 'Layout' });
    else part.add(this.document.markStructureContent('Span'));
    draw();
    this.document.endMarkedContent();
  }

  /** One line, with its top at `y`. */
  line({ pieces, ascent, descent }: Line, x: number, y: number): void {
    for (const piece of pieces) {
      if (piece.kind === 'text') this.text(piece, x, y + ascent);
      else this.formula(piece, x, y + ascent);
      if (piece.kind === 'text' && piece.link !== undefined) {
        this.link(piece.link, x, y, piece.width, ascent + descent);
      }
      x += piece.width;
    }
  }

  /** Lines below each other, with the first one's top at `y`. Lines aligned to the right end at `x + width`. */
  lines(lines: readonly Line[], x: number, y: number, width = 0, align: 'left' | 'right' = 'left'): void {
    for (const line of lines) {
      this.line(line, align === 'right' ? x + width - line.width : x, y);
      y += line.ascent + line.descent;
    }
  }

  rule(x: number, y: number, width: number, thickness: number, colour: string): void {
    this.rectangle(x, y - thickness / 2, width, thickness, colour);
  }

  rectangle(x: number, y: number, width: number, height: number, colour: string): void {
    this.document.rect(x, y, width, height).fill(colour);
  }

  figure(svg: string, x: number, y: number, width: number, height: number): void {
    this.drawFigure(svg, x, y, width, height);
  }

  /** A formula with its baseline at `baseline`, which reads as its TeX where text is selected. */
  formula({ formula, tex, size, colour }: FormulaPiece, x: number, baseline: number): void {
    const { svg, width, height, depth } = formula;
    const [points, high] = [width * size, height * size];
    this.document.markContent('Span', { actual: tex });
    this.drawFigure(
      svg
        .replace(
          /width="[^"]*" height="[^"]*"/,
          `width="${points / POINTS_PER_PIXEL}" height="${high / POINTS_PER_PIXEL}"`,
        )
        .replaceAll('currentColor', colour),
      x,
      baseline - (height - depth) * size,
      points,
      high,
    );
    this.document.endMarkedContent();
  }

  /** A link from a rectangle to an anchor of the report (`#id`) or an address. */
  link(target: string, x: number, y: number, width: number, height: number): void {
    if (target.startsWith('#')) this.document.goTo(x, y, width, height, target.slice(1));
    else this.document.link(x, y, width, height, target);
  }

  /** Makes this place of the page a target of links. */
  anchor(id: string, y: number): void {
    this.document.addNamedDestination(id, 'XYZ', 0, y, null);
  }

  private text({ text, font, size, colour }: TextPiece, x: number, baseline: number): void {
    this.document
      .font(font)
      .fontSize(size)
      .fillColor(colour)
      .text(text, x, baseline, { lineBreak: false, baseline: 'alphabetic' })
      .fillColor(INK);
  }
}
