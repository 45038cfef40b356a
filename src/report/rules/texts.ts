import type { ReportFacts, TemperatureEntry, TemperatureFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { nats, percent, three } from '../writing/numbers.js';
import { bestOf, groupOf, meanOf, rises, type Rule } from './rule.js';

/** Differences of shares below this are not spoken of. */
const SHARE = 0.02;
/** And changes along a training below this. */
const CLEAR_SHARE = 0.1;
/** And differences of mean NLLs of samples and texts below this: a mean over 64 samples varies by some percent. */
const CLEAR_NLL = 0.1;

/** What has to be known of the texts to trust what is measured on them. */
export const DATA_RULES: readonly Rule[] = [
  {
    id: 'data-overlap',
    when: 'a run has a report of its texts; duplicates of training texts lower the NLL of a model that memorised them',
    say: ({ data: { report } }) => {
      if (report === undefined) return undefined;
      const { val, test } = report.splits;
      const near =
        test.nearTrain === undefined
          ? ''
          : ` ${percent(test.nearTrain.share)} of the test texts differ from some training text in at most ` +
            `${percent(report.maxDistance, 0)} of the characters.`;
      return val.inTrain + test.inTrain === 0
        ? `No validation or test text is also in the training set.${near}`
        : `${percent(val.inTrainShare)} of the validation texts and ${percent(test.inTrainShare)} of the test ` +
            'texts are also in the training set; a model that memorised them predicts them better than new ' +
            `texts.${near}`;
    },
  },
];

/** What the samples of the best model are like. */
export const SAMPLE_RULES: readonly Rule[] = [
  {
    id: 'samples-ngram',
    when: 'the n-gram NLLs per character of the best model’s samples and of test texts differ by more than 2 %',
    say: (facts) => {
      const best = bestOf(facts);
      if (best?.samples === undefined || best.testTexts === undefined) return undefined;
      const [own, real] = [best.samples.ngramNllPerCharacter.mean, best.testTexts.ngramNllPerCharacter];
      if (!(Math.abs(own - real) > SHARE * real)) return undefined;
      return (
        `The Kneser–Ney model, as an independent evaluator, finds the samples of ${best.name} ` +
        `${own > real ? 'less' : 'more'} predictable than real texts: ${three(own)} against ${three(real)} nats ` +
        'per character.'
      );
    },
  },
  {
    id: 'samples-along',
    when:
      `during the best run, known words rise by more than ${100 * CLEAR_SHARE} percentage points, ` +
      'first samples to last',
    say: (facts) => {
      const run = bestOf(facts)?.runs.find(({ name }) => name === facts.best?.run);
      const [first, last] = [run?.samplesAlong[0], run?.samplesAlong.at(-1)];
      if (run === undefined || first === undefined || last === undefined) return undefined;
      const [from, to] = [first.quality.knownWords, last.quality.knownWords];
      if (!(to - from > CLEAR_SHARE)) return undefined;
      return (
        `During the training of ${run.name}, the share of known words in its samples rises from ${percent(from)} ` +
        `in epoch ${first.epoch} to ${percent(to)} in epoch ${last.epoch}.`
      );
    },
  },
];

/** What temperature does to the samples. */
export const TEMPERATURE_RULES: readonly Rule[] = [
  {
    id: 'temperature-entropy',
    when: 'the entropy per character rises from each temperature to the next higher one',
    say: withTemperatures(({ entries }) => {
      if (!rises(entries.map(({ entropyPerCharacter }) => entropyPerCharacter))) return undefined;
      const [low, high] = [entries[0]!, entries.at(-1)!];
      return (
        'A higher temperature flattens the distribution: mean entropy rises from ' +
        `${three(low.entropyPerCharacter)} nats per character at ${low.temperature} to ` +
        `${three(high.entropyPerCharacter)} at ${high.temperature}.`
      );
    }),
  },
  {
    id: 'temperature-repeats',
    when: 'some or all samples of a temperature are the same',
    say: withTemperatures(({ entries }) =>
      entries
        .filter(({ texts, differentTexts }) => differentTexts < texts.length)
        .map(({ temperature, texts, differentTexts, mostFrequent }) =>
          differentTexts === 1
            ? `At ${temperature}, all ${texts.length} samples are the same text, “${mostFrequent!.text}”: the ` +
              'most probable character is chosen almost every time.'
            : `At ${temperature}, ${texts.length} samples gave ${differentTexts} different texts; the most ` +
              `frequent occurred ${mostFrequent!.times} times.`,
        ),
    ),
  },
  {
    id: 'temperature-words',
    when: `known words are fewest at the highest temperature, by more than ${100 * SHARE} percentage points`,
    say: withTemperatures(({ entries }) => {
      const words = entries.map(({ quality }) => quality.knownWords);
      const hottest = words.at(-1)!;
      if (words.length < 2 || !words.slice(0, -1).every((share) => share - hottest > SHARE)) return undefined;
      return (
        'The highest temperature gives the most unseen words: the share of known words is ' +
        `${along(entries, ({ quality }) => percent(quality.knownWords))}.`
      );
    }),
  },
  {
    id: 'temperature-variety',
    when: `distinct word pairs never fall as temperature rises, and grow by more than ${100 * SHARE} percentage points`,
    say: withTemperatures(({ entries }) => {
      const pairs = entries.map(({ quality }) => quality.distinct.pairs);
      const neverFalls = pairs.every((share, i) => i === 0 || share >= pairs[i - 1]!);
      if (!neverFalls || !(pairs.at(-1)! - pairs[0]! > SHARE)) return undefined;
      return (
        'Samples become more varied with temperature: the share of distinct pairs of neighbouring words is ' +
        `${along(entries, ({ quality }) => percent(quality.distinct.pairs))}.`
      );
    }),
  },
  {
    id: 'temperature-likelihood',
    when:
      'below temperature 1, samples have a mean NLL per text more than ' +
      `${100 * CLEAR_NLL} % below that of test texts`,
    say: withTemperatures((temperatures, facts) => {
      const group = groupOf(facts, temperatures.group);
      const real = group === undefined ? NaN : meanOf(group, 'testNll');
      const likely = temperatures.entries.filter(
        ({ temperature, modelNll }) => temperature < 1 && modelNll < (1 - CLEAR_NLL) * real,
      );
      if (likely.length === 0) return undefined;
      return (
        'The model itself finds samples at low temperature more probable than real texts: their mean NLL at ' +
        `temperature 1 is ${along(likely, ({ modelNll }) => nats(modelNll))} nats per text, against ` +
        `${nats(real)} for test texts. High probability alone does not make a text realistic.`
      );
    }),
  },
];

/** A measure along temperatures: `90.7 % at 0.01 and 44.4 % at 1`. */
function along(entries: readonly TemperatureEntry[], valueOf: (entry: TemperatureEntry) => string): string {
  return listed(entries.map((entry) => `${valueOf(entry)} at ${entry.temperature}`));
}

/** A claim about temperatures needs at least one with texts. */
function withTemperatures(
  say: (temperatures: TemperatureFacts, facts: ReportFacts) => ReturnType<Rule['say']>,
): Rule['say'] {
  return (facts) => {
    const entries = facts.temperatures?.entries.filter(({ texts }) => texts.length > 0) ?? [];
    return entries.length === 0 ? undefined : say({ ...facts.temperatures!, entries }, facts);
  };
}
