import { epochNumber } from '../../format.js';
import type { GroupFacts, ReportFacts, RunFacts, TemperatureFacts } from '../facts/types.js';
import { bestRunOf } from '../facts/comparisons.js';
import { bestWithEpoch } from '../writing/group-text.js';
import { comparedInWords, comparisonsOf, groupOf, meanOf, type Rule } from './rule.js';
import { MIN_WORD_CHARACTERS, type SampleQuality } from '../../texts/texts-schema.js';
import { listed } from '../writing/blocks.js';
import { capital, decimal, inWords, nats, percent, three, UNKNOWN } from '../writing/numbers.js';
import { distinctPairs, knownShare } from '../facts/figures.js';

/** Smaller differences of mean NLLs are not spoken of: a mean over 64 samples varies by some percent. */
const CLEAR_NLL = 0.1;

const SPLIT_NAMES = { val: 'validation', test: 'test' } as const;

/** What has to be known of the texts to trust what is measured on them. */
export const DATA_RULES: readonly Rule[] = [
  {
    id: 'data-overlap',
    when: 'a run has a report of its texts; splits with training texts among them are named',
    say: ({ data: { report, sizes } }) => {
      if (report === undefined) return undefined;
      const known = (['val', 'test'] as const).filter((split) => report.splits[split].inTrain > 0);
      if (known.length === 0) return 'No validation or test text is also in the training set.';
      const named = known.map((split) =>
        sizes[split] === 1
          ? `the only ${SPLIT_NAMES[split]} text`
          : `${percent(report.splits[split].inTrainShare)} of the ${SPLIT_NAMES[split]} texts`,
      );
      const [verb, them] = known.length === 1 && sizes[known[0]!] === 1 ? ['is', 'it'] : ['are', 'them'];
      return (
        `${capital(listed(named))} ${verb} also in the training set; a model that memorised ${them} predicts ${them} ` +
        'better than new texts.'
      );
    },
  },
];

/** A rise of the share of different pairs of words that is spoken of. */
const CLEAR_PAIRS = 0.1;

export const TEMPERATURE_RULES: readonly Rule[] = [
  {
    id: 'temperature-variety',
    when:
      'the share of different pairs of words is higher at the highest temperature than at the lowest, by more than ' +
      `${100 * CLEAR_PAIRS} points`,
    say: withTemperatures(({ entries }) => {
      const [low, high] = [entries[0]!, entries.at(-1)!];
      const [few, many] = [low, high].map(({ quality }) => distinctPairs(quality));
      if (!(many! - few! > CLEAR_PAIRS)) return undefined;
      return (
        `Of all pairs of neighbouring words in the samples, ${percent(few)} are different at ${low.temperature} and ` +
        `${percent(many)} at ${high.temperature}: where the most probable character is nearly always taken, the same ` +
        'beginning leads to the same words.'
      );
    }),
  },
  {
    id: 'temperature-repeats',
    when: 'more than two samples of a temperature are the same',
    say: withTemperatures(({ entries }) =>
      entries
        .filter(({ mostFrequent }) => mostFrequent !== undefined && mostFrequent.times > 2)
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
      `${100 * CLEAR_NLL} % below that of test texts, and not only because they are shorter`,
    say: withTemperatures((temperatures, facts) => {
      const group = groupOf(facts, temperatures.group);
      const real = group === undefined ? NaN : meanOf(group, 'testNll');
      const realPerCharacter = group === undefined ? NaN : meanOf(group, 'bitsPerCharacter') * Math.LN2;
      const likely = temperatures.entries.filter(
        ({ temperature, modelNll, modelNllPerCharacter }) =>
          temperature < 1 && modelNll < (1 - CLEAR_NLL) * real && modelNllPerCharacter < realPerCharacter,
      );
      if (likely.length === 0) return undefined;
      const each = likely.map(({ temperature, modelNll }) => `${nats(modelNll)} (τ = ${temperature})`);
      return (
        'To the model itself, samples at low temperature are more probable than real texts: their mean NLL in nats ' +
        `per text is ${listed(each)}, against ${nats(real)} for test texts. High probability alone does not make a ` +
        'text realistic.'
      );
    }),
  },
];

/** z of a 95 % interval. */
const SIGNIFICANT_ERRORS = 1.96;

/**
 * Whether texts have significantly fewer or more known words than others: by the 95 % interval of the difference, in
 * which a share of all or none has the error of one word.
 */
export function compareWords(a: SampleQuality, b: SampleQuality): 'fewer' | 'more' | 'undecided' {
  const error = ({ knownWords: { words, standardError } }: SampleQuality) => Math.max(standardError, 1 / words);
  const difference = a.knownWords.share - b.knownWords.share;
  if (!(Math.abs(difference) > SIGNIFICANT_ERRORS * Math.hypot(error(a), error(b)))) return 'undecided';
  return difference < 0 ? 'fewer' : 'more';
}

/** What the samples of a run gain from its first to its last saved epoch. */
export function alongInWords(run: RunFacts | undefined): string | undefined {
  const [first, last] = [run?.samplesAlong[0], run?.samplesAlong.at(-1)];
  if (run === undefined || first === undefined || last === undefined || first === last) return undefined;
  const shares = [first, last].map(({ quality }) => percent(knownShare(quality)));
  const nlls = [first, last].map(({ quality }) => three(quality.ngramNllPerCharacter));
  const verdict = {
    more: `rises from ${shares[0]!} to ${shares[1]!}`,
    fewer: `falls from ${shares[0]!} to ${shares[1]!}`,
    undecided: `does not change significantly (${shares[0]!} and ${shares[1]!})`,
  };
  const from = `From epoch ${epochNumber(first.epoch)} to epoch ${epochNumber(last.epoch)} of ${run.name}, `;
  const words = shares.includes(UNKNOWN)
    ? ''
    : `the share of known words in its samples ${verdict[compareWords(last.quality, first.quality)]}; `;
  const [atFirst, atEnd] = nlls;
  return atFirst === UNKNOWN || atEnd === UNKNOWN
    ? undefined
    : `${from}${words}under the n-gram model ${words === '' ? 'its samples' : 'they'} have ${atFirst!} nats per ` +
        `character at first and ${atEnd!} at the end.`;
}

/** A claim about temperatures needs at least one with texts. */
export function withTemperatures(
  say: (temperatures: TemperatureFacts, facts: ReportFacts) => ReturnType<Rule['say']>,
): Rule['say'] {
  return (facts) => {
    const entries = facts.temperatures?.entries.filter(({ texts }) => texts.length > 0) ?? [];
    return entries.length === 0 ? undefined : say({ ...facts.temperatures!, entries }, facts);
  };
}

/** Differences of NLLs below this share are not spoken of. */
const CLEAR_SHARE = 0.01;
/** An epoch that takes at most that many times as long is not spoken of. */
const SLOWER = 1.1;

export const FEW_TEXTS_RULES: readonly Rule[] = [
  {
    id: 'few-texts-curve',
    when:
      'both have a lowest validation NLL; the final gap follows if it is wider than on all texts by over ' +
      `${100 * CLEAR_SHARE} % of the NLL`,
    say: pairwise((few, full) => {
      if (![few, full].every((group) => Number.isFinite(meanOf(group, 'bestValNll')))) return undefined;
      const [wide, narrow] = [few, full].map((group) => meanOf(group, 'lastValNll') - meanOf(group, 'lastTrainNll'));
      const isWider = wide! - narrow! > CLEAR_SHARE * meanOf(few, 'lastValNll');
      return [
        `On few texts the lowest validation NLL in nats per text (and its epoch) is ${bestWithEpoch(few)}, on all ` +
          `texts ${bestWithEpoch(full)}.`,
        ...(isWider
          ? [
              `At the end, validation NLL minus training NLL is ${nats(wide)} nats per text on few texts and ` +
                `${nats(narrow)} on all.`,
            ]
          : []),
      ];
    }),
  },
  {
    id: 'few-texts-along',
    when: 'samples of at least two epochs of the best run on few texts were measured',
    say: pairwise((few) => alongInWords(few.runs.find(({ name }) => name === bestRunOf(few)))),
  },
  {
    id: 'few-texts-samples',
    when: 'the final samples of both were measured',
    say: pairwise((few, full) => {
      if (few.samples === undefined || full.samples === undefined) return undefined;
      const [a, b] = [few.samples, full.samples];
      const words = [a, b].every(({ knownWords }) => Number.isFinite(knownWords))
        ? `Of the words of at least ${inWords(MIN_WORD_CHARACTERS)} characters in its samples, ` +
          `${percent(a.knownWords)} occur in its own training texts (with all texts: ${percent(b.knownWords)}). `
        : '';
      return (
        `${words}Verbatim copies of its own training texts are ${percent(a.copied)} of its samples (with all texts: ` +
        `${percent(b.copied)}).`
      );
    }),
  },
];

export const PADDING_RULES: readonly Rule[] = [
  {
    id: 'padding',
    when: `the test NLLs of both are known; the time of an epoch follows if it is more than ${SLOWER} times as long`,
    say: (facts) =>
      comparisonsOf(facts, 'padding').flatMap((comparison) => {
        const { first, second, timeRatio } = comparison;
        return [
          ...comparedInWords(facts, comparison, 'padding'),
          ...(timeRatio > SLOWER
            ? [`An epoch of ${first} takes ${decimal(timeRatio, 1)} times as long as one of ${second}.`]
            : []),
        ];
      }),
  },
];

function pairwise(say: (few: GroupFacts, full: GroupFacts) => ReturnType<Rule['say']>): Rule['say'] {
  return (facts) =>
    comparisonsOf(facts, 'few-texts').flatMap(({ first, second }) => {
      const [few, full] = [groupOf(facts, first), groupOf(facts, second)];
      return few === undefined || full === undefined ? [] : (say(few, full) ?? []);
    });
}
