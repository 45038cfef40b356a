/**
 * Places for the names of points in the plane, so that names cover neither each other nor points. Plain numbers in and
 * out, the same each time. Safe for browsers.
 */
import type { Plot } from './axes.js';
import { textWidth } from './text.js';

/** A point that is to have a name, in pixels. */
export interface NamedPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Where a name goes: the middle of its box. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether it is so far from its point that a line should join them. */
  readonly distant: boolean;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Gaps between point and name that are tried, in pixels; from the second on, there is a line between them. */
const GAPS = [5, 12, 20, 29, 39, 50, 62, 75, 90];
/** Directions that are tried, the usual ones first: right, left, above, below, then aslant. */
const DIRECTIONS = [0, 4, 12, 8, 14, 2, 10, 6, 15, 1, 13, 3, 9, 7, 11, 5];
const POINT = 4; // half the side of the square that a point takes
const ROUNDS = 3;

/**
 * Finds places, nearest first, the most crowded points first; then goes through all again, as others may have made room.
 *
 * @param bounds names stay within, if there is room at all
 * @returns a place for each point, in their order
 */
export function placeLabels(points: readonly NamedPoint[], bounds: Plot, fontSize: number): PlacedLabel[] {
  const near = (a: NamedPoint, b: NamedPoint): boolean => Math.hypot(a.x - b.x, a.y - b.y) < 30;
  const crowd = points.map((point) => points.filter((other) => near(point, other)).length);
  const order = points.map((_, i) => i).sort((a, b) => crowd[b]! - crowd[a]! || a - b);
  const dots = points.map(({ x, y }) => ({
    left: x - POINT,
    right: x + POINT,
    top: y - POINT,
    bottom: y + POINT,
  }));
  const places = new Map<number, PlacedLabel>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const index of order) {
      places.delete(index);
      const taken = [...dots.filter((_, i) => i !== index), ...[...places.values()].map(boxOf)];
      const candidates = candidatesFor(points[index]!, fontSize);
      // A name on a point's own neighbours is worse than a distant one; the farther, the worse, but a little only.
      const costs = candidates.map((place, rank) => {
        const box = boxOf(place);
        const covered = taken.reduce((sum, other) => sum + overlap(box, other), 0);
        return 100 * covered + 1e4 * outside(box, bounds) + rank;
      });
      const best = costs.reduce((least, cost, i) => (cost < costs[least]! ? i : least), 0);
      places.set(index, candidates[best]!);
    }
  }
  return points.map((_, i) => places.get(i)!);
}

function candidatesFor({ x, y, text }: NamedPoint, fontSize: number): PlacedLabel[] {
  const [width, height] = [textWidth(text, fontSize) + 2, fontSize];
  return GAPS.flatMap((gap, ring) =>
    DIRECTIONS.map((direction) => {
      const angle = (direction * Math.PI) / 8;
      const [across, down] = [Math.cos(angle), Math.sin(angle)];
      // From the point to the middle of the box, so that its nearest edge is `gap` away.
      const reach =
        gap + Math.min(width / 2 / Math.max(1e-9, Math.abs(across)), height / 2 / Math.max(1e-9, Math.abs(down)));
      return { x: x + reach * across, y: y + reach * down, width, height, distant: ring > 0 };
    }),
  );
}

function boxOf({ x, y, width, height }: PlacedLabel): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a: Box, b: Box): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}

function outside(box: Box, bounds: Plot): number {
  return (
    Math.max(0, bounds.left - box.left) +
    Math.max(0, box.right - bounds.right) +
    Math.max(0, bounds.top - box.top) +
    Math.max(0, box.bottom - bounds.bottom)
  );
}
