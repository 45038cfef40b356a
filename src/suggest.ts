import { closest, distance } from 'fastest-levenshtein';

/**
 * The candidate most like `word`, if it is like it at all, whatever its capitals: the same characters in another order,
 * one character wrong, or at most 3 characters and less than half of the word.
 *
 * @example suggest('trian', ['train', 'sample']); // 'train'
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lower = word.toLowerCase();
  const sorted = (text: string) => Array.from(text.toLowerCase()).sort().join('');
  const shuffled = candidates.find((candidate) => sorted(candidate) === sorted(word));
  if (shuffled !== undefined) return shuffled;
  const best = closest(
    lower,
    candidates.map((candidate) => candidate.toLowerCase()),
  );
  const wrong = distance(lower, best);
  const likely = wrong <= 3 && wrong < Math.max(lower.length, best.length) / 2;
  if (!likely && !(wrong === 1 && lower.length > 1)) return undefined;
  return candidates.find((candidate) => candidate.toLowerCase() === best);
}
