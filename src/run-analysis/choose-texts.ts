/** The lengths in characters to look for: from a short headline to one that still fits a figure. */
const LENGTHS = [16, 20, 26, 32];

/** Longer texts are not shown: attention is a number for every pair of characters. */
const MAX_CHARACTERS = 64;

/**
 * Which texts of a split to look at closely: for each of the lengths 16, 20, 26 and 32, the first text that comes
 * nearest to it, no text twice. Empty texts and those of more than 64 characters are passed over, so there may be fewer
 * than four, and none at all.
 *
 * @param texts characters of each text as tokens
 * @returns places in `texts`
 */
export function chooseTexts(texts: readonly ArrayLike<number>[]): number[] {
  const different = new Map<string, number>();
  texts.forEach((text, i) => {
    const key = Array.from(text).join();
    if (text.length > 0 && text.length <= MAX_CHARACTERS && !different.has(key)) different.set(key, i);
  });
  const left = new Set(different.values());
  const chosen: number[] = [];
  for (const length of LENGTHS) {
    let nearest: number | undefined;
    const distance = (i: number) => Math.abs(texts[i]!.length - length);
    for (const i of left) if (nearest === undefined || distance(i) < distance(nearest)) nearest = i;
    if (nearest === undefined) break;
    left.delete(nearest);
    chosen.push(nearest);
  }
  return chosen;
}
