/** A report as data: what it says, not how it looks. It becomes a page, a PDF, Markdown and LaTeX. */

/** A piece of a line of text. */
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly emphasis: string }
  /** Characters as a model reads or writes them, file names, commands. */
  | { readonly code: string }
  /** TeX. */
  | { readonly formula: string }
  | { readonly link: string; readonly text: string }
  /** A part of a text that a model wrote: words that no training text has, a span that one has. */
  | { readonly sample: string; readonly invented: boolean; readonly copied: boolean };

/** Running text. A plain string is a text without formulas or emphasis. */
export type Text = string | readonly Inline[];

/** Numbers are aligned to the right, so that their digits stand below each other. */
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
  /** A formula on a line of its own: TeX, and the same in words for readers who cannot see it. */
  | { readonly kind: 'formula'; readonly tex: string; readonly words: string }
  | {
      readonly kind: 'table';
      readonly caption: Text;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
      /** Indices of the rows to emphasise, such as the best model. */
      readonly emphasised?: readonly number[];
    }
  | {
      readonly kind: 'figure';
      /** Also the name of its SVG and PDF files: kebab-case, unique within the document. */
      readonly id: string;
      readonly svg: string;
      readonly caption: Text;
      /** What it shows, for readers who cannot see it. */
      readonly description: string;
    }
  /** Texts that a model wrote, in columns with a title each. */
  | {
      readonly kind: 'samples';
      readonly caption: Text;
      readonly columns: readonly { readonly title: string; readonly texts: readonly Text[] }[];
    }
  /** Lines of source code, and the file that they come from. */
  | { readonly kind: 'code'; readonly file: string; readonly caption: Text; readonly text: string }
  /** Where the list of headings stands. */
  | { readonly kind: 'contents' }
  /** Set apart from the text: a warning, or a remark on how something was measured. */
  | { readonly kind: 'note'; readonly text: Text };

export type BlockOf<K extends Block['kind']> = Extract<Block, { readonly kind: K }>;

export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  /** Authors, course. */
  readonly byline?: string | undefined;
  /** ISO 8601. It is the date of the files too, so that the same runs give the same bytes. */
  readonly date: string;
  readonly blocks: readonly Block[];
}
