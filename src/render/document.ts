/**
 * A report as data: what it says, without how it looks. The same document becomes a page and a PDF.
 */

/** A piece of a line of text. */
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly emphasis: string }
  /** Characters as a model reads or writes them, file names, commands. */
  | { readonly code: string }
  /** TeX, set in the line. */
  | { readonly formula: string }
  | { readonly link: string; readonly text: string };

/** Running text. A plain string is a text without formulas or emphasis. */
export type Text = string | readonly Inline[];

/** A column of a table. Numbers are aligned to the right, so that their digits stand below each other. */
export interface Column {
  /** With its unit, e.g. `test NLL (nats per text)`. */
  readonly header: string;
  readonly align: 'left' | 'right';
}

/** One element of a report, from top to bottom. */
export type Block =
  /** Level 1 begins a question or chapter. `id` is the anchor, unique within the document. */
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly id: string; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Text[] }
  /** A formula on a line of its own: TeX, and the same in words for who cannot see it. */
  | { readonly kind: 'formula'; readonly tex: string; readonly words: string }
  | {
      readonly kind: 'table';
      readonly caption: Text;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
      /** Numbers of the rows to emphasise, such as the best model. */
      readonly emphasised?: readonly number[];
    }
  | {
      readonly kind: 'figure';
      /** Also the name of its SVG and PDF files: kebab-case, unique within the document. */
      readonly id: string;
      readonly svg: string;
      readonly caption: Text;
      /** What it shows, for who cannot see it. */
      readonly description: string;
    }
  /** Texts that a model wrote, in one or more columns with a title each. */
  | {
      readonly kind: 'samples';
      readonly caption: Text;
      readonly columns: readonly { readonly title: string; readonly texts: readonly string[] }[];
    }
  /** Set apart from the text: a warning, or a remark on how a figure was measured. */
  | { readonly kind: 'note'; readonly text: Text };

/** A whole report. */
export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  /** ISO 8601; stands in the file, so that the same runs give the same bytes. */
  readonly date: string;
  readonly blocks: readonly Block[];
}
