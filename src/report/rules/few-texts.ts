import type { ComparisonFacts, GroupFacts, ReportFacts } from '../facts/types.js';
import { decimal, nats, percent, whole } from '../writing/numbers.js';
import { alsoDiffer, comparisonsOf, diagnosedAs, groupOf, meanOf, testNllCompared } from './look-up.js';
import type { Rule } from './rule.js';
import { copiesInWords } from './samples.js';
import { againstStrongest } from './baselines.js';

/** Differences of NLLs below this share are not spoken of. */
const CLEAR_SHARE = 0.01;

/** The same model on few texts and on all of them. */
interface Pair {
  readonly few: GroupFacts;
  readonly full: GroupFacts;
  readonly comparison: ComparisonFacts;
}

/** What becomes of the best model if it has few texts to learn from. */
export const FEW_TEXTS_RULES: readonly Rule[] = [
  {
    id: 'few-texts-nll',
    when: 'the test NLLs of the model on few texts and on all texts are known; the words are those of `describeComparison`',
    say: pairwise(({ comparison }) =>
      comparison.testNll.basis === 'nothing' ? undefined : testNllCompared(comparison.testNll),
    ),
  },
  {
    id: 'few-texts-differs',
    when: 'the test NLLs of both are known, and the two differ in more than their training texts',
    say: pairwise(({ comparison }) => alsoDiffer(comparison, 'texts')),
  },
  {
    id: 'few-texts-curve',
    when: 'for each run on few texts',
    say: pairwise(({ few }) => few.runs.map(diagnosedAs)),
  },
  {
    id: 'few-texts-gap',
    when: `at the end, validation minus training NLL is wider on few texts than on all, by more than ${100 * CLEAR_SHARE} % of the validation NLL; “memorised” only if it overfits`,
    say: pairwise(({ few, full }) => {
      const ends = [few, full].map((group) => meanOf(group, 'lastValNll') - meanOf(group, 'lastTrainNll'));
      const [narrow, wide] = [ends[1]!, ends[0]!];
      if (!(wide - narrow > CLEAR_SHARE * meanOf(few, 'lastValNll'))) return undefined;
      return `At the end, validation NLL minus training NLL is ${nats(wide)} nats per text on few texts and ${nats(narrow)} on all${few.diagnosis === 'overfitting' ? ': few texts are memorised' : ''}.`;
    }),
  },
  {
    id: 'few-texts-texts-seen',
    when: 'the best epochs of both are known',
    say: pairwise(({ few, full }) => {
      const seen = [few, full].map((group) => (meanOf(group, 'bestEpoch') + 1) * group.trainTexts);
      if (!seen.every(Number.isFinite)) return undefined;
      return `The lowest validation NLL comes in epoch ${epoch(few)} on few texts and ${epoch(full)} on all: after ${whole(seen[0])} and ${whole(seen[1])} texts read, repeated ones counted each time.`;
    }),
  },
  {
    id: 'few-texts-words',
    when: 'the final samples of both were measured',
    say: pairwise(({ few, full }) => {
      if (few.samples === undefined || full.samples === undefined) return undefined;
      return (
        `Of the words in its final samples, ${percent(few.samples.knownWords.mean)} occur in its own training texts, and ${copiesInWords(few.samples.copied.mean)}; ` +
        `with all texts, ${percent(full.samples.knownWords.mean)} of the words do, and ${copiesInWords(full.samples.copied.mean)}.`
      );
    }),
  },
  {
    id: 'few-texts-baseline',
    when: 'the model on few texts is better or worse than, or not significantly different from, the strongest baseline fitted on the same few texts',
    say: pairwise(({ few }) => againstStrongest(few)),
  },
];

function pairwise(say: (pair: Pair) => ReturnType<Rule['say']>): Rule['say'] {
  return (facts: ReportFacts) =>
    comparisonsOf(facts, 'few-texts').flatMap((comparison) => {
      const [few, full] = [groupOf(facts, comparison.first), groupOf(facts, comparison.second)];
      return few === undefined || full === undefined ? [] : (say({ few, full, comparison }) ?? []);
    });
}

function epoch(group: GroupFacts): string {
  const mean = meanOf(group, 'bestEpoch');
  return decimal(mean, Number.isInteger(mean) ? 0 : 1);
}
