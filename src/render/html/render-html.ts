/** A report as one HTML file. */
import { readableDate } from '../display.js';
import type { ReportDocument } from '../document.js';
import { outlineOf } from '../outline.js';
import { loadTypesetter } from '../tex.js';
import { BlockWriter, escapeHtml } from './blocks.js';
import { PAGE_STYLE } from './page-style.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The report as one file that needs nothing else: no network, no fonts, no script. It is made for narrow and wide
 * screens, light and dark ones, and for paper. The same report gives the same bytes.
 *
 * @throws LetterpressError `INTERNAL` when the report breaks a rule of {@link outlineOf}, or a formula is wrong
 * @example writeFileAtomic('report.html', await renderHtml(document));
 */
export async function renderHtml(document: ReportDocument): Promise<string> {
  const outline = outlineOf(document);
  const writer = new BlockWriter(await loadTypesetter(), outline.headings);
  const byline = document.byline === undefined ? '' : `${escapeHtml(document.byline)} · `;
  const blocks = document.blocks.map((block, index) => writer.block(block, outline.labels[index]!, index));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // The browser itself sees to it that nothing is loaded and nothing runs.
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="generator" content="Letterpress">',
    `<title>${escapeHtml(document.title)}</title>`,
    '<link rel="icon" href="data:,">', // otherwise browsers ask the server for one
    `<style>\n${PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#_main">Skip to the report</a>',
    '<header>',
    `<h1>${escapeHtml(document.title)}</h1>`,
    `<p class="subtitle">${escapeHtml(document.subtitle)}</p>`,
    `<p class="date">${byline}<time datetime="${escapeHtml(document.date)}">${readableDate(document.date)}</time></p>`,
    '</header>',
    '<main id="_main">',
    ...blocks,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
