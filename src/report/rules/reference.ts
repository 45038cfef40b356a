import type { GroupFacts, ReportFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { comparisonsOf, groupOf, isUnfinished, modelsOf } from './look-up.js';
import type { Rule } from './rule.js';

/** How measured figures lie beside the source's. */
export const REFERENCE_RULES: readonly Rule[] = [
  {
    id: 'reference-same-order',
    when: 'at least one pair of the source’s models is significantly different by test NLL, the worse one neither still improving nor too short to tell, and in every such pair the better one is the better one in the source too',
    say: (facts) => {
      const pairs = toldApart(facts);
      if (pairs.length === 0 || !pairs.every(asInSource)) return undefined;
      return 'Wherever two models are significantly different by test NLL, the better one is the better one in the source too.';
    },
  },
  {
    id: 'reference-other-order',
    when: 'for such pairs of which the source has the other as the better one',
    say: (facts) =>
      modelsOf(facts).flatMap(({ name }) => {
        const against = toldApart(facts).filter((pair) => pair.better.name === name && !asInSource(pair));
        if (against.length === 0) return [];
        return `Other than in the source, ${name} has a better test NLL than ${listed(against.map(({ worse }) => worse.name))}.`;
      }),
  },
  {
    id: 'reference-10m-failed',
    when: 'the source’s largest model was trained, and all its runs are diagnosed as failed optimisation',
    say: (facts) => {
      const group = largest(facts);
      const failed =
        group?.diagnosis === 'failed' &&
        group.runs.every(({ diagnosis }) => !diagnosis.flags.includes('learned-training-texts'));
      if (group === undefined || !failed) return undefined;
      return `As in the source, the training of ${group.name} failed.`;
    },
  },
  {
    id: 'reference-10m-learned',
    when: 'the source’s largest model was trained, and none of its runs failed or diverged, and all are long enough to tell',
    say: (facts) => {
      const group = largest(facts);
      const learned = group?.runs.every(
        ({ diagnosis: { kind, flags } }) =>
          ['converged', 'improving', 'overfitting'].includes(kind) && flags.includes('good-best'),
      );
      if (group === undefined || learned !== true) return undefined;
      return `The source’s training of ${group.name} failed: it stayed where a model stays that ignores its context. Here ${group.name} does better than every such model.`;
    },
  },
];

/** Two models that the source has too. */
interface Pair {
  readonly better: GroupFacts;
  readonly worse: GroupFacts;
}

/** Pairs of the source’s models of which one has the better test NLL by more than luck, the worse one trained to its end. */
function toldApart(facts: ReportFacts): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const kind of ['next-size', 'best'] as const)
    for (const { first, second, testNll } of comparisonsOf(facts, kind)) {
      const names = testNll.better === 'second' ? [second, first] : [first, second];
      const [better, worse] = names.map((name) => groupOf(facts, name));
      if (testNll.better === undefined || better?.reference === undefined || worse?.reference === undefined) continue;
      if (isUnfinished(worse)) continue; // it might have become the better one
      pairs.set(`${better.name} ${worse.name}`, { better, worse });
    }
  return [...pairs.values()];
}

function asInSource({ better, worse }: Pair): boolean {
  return better.reference!.size.testNll < worse.reference!.size.testNll;
}

function largest(facts: ReportFacts): GroupFacts | undefined {
  return modelsOf(facts).find(({ reference, runs }) => reference?.size.preset === '10m' && runs.length > 0);
}
