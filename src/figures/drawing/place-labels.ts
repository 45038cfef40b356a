/** Places for the names of points in the plane, so that names cover neither each other nor points. Deterministic. */
import type { Plot } from './frame.js';
import type { Label } from './svg.js';
import { textWidth } from './text.js';

/** Where a name goes: the middle of its box. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether it is so far from its point that a line should join them. */
  readonly distant: boolean;
}

type Box = Omit<PlacedLabel, 'distant'>;

/** Gaps between point and name that are tried, in pixels; from the second on, there is a line between them. */
const GAPS = [5, 12, 20, 29, 39, 50, 62, 75, 90];
/** Directions that are tried, the usual ones first: right, left, above, below, then diagonally. */
const DIRECTIONS = [0, 4, 12, 8, 14, 2, 10, 6, 15, 1, 13, 3, 9, 7, 11, 5];
const DOT = { width: 8, height: 8 };
const ROUNDS = 3;

/**
 * Finds places, nearest first, the most crowded points first; then goes through all again, as others may have made
 * room.
 *
 * @param bounds names stay within, if there is room at all
 * @returns a place for each point, in their order
 */
export function placeLabels(points: readonly Label[], bounds: Plot, fontSize: number): PlacedLabel[] {
  const isNear = (a: Label, b: Label): boolean => Math.hypot(a.x - b.x, a.y - b.y) < 30;
  const crowd = points.map((point) => points.filter((other) => isNear(point, other)).length);
  const order = points.map((_, i) => i).sort((a, b) => crowd[b]! - crowd[a]! || a - b);
  const places = new Map<number, PlacedLabel>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const index of order) {
      places.delete(index);
      const others = points.filter((_, i) => i !== index).map(({ x, y }) => ({ x, y, ...DOT }));
      const taken: Box[] = [...others, ...places.values()];
      // A name on another or on a point is worse than a distant one; the farther, the worse, but a little only.
      const cost = (place: Box, rank: number): number =>
        1e4 * outside(place, bounds) + 100 * taken.reduce((sum, box) => sum + overlap(place, box), 0) + rank;
      const candidates = candidatesFor(points[index]!, fontSize).map((place, i) => ({ place, cost: cost(place, i) }));
      places.set(index, candidates.reduce((best, each) => (each.cost < best.cost ? each : best)).place);
    }
  }
  return points.map((_, i) => places.get(i)!);
}

function candidatesFor({ x, y, text }: Label, fontSize: number): PlacedLabel[] {
  const [width, height] = [textWidth(text, fontSize) + 2, fontSize];
  return GAPS.flatMap((gap, ring) =>
    DIRECTIONS.map((direction) => {
      const [across, down] = [Math.cos((direction * Math.PI) / 8), Math.sin((direction * Math.PI) / 8)];
      // From the point to the middle of the box, so that its nearest edge is `gap` away.
      const toEdge = [width / 2 / Math.max(1e-9, Math.abs(across)), height / 2 / Math.max(1e-9, Math.abs(down))];
      const reach = gap + Math.min(...toEdge);
      return { x: x + reach * across, y: y + reach * down, width, height, distant: ring > 0 };
    }),
  );
}

/** In square pixels. */
function overlap(a: Box, b: Box): number {
  const shared = (from: number, size: number, other: number, otherSize: number): number =>
    Math.min(from + size / 2, other + otherSize / 2) - Math.max(from - size / 2, other - otherSize / 2);
  const across = shared(a.x, a.width, b.x, b.width);
  const down = shared(a.y, a.height, b.y, b.height);
  return across > 0 && down > 0 ? across * down : 0;
}

/** Pixels that a box reaches out of the bounds. */
function outside({ x, y, width, height }: Box, { left, right, top, bottom }: Plot): number {
  const beyond = [left - x + width / 2, x + width / 2 - right, top - y + height / 2, y + height / 2 - bottom];
  return beyond.reduce((sum, distance) => sum + Math.max(0, distance), 0);
}
