import type { ComparisonFacts, SecondRecipeFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { nats } from '../writing/numbers.js';
import { comparisonsOf, groupOf, unfinishedWords, type Rule } from './rule.js';
import { failuresOf, verdictOf } from './summary.js';

export const SECOND_RECIPE_RULES: readonly Rule[] = [
  {
    id: 'second-recipe',
    when:
      'sizes have known test NLLs with both recipes; models that may need a longer training are named, those that ' +
      'failed, and the distance of the one with the lowest validation NLL from the strongest baseline',
    say: (facts) => {
      const { groups, secondRecipe } = facts;
      if (secondRecipe === undefined) return undefined;
      const pairs = comparisonsOf(facts, 'second-recipe').filter(({ testNll }) => testNll.basis !== 'nothing');
      const notBetter = pairs.flatMap(({ first, second, testNll: { better } }) => [
        ...(better === 'first' ? [] : [first]),
        ...(better === 'second' ? [] : [second]),
      ]);
      const best = groupOf(facts, secondRecipe.best);
      const baseline = best?.againstBaselines.find(({ id }) => id === best.baselines?.strongest?.id);
      return [
        ...(pairs.length === 0 ? [] : [verdictsInWords(secondRecipe, pairs) + unfinishedWords(facts, notBetter)]),
        ...failuresOf(groups.filter(({ role }) => role === 'second-recipe')),
        ...(baseline === undefined || baseline.verdict === 'unknown'
          ? []
          : [`The test NLL of ${best!.name} in nats per text is ${verdictOf(baseline)}.`]),
      ];
    },
  },
];

function verdictsInWords({ recipe, ownRecipe = '' }: SecondRecipeFacts, pairs: readonly ComparisonFacts[]): string {
  const each = (better: 'first' | 'second' | undefined) =>
    listed(
      pairs
        .filter(({ testNll }) => testNll.better === better)
        .map(({ second, testNll }) => `${second} (by ${nats(Math.abs(testNll.difference))})`),
    );
  const parts = [
    { at: each('first'), words: `${recipe} is better at` },
    { at: each('second'), words: `${ownRecipe} is better at` },
    { at: each(undefined).replaceAll('(by ', '('), words: 'there is no clear difference at' },
  ].filter(({ at }) => at !== '');
  return `By test NLL in nats per text, ${parts.map(({ at, words }) => `${words} ${at}`).join('; ')}.`;
}
