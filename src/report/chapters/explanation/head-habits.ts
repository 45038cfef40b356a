/** Places that a head may have the habit to look at. */
export const PLACES = ['itself', 'one back', 'two back', 'three back', 'the start (cls)'] as const;

/**
 * The first position that counts, from 0: the fifth. From there on the start is none of the other places, so that the weights on
 * all of them are of different keys and add up to 1 at most.
 */
export const FIRST_COUNTED = PLACES.length - 1;

/** The place that a head looks at most. */
export interface HeadHabit {
  readonly block: number;
  readonly head: number;
  /** Of {@link PLACES}. */
  readonly place: number;
  /** Mean weight on it, 0 to 1. */
  readonly weight: number;
  /** Mean weight that it would have if a head looked at all positions evenly. */
  readonly even: number;
}

/**
 * Where each head looks most of all {@link PLACES}, on average over the positions of some texts from {@link FIRST_COUNTED} on.
 * Empty where no text is long enough.
 *
 * @param texts `[text][block][head][query][key]`, with the keys up to the query
 * @example headHabits(inspection.texts.map(({ attention }) => attention))[0].weight;
 */
export function headHabits(texts: readonly (readonly number[][][][])[]): HeadHabit[] {
  const [first] = texts;
  if (first === undefined) return [];
  return first.flatMap((block, b) =>
    block.flatMap((_, h) => {
      const rows = texts.flatMap((text) => text[b]![h]!.slice(FIRST_COUNTED));
      if (rows.length === 0) return [];
      const weights = PLACES.map(
        (_place, place) => rows.reduce((sum, row) => sum + weightAt(row, place), 0) / rows.length,
      );
      const weight = Math.max(...weights);
      const even = rows.reduce((sum, row) => sum + 1 / row.length, 0) / rows.length;
      return [{ block: b, head: h, place: weights.indexOf(weight), weight, even }];
    }),
  );
}

function weightAt(row: readonly number[], place: number): number {
  return (place === FIRST_COUNTED ? row[0] : row[row.length - 1 - place]) ?? 0;
}
