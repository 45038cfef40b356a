import type { RunFacts } from '../facts/types.js';
import {
  comparableModels,
  comparisonsOf,
  groupOf,
  groupsDiagnosed,
  learnedSizes,
  meanOf,
  modelsOf,
  rises,
  runsOf,
  type Rule,
} from './rule.js';
import { listed } from '../writing/blocks.js';
import { nats, range, three } from '../writing/numbers.js';

/** A gap that widens by a smaller share of the NLL is not said to. */
const CLEAR_GAP = 0.01;

/** How the models learned; the numbers of each step in size stand in a table. */
export const LEARNING_RULES: readonly Rule[] = [
  {
    id: 'size-worse',
    when: 'the next larger model is significantly worse, and it failed or overfits with the lower training NLL',
    say: (facts) =>
      comparisonsOf(facts, 'next-size').flatMap(({ first, second, testNll }) => {
        const [small, large] = [groupOf(facts, first), groupOf(facts, second)];
        if (testNll.better !== 'first' || small === undefined || large === undefined) return [];
        if (large.diagnosis === 'failed' && small.diagnosis !== 'failed')
          return (
            `Training of ${second} failed and that of ${first} did not, so this step says nothing about what a ` +
            `model of the size of ${second} can learn.`
          );
        const [smallNll, largeNll] = [meanOf(small, 'lastTrainNll'), meanOf(large, 'lastTrainNll')];
        if (large.diagnosis !== 'overfitting' || !(largeNll < smallNll)) return [];
        return (
          `${second} ends with a lower training NLL than ${first} (${nats(largeNll)} against ${nats(smallNll)} ` +
          'nats per text) but does worse on test texts: part of what it learned holds for the training texts only.'
        );
      }),
  },
  {
    id: 'overfitting',
    when: 'a run overfits, or all runs have ended and converged, were still improving, or failed to optimise',
    say: (facts) => {
      const models = modelsOf(facts);
      const found = groupsDiagnosed(models, 'overfitting');
      if (found.length > 0)
        return (
          `${listed(found)} ${found.length === 1 ? 'overfits' : 'overfit'}: after the best epoch, validation NLL ` +
          'rises while training NLL keeps falling.'
        );
      const runs = runsOf(models);
      const none = runs.every(
        ({ ended, diagnosis: { kind, flags } }) =>
          ended &&
          (kind === 'converged' ||
            kind === 'improving' ||
            (kind === 'failed' && !flags.includes('learned-training-texts'))),
      );
      return none && runs.length > 0
        ? 'No curve shows overfitting: validation NLL never rises clearly above its lowest value while training ' +
            'NLL keeps falling.'
        : undefined;
    },
  },
  {
    id: 'overfitting-gap',
    when:
      'of at least two sizes that learned, validation minus training NLL at the best epoch rises with every step in ' +
      `size, and by more than ${100 * CLEAR_GAP} % of the NLL in all`,
    say: (facts) => {
      const models = learnedSizes(facts);
      const gaps = models.map((group) => meanOf(group, 'gapAtBest'));
      if (!rises(gaps) || !(gaps.at(-1)! - gaps[0]! > CLEAR_GAP * meanOf(models[0]!, 'bestValNll'))) return undefined;
      const each = models.map(({ name }, i) => `${nats(gaps[i])} (${name})`);
      return (
        'The gap between validation and training NLL at the best epoch widens with size: ' +
        `${listed(each)} nats per text.`
      );
    },
  },
];

export const CORRELATION_RULES: readonly Rule[] = [
  {
    id: 'correlation',
    when: 'there is a run; runs for which the interval of Pearson’s r does not lie below 0 are named',
    say: (facts) => {
      const runs = runsOf(comparableModels(facts));
      const others = runs.flatMap((run) => notTogether(run) ?? []);
      if (others.length > 0 || runs.length === 0) return others;
      const values = runs.map(({ correlation }) => correlation.pearson);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const r = three(low) === three(high) ? `r = ${three(low)}` : `r = ${range(low, high, 3)}`;
      return (
        `Over the epochs of ${runs.length === 1 ? 'the training' : 'every training'}, top-1 rises as NLL falls ` +
        `(${r}). Both follow the progress of training, so a strong correlation is expected.`
      );
    },
  },
];

/** Why the NLL and top-1 of a run are not said to go together; undefined where they do. */
function notTogether({ name, correlation }: RunFacts): string | undefined {
  const { pearson, epochs } = correlation;
  const { low, high } = correlation.interval;
  if (high < 0) return undefined;
  if (low > 0)
    return (
      `For ${name}, NLL and top-1 rise and fall together (r = ${three(pearson)}): the model improves by one ` +
      'measure and deteriorates by the other.'
    );
  if (Number.isNaN(pearson))
    return (
      `For ${name}, the correlation is not defined: there are fewer than two epochs, or NLL or top-1 never ` +
      'changes.'
    );
  const reason = Number.isNaN(low)
    ? `no interval is known from ${epochs} epochs`
    : `the 95 % interval, ${range(low, high, 3)}, includes 0`;
  return `For ${name}, r is ${three(pearson)}, but ${reason}, so no correlation is established.`;
}
