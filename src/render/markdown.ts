/** A report as Markdown, for editing: figures as files beside it, formulas as TeX (GitHub and Pandoc read both). */
import { printable, readableDate } from './display.js';
import type { Block, BlockOf, Inline, ReportDocument, Text } from './document.js';
import { inlinesOf, outlineOf, plainText } from './outline.js';

/**
 * The report as one text; figures are referred to as `figures/ID.svg`.
 *
 * @throws LetterpressError `INTERNAL` when the report breaks a rule of {@link outlineOf}
 */
export function renderMarkdown(document: ReportDocument): string {
  const { headings, labels } = outlineOf(document);
  const blocks = document.blocks.map((block, i) => blockText(block, labels[i]!, headings));
  return (
    [
      `# ${escapeText(document.title)}`,
      escapeText(document.subtitle),
      [document.byline ?? [], readableDate(document.date)].flat().map(escapeText).join(' · '),
      ...blocks,
    ].join('\n\n') + '\n'
  );
}

function blockText(block: Block, label: string, headings: readonly BlockOf<'heading'>[]): string {
  switch (block.kind) {
    case 'heading':
      return `<a id="${block.id}"></a>\n\n${'#'.repeat(block.level + 1)} ${escapeText(block.text)}`;
    case 'paragraph':
      return textOf(block.text);
    case 'list':
      return block.items.map((item, i) => `${block.ordered ? `${i + 1}.` : '-'} ${textOf(item)}`).join('\n');
    case 'formula':
      return `$$\n${block.tex}\n$$`;
    case 'table':
      return `${captionOf(label, block.caption)}\n\n${tableText(block)}`;
    case 'figure':
      return `![${escapeText(block.description)}](figures/${block.id}.svg)\n\n${captionOf(label, block.caption)}`;
    case 'code':
      return `${captionOf(label, block.caption)} \`${block.file}\`\n\n\`\`\`ts\n${block.text}\n\`\`\``;
    case 'samples':
      return [
        captionOf('', block.caption),
        ...block.columns.map(({ title, texts }) =>
          [`**${escapeText(title)}**\n`, ...texts.map((text, i) => `${i + 1}. ${sampleOf(text)}`)].join('\n'),
        ),
      ].join('\n\n');
    case 'note':
      return `> ${textOf(block.text)}`;
    case 'contents':
      return headings
        .filter(({ level }) => level < 3)
        .map(({ level, id, text }) => `${'  '.repeat(level - 1)}- [${escapeText(text)}](#${id})`)
        .join('\n');
  }
}

function captionOf(label: string, caption: Text): string {
  return label === '' ? textOf(caption) : `**${label}.** ${textOf(caption)}`;
}

function sampleOf(text: Text): string {
  return plainText(text) === '' ? '_empty_' : textOf(text);
}

function tableText({ columns, rows, emphasised = [] }: BlockOf<'table'>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ header }) => escapeText(header))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row, i) =>
      line(row.map((cell) => (emphasised.includes(i) && cell !== '' ? `**${escapeText(cell)}**` : escapeText(cell)))),
    ),
  ].join('\n');
}

function textOf(text: Text): string {
  return inlinesOf(text).map(inlineText).join('');
}

function inlineText(inline: Inline): string {
  if (typeof inline === 'string') return escapeText(inline);
  if ('strong' in inline) return `**${escapeText(inline.strong)}**`;
  if ('emphasis' in inline) return `_${escapeText(inline.emphasis)}_`;
  if ('code' in inline) return `<code>${escapeText(inline.code)}</code>`; // it may have any characters, backticks too
  if ('formula' in inline) return `$${inline.formula}$`;
  if ('sample' in inline) {
    const [, before = '', word = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(inline.sample) ?? [];
    const text =
      inline.invented && word !== '' ? `${before}<em>${escapeText(word)}</em>${after}` : escapeText(inline.sample);
    return inline.copied ? `<u>${text}</u>` : text;
  }
  return `[${escapeText(inline.text)}](${inline.link})`;
}

/** Any text as Markdown that shows it, on one line. */
function escapeText(text: string): string {
  return printable(text)
    .replaceAll(/[\\`*_[\]<>$#|~&]/g, '\\$&')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(
      /^(\s*)([-+=]|\d+[.)])(?=\s|$)/,
      (_, space: string, sign: string) => `${space}${sign.slice(0, -1)}\\${sign.at(-1)!}`,
    );
}
