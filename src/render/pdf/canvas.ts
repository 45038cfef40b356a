/** Drawing on the pages of a PDF, and what a program that reads it aloud is told. */
import type { FigureDrawer } from '../../figures/figure-pdf.js';
import type { FontName, PdfFonts } from '../../figures/pdf-fonts.js';
import { printable } from '../display.js';
import type { Formula, Typesetter } from '../tex.js';
import type { Line, Measure } from './lines.js';
import { INK } from './style.js';

/** A part of the report as a screen reader sees it: a heading, a paragraph, a table, its rows and cells, a figure. */
export type Part = PDFKit.PDFStructureElement;

/** What a part says beside its text: what a figure or formula shows, and what a header cell is the header of. */
export interface PartOptions {
  readonly alt?: string;
  readonly scope?: 'Column' | 'Row';
}

/** A document's current page. Coordinates are in points from its upper left corner; text stands on its baseline. */
export class Canvas implements Measure {
  readonly runs: PdfFonts['runs'];
  private readonly widths = new Map<string, number>();
  private readonly root: Part;

  constructor(
    private readonly document: PDFKit.PDFDocument,
    { runs }: PdfFonts,
    readonly typeset: Typesetter,
    readonly figure: FigureDrawer,
  ) {
    this.runs = runs;
    this.root = document.struct('Document');
    document.addStructure(this.root);
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

  /** A part at the end of `parent`, or of the report. Parts are read aloud in the order in which they are made. */
  part(type: string, parent = this.root, options: PartOptions = {}): Part {
    const { alt } = options;
    const part = this.document.struct(type, { ...options, ...(alt !== undefined && { alt: printable(alt) }) });
    parent.add(part);
    return part;
  }

  /** Whatever `draw` draws belongs to `part`; without one, it is decoration that is not read aloud. */
  mark(part: Part | undefined, draw: () => void): void {
    if (part === undefined) this.document.markContent('Artifact', { type: 'Layout' });
    else part.add(this.document.markStructureContent('Span'));
    draw();
    this.document.endMarkedContent();
  }

  /** One line, with its top at `y`. */
  line({ pieces, ascent, descent }: Line, x: number, y: number): void {
    for (const { text, formula, font, size, colour, width, link, underlined } of pieces) {
      if (formula !== undefined) this.formula(formula, text, size, colour, x, y + ascent);
      else {
        this.document.font(font).fontSize(size).fillColor(colour);
        this.document.text(text, x, y + ascent, { lineBreak: false, baseline: 'alphabetic' }).fillColor(INK);
      }
      if (underlined === true) this.rectangle(x, y + ascent + 0.18 * size, width, 0.6, INK);
      if (link !== undefined) this.link(link, x, y, width, ascent + descent);
      x += width;
    }
  }

  rectangle(x: number, y: number, width: number, height: number, colour: string): void {
    this.document.rect(x, y, width, height).fill(colour);
  }

  /** A formula with its baseline at `baseline`, which reads as its TeX where text is selected. */
  formula(formula: Formula, tex: string, size: number, colour: string, x: number, baseline: number): void {
    const [width, height] = [formula.width * size, formula.height * size];
    const svg = formula.svg.replaceAll('currentColor', colour);
    this.document.markContent('Span', { actual: tex });
    this.figure(svg, x, baseline - height + formula.depth * size, width, height);
    this.document.endMarkedContent();
  }

  /** A link from a rectangle to an anchor of the report (`#id`) or an address. */
  link(target: string, x: number, y: number, width: number, height: number): void {
    if (target.startsWith('#')) this.document.goTo(x, y, width, height, target.slice(1));
    else this.document.link(x, y, width, height, target);
  }
}
