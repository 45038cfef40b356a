/** Names to the right of a plot, where curves and lines end, moved apart where they would touch. */
import { FONT_SIZE, MARGIN, WIDTH } from '../style.js';
import type { Plot } from './frame.js';
import { SHAPES, dots, rules, texts, type Layer, type LineStyle } from './svg.js';
import { shorten, textWidth } from './text.js';

export interface SideLabel extends LineStyle {
  readonly label: string;
  /** Where its curve ends, in pixels, be it above or below the plot; NaN where there is no such place. */
  readonly y: number;
  /** Whether the curve ends at the edge of the plot: then a leader joins its end to a name that was moved. */
  readonly atEdge: boolean;
}

/** Pixels between plot and names for leaders. */
const LEADER = 14;
/** A piece of the curve before its name. */
const SWATCH = 16;
const TEXT_GAP = 5;
const SPACING = 16;
const TRIANGLE = { shape: SHAPES[3], size: 32 };
/** Names nearer to each other would touch. */
export const MIN_SPACING = FONT_SIZE + 2;

/** Pixels that labels take to the right of a plot. */
export function sideLabelRoom(labels: readonly { readonly label: string }[]): number {
  if (labels.length === 0) return MARGIN + 12;
  const widest = Math.max(...labels.map(({ label }) => textWidth(cut(label))));
  return Math.ceil(LEADER + SWATCH + TEXT_GAP + widest + MARGIN);
}

/** A label has a reasonable share of the picture's width. */
function cut(label: string): string {
  return shorten(label, 0.38 * WIDTH);
}

/** A piece of each curve, or a triangle where the curve ends above or below the plot, and its name. */
export function sideLabels(labels: readonly SideLabel[], plot: Plot): Layer[] {
  const height = plot.bottom - plot.top;
  const spacing = Math.max(MIN_SPACING, Math.min(SPACING, height / Math.max(1, labels.length - 1)));
  const wanted = labels.map(({ y }) => (Number.isFinite(y) ? y - plot.top : height / 2));
  const bounded = wanted.map((y) => Math.max(0, Math.min(height, y)));
  const from = plot.right + LEADER;
  const to = from + SWATCH;
  return spreadLabels(bounded, spacing, height).flatMap((place, i) => {
    const { label, y, atEdge, ...style } = labels[i]!;
    const { colour } = style;
    const at = plot.top + place;
    const isBeyond = Math.abs(bounded[i]! - wanted[i]!) > 1;
    const hasLeader = atEdge && !isBeyond && Math.abs(at - y) > 1;
    const leader = { x: plot.right + 2, y, x2: from - 2, y2: at };
    return [
      rules('side-leader', hasLeader ? [leader] : [], { colour, width: 0.75, opacity: 0.7 }),
      isBeyond
        ? dots('side-beyond', [{ x: (from + to) / 2, y: at }], {
            ...TRIANGLE,
            fill: colour,
            angle: wanted[i]! < 0 ? 0 : 180,
          })
        : rules('side-swatch', [{ x: from, x2: to, y: at, y2: at }], { ...style, width: 2 }),
      texts('side-name', [{ x: to + TEXT_GAP, y: at, text: cut(label) }], { baseline: 'middle' }),
    ];
  });
}

/**
 * The positions nearest to the wanted ones that keep `spacing` between neighbours and stay within 0 and `limit` where
 * there is room.
 *
 * @param wanted positions in pixels, in any order
 * @returns positions in the order of `wanted`
 */
export function spreadLabels(wanted: readonly number[], spacing: number, limit: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!);
  // Blocks of touching labels; two blocks that overlap become one, centred on what its members want.
  const blocks: { members: number[]; top: number }[] = [];
  for (const index of order) {
    blocks.push({ members: [index], top: wanted[index]! });
    for (;;) {
      const block = blocks.at(-1)!;
      const height = (block.members.length - 1) * spacing;
      const tops = block.members.map((member, place) => wanted[member]! - place * spacing);
      const centred = tops.reduce((sum, top) => sum + top, 0) / tops.length;
      block.top = Math.max(0, Math.min(centred, limit - height));
      const before = blocks.at(-2);
      if (before === undefined || before.top + before.members.length * spacing <= block.top) break;
      blocks.pop();
      before.members.push(...block.members);
    }
  }
  const result = Array.from(wanted);
  for (const { members, top } of blocks) members.forEach((index, place) => (result[index] = top + place * spacing));
  return result;
}
