import type { Block, Column, Text } from '../../render/document.js';

type TableBlock = Extract<Block, { kind: 'table' }>;
type FigureBlock = Extract<Block, { kind: 'figure' }>;

/** Begins a question or chapter. */
export const chapter = (id: string, text: string): Block => ({ kind: 'heading', level: 1, id, text });
export const section = (id: string, text: string): Block => ({ kind: 'heading', level: 2, id, text });
export const subsection = (id: string, text: string): Block => ({ kind: 'heading', level: 3, id, text });
export const paragraph = (text: Text): Block => ({ kind: 'paragraph', text });
export const note = (text: Text): Block => ({ kind: 'note', text });
export const bullets = (...items: readonly Text[]): Block => ({ kind: 'list', ordered: false, items });
export const steps = (...items: readonly Text[]): Block => ({ kind: 'list', ordered: true, items });

/** A formula on a line of its own. `words` reads it out. */
export const formula = (tex: string, words: string): Block => ({ kind: 'formula', tex, words });

/** A column of text. */
export const left = (header: string): Column => ({ header, align: 'left' });
/** A column of numbers. */
export const right = (header: string): Column => ({ header, align: 'right' });

/** A table whose rows have as many cells as there are columns. */
export function table(
  caption: Text,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  emphasised?: readonly number[],
): TableBlock {
  const block: TableBlock = { kind: 'table', caption, columns, rows };
  return emphasised === undefined || emphasised.length === 0 ? block : { ...block, emphasised };
}

/** A figure. `description` says what it shows, for who cannot see it. */
export function figure(id: string, svg: string, caption: Text, description: string): FigureBlock {
  return { kind: 'figure', id, svg, caption, description };
}

/** A list in words: `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}
