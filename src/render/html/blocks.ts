/** Blocks of a report as HTML. */
import { escapeMarkup } from '../../escapes.js';
import { figureSize } from '../../figures/drawing/svg.js';
import { FIXED_COLOURS } from '../../figures/style.js';
import { printable } from '../display.js';
import type { Block, BlockOf, Inline, Text } from '../document.js';
import { inlinesOf, plainText } from '../outline.js';
import type { Typesetter } from '../tex.js';

/** As {@link escapeMarkup}; characters that HTML forbids become visible stand-ins ({@link printable}). */
export function escapeHtml(text: string): string {
  return escapeMarkup(printable(text));
}

/** Writes blocks as HTML. Ids of their parts begin with an underscore, which ids of a report never do. */
export class BlockWriter {
  constructor(
    private readonly typeset: Typesetter,
    private readonly headings: readonly BlockOf<'heading'>[],
  ) {}

  /**
   * @param label what the block's caption begins with, such as `Figure 3`; empty for blocks without a number
   * @param index unique among the blocks, for ids of its parts
   */
  block(block: Block, label: string, index: number): string {
    switch (block.kind) {
      case 'heading': {
        const tag = `h${block.level + 1}`; // h1 is the report's title
        return `<${tag} id="${block.id}">${escapeHtml(block.text)}</${tag}>`;
      }
      case 'paragraph':
        return `<p>${this.text(block.text)}</p>`;
      case 'list': {
        const tag = block.ordered ? 'ol' : 'ul';
        const items = block.items.map((item) => `<li>${this.text(item)}</li>`);
        return `<${tag}>\n${items.join('\n')}\n</${tag}>`;
      }
      case 'formula':
        return (
          `<div class="display" tabindex="0" role="group" aria-label="Formula">` +
          `${this.formula(block.tex, block.words, true)}</div>`
        );
      case 'table':
        return this.table(block, `_block-${index}`, label);
      case 'figure':
        return [
          `<figure id="${block.id}">`,
          `<div class="scroll" tabindex="0" role="group" aria-label="${label}">`,
          figureHtml(block),
          '</div>',
          `<figcaption><b>${label}.</b> ${this.text(block.caption)}</figcaption>`,
          '</figure>',
        ].join('\n');
      case 'samples':
        return this.samples(block, `_block-${index}`);
      case 'code':
        return this.code(block, label);
      case 'note':
        return `<p class="note" role="note">${this.text(block.text)}</p>`;
      case 'contents':
        return contentsHtml(this.headings);
    }
  }

  private code({ caption, file, text }: BlockOf<'code'>, label: string): string {
    return [
      '<figure class="code">',
      `<figcaption><b>${label}.</b> ${this.text([...inlinesOf(caption), ' ', { code: file }])}</figcaption>`,
      `<pre class="scroll" tabindex="0" aria-label="${label}">${escapeHtml(text)}</pre>`,
      '</figure>',
    ].join('\n');
  }

  /** Text that a reader selects and copies, formulas as pictures that are read aloud as TeX. */
  private text(text: Text): string {
    return inlinesOf(text)
      .map((inline) => this.inline(inline))
      .join('');
  }

  private inline(inline: Inline): string {
    if (typeof inline === 'string') return escapeHtml(inline).replaceAll(/(?<=\d) (?=%)/g, '&nbsp;');
    if ('strong' in inline) return `<strong>${escapeHtml(inline.strong)}</strong>`;
    if ('emphasis' in inline) return `<em>${escapeHtml(inline.emphasis)}</em>`;
    if ('code' in inline) return `<code>${escapeHtml(inline.code)}</code>`;
    if ('formula' in inline) return this.formula(inline.formula, inline.formula, false);
    if ('sample' in inline) {
      const text = inline.invented ? `<em>${escapeHtml(inline.sample)}</em>` : escapeHtml(inline.sample);
      return inline.copied ? `<u>${text}</u>` : text;
    }
    return `<a href="${escapeHtml(inline.link)}">${escapeHtml(inline.text)}</a>`;
  }

  private sample(text: Text): string {
    // <bdi>: a right-to-left text does not reorder its surroundings.
    return plainText(text) === '' ? '<li><i>empty</i></li>' : `<li><bdi>${this.text(text)}</bdi></li>`;
  }

  /** A picture of the size of the text around it, on its baseline; a screen reader says `words`. */
  private formula(tex: string, words: string, display: boolean): string {
    const { svg, depth } = this.typeset(tex, { display });
    const style = display || depth === 0 ? '' : ` style="vertical-align:-${depth}em"`;
    return svg.replace(
      '<svg xmlns="http://www.w3.org/2000/svg"',
      `<svg class="formula" role="img" aria-label="${escapeHtml(words)}"${style}`,
    );
  }

  /**
   * A table in a box that scrolls when the page is too narrow, named by the caption `id`. Where the first column is
   * text, its cells are the headers of their rows.
   */
  private table(table: BlockOf<'table'>, id: string, label: string): string {
    const alignment = table.columns.map(({ align }) => (align === 'right' ? ' class="number"' : ''));
    // An empty header is none: nothing would be read aloud for it.
    const headers = table.columns.map(({ header }, column) =>
      header === '' ? '<td></td>' : `<th scope="col"${alignment[column]!}>${escapeHtml(header)}</th>`,
    );
    const hasHeaders = table.columns.some(({ header }) => header !== '');
    const rowsHaveHeaders = table.columns[0]?.align === 'left' && table.columns.length > 1;
    const rows = table.rows.map((row, index) => {
      const cells = row.map((cell, column) => {
        const content = escapeHtml(cell);
        if (column === 0 && rowsHaveHeaders) return `<th scope="row">${content}</th>`;
        return `<td${alignment[column]!}>${content}</td>`;
      });
      const isEmphasised = table.emphasised?.includes(index) ?? false;
      return `<tr${isEmphasised ? ' class="emphasised"' : ''}>${cells.join('')}</tr>`;
    });
    return [
      `<div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">`,
      '<table>',
      // The span stays in sight when the table scrolls sideways.
      `<caption id="${id}"><span><b>${label}.</b> ${this.text(table.caption)}</span></caption>`,
      ...(hasHeaders ? [`<thead><tr>${headers.join('')}</tr></thead>`] : []),
      '<tbody>',
      ...rows,
      '</tbody>',
      '</table>',
      '</div>',
    ].join('\n');
  }

  /** Numbered lists beside each other, as many as the page has room for, named by their titles. */
  private samples(samples: BlockOf<'samples'>, id: string): string {
    const columns = samples.columns.flatMap(({ title, texts }, column) => [
      '<div>',
      `<p class="title" id="${id}-${column}">${escapeHtml(title)}</p>`,
      ...(texts.length === 0
        ? ['<p class="none">no texts</p>']
        : [`<ol aria-labelledby="${id}-${column}">`, ...texts.map((text) => this.sample(text)), '</ol>']),
      '</div>',
    ]);
    return [
      `<figure class="samples">`,
      `<figcaption>${this.text(samples.caption)}</figcaption>`,
      `<div class="columns${samples.columns.length === 1 ? ' single' : ''}">`,
      ...columns,
      '</div>',
      '</figure>',
    ].join('\n');
  }
}

/** A list of the first two levels, the second within the first. */
function contentsHtml(headings: readonly BlockOf<'heading'>[]): string {
  const lines: string[] = [];
  let level = 0;
  for (const heading of headings) {
    if (heading.level === 3) continue;
    if (heading.level > level) lines.push('<ol>');
    else if (heading.level < level) lines.push('</li>', '</ol>', '</li>');
    else lines.push('</li>');
    level = heading.level;
    lines.push(`<li><a href="#${heading.id}">${escapeHtml(heading.text)}</a>`);
  }
  for (; level > 0; level--) lines.push('</li>', '</ol>');
  return ['<nav aria-labelledby="_contents">', '<h2 id="_contents">Contents</h2>', ...lines, '</nav>'].join('\n');
}

const COLOUR_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(FIXED_COLOURS).map(([name, colour]) => [colour, name]),
);

/**
 * A figure's SVG as a part of a page: an image with a description, as wide as the page allows.
 *
 * - The colours without data become the page's, so that the figure is light on dark where the page is.
 * - The names of layers go, which the page's own classes would change.
 * - Descriptions of single marks go: within an image they are not read aloud, and can be half of the file.
 */
function figureHtml({ svg, description }: BlockOf<'figure'>): string {
  const { width, height } = figureSize(svg);
  const content = svg
    .slice(svg.indexOf('>') + 1)
    .replaceAll(/\s(?:aria-[a-z]+|class|role)="[^"]*"/g, '')
    .replaceAll(/\b(fill|stroke)="(#[0-9a-f]{6})"/g, (all, property: string, colour: string) => {
      const name = COLOUR_NAMES.get(colour);
      return name === undefined ? all : `${property}="var(--${name})"`;
    });
  return (
    `<svg role="img" aria-label="${escapeHtml(description)}" viewBox="0 0 ${width} ${height}" ` +
    // The text shrinks with the figure, so below a certain width it scrolls instead.
    `width="${width}" height="${height}" style="min-width:min(32rem,${width}px)">${content}`
  );
}
