import type { ReportFacts, TemperatureFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { nats, percent } from '../writing/numbers.js';
import { groupOf, meanOf, type Rule } from './rule.js';

/** Smaller differences of mean NLLs are not spoken of: a mean over 64 samples varies by some percent. */
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

/** What temperature does to the samples. */
export const TEMPERATURE_RULES: readonly Rule[] = [
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
      const each = likely.map(({ temperature, modelNll }) => `${nats(modelNll)} at ${temperature}`);
      return (
        'The model itself finds samples at low temperature more probable than real texts: their mean NLL at ' +
        `temperature 1 is ${listed(each)} nats per text, against ` +
        `${nats(real)} for test texts. High probability alone does not make a text realistic.`
      );
    }),
  },
];

/** A claim about temperatures needs at least one with texts. */
export function withTemperatures(
  say: (temperatures: TemperatureFacts, facts: ReportFacts) => ReturnType<Rule['say']>,
): Rule['say'] {
  return (facts) => {
    const entries = facts.temperatures?.entries.filter(({ texts }) => texts.length > 0) ?? [];
    return entries.length === 0 ? undefined : say({ ...facts.temperatures!, entries }, facts);
  };
}
