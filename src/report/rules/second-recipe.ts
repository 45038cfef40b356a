import type { ComparisonFacts, PassingFacts, SecondRecipeFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { counted, duration, nats } from '../writing/numbers.js';
import { comparisonsOf, groupOf, unfinishedWords, type Rule } from './rule.js';
import { failuresOf, verdictOf } from './summary.js';

export const SECOND_RECIPE_RULES: readonly Rule[] = [
  {
    id: 'second-recipe-sizes',
    when: 'sizes have known test NLLs with both recipes; models that may need a longer training are named',
    say: (facts) => {
      const pairs = comparisonsOf(facts, 'second-recipe').filter(({ testNll }) => testNll.basis !== 'nothing');
      if (facts.secondRecipe === undefined || pairs.length === 0) return undefined;
      const notBetter = pairs.flatMap(({ first, second, testNll: { better } }) => [
        ...(better === 'first' ? [] : [first]),
        ...(better === 'second' ? [] : [second]),
      ]);
      return `${verdictsInWords(facts.secondRecipe, pairs)}${unfinishedWords(facts, notBetter)}`;
    },
  },
  {
    id: 'second-recipe-failed',
    when: 'as `failed`, for the models of the second recipe',
    say: (facts) => failuresOf(facts.groups.filter(({ role }) => role === 'second-recipe')),
  },
  {
    id: 'second-recipe-baseline',
    when: 'the strongest baseline and the model of the second recipe with the lowest validation NLL are known',
    say: (facts) => {
      const group = groupOf(facts, facts.secondRecipe?.best?.first);
      const found = group?.againstBaselines.find(({ id }) => id === group.baselines?.strongest?.id);
      return found === undefined || found.verdict === 'unknown'
        ? undefined
        : `The test NLL of ${group!.name} in nats per text is ${verdictOf(found)}.`;
    },
  },
  {
    id: 'second-recipe-passes',
    when:
      'all runs of a size were made with the same platform, backend and threads, and every run with the second ' +
      'recipe reaches a lower validation NLL than any run with the report’s own, all of which have ended',
    say: ({ secondRecipe }) =>
      secondRecipe?.passing
        .filter(
          ({ sameMachine, seconds, ownSeconds }) =>
            sameMachine && seconds.length > 0 && [ownSeconds, ...seconds].every(Number.isFinite),
        )
        .map(passingInWords),
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
    { at: each(undefined).replaceAll('(by ', '('), words: 'there is no significant difference at' },
  ].filter(({ at }) => at !== '');
  return `By test NLL in nats per text, ${parts.map(({ at, words }) => `${words} ${at}`).join('; ')}.`;
}

function passingInWords({ first, second, valNll, ownSeconds, seconds }: PassingFacts): string {
  const [least, most] = [duration(Math.min(...seconds)), duration(Math.max(...seconds))];
  const span = least === most ? least : `${least} to ${most}`;
  const who = seconds.length === 1 ? `${first} passes` : `All ${counted(seconds.length, 'run')} of ${first} pass`;
  return (
    `${who} the lowest validation NLL of ${second}, ${nats(valNll)} nats per text, after ${span} of training; ` +
    `${second} took ${duration(ownSeconds)} to reach it.`
  );
}
