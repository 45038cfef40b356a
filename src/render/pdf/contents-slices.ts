import type { OutlineHeading } from '../outline.js';
import type { Canvas } from './canvas.js';
import { breakLines } from './lines.js';
import { BODY, FAINT, LEFT, LINE, WIDTH, type TextStyle } from './page-style.js';
import type { Slice } from './paginate.js';
import { lineSlices } from './text-slices.js';

const HEAD: TextStyle = { ...BODY, font: 'bold', size: 10.5 };
const LEVELS: readonly (TextStyle & { readonly indent: number; readonly gap: number })[] = [
  { ...BODY, leading: 13.5, indent: 0, gap: 3 },
  { ...BODY, size: 9, leading: 12, indent: 14, gap: 0 },
];
/** For the numbers of pages. */
const RIGHT = 30;

/**
 * The table of contents: the first two levels of headings, each a link with the number of its page.
 *
 * @param pageOf the number of a heading's page; it is asked when the contents are drawn, since they come first
 */
export function contentsSlices(
  canvas: Canvas,
  headings: readonly OutlineHeading[],
  pageOf: (id: string) => number,
): Slice[] {
  const entries = headings.filter(({ level }) => level < 3);
  if (entries.length === 0) return [];
  const title = breakLines('Contents', HEAD, WIDTH, canvas);
  const contents = canvas.part('TOC');
  return [
    ruleSlice(canvas, 18),
    ...lineSlices(canvas, title, canvas.part('P', contents), { gap: 10, keep: true }),
    ...entries.flatMap(({ level, id, text }) => {
      const style = LEVELS[level - 1]!;
      const lines = breakLines(text, style, WIDTH - style.indent - RIGHT, canvas);
      const part = canvas.part('TOCI', contents);
      const slices = lineSlices(canvas, lines, part, { x: LEFT + style.indent, gap: style.gap });
      const last = slices.at(-1)!;
      slices[slices.length - 1] = {
        ...last,
        draw: (y) => {
          last.draw(y);
          const number = breakLines(`${pageOf(id)}`, { ...style, colour: FAINT }, RIGHT, canvas);
          canvas.mark(part, () => canvas.lines(number, LEFT, y, WIDTH, 'right'));
        },
      };
      return slices.map((slice) => ({
        ...slice,
        draw: (y: number) => {
          slice.draw(y);
          canvas.link(`#${id}`, LEFT, y, WIDTH, slice.height);
        },
      }));
    }),
    ruleSlice(canvas, 10),
  ];
}

function ruleSlice(canvas: Canvas, gap: number): Slice {
  return {
    gap,
    height: 0,
    keep: false,
    draw: (y) => canvas.mark(undefined, () => canvas.rule(LEFT, y, WIDTH, 0.5, LINE)),
  };
}
