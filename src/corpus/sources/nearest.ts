import { closest, distance } from 'fastest-levenshtein';

/** The candidate that `name` is most likely a slip of, or nothing when none is alike. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lower = name.toLowerCase();
  const best = closest(
    lower,
    candidates.map((candidate) => candidate.toLowerCase()),
  );
  if (distance(lower, best) > Math.max(2, name.length / 3)) return undefined;
  return candidates.find((candidate) => candidate.toLowerCase() === best);
}
