import type { ComparisonFacts, PassingFacts, ReportFacts, SecondRecipeFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { counted, duration, nats } from '../writing/numbers.js';
import { comparisonsOf, groupOf, testNllCompared, unfinishedWords, type Rule } from './rule.js';
import { againstStrongest, failuresOf, sizeSentence } from './summary.js';

/** What a second recipe changes. All other rules are about the report's own. */
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
    when: 'as `finding-failed`, for the models of the second recipe',
    say: (facts) => failuresOf(facts.groups.filter(({ role }) => role === 'second-recipe')),
  },
  {
    id: 'second-recipe-best',
    when: 'two sizes or more were trained with both recipes, and the test NLLs of the best of each are known',
    say: (facts) => {
      const best = facts.secondRecipe?.best;
      const isAlone = comparisonsOf(facts, 'second-recipe').length < 2;
      if (best === undefined || isAlone || best.testNll.basis === 'nothing') return undefined;
      return (
        `By validation NLL, the best models of the two recipes are ${best.first} and ${best.second}. ` +
        testNllCompared(best.testNll)
      );
    },
  },
  {
    id: 'second-recipe-baseline',
    when: 'as `finding-baseline`, for the model of the second recipe with the lowest validation NLL',
    say: (facts) => {
      const group = groupOf(facts, facts.secondRecipe?.best?.first);
      return group && againstStrongest([group]);
    },
  },
  {
    id: 'second-recipe-size',
    when: 'as `finding-size`, for the models of the second recipe',
    say: (facts) => {
      const { secondRecipe } = facts;
      const sentence = secondRecipe && sizeSentence(facts, secondRecipe.sizes);
      return sentence && `With ${secondRecipe.recipe}, ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
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

/**
 * Sizes whose runs with the two recipes were made on different machines or settings, so that their times do not
 * compare.
 */
export function differentMachines({ secondRecipe }: ReportFacts): string[] {
  return (secondRecipe?.passing ?? []).filter(({ sameMachine }) => !sameMachine).map(({ second }) => second);
}
