import type { GroupFacts } from '../../facts/types.js';
import type { ReportContext } from '../context.js';

/** A size with both recipes, as far as there are runs. */
export interface Pair {
  readonly size: string;
  readonly own: GroupFacts | undefined;
  readonly other: GroupFacts | undefined;
}

/** All sizes that have a run with the second recipe, the smallest first. */
export function pairsOf({ facts: { groups } }: ReportContext): Pair[] {
  const others = groups.filter(({ role }) => role === 'second-recipe');
  const own = groups.filter(
    ({ role, name }) => role === 'size' && others.some(({ secondRecipe }) => secondRecipe === name),
  );
  const sizes = new Set([...own.map(({ name }) => name), ...others.map(({ secondRecipe }) => secondRecipe!)]);
  return [...sizes].map((size) => ({
    size,
    own: own.find(({ name }) => name === size),
    other: others.find(({ secondRecipe }) => secondRecipe === size),
  }));
}

/** The groups of pairs, one after another. */
export const membersOf = (pairs: readonly Pair[]): GroupFacts[] =>
  pairs.flatMap(({ own, other }) => [own, other].filter((group) => group !== undefined));
