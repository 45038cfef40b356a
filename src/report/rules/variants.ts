/** The same model with something changed: fewer training texts, or every padding position predicted. */
import type { GroupFacts } from '../facts/types.js';
import { decimal, nats, percent } from '../writing/numbers.js';
import { comparedInWords, comparisonsOf, groupOf, meanOf, type Rule } from './rule.js';

/** Differences of NLLs below this share are not spoken of. */
const CLEAR_SHARE = 0.01;
/** An epoch that takes at most that many times as long is not spoken of. */
const SLOWER = 1.1;

/** What becomes of the best model if it has few texts to learn from. */
export const FEW_TEXTS_RULES: readonly Rule[] = [
  {
    id: 'few-texts-gap',
    when: `the final gap is wider than on all texts by over ${100 * CLEAR_SHARE} % of the NLL`,
    say: pairwise((few, full) => {
      const [wide, narrow] = [few, full].map((group) => meanOf(group, 'lastValNll') - meanOf(group, 'lastTrainNll'));
      if (!(wide! - narrow! > CLEAR_SHARE * meanOf(few, 'lastValNll'))) return undefined;
      const memorised = few.diagnosis === 'overfitting' ? ': the few texts are memorised' : '';
      return (
        `At the end, validation NLL minus training NLL is ${nats(wide)} nats per text on few texts and ` +
        `${nats(narrow)} on all${memorised}.`
      );
    }),
  },
  {
    id: 'few-texts-samples',
    when: 'the final samples of both were measured',
    say: pairwise((few, full) => {
      if (few.samples === undefined || full.samples === undefined) return undefined;
      const [a, b] = [few.samples, full.samples];
      return (
        `Of the words in its samples, ${percent(a.knownWords.mean)} occur in its own training texts (with all ` +
        `texts: ${percent(b.knownWords.mean)}), and ${percent(a.copied.mean)} of the samples are verbatim copies ` +
        `of one (with all texts: ${percent(b.copied.mean)}).`
      );
    }),
  },
];

/** What predicting every padding position changes. */
export const PADDING_RULES: readonly Rule[] = [
  {
    id: 'padding',
    when: `the test NLLs of both are known; the time of an epoch follows if it is more than ${SLOWER} times as long`,
    say: (facts) =>
      comparisonsOf(facts, 'padding').flatMap((comparison) => {
        const { first, second, timeRatio } = comparison;
        return [
          ...comparedInWords(comparison, 'padding'),
          ...(timeRatio > SLOWER
            ? [`An epoch of ${first} takes ${decimal(timeRatio, 1)} times as long as one of ${second}.`]
            : []),
        ];
      }),
  },
];

function pairwise(say: (few: GroupFacts, full: GroupFacts) => ReturnType<Rule['say']>): Rule['say'] {
  return (facts) =>
    comparisonsOf(facts, 'few-texts').flatMap(({ first, second }) => {
      const [few, full] = [groupOf(facts, first), groupOf(facts, second)];
      return few === undefined || full === undefined ? [] : (say(few, full) ?? []);
    });
}
