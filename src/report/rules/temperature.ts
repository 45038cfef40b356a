import type { ReportFacts, TemperatureEntry, TemperatureFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
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
    when: `texts were drawn at temperature 1, and the entropy per character there is below ${FAR_FROM_EVEN} of that of an even choice`,
    say: withTemperatures(({ uniformEntropy, entries }) => {
      const own = entryAt(entries, 1);
      if (own === undefined || !(own.entropyPerCharacter < FAR_FROM_EVEN * uniformEntropy)) return undefined;
      return (
        `At temperature 1 characters are drawn from the model’s own distribution. It is far from uniform: its entropy is ${three(own.entropyPerCharacter)} nats per character on average, ` +
        `as of a choice among ${decimal(own.effectiveCharacters, 1)} equally likely characters, where an even choice among all would have ${three(uniformEntropy)} nats.`
      );
    }),
  },
  {
    id: 'temperature-entropy',
    when: 'the entropy per character rises from each temperature to the next higher one',
    say: withTemperatures(({ entries }) => {
      if (!rises(entries.map(({ entropyPerCharacter }) => entropyPerCharacter))) return undefined;
      const [low, high] = [entries[0]!, entries.at(-1)!];
      return `The higher the temperature, the more even the choice: entropy per character rises from ${three(low.entropyPerCharacter)} nats at ${low.temperature} to ${three(high.entropyPerCharacter)} at ${high.temperature}.`;
    }),
  },
  {
    id: 'temperature-cold-one-text',
    when: `all texts drawn at a temperature of at most ${COLD} are the same, and there are at least two`,
    say: withTemperatures(({ entries }) =>
      entries
        .filter(
          ({ temperature, texts, differentTexts }) => temperature <= COLD && texts.length > 1 && differentTexts === 1,
        )
        .map(
          ({ temperature, texts, mostFrequent }) =>
            `At ${temperature}, all ${texts.length} texts are the same: “${mostFrequent!.text}”. Nearly always the most probable character is taken, so nothing is left to chance.`,
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
    when: `the share of known words is lowest at the highest temperature, by more than ${100 * SHARE} percentage points below that at every other`,
    say: withTemperatures(({ entries }) => {
      const words = entries.map(({ quality }) => quality.knownWords);
      const hottest = words.at(-1)!;
      if (words.length < 2 || !words.slice(0, -1).every((share) => share - hottest > SHARE)) return undefined;
      return `The more is left to chance, the more words were never seen: the share of known words is ${along(entries, ({ quality }) => percent(quality.knownWords))}.`;
    }),
  },
  {
    id: 'temperature-variety',
    when: `the share of different pairs of words never falls from a temperature to the next higher one, and rises by more than ${100 * SHARE} percentage points in all`,
    say: withTemperatures(({ entries }) => {
      const pairs = entries.map(({ quality }) => quality.distinct.pairs);
      const never = pairs.every((share, i) => i === 0 || share >= pairs[i - 1]!);
      if (!never || !(pairs.at(-1)! - pairs[0]! > SHARE)) return undefined;
      return `The texts become more varied: the share of different ones among all pairs of neighbouring words is ${along(entries, ({ quality }) => percent(quality.distinct.pairs))}.`;
    }),
  },
  {
    id: 'temperature-likelihood',
    when: 'at some temperature below 1 the NLL per character of the texts under the model is below that of real test texts; “though they are less varied” if the share of different pairs of words is, at the lowest of these temperatures, less than half of that of real texts',
    say: withTemperatures((temperatures, facts) => {
      const group = groupOf(facts, temperatures.group);
      const real = group === undefined ? NaN : meanOf(group, 'bitsPerCharacter') * Math.LN2;
      const likely = temperatures.entries.filter(
        ({ temperature, modelNllPerCharacter }) => temperature < 1 && modelNllPerCharacter < real,
      );
      const [coldest] = likely;
      if (coldest === undefined) return undefined;
      const varied = temperatures.testTexts?.distinct.pairs ?? NaN;
      const monotonous =
        coldest.quality.distinct.pairs < varied / 2
          ? `, though they are far less varied (at ${coldest.temperature}, ${percent(coldest.quality.distinct.pairs)} different pairs of words against ${percent(varied)}). A text is not good because it is probable`
          : '';
      return `The model finds such texts more probable than real ones: ${along(likely, ({ modelNllPerCharacter }) => three(modelNllPerCharacter))} nats per character, against ${three(real)} of real test texts${monotonous}.`;
    }),
  },
  {
    id: 'temperature-greedy',
    when: 'the texts of the lowest temperature, of at most 0.1, have a higher NLL per character under the model than those of the next',
    say: withTemperatures(({ entries }) => {
      const [coldest, next] = entries;
      if (coldest === undefined || next === undefined || coldest.temperature > COLD) return undefined;
      if (!(coldest.modelNllPerCharacter > next.modelNllPerCharacter)) return undefined;
      return `The coldest texts are not the most probable ones: ${three(coldest.modelNllPerCharacter)} nats per character at ${coldest.temperature} against ${three(next.modelNllPerCharacter)} at ${next.temperature}. Taking the most probable character each time does not lead to the most probable text.`;
    }),
  },
  {
    id: 'temperature-length',
    when: 'mean length rises, or falls, from each temperature to the next higher one',
    say: withTemperatures(({ entries }) => {
      const characters = entries.map(({ quality }) => quality.meanCharacters);
      const direction = rises(characters) ? 'longer' : falls(characters) ? 'shorter' : undefined;
      if (direction === undefined) return undefined;
      return `Texts get ${direction} with temperature: ${decimal(characters[0], 1)} characters on average at ${entries[0]!.temperature}, ${decimal(characters.at(-1), 1)} at ${entries.at(-1)!.temperature}.`;
    }),
  },
];

/** The texts of a temperature. */
export function entryAt(entries: readonly TemperatureEntry[], temperature: number): TemperatureEntry | undefined {
  return entries.find((entry) => entry.temperature === temperature);
}

/** A measure along temperatures: `90.7 % at 0.01, 44.4 % at 1`. */
function along(entries: readonly TemperatureEntry[], valueOf: (entry: TemperatureEntry) => string): string {
  return listed(entries.map((entry) => `${valueOf(entry)} at ${entry.temperature}`));
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
