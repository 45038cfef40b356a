import type { Block, Column, Text } from '../../render/document.js';
import { counted, listed } from '../../format.js';
import { CODE_EXCERPTS } from '../code-excerpts.js';

export { listed } from '../../format.js';

type TableBlock = Extract<Block, { kind: 'table' }>;
type FigureBlock = Extract<Block, { kind: 'figure' }>;

export const chapter = (id: string, text: string): Block => ({ kind: 'heading', level: 1, id, text });
export const section = (id: string, text: string): Block => ({ kind: 'heading', level: 2, id, text });
export const subsection = (id: string, text: string): Block => ({ kind: 'heading', level: 3, id, text });
export const paragraph = (text: Text): Block => ({ kind: 'paragraph', text });
export const note = (text: Text): Block => ({ kind: 'note', text });
export const bullets = (...items: readonly Text[]): Block => ({ kind: 'list', ordered: false, items });
export const steps = (...items: readonly Text[]): Block => ({ kind: 'list', ordered: true, items });

/** Blocks under a heading; neither where there are none. */
export function headed(heading: Block, blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [heading, ...blocks];
}

/** Sentences as a paragraph; nothing where there are none. */
export function discussion(sentences: readonly string[]): Block[] {
  return sentences.length === 0 ? [] : [paragraph(sentences.join(' '))];
}

/** A formula on a line of its own. `words` reads it out. */
export const formula = (tex: string, words: string): Block => ({
  kind: 'formula',
  tex: tex.replace(/\s*\n\s*/g, ' '),
  words,
});

/** A column of a table: its heading, and what it says of a row. */
export interface TableColumn<Row> extends Column {
  readonly cell: (row: Row) => string;
}

const column =
  (align: Column['align']) =>
  <Row>(header: string, cell: (row: Row) => string): TableColumn<Row> => ({ header, align, cell });

export const left = column('left');
export const right = column('right');

/** A table with a row for each of `rows`; columns that are `false` are left out. */
export function table<Row>(
  caption: Text,
  rows: readonly Row[],
  columns: readonly (TableColumn<Row> | false)[],
  isEmphasised: (row: Row) => boolean = () => false,
): TableBlock {
  const kept = columns.filter((column) => column !== false);
  const emphasised = rows.flatMap((row, i) => (isEmphasised(row) ? [i] : []));
  return {
    kind: 'table',
    caption,
    columns: kept.map(({ header, align }) => ({ header, align })),
    rows: rows.map((row) => kept.map(({ cell }) => cell(row))),
    ...(emphasised.length === 0 ? {} : { emphasised }),
  };
}

/** A figure. `description` says what it shows, for who cannot see it. */
export function figure(id: string, svg: string, caption: Text, description: string): FigureBlock {
  return { kind: 'figure', id, svg, caption, description };
}

/** Lines of the sources of Letterpress; `caption` says what they do. */
export function codeExcerpt(name: keyof typeof CODE_EXCERPTS, caption: string): Block {
  const { file, lines } = CODE_EXCERPTS[name];
  return { kind: 'code', file, caption, text: lines.join('\n') };
}

/** The first items of a list in words, and how many others there are. */
export function firstListed(items: readonly string[], most: number, other: string): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(', ')} and ${counted(more, other)}` : listed(items);
}
