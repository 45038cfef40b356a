/**
 * Of the epochs that samples were saved for, those nearest to the wanted ones (of two equally near, the earlier), each once and in
 * order. `Infinity` wants the last.
 *
 * @example chooseEpochs([0, 1, 2, 7, 9], [0, 5, Infinity]); // [0, 7, 9]
 */
export function chooseEpochs(saved: readonly number[], wanted: readonly number[]): number[] {
  const sorted = [...saved].sort((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined) return [];
  const chosen = wanted.map((epoch) =>
    epoch === Infinity
      ? sorted.at(-1)!
      : sorted.reduce((near, each) => (Math.abs(each - epoch) < Math.abs(near - epoch) ? each : near), first),
  );
  return [...new Set(chosen)].sort((a, b) => a - b);
}
