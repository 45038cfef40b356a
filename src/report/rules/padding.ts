import { decimal } from '../writing/numbers.js';
import { alsoDiffer, comparisonsOf, testNllCompared } from './look-up.js';
import type { Rule } from './rule.js';

/** An epoch that takes that many times as long is spoken of. */
const SLOWER = 1.1;

/** What predicting every pad changes, against ending a text at its first pad. */
export const PADDING_RULES: readonly Rule[] = [
  {
    id: 'padding-nll',
    when: 'the test NLLs of both are known; the words are those of `describeComparison`',
    say: (facts) =>
      comparisonsOf(facts, 'padding')
        .filter(({ testNll }) => testNll.basis !== 'nothing')
        .map(({ testNll }) => testNllCompared(testNll)),
  },
  {
    id: 'padding-differs',
    when: 'the test NLLs of both are known, and the two differ in more than the padding',
    say: (facts) => comparisonsOf(facts, 'padding').flatMap((comparison) => alsoDiffer(comparison, 'padding') ?? []),
  },
  {
    id: 'padding-time',
    when: `an epoch with all pads takes more than ${SLOWER} times as long`,
    say: (facts) =>
      comparisonsOf(facts, 'padding')
        .filter(({ timeRatio }) => timeRatio > SLOWER)
        .map(
          ({ first, second, timeRatio }) =>
            `An epoch of ${first} takes ${decimal(timeRatio, 1)} times as long as one of ${second}.`,
        ),
  },
];
