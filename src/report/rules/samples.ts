import type { GroupFacts, ReportFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { percent, three, whole } from '../writing/numbers.js';
import { bestOf, falls, meanOf, modelsOf } from './look-up.js';
import type { Rule } from './rule.js';

/** Differences of shares below this are not spoken of. */
const SHARE = 0.02;
/** And for a development along the training, below this. */
const CLEAR_SHARE = 0.1;

/** What the texts that models write are like, in numbers. */
export const SAMPLE_RULES: readonly Rule[] = [
  {
    id: 'samples-words',
    when: 'the final samples of the best model and as many test texts were measured',
    say: (facts) => {
      const best = bestOf(facts);
      if (best?.samples === undefined || best.testTexts === undefined) return undefined;
      const [own, real] = [best.samples.knownWords.mean, best.testTexts.knownWords];
      const shares = `Of the words that ${best.name} writes, ${percent(own)} occur in its training texts; of those in real test texts, ${percent(real)}`;
      if (own < real - SHARE) return `${shares}. So it writes more words that it never saw than people do.`;
      if (own > real + SHARE) return `${shares}. So it keeps to known words more than people do.`;
      return `${shares}.`;
    },
  },
  {
    id: 'samples-no-copies',
    when: 'the final samples of at least one model were measured, and none of them is a training text',
    say: (facts) => {
      const measured = measuredModels(facts);
      if (measured.length === 0 || measured.some(({ samples }) => samples.copied.mean > 0)) return undefined;
      const whose =
        measured.length === 1 ? `of ${measured[0]!.name}` : `of ${listed(measured.map(({ name }) => name))}`;
      return `None of the final samples ${whose} is a training text character by character.`;
    },
  },
  {
    id: 'samples-copies',
    when: 'some of the final samples are training texts',
    say: (facts) => {
      const measured = measuredModels(facts);
      if (!measured.some(({ samples }) => samples.copied.mean > 0)) return undefined;
      const each = measured.map(({ name, samples }) => `${percent(samples.copied.mean)} (${name})`);
      const real = measured.find(({ testTexts }) => testTexts !== undefined)?.testTexts;
      const secondRecipe = real === undefined ? '' : `; of as many real test texts, ${percent(real.copied)}`;
      return `Of the final samples, ${listed(each)} are training texts character by character${secondRecipe}.`;
    },
  },
  {
    id: 'samples-order',
    when: 'at least three models with different test NLLs are in the same order by the share of known words',
    say: (facts) => {
      const measured = measuredModels(facts)
        .filter((group) => group.comparable && Number.isFinite(meanOf(group, 'testNll')))
        .sort((a, b) => meanOf(a, 'testNll') - meanOf(b, 'testNll'));
      const words = measured.map(({ samples }) => samples.knownWords.mean);
      if (measured.length < 3 || !falls(words)) return undefined;
      return `The order of the models by test NLL is also their order by the share of known words: ${listed(
        measured.map(({ name }, i) => `${name} (${percent(words[i])})`),
      )}.`;
    },
  },
  {
    id: 'samples-likelihood',
    when: 'the n-gram NLL per character of the best model’s samples and of test texts are known and not within 2 % of each other',
    say: (facts) => {
      const best = bestOf(facts);
      if (best?.samples === undefined || best.testTexts === undefined) return undefined;
      const [own, real] = [best.samples.ngramNllPerCharacter.mean, best.testTexts.ngramNllPerCharacter];
      if (!(Math.abs(own - real) > 0.02 * real)) return undefined;
      return `Judged by the Kneser–Ney model, which is another judge than the model itself, the samples of ${best.name} are ${
        own > real ? 'less' : 'more'
      } likely than real texts: ${three(own)} against ${three(real)} nats per character.`;
    },
  },
  {
    id: 'samples-along',
    when: `along the training of the best run, the share of known words rises from the first samples to the last by more than ${100 * CLEAR_SHARE} percentage points`,
    say: (facts) => {
      const run = bestOf(facts)?.runs.find(({ name }) => name === facts.best?.run);
      const [first, last] = [run?.samplesAlong[0], run?.samplesAlong.at(-1)];
      if (run === undefined || first === undefined || last === undefined) return undefined;
      const [from, to] = [first.quality.knownWords, last.quality.knownWords];
      if (!(to - from > CLEAR_SHARE)) return undefined;
      return `Along the training of ${run.name}, the share of words that occur in the training texts rises from ${percent(from)} in epoch ${whole(first.epoch)} to ${percent(to)} in epoch ${whole(last.epoch)}.`;
    },
  },
];

type Measured = GroupFacts & { readonly samples: NonNullable<GroupFacts['samples']> };

function measuredModels(facts: ReportFacts): Measured[] {
  const has = (group: GroupFacts): group is Measured => group.samples !== undefined;
  return modelsOf(facts).filter(has);
}

/** How many of some samples are training texts. */
export function copiesInWords(share: number): string {
  return share === 0
    ? 'none of the samples is a training text character by character'
    : `${percent(share)} of the samples are training texts character by character`;
}
