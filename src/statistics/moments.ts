/** Arithmetic mean. NaN for no values, and where a value is NaN. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Standard deviation of a sample: the square root of Σ(x − mean)² / (n − 1), so that its square is an unbiased estimate.
 * NaN for fewer than two values: one run has no spread that could be known. Exactly 0 where all values are equal.
 */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  if (values.every((value) => value === values[0])) return 0;
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Median: the middle value of the sorted ones, or the mean of the two in the middle. NaN for no values, and where a value
 * is NaN.
 */
export function median(values: readonly number[]): number {
  return values.some(Number.isNaN) ? NaN : quantileOfSorted([...values].sort(ascending), 0.5);
}

/**
 * The value below which a share `p` of the sorted values lies, interpolated between neighbours (type 7 of Hyndman and
 * Fan, 1996). NaN for no values.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low === high ? low : low + (place - below) * (high - low);
}

const ascending = (a: number, b: number) => a - b;
