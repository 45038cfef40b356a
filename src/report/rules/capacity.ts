import { nats } from '../writing/numbers.js';
import { comparisonsOf, groupOf, meanOf } from './look-up.js';
import type { Rule } from './rule.js';
import { sizeSentence } from './sizes.js';

/** What more parameters bring. The numbers of each step stand in a table. */
export const CAPACITY_RULES: readonly Rule[] = [
  {
    id: 'capacity-size',
    when: 'as `finding-size`',
    say: (facts) => sizeSentence(facts),
  },
  {
    id: 'capacity-worse-failed',
    when: 'the next larger model has the worse test NLL, all its runs failed to optimise, and not all of the smaller one did',
    say: (facts) =>
      comparisonsOf(facts, 'next-size')
        .filter(
          ({ first, second, testNll }) =>
            testNll.better === 'first' &&
            groupOf(facts, second)?.diagnosis === 'failed' &&
            groupOf(facts, first)?.diagnosis !== 'failed',
        )
        .map(
          ({ first, second }) =>
            `The training of ${second} failed and that of ${first} did not, so this step says nothing about what a model of the size of ${second} could learn.`,
        ),
  },
  {
    id: 'capacity-worse-overfitting',
    when: 'the next larger model has the worse test NLL, all its runs overfit, and its training NLL ends lower than that of the smaller one',
    say: (facts) =>
      comparisonsOf(facts, 'next-size').flatMap(({ first, second, testNll }) => {
        const [small, large] = [groupOf(facts, first), groupOf(facts, second)];
        if (testNll.better !== 'first' || small === undefined || large?.diagnosis !== 'overfitting') return [];
        const [smallNll, largeNll] = [meanOf(small, 'lastTrainNll'), meanOf(large, 'lastTrainNll')];
        if (!(largeNll < smallNll)) return [];
        return `${second} ends with a lower training NLL than ${first} (${nats(largeNll)} against ${nats(smallNll)} nats per text) and is worse on test texts: its additional parameters went into the training texts.`;
      }),
  },
];
