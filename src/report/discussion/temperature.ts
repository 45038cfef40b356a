import type { ReportFacts, TemperatureEntry, TemperatureFacts } from '../facts/types.js';
import { decimal, percent, three } from '../writing/numbers.js';
import { falls, groupOf, meanOf, rises } from './look-up.js';
import type { Rule } from './rule.js';

/** A mean entropy below this share of that of an even choice is not "almost uniform". */
const FAR_FROM_EVEN = 0.8;
/** Temperatures up to here are called cold. */
const COLD = 0.1;
const SHARE = 0.02;

/** What temperature does to the texts. */
export const TEMPERATURE_RULES: readonly Rule[] = [
  {
    id: 'temperature-own-distribution',
    when: `texts were drawn at temperature 1, and the entropy per letter there is below ${FAR_FROM_EVEN} of that of an even choice`,
    say: withTemperatures(({ evenEntropy, entries }) => {
      const own = entryAt(entries, 1);
      if (own === undefined || !(own.entropyPerLetter < FAR_FROM_EVEN * evenEntropy)) return undefined;
      return (
        `At temperature 1 letters are drawn from the model’s own distribution. It is far from uniform: its entropy is ${three(own.entropyPerLetter)} nats per letter on average, ` +
        `as of a choice among ${decimal(own.effectiveLetters, 1)} equally likely letters, where an even choice among all would have ${three(evenEntropy)} nats.`
      );
    }),
  },
  {
    id: 'temperature-entropy',
    when: 'the entropy per letter rises from each temperature to the next higher one',
    say: withTemperatures(({ entries }) => {
      if (!rises(entries.map(({ entropyPerLetter }) => entropyPerLetter))) return undefined;
      const [low, high] = [entries[0]!, entries.at(-1)!];
      return `The higher the temperature, the more even the choice: entropy per letter rises from ${three(low.entropyPerLetter)} nats at ${low.temperature} to ${three(high.entropyPerLetter)} at ${high.temperature}.`;
    }),
  },
  {
    id: 'temperature-cold-one-text',
    when: `all texts drawn at a temperature of at most ${COLD} are the same, and there are at least two`,
    say: withTemperatures(({ entries }) =>
      entries
        .filter(
          ({ temperature, texts, differentTexts }) =>
            temperature <= COLD && texts.length > 1 && differentTexts === 1,
        )
        .map(
          ({ temperature, texts, mostFrequent }) =>
            `At ${temperature}, all ${texts.length} texts are the same: “${mostFrequent!.text}”. Nearly always the most probable letter is taken, so nothing is left to chance.`,
        ),
    ),
  },
  {
    id: 'temperature-repeats',
    when: 'for temperatures at which some, but not all, texts were drawn more than once',
    say: withTemperatures(({ entries }) =>
      entries
        .filter(({ texts, differentTexts }) => differentTexts > 1 && differentTexts < texts.length)
        .map(
          ({ temperature, texts, differentTexts, mostFrequent }) =>
            `At ${temperature}, ${texts.length} draws gave ${differentTexts} different texts; the most frequent came ${mostFrequent!.times} times.`,
        ),
    ),
  },
  {
    id: 'temperature-words',
    when: `the share of known words falls from each temperature to the next higher one or stays, and by more than ${100 * SHARE} percentage points in all`,
    say: withTemperatures(({ entries }) => {
      const words = entries.map(({ quality }) => quality.knownWords);
      const never = words.every((share, i) => i === 0 || share <= words[i - 1]!);
      if (!never || !(words[0]! - words.at(-1)! > SHARE)) return undefined;
      return `More chance means more words that were never seen: the share of known words falls from ${percent(words[0])} at ${entries[0]!.temperature} to ${percent(words.at(-1))} at ${entries.at(-1)!.temperature}.`;
    }),
  },
  {
    id: 'temperature-variety',
    when: 'the share of different pairs of words rises from each temperature to the next higher one',
    say: withTemperatures(({ entries }) => {
      const pairs = entries.map(({ quality }) => quality.distinct.pairs);
      if (!rises(pairs)) return undefined;
      return `The texts become more varied: of all pairs of neighbouring words, ${percent(pairs[0])} are different ones at ${entries[0]!.temperature} and ${percent(pairs.at(-1))} at ${entries.at(-1)!.temperature}.`;
    }),
  },
  {
    id: 'temperature-likelihood',
    when: 'the NLL per letter of the texts under the model rises with every temperature, and at the lowest one it is below that of real test texts',
    say: withTemperatures((temperatures, facts) => {
      const nll = temperatures.entries.map(({ modelNllPerLetter }) => modelNllPerLetter);
      const group = groupOf(facts, temperatures.group);
      const real = group === undefined ? NaN : meanOf(group, 'bitsPerLetter') * Math.LN2;
      if (!rises(nll) || !(nll[0]! < real)) return undefined;
      const cold = temperatures.entries[0]!;
      return `The colder, the more probable the model itself finds its texts: ${three(nll[0])} nats per letter at ${cold.temperature}, where real test texts have ${three(real)}. So a text is not good because it is probable.`;
    }),
  },
  {
    id: 'temperature-length',
    when: 'mean length rises, or falls, from each temperature to the next higher one',
    say: withTemperatures(({ entries }) => {
      const letters = entries.map(({ quality }) => quality.meanLetters);
      const direction = rises(letters) ? 'longer' : falls(letters) ? 'shorter' : undefined;
      if (direction === undefined) return undefined;
      return `Texts get ${direction} with temperature: ${decimal(letters[0], 1)} letters on average at ${entries[0]!.temperature}, ${decimal(letters.at(-1), 1)} at ${entries.at(-1)!.temperature}.`;
    }),
  },
];

/** The texts of a temperature. */
export function entryAt(
  entries: readonly TemperatureEntry[],
  temperature: number,
): TemperatureEntry | undefined {
  return entries.find((entry) => entry.temperature === temperature);
}

/** A claim about temperatures needs at least one with texts. */
function withTemperatures(
  say: (temperatures: TemperatureFacts, facts: ReportFacts) => ReturnType<Rule['say']>,
): Rule['say'] {
  return (facts) => {
    const { temperatures } = facts;
    if (temperatures === undefined) return undefined;
    const entries = temperatures.entries.filter(({ texts }) => texts.length > 0);
    return entries.length === 0 ? undefined : say({ ...temperatures, entries }, facts);
  };
}
