import type { Inline, Text } from '../document.js';
import { inlinesOf } from '../outline.js';
import type { Typesetter } from '../tex.js';
import { escapeHtml } from './escape.js';

/** Running text as HTML: text that a reader selects and copies, formulas as pictures that are read out as TeX. */
export function textHtml(text: Text, typeset: Typesetter): string {
  return inlinesOf(text)
    .map((inline) => inlineHtml(inline, typeset))
    .join('');
}

function inlineHtml(inline: Inline, typeset: Typesetter): string {
  if (typeof inline === 'string') return escapeHtml(inline);
  if ('strong' in inline) return `<strong>${escapeHtml(inline.strong)}</strong>`;
  if ('emphasis' in inline) return `<em>${escapeHtml(inline.emphasis)}</em>`;
  if ('code' in inline) return `<code>${escapeHtml(inline.code)}</code>`;
  if ('formula' in inline) return formulaHtml(inline.formula, inline.formula, typeset, false);
  return `<a href="${escapeHtml(inline.link)}">${escapeHtml(inline.text)}</a>`;
}

/**
 * A formula as a picture of the size of the text around it, on its baseline.
 *
 * @param words what a screen reader says in place of the picture
 */
export function formulaHtml(tex: string, words: string, typeset: Typesetter, display: boolean): string {
  const { svg, depth } = typeset(tex, { display });
  const style = display || depth === 0 ? '' : ` style="vertical-align:-${depth}em"`;
  return svg.replace(
    '<svg xmlns="http://www.w3.org/2000/svg"',
    `<svg class="formula" role="img" aria-label="${escapeHtml(words)}"${style}`,
  );
}
