import { SINGLE_RUN_MARGIN, type GroupComparison } from '../../statistics/compare-groups.js';
import type { GroupFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { nats, percent, range, three, top1, whole } from '../writing/numbers.js';
import { bestMixture } from './mixtures.js';
import { copiesInWords } from './samples.js';
import { againstStrongest } from './baselines.js';
import { bestOf, comparisonsOf, groupOf, meanOf, modelsOf } from './look-up.js';
import type { Rule } from './rule.js';
import { sizeSentence } from './sizes.js';
import { TEMPERATURE_RULES } from './temperature.js';

/** The few sentences of a summary, most important first. */
export const FINDING_RULES: readonly Rule[] = [
  {
    id: 'finding-best',
    when: 'a model has a finite validation NLL; “the best model” only if it is better than the next one by more than luck, as `compareGroups` finds',
    say: (facts) => {
      const { best } = facts;
      const group = bestOf(facts);
      if (best === undefined || group === undefined) return undefined;
      const figures = Number.isFinite(meanOf(group, 'testNll'))
        ? ` ${group.name} has a test NLL of ${nats(meanOf(group, 'testNll'))} nats per text (${three(meanOf(group, 'bitsPerCharacter'))} bits per character) and a top-1 of ${top1(meanOf(group, 'testTop1'))}.`
        : '';
      if (best.againstNext === undefined || best.againstNext.basis === 'nothing')
        return `The lowest validation NLL of ${group.name} is ${nats(meanOf(group, 'bestValNll'))} nats per text.${figures}`;
      return `${bestAgainstNext(best.againstNext)}${figures}`;
    },
  },
  {
    id: 'finding-baseline',
    when: 'as `baselines-strongest`, for the best model',
    say: (facts) => {
      const group = bestOf(facts);
      return group === undefined ? undefined : againstStrongest(group);
    },
  },
  {
    id: 'finding-mixture',
    when: 'as `mixtures-members`, for the mixture with the lowest cross-validated NLL',
    say: bestMixture,
  },
  {
    id: 'finding-exact',
    when: 'the exact distribution of the texts is known, and so is the best model’s distance from it',
    say: (facts) => {
      const group = bestOf(facts);
      if (group === undefined || !Number.isFinite(meanOf(group, 'excess'))) return undefined;
      return `The exact distribution of these texts is known: ${group.name} is ${nats(meanOf(group, 'excess'))} nats per text from it, which no model can go below.`;
    },
  },
  {
    id: 'finding-failed',
    when: 'for models all of whose runs failed or diverged',
    say: (facts) => failuresOf(modelsOf(facts)),
  },
  {
    id: 'finding-size',
    when: 'there are at least two sizes with known test NLLs; which of the sentences follows from how many steps in size are better, worse or undecided; with a reservation if a run was still improving at the end, or too short to tell',
    say: (facts) => sizeSentence(facts),
  },
  {
    id: 'finding-few-texts',
    when: 'the model on few texts was compared with the same on all texts, and one is better by more than luck',
    say: (facts) =>
      comparisonsOf(facts, 'few-texts').flatMap(({ first, second, testNll }) => {
        const few = groupOf(facts, first);
        if (few === undefined || testNll.better === undefined) return [];
        const curve = few.diagnosis === 'overfitting' ? ', and it overfits' : '';
        return `On ${whole(few.trainTexts)} training texts alone, the test NLL of ${second} is ${nats(testNll.first.mean)} instead of ${nats(testNll.second.mean)} nats per text${curve}.`;
      }),
  },
  {
    id: 'finding-samples',
    when: 'the final samples of the best model and as many test texts were measured',
    say: (facts) => {
      const best = bestOf(facts);
      if (best?.samples === undefined || best.testTexts === undefined) return undefined;
      return `Of the words in the samples of ${best.name}, ${percent(best.samples.knownWords.mean)} occur in the training texts (of real test texts: ${percent(best.testTexts.knownWords)}), and ${copiesInWords(best.samples.copied.mean)}.`;
    },
  },
  {
    id: 'finding-temperature',
    when: 'as `temperature-own-distribution`',
    say: (facts) => TEMPERATURE_RULES.find(({ id }) => id === 'temperature-own-distribution')!.say(facts),
  },
];

/** What is to be said of those of some groups all of whose runs failed or diverged. */
export function failuresOf(groups: readonly GroupFacts[]): string[] {
  return (['failed', 'diverged'] as const).flatMap((kind) => {
    const found = groups.filter(({ diagnosis }) => diagnosis === kind);
    const [only] = found;
    if (only === undefined) return [];
    if (found.length === 1) return `${only.name}: ${only.runs[0]!.diagnosis.sentences.join(' ')}`;
    const names = listed(found.map(({ name }) => name));
    return kind === 'failed'
      ? `${names} failed: each does no better than a model that ignores the characters before, or hardly better.`
      : `${names} diverged.`;
  });
}

/** The best model against the next: called the best only if the difference is more than luck. */
function bestAgainstNext({ first, second, basis, better, interval, difference }: GroupComparison): string {
  if (better !== 'first')
    return (
      `The lowest validation NLL is that of ${first.name}, ${nats(first.mean)} nats per text; but the next, ${second.name} with ${nats(second.mean)}, ` +
      'is not significantly different from it, since other seeds may turn the two round.'
    );
  const luck =
    basis === 'margin'
      ? ` With one seed each no spread is known, but the difference is more than ${percent(SINGLE_RUN_MARGIN, 0)}.`
      : ` The difference is ${nats(-difference)} (95 % interval ${range(-interval.high, -interval.low, 2)}).`;
  return `The best model is ${first.name}: its lowest validation NLL is ${nats(first.mean)} nats per text, that of the next, ${second.name}, ${nats(second.mean)}.${luck}`;
}
