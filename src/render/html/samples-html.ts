import type { Block } from '../document.js';
import type { Typesetter } from '../tex.js';
import { escapeHtml } from './escape.js';
import { textHtml } from './inline-html.js';

/**
 * Texts that a model wrote, as numbered lists beside each other, as many as the page has room for. A text without
 * characters is shown as such.
 *
 * @param id for the columns' titles, which name the lists
 */
export function samplesHtml(samples: Block & { kind: 'samples' }, id: string, typeset: Typesetter): string {
  const columns = samples.columns.flatMap(({ title, texts }, column) => [
    '<div>',
    `<p class="title" id="${id}-${column}">${escapeHtml(title)}</p>`,
    ...(texts.length === 0
      ? ['<p class="none">no texts</p>']
      : [`<ol aria-labelledby="${id}-${column}">`, ...texts.map(sampleHtml), '</ol>']),
    '</div>',
  ]);
  return [
    `<figure class="samples">`,
    `<figcaption>${textHtml(samples.caption, typeset)}</figcaption>`,
    `<div class="columns${samples.columns.length === 1 ? ' single' : ''}">`,
    ...columns,
    '</div>',
    '</figure>',
  ].join('\n');
}

function sampleHtml(text: string): string {
  // <bdi>: a text from right to left does not turn its surroundings around.
  return text === '' ? '<li><i>empty</i></li>' : `<li><bdi>${escapeHtml(text)}</bdi></li>`;
}
