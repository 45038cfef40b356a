import type { Block } from '../document.js';
import type { Typesetter } from '../tex.js';
import { escapeHtml } from './escape.js';
import { textHtml } from './inline-html.js';

/**
 * A table in a box that scrolls when the page is too narrow. Where the first column is text, its cells are the
 * headers of their rows.
 *
 * @param id for the caption, which names the box
 */
export function tableHtml(table: Block & { kind: 'table' }, id: string, label: string, typeset: Typesetter): string {
  const alignment = table.columns.map(({ align }) => (align === 'right' ? ' class="number"' : ''));
  // An empty header is none: nothing would be read out for it.
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
    `<caption id="${id}"><span><b>${label}.</b> ${textHtml(table.caption, typeset)}</span></caption>`,
    ...(hasHeaders ? [`<thead><tr>${headers.join('')}</tr></thead>`] : []),
    '<tbody>',
    ...rows,
    '</tbody>',
    '</table>',
    '</div>',
  ].join('\n');
}
