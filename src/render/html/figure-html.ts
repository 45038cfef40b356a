import { assertInternal } from '../../errors.js';
import { FIXED_COLOURS } from '../../figures/palette.js';
import { escapeHtml } from './escape.js';

/**
 * A figure's SVG as a part of a page: an image with a description, as wide as the page allows, in the page's colours.
 *
 * - The colours without data become variables, so that the figure is light on dark where the page is.
 * - Its ids get the figure's id in front, so that no two figures share one.
 * - Descriptions of single marks go: within an image they are not read out, and can be half of the file.
 *
 * @param id the figure's id
 * @throws LetterpressError `INTERNAL` when the SVG has no size in pixels
 * @example figureHtml(svg, 'nll-curves', 'The NLL falls in all four models.');
 */
export function figureHtml(svg: string, id: string, description: string): string {
  const start = /^<svg\b[^>]*>/.exec(svg)?.[0] ?? '';
  const width = Number(/\swidth="([\d.]+)"/.exec(start)?.[1]);
  const height = Number(/\sheight="([\d.]+)"/.exec(start)?.[1]);
  assertInternal(width > 0 && height > 0, `the figure ${id} has no width and height in pixels`);
  const viewBox = /\sviewBox="([^"]+)"/.exec(start)?.[1] ?? `0 0 ${width} ${height}`;
  const content = svg
    .slice(start.length)
    .replaceAll(/\s(?:aria-[a-z]+|role)="[^"]*"/g, '')
    .replaceAll(/(\sid=")([^"]*")/g, `$1_${id}-$2`)
    .replaceAll(/(url\(['"]?#|href="#)/g, `$1_${id}-`)
    .replaceAll(/\b(fill|stroke)="(#[0-9a-f]{6})"/g, (all, property: string, colour: string) => {
      const name = NAMES.get(colour);
      return name === undefined ? all : `${property}="var(--figure-${name})"`;
    });
  return (
    `<svg role="img" aria-label="${escapeHtml(description)}" viewBox="${escapeHtml(viewBox)}" ` +
    // Characters shrink with the figure, so below a certain width it scrolls instead.
    `width="${width}" height="${height}" style="min-width:min(32rem,${width}px)">${content}`
  );
}

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(FIXED_COLOURS).map(([name, colour]) => [
    colour,
    name.replaceAll(/[A-Z]/g, (character) => `-${character.toLowerCase()}`),
  ]),
);
