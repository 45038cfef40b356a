import { inlinesOf, textsOf } from '../../../src/render/outline.js';
import type { Block, ReportDocument } from '../../../src/render/document.js';

/** All that a reader reads, a string a line: headings, running text, captions, cells, samples and descriptions. */
export function linesOf({ title, subtitle, blocks }: ReportDocument): string[] {
  return [title, subtitle, ...blocks.flatMap(linesOfBlock)];
}

/** See {@link linesOf}. */
export function linesOfBlock(block: Block): string[] {
  const running = textsOf(block).map((text) => inlinesOf(text).map(wordsOf).join(''));
  switch (block.kind) {
    case 'heading':
      return [block.text];
    case 'formula':
      return [block.words];
    case 'table':
      return [...running, ...block.columns.map(({ header }) => header), ...block.rows.flat()];
    case 'figure':
      return [...running, block.description];
    case 'samples':
      return [...running, ...block.columns.flatMap(({ title, texts }) => [title, ...texts])];
    default:
      return running;
  }
}

function wordsOf(inline: ReturnType<typeof inlinesOf>[number]): string {
  if (typeof inline === 'string') return inline;
  if ('link' in inline) return inline.text;
  return Object.values(inline)[0] as string;
}

/** Anchors of the chapters, in order. */
export function chaptersOf({ blocks }: ReportDocument): string[] {
  return blocks.flatMap((block) => (block.kind === 'heading' && block.level === 1 ? [block.id] : []));
}

/** The blocks of one chapter or section, its heading first. */
export function blocksUnder({ blocks }: ReportDocument, id: string): Block[] {
  const from = blocks.findIndex((block) => block.kind === 'heading' && block.id === id);
  const heading = blocks[from];
  if (heading?.kind !== 'heading') return [];
  const length = blocks.slice(from + 1).findIndex((block) => block.kind === 'heading' && block.level <= heading.level);
  return blocks.slice(from, length === -1 ? undefined : from + 1 + length);
}
