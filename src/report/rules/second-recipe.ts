import { SINGLE_RUN_MARGIN } from '../../statistics/compare-groups.js';
import type { SecondRecipeFacts, ComparisonFacts, PassingFacts, ReportFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { counted, duration, inWords, nats, percent } from '../writing/numbers.js';
import { failuresOf } from './findings.js';
import { comparisonsOf, groupOf, testNllCompared } from './look-up.js';
import type { Rule } from './rule.js';
import { sizeSentence, unfinishedWords } from './sizes.js';
import { againstStrongest } from './baselines.js';

/** What a second recipe changes. All other rules are about the report's own. */
export const SECOND_RECIPE_RULES: readonly Rule[] = [
  {
    id: 'beside-sizes',
    when: 'for sizes of which the test NLLs with both recipes are known; which recipe is better, or that they are not significantly different, is what `compareGroups` finds; with a reservation if a run that is not the better one was still improving at the end, or too short to tell',
    say: (facts) => {
      const pairs = comparedPairs(facts);
      if (facts.secondRecipe === undefined || pairs.length === 0) return undefined;
      const notBetter = pairs.flatMap(({ first, second, testNll: { better } }) => [
        ...(better === 'first' ? [] : [first]),
        ...(better === 'second' ? [] : [second]),
      ]);
      return `${verdictsInWords(facts.secondRecipe, pairs)}${unfinishedWords(facts, notBetter)}`;
    },
  },
  {
    id: 'beside-one-seed',
    when: 'of a size of which the test NLLs with both recipes are known, each was trained with one seed',
    say: (facts) =>
      comparedPairs(facts).some(({ testNll }) => testNll.basis === 'margin')
        ? `With one seed each, no spread is known: one seed cannot tell small differences, so recipes whose test NLLs differ by less than ${percent(SINGLE_RUN_MARGIN, 0)} are not significantly different.`
        : undefined,
  },
  {
    id: 'beside-not-compared',
    when: 'for sizes that have ended runs with both recipes, of which one has no finite test NLL',
    say: (facts) =>
      comparisonsOf(facts, 'second-recipe').flatMap(({ first, second, testNll }) => {
        const ended = [first, second].every((name) => (groupOf(facts, name)?.ended ?? 0) > 0);
        if (testNll.basis !== 'nothing' || !ended) return [];
        const none = [testNll.first, testNll.second].filter(({ count }) => count === 0);
        return `At ${second} the recipes are not compared, since ${listed(none.map(({ name }) => name))} ${none.length === 1 ? 'has' : 'have'} no finite test NLL.`;
      }),
  },
  {
    id: 'beside-failed',
    when: 'as `finding-failed`, for the models of the second recipe',
    say: (facts) => failuresOf(facts.groups.filter(({ role }) => role === 'second-recipe')),
  },
  {
    id: 'beside-best',
    when: 'of each recipe, the size with the lowest mean validation NLL has a known test NLL, and at least two sizes were trained with both; the words are those of `describeComparison`',
    say: (facts) => {
      const best = facts.secondRecipe?.best;
      const isAlone = comparisonsOf(facts, 'second-recipe').length < 2;
      if (best === undefined || isAlone || best.testNll.basis === 'nothing') return undefined;
      return `By validation NLL, the best sizes with the two recipes are ${best.first} and ${best.second}. ${testNllCompared(best.testNll)}`;
    },
  },
  {
    id: 'beside-baseline',
    when: 'as `baselines-strongest`, for the model of the second recipe with the lowest mean validation NLL',
    say: (facts) => {
      const group = groupOf(facts, facts.secondRecipe?.best?.first);
      return group === undefined ? undefined : againstStrongest(group);
    },
  },
  {
    id: 'beside-larger',
    when: 'as `finding-size`, for the models of the second recipe',
    say: (facts) => {
      const { secondRecipe } = facts;
      const sentence = secondRecipe && sizeSentence(facts, secondRecipe.sizes);
      if (secondRecipe === undefined || sentence === undefined) return undefined;
      return `Within ${secondRecipe.recipe}, ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
    },
  },
  {
    id: 'beside-passes',
    when: 'for sizes whose runs were all made with the same platform, backend and threads: all runs of the report’s own recipe have ended, and every run with the second one has, after some epoch, a lower validation NLL than any of them ever had',
    say: (facts) => passings(facts).filter(passes).map(passingInWords),
  },
  {
    id: 'beside-passes-not',
    when: 'for sizes of which all runs with both recipes have ended, and those of the report’s own recipe have a finite validation NLL: no run with the second recipe ever has a lower one',
    say: (facts) => {
      const never = passings(facts).filter(
        ({ first, valNll, seconds }) =>
          Number.isFinite(valNll) && hasEnded(facts, first) && seconds.every(Number.isNaN),
      );
      return never.length === 0
        ? undefined
        : `The lowest validation NLL of ${listed(never.map(({ second, valNll }) => `${second} (${nats(valNll)})`))} is never passed with ${facts.secondRecipe!.recipe}.`;
    },
  },
  {
    id: 'beside-machines',
    when: 'for sizes whose runs with both recipes were made with different platforms, backends or threads',
    say: (facts) => {
      const names = passings(facts)
        .filter(({ sameMachine }) => !sameMachine)
        .map(({ second }) => second);
      return names.length === 0
        ? undefined
        : `The runs of ${listed(names)} with the two recipes were made with different platforms, backends or threads, so their times do not compare.`;
    },
  },
];

function comparedPairs(facts: ReportFacts): ComparisonFacts[] {
  return comparisonsOf(facts, 'second-recipe').filter(({ testNll }) => testNll.basis !== 'nothing');
}

function verdictsInWords({ recipe, ownRecipe = '' }: SecondRecipeFacts, pairs: readonly ComparisonFacts[]): string {
  const being = (better: 'first' | 'second' | undefined) => pairs.filter(({ testNll }) => testNll.better === better);
  const each = (some: readonly ComparisonFacts[], before = '') =>
    listed(some.map(({ second, testNll }) => `${second} (${before}${nats(Math.abs(testNll.difference))})`));
  const [better, worse, undecided] = [being('first'), being('second'), being(undefined)];
  const all = ['', 'the size', 'both sizes'][pairs.length] ?? `all ${inWords(pairs.length)} sizes`;
  for (const [some, name] of [
    [better, recipe],
    [worse, ownRecipe],
  ] as const)
    if (some.length === pairs.length)
      return `Of the two recipes, ${name} has the better test NLL at ${all} compared; the differences in nats per text: ${each(some)}.`;
  if (undecided.length === pairs.length)
    return `By test NLL, ${recipe} and ${ownRecipe} are not significantly different at ${pairs.length === 1 ? all : 'any size'} compared; the differences in nats per text: ${each(undecided)}.`;
  const parts = [
    ...(better.length > 0 ? [`${recipe} is better at ${each(better, 'by ')}`] : []),
    ...(worse.length > 0 ? [`${ownRecipe} is better at ${each(worse, 'by ')}`] : []),
    ...(undecided.length > 0 ? [`they are not significantly different at ${each(undecided)}`] : []),
  ];
  return `Of the two recipes, by test NLL in nats per text, ${listed(parts)}.`;
}

function passings({ secondRecipe }: ReportFacts): readonly PassingFacts[] {
  return secondRecipe?.passing ?? [];
}

function passes({ sameMachine, seconds, ownSeconds }: PassingFacts): boolean {
  return sameMachine && seconds.length > 0 && [ownSeconds, ...seconds].every(Number.isFinite);
}

function passingInWords({ first, second, valNll, ownSeconds, seconds }: PassingFacts): string {
  const [least, most] = [duration(Math.min(...seconds)), duration(Math.max(...seconds))];
  const span = least === most ? least : `${least} to ${most}`;
  const who = seconds.length === 1 ? `${first} passes` : `All ${counted(seconds.length, 'run')} of ${first} pass`;
  return `${who} the lowest validation NLL of ${second}, ${nats(valNll)} nats per text, after ${span} of training; ${second} took ${duration(ownSeconds)} to get there.`;
}

function hasEnded(facts: ReportFacts, name: string): boolean {
  const group = groupOf(facts, name);
  return group !== undefined && group.ended === group.runs.length;
}
