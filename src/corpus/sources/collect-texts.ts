import type { TextPortions } from './table.js';

/** A file with more rows, or more characters, than this is read no further than `enoughRows` asks for. */
const LARGE_ROWS = 20_000;
const LARGE_CHARACTERS = 1 << 23;

/** Rows of a file that is split 80/10/10 which have `limit` training texts; undefined, for all, without a limit. */
export function rowsFor(limit: number | undefined, columns: number): number | undefined {
  // A tenth each is not trained on.
  return limit === undefined ? undefined : Math.ceil(limit / Math.max(1, columns) / 0.8) + 2;
}

/**
 * The texts of portions, `[columns][rows]`; of a large file only `enoughRows`, and whether there were more.
 */
export async function collectTexts(
  portions: TextPortions,
  enoughRows = Infinity,
): Promise<{ readonly columns: string[][]; readonly isCut: boolean }> {
  const columns: string[][] = [];
  let [rows, characters] = [0, 0];
  for await (const portion of portions) {
    portion.forEach((_, c) => (columns[c] ??= []));
    for (let row = 0; row < (portion[0]?.length ?? 0); row++) {
      if (rows >= enoughRows && (rows >= LARGE_ROWS || characters >= LARGE_CHARACTERS)) return { columns, isCut: true };
      rows++;
      portion.forEach((texts, c) => {
        columns[c]!.push(texts[row]!);
        characters += texts[row]!.length;
      });
    }
  }
  return { columns, isCut: false };
}
