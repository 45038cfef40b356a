/** From a Vega-Lite specification to SVG, without a browser. */
import type { TopLevelSpec } from 'vega-lite';
import { FONT } from './style.js';
import { escapeXml } from './text.js';

const FONT_ATTRIBUTE = ` font-family="${FONT}"`;

/**
 * Draws a specification. The same input gives the same bytes.
 *
 * @param title what the picture is called where it is not seen
 * @returns an SVG document
 */
export async function drawSpec(spec: TopLevelSpec, title: string): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
  try {
    const svg = (await view.toSVG()).replaceAll(FONT_ATTRIBUTE, '');
    const [open] = /^<svg [^>]*/.exec(svg)!;
    // One font for all, said once; it would be half of the file.
    return `${open}${FONT_ATTRIBUTE}><title>${escapeXml(title)}</title>${svg.slice(open.length + 1)}\n`;
  } finally {
    view.finalize();
  }
}
