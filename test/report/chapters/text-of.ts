import { inlinesOf, textsOf } from '../../../src/render/outline.js';
import type { Block, ReportDocument } from '../../../src/render/document.js';

type OfKind<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

/** All that a reader reads, a string a line: headings, running text, captions, cells, samples and descriptions. */
export function linesOf({ title, subtitle, blocks }: ReportDocument): string[] {
  return [title, subtitle, ...blocks.flatMap(linesOfBlock)];
}

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
      return [...running, ...block.columns.map(({ title }) => title)];
    default:
      return running;
  }
}

/** A document as plain text: tables without all but their first rows, and columns of samples without their texts. */
export function textsOfDocument({ title, subtitle, blocks }: ReportDocument): string {
  const paragraphs = blocks.map((block) => {
    const lines = linesOfBlock(block);
    if (block.kind === 'heading') return `${'#'.repeat(block.level)} ${block.text}`;
    if (block.kind === 'list') return lines.map((line) => `- ${line}`).join('\n');
    if (block.kind === 'samples')
      return [lines[0], block.columns.map(({ title: column }) => column).join(' | ')].join('\n');
    if (block.kind !== 'table') return lines.join('\n');
    const rows = [block.columns.map(({ header }) => header), ...block.rows].slice(0, 3);
    return [lines[0], ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
  });
  return `${[`${title}: ${subtitle}`, ...paragraphs].join('\n\n')}\n`;
}

function wordsOf(inline: ReturnType<typeof inlinesOf>[number]): string {
  if (typeof inline === 'string') return inline;
  if ('link' in inline) return inline.text;
  return Object.values(inline)[0] as string;
}

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

export function kindUnder<Kind extends Block['kind']>(
  document: ReportDocument,
  id: string,
  kind: Kind,
): OfKind<Kind>[] {
  return blocksUnder(document, id).filter((block): block is OfKind<Kind> => block.kind === kind);
}
