/** Names of categories below a plot: level if they fit, in a smaller size or in lines if that helps, aslant if not. */
import { rules, texts } from './sheet.js';
import type { Layer, TextLook } from './sheet.js';
import { AXIS_INK, FONT_SIZE, MARGIN } from './style.js';
import { breakLines, shorten, textWidth, visible } from './text.js';
import type { Plot } from './axes.js';

/** An axis that has been given its places. */
export interface CategoryAxis {
  /** Pixels below the plot, the title included. */
  readonly height: number;
  /** Draws the axis of a plot that starts where {@link categoryAxis} was told. */
  readonly layers: (plot: Plot) => Layer[];
}

const SMALL = 9.5;
const GAP = 3;
const SLANT = -40; // degrees
const MAX_ASLANT = 150;
const TITLE_HEIGHT = 28;

/**
 * Lays out the names of categories that are `step` pixels wide each, the first from `left` on.
 *
 * @param emphasised number of the category whose name is bold
 */
export function categoryAxis(
  given: readonly string[],
  title: string,
  at: { readonly left: number; readonly step: number },
  emphasised?: number,
): CategoryAxis {
  const names = given.map(visible);
  const middle = (category: number): number => at.left + (category + 0.5) * at.step;
  const { lines, fontSize, slanted } = fit(names, at.step, middle);
  const lineHeight = fontSize + 3;
  const most = Math.max(1, ...lines.map((each) => each.length));
  const widest = Math.max(0, ...lines.map(([first = '']) => textWidth(first, fontSize)));
  const labelHeight = slanted ? Math.ceil(widest * Math.sin((-SLANT * Math.PI) / 180) + fontSize) : most * lineHeight;
  const height = 8 + labelHeight + TITLE_HEIGHT;

  const layers = ({ left, right, bottom }: Plot): Layer[] => {
    const look: TextLook = slanted
      ? { align: 'right', baseline: 'middle', fontSize, angle: SLANT }
      : { align: 'center', baseline: 'top', fontSize };
    const labels = lines.flatMap((each, category) =>
      each.map((text, line) => ({
        category,
        label: { x: middle(category) + (slanted ? 3 : 0), y: bottom + 8 + line * lineHeight, text },
      })),
    );
    return [
      rules('x-line', [{ x: left, x2: right, y: bottom, y2: bottom }], { colour: AXIS_INK }),
      ...[false, true].map((bold) =>
        texts(
          bold ? 'x-emphasised' : 'x-ticks',
          labels.filter(({ category }) => (category === emphasised) === bold).map(({ label }) => label),
          { ...look, bold },
        ),
      ),
      texts(
        'x-title',
        [
          {
            x: (left + right) / 2,
            y: bottom + height - MARGIN - 4,
            text: shorten(title, 1.4 * (right - left)),
          },
        ],
        { align: 'center' },
      ),
    ];
  };
  return { height, layers };
}

/** What two neighbours take of the distance between their middles. */
function widthOfTwo(one: string, other: string, fontSize: number): number {
  return (textWidth(one, fontSize) + textWidth(other, fontSize)) / 2;
}

/** The lines of each name, and their size. */
function fit(
  names: readonly string[],
  step: number,
  middle: (category: number) => number,
): { lines: string[][]; fontSize: number; slanted: boolean } {
  const room = step - GAP;
  for (const fontSize of [FONT_SIZE, SMALL])
    if (names.every((name, i) => widthOfTwo(name, names[i + 1] ?? '', fontSize) <= room))
      return { lines: names.map((name) => [name]), fontSize, slanted: false };
  const words = names.flatMap((name) => name.split(' '));
  for (const fontSize of [FONT_SIZE, SMALL]) {
    const lines = names.map((name) => breakLines(name, room, { fontSize }));
    const whole = lines.every((each, i) => each.join(' ') === names[i]);
    if (whole && words.every((word) => textWidth(word, fontSize) <= room)) return { lines, fontSize, slanted: false };
  }
  // Slanted names end below their category and begin to the left of it, where the picture has an edge.
  const cosine = Math.cos((SLANT * Math.PI) / 180);
  const lines = names.map((name, category) => [
    shorten(name, Math.min(MAX_ASLANT, (middle(category) - MARGIN) / cosine), FONT_SIZE),
  ]);
  return { lines, fontSize: FONT_SIZE, slanted: true };
}
