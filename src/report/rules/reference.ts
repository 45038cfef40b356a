import { listed } from '../writing/blocks.js';
import type { GroupFacts, ReportFacts } from '../facts/types.js';
import { comparisonsOf, groupOf, modelsOf, type Rule } from './rule.js';

/** Two models that the original notebook has too. */
interface Pair {
  readonly better: GroupFacts;
  readonly worse: GroupFacts;
}

/** Measured figures compared with those of the original notebook. */
export const REFERENCE_RULES: readonly Rule[] = [
  {
    id: 'reference-order',
    when: 'two of the notebook’s sizes differ significantly in test NLL, and the worse one was trained to its end',
    say: (facts) => {
      const pairs = clearPairs(facts);
      const other = pairs.filter((pair) => !asInOriginal(pair));
      if (pairs.length > 0 && other.length === 0)
        return (
          'Wherever two sizes differ significantly in test NLL, the better one is also the better one in the ' +
          'original notebook.'
        );
      return modelsOf(facts).flatMap(({ name }) => {
        const against = other.filter(({ better }) => better.name === name);
        if (against.length === 0) return [];
        return (
          `Unlike in the original notebook, ${name} has a better test NLL than ` +
          `${listed(against.map(({ worse }) => worse.name))}.`
        );
      });
    },
  },
];

/** Pairs of the notebook's sizes that differ significantly in test NLL, the worse one trained to its end. */
function clearPairs(facts: ReportFacts): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { first, second, testNll } of [...comparisonsOf(facts, 'next-size'), ...comparisonsOf(facts, 'best')]) {
    const names = testNll.better === 'second' ? [second, first] : [first, second];
    const [better, worse] = names.map((name) => groupOf(facts, name));
    if (testNll.better === undefined || better?.reference === undefined || worse?.reference === undefined) continue;
    const unfinished = worse.runs.some(({ diagnosis: { kind } }) => kind === 'improving' || kind === 'too-short');
    if (!unfinished) pairs.set(`${better.name} ${worse.name}`, { better, worse });
  }
  return [...pairs.values()];
}

function asInOriginal({ better, worse }: Pair): boolean {
  return better.reference!.size.testNll < worse.reference!.size.testNll;
}
