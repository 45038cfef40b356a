/** Blocks of a report as HTML. */
import type { Block } from '../document.js';
import type { Typesetter } from '../tex.js';
import { escapeHtml } from './escape.js';
import { figureHtml } from './figure-html.js';
import { formulaHtml, textHtml } from './inline-html.js';
import { samplesHtml } from './samples-html.js';
import { tableHtml } from './table-html.js';

/** What a block's HTML depends on beside the block. */
export interface BlockContext {
  readonly typeset: Typesetter;
  /** What its caption begins with, such as `Figure 3`; empty for blocks without a number. */
  readonly label: string;
  /** Unique among the blocks, for ids of its parts. */
  readonly index: number;
}

/** One block. Ids of its parts begin with an underscore, which ids of a report never do. */
export function blockHtml(block: Block, context: BlockContext): string {
  const { typeset, label, index } = context;
  switch (block.kind) {
    case 'heading': {
      const tag = `h${block.level + 1}`; // h1 is the report's title
      return `<${tag} id="${block.id}">${escapeHtml(block.text)}</${tag}>`;
    }
    case 'paragraph':
      return `<p>${textHtml(block.text, typeset)}</p>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      const items = block.items.map((item) => `<li>${textHtml(item, typeset)}</li>`);
      return `<${tag}>\n${items.join('\n')}\n</${tag}>`;
    }
    case 'formula':
      return (
        `<div class="display" tabindex="0" role="group" aria-label="Formula">` +
        `${formulaHtml(block.tex, block.words, typeset, true)}</div>`
      );
    case 'table':
      return tableHtml(block, `_block-${index}`, label, typeset);
    case 'figure':
      return [
        `<figure id="${block.id}">`,
        `<div class="scroll" tabindex="0" role="group" aria-label="${label}">`,
        figureHtml(block.svg, block.id, block.description),
        '</div>',
        `<figcaption><b>${label}.</b> ${textHtml(block.caption, typeset)}</figcaption>`,
        '</figure>',
      ].join('\n');
    case 'samples':
      return samplesHtml(block, `_block-${index}`, typeset);
    case 'note':
      return `<p class="note" role="note">${textHtml(block.text, typeset)}</p>`;
  }
}
