import { compareGroups } from '../../statistics/compare-groups.js';
import { valuesOf } from '../facts/comparisons.js';
import { MIN_INTERVAL_EPOCHS } from '../../statistics/correlation.js';
import { MIN_WORD_CHARACTERS } from '../../texts/texts-schema.js';
import type { ReportFacts, RunFacts } from '../facts/types.js';
import {
  bestOf,
  bestRun,
  change,
  comparableModels,
  comparisonsOf,
  groupOf,
  groupsDiagnosed,
  learnedSizes,
  meanOf,
  modelsOf,
  oneSeed,
  rises,
  runsOf,
  withRealTexts,
  type Rule,
} from './rule.js';
import { listed } from '../writing/blocks.js';
import { namedSettings } from '../writing/group-text.js';
import { inWords, nats, percent, range, three } from '../writing/numbers.js';
import { failuresOf } from './summary.js';
import { alongInWords, compareWords } from './texts.js';

/** A gap that widens by a smaller share of the NLL is not said to. */
const CLEAR_GAP = 0.01;

/** A rise of validation NLL from an epoch to the next, as a share, above which a training is called unsteady. */
const UNSTEADY_RISE = 0.05;

/** How the models learned. */
export const LEARNING_RULES: readonly Rule[] = [
  {
    id: 'failed',
    when: 'all runs of a model failed or diverged',
    say: (facts) => failuresOf(modelsOf(facts)),
  },
  {
    id: 'neighbours',
    when: 'the test NLLs of two runs are known that differ in something else than size',
    say: (facts) =>
      comparisonsOf(facts, 'neighbours').flatMap(({ first, second, differs, settings, testNll }) =>
        testNll.basis === 'nothing' || differs.length === 0
          ? []
          : `From ${first} to ${second}, which differ in ${listed(differs)}${namedSettings(settings)}, ` +
            `test NLL changes by ${change(testNll)}.`,
      ),
  },
  {
    id: 'size-worse',
    when: 'the next larger model is significantly worse, and it overfits with the lower training NLL',
    say: (facts) =>
      comparisonsOf(facts, 'next-size').flatMap(({ first, second, testNll }) => {
        const [small, large] = [groupOf(facts, first), groupOf(facts, second)];
        if (testNll.better !== 'first' || small === undefined || large === undefined) return [];
        const [smallNll, largeNll] = [meanOf(small, 'lastTrainNll'), meanOf(large, 'lastTrainNll')];
        if (large.diagnosis !== 'overfitting' || !(largeNll < smallNll)) return [];
        return (
          `${second} ends with a lower training NLL than ${first} (${nats(largeNll)} against ${nats(smallNll)} ` +
          'nats per text) but does worse on test texts: part of what it learned holds for the training texts only.'
        );
      }),
  },
  {
    id: 'convergence',
    when: 'runs are diagnosed as converged, or as still improving',
    say: (facts) => {
      const models = modelsOf(facts);
      const [flat, improving] = (['converged', 'improving'] as const).map((kind) => groupsDiagnosed(models, kind));
      return [
        ...(flat!.length > 0 ? [`The validation NLL of ${listed(flat!)} is flat at the end.`] : []),
        ...(improving!.length > 0
          ? [`${listed(improving!)} ${improving!.length === 1 ? 'was' : 'were'} still improving at the end.`]
          : []),
      ];
    },
  },
  {
    id: 'stability',
    when:
      'all runs have two epochs or more, with finite NLLs; models are named with a run whose validation NLL rises by ' +
      `more than ${100 * UNSTEADY_RISE} % from an epoch to the next; of one that overfits, before its best epoch`,
    say: (facts) => {
      const rises = modelsOf(facts).map(({ name, runs }) => ({
        name,
        any: Math.max(...runs.map(({ curve }) => largestRise(curve.valNll))),
        // What rises after the best epoch of a run that overfits does so steadily.
        unsteady: Math.max(
          ...runs.map(({ curve: { valNll }, diagnosis: { kind } }) =>
            largestRise(kind === 'overfitting' ? valNll.slice(0, 1 + valNll.indexOf(Math.min(...valNll))) : valNll),
          ),
        ),
      }));
      const short = runsOf(modelsOf(facts)).some(({ curve }) => curve.epochs.length < 2);
      if (rises.length === 0 || short || rises.some(({ any }) => !Number.isFinite(any))) return undefined;
      const each = rises
        .filter(({ unsteady }) => unsteady > UNSTEADY_RISE)
        .map(({ name, unsteady }) => `${percent(unsteady)} (${name})`);
      if (each.length > 0)
        return `Training is unsteady: from an epoch to the next, validation NLL rises by as much as ${listed(each)}.`;
      return rises.some(({ any }) => any > UNSTEADY_RISE)
        ? undefined
        : `No validation NLL ever rises by more than ${percent(UNSTEADY_RISE, 0)} from an epoch to the next.`;
    },
  },
  {
    id: 'overfitting',
    when: 'a run overfits, or all runs have ended and converged, were still improving, or failed to optimise',
    say: (facts) => {
      const models = modelsOf(facts);
      const found = groupsDiagnosed(models, 'overfitting');
      if (found.length > 0)
        return (
          `${listed(found)} ${found.length === 1 ? 'overfits' : 'overfit'}: after the best epoch, validation NLL ` +
          'rises while training NLL keeps falling.'
        );
      const runs = runsOf(models);
      const none = runs.every(
        ({ ended, diagnosis: { kind, flags } }) =>
          ended &&
          (kind === 'converged' ||
            kind === 'improving' ||
            (kind === 'failed' && !flags.includes('learned-training-texts'))),
      );
      return none && runs.length > 0
        ? 'No curve shows overfitting: validation NLL never rises clearly above its lowest value while training ' +
            'NLL keeps falling.'
        : undefined;
    },
  },
  {
    id: 'overfitting-gap',
    when:
      'of at least two sizes that learned, validation minus training NLL at the best epoch rises with every step in ' +
      `size, and by more than ${100 * CLEAR_GAP} % of the NLL in all; with several seeds, the interval of that rise ` +
      'excludes 0',
    say: (facts) => {
      const models = learnedSizes(facts);
      const gaps = models.map((group) => meanOf(group, 'gapAtBest'));
      if (!rises(gaps) || !(gaps.at(-1)! - gaps[0]! > CLEAR_GAP * meanOf(models[0]!, 'bestValNll'))) return undefined;
      const [first, last] = [models[0]!, models.at(-1)!].map(({ name, figures }) => ({
        name,
        values: valuesOf(figures.gapAtBest),
      }));
      const comparison = compareGroups(last!, first!);
      const { basis, better, interval } = comparison;
      if (basis !== 'margin' && better !== 'second') return undefined;
      const evidence =
        basis === 'margin'
          ? `${oneSeed(comparison)}, so without an interval`
          : `95 % interval of the difference of the ends: ${range(interval.low, interval.high, 2)}`;
      const each = models.map(({ name }, i) => `${nats(gaps[i])} (${name})`);
      return (
        'Validation NLL minus training NLL at the best epoch rises with size: ' +
        `${listed(each)} nats per text (${evidence}).`
      );
    },
  },
];

export const SAMPLE_RULES: readonly Rule[] = [
  {
    id: 'samples',
    when: 'the final samples of models and as many test texts were measured',
    say: (facts) => {
      const models = modelsOf(facts).filter(({ samples }) => Number.isFinite(samples?.knownWords));
      const { testTexts: real, unigramTexts: unigram } = withRealTexts(facts) ?? {};
      if (models.length === 0 || real === undefined || real.knownWords.words === 0) return undefined;
      const words = models.map(({ name, samples }) => `${percent(samples!.knownWords)} (${name})`);
      const copies = models
        .filter(({ samples }) => samples!.copied > 0)
        .map(({ name, samples }) => `${percent(samples!.copied)} (${name})`);
      return [
        `Of the words of at least ${inWords(MIN_WORD_CHARACTERS)} characters in the samples, ${listed(words)} occur ` +
          `in the training texts; of those in real test texts ${percent(real.knownWords.share)}` +
          (unigram === undefined
            ? '.'
            : `, and in texts of the character unigram ${percent(unigram.knownWords.share)}.`),
        ...bestWords(facts),
        (copies.length === 0
          ? 'No sample is a verbatim copy of a training text'
          : `Verbatim copies of training texts are ${listed(copies)} of the samples`) + heldOutCopies(facts),
      ];
    },
  },
  {
    id: 'samples-along',
    when: 'samples of at least two epochs of the best run were measured',
    say: (facts) => alongInWords(bestRun(facts)),
  },
];

export const CORRELATION_RULES: readonly Rule[] = [
  {
    id: 'correlation',
    when: 'there is a run; runs for which the interval of Pearson’s r does not lie below 0 are named',
    say: (facts) => {
      const runs = runsOf(comparableModels(facts));
      const short = runs.filter(
        ({ correlation: { pearson, interval } }) => !Number.isNaN(pearson) && Number.isNaN(interval.low),
      );
      const others = [...notTogether(runs.filter((run) => !short.includes(run))), ...withoutInterval(short)];
      const proven = runs.filter(({ correlation: { interval } }) => interval.high < 0);
      if (proven.length === 0) return others;
      const values = proven.map(({ correlation }) => correlation.pearson);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const r = three(low) === three(high) ? `r = ${three(low)}` : `r = ${range(low, high, 3)}`;
      const every = runs.length === 1 ? 'the training' : 'every training';
      const which = others.length === 0 ? every : listed(proven.map(({ name }) => name));
      return [
        `Over the epochs of ${which}, top-1 rises as NLL falls (${r}). Both follow the progress of training, so a ` +
          'correlation is expected.',
        ...others,
      ];
    },
  },
];

/** Of the best run: copies of validation and test texts that are not in training. */
function heldOutCopies(facts: ReportFacts): string {
  const own = bestRun(facts)?.finalSamples;
  const shares = Object.entries({ validation: own?.copiedVal ?? 0, test: own?.copiedTest ?? 0 });
  const each = shares.flatMap(([of, share]) => (share === 0 ? [] : `${percent(share)} (${of})`));
  return each.length === 0
    ? '.'
    : `; of ${facts.best!.run}, copies of held-out texts that are not in training: ${listed(each)}.`;
}

/** Samples of the best run and real texts, both compared with its own training texts. */
function bestWords(facts: ReportFacts): string[] {
  const own = bestRun(facts)?.finalSamples;
  const real = bestOf(facts)?.testTexts;
  if (own === undefined || real === undefined || own.knownWords.words === 0) return [];
  const name = facts.best!.run;
  const verdict = {
    fewer: `${name} invents unseen words more often than real texts contain them.`,
    more: `${name} keeps to known words more than real texts do.`,
    undecided: `In this, ${name} does not differ significantly from real texts.`,
  };
  return [verdict[compareWords(own, real)]];
}

/** Runs with a correlation that has no interval, by the reason. */
function withoutInterval(runs: readonly RunFacts[]): string[] {
  const isShort = ({ correlation: { epochs } }: RunFacts) => epochs < MIN_INTERVAL_EPOCHS;
  const of = (some: readonly RunFacts[], one: string, many: string) =>
    some.length === 0
      ? []
      : [
          `${listed(some.map(({ name }) => name))} ${some.length === 1 ? one : many} for an interval of r, so no ` +
            'correlation is established.',
        ];
  return [
    ...of(runs.filter(isShort), 'has too few epochs', 'have too few epochs'),
    ...of(
      runs.filter((run) => !isShort(run)),
      'has an NLL or top-1 that changes in too few epochs',
      'have an NLL or top-1 that changes in too few epochs',
    ),
  ];
}

/** From a value to the next, as a share of the former; NaN where one is not finite. */
function largestRise(values: readonly number[]): number {
  if (!values.every(Number.isFinite)) return NaN;
  return Math.max(0, ...values.slice(1).map((value, i) => value / values[i]! - 1));
}

/** Runs whose NLL and top-1 do not go together, for each reason in one sentence, and those that go the other way. */
function notTogether(runs: readonly RunFacts[]): string[] {
  const those = (holds: (run: RunFacts) => boolean, words: (run: RunFacts) => string) =>
    listed(runs.filter(holds).map(words));
  const named = ({ name }: RunFacts) => name;
  const isDefined = ({ correlation }: RunFacts) => !Number.isNaN(correlation.pearson);
  const undefinedOnes = those((run) => !isDefined(run), named);
  const against = those(
    ({ correlation: { interval } }) => interval.low > 0,
    ({ name, correlation: { pearson } }) => `${name} (r = ${three(pearson)})`,
  );
  const unclear = those(
    (run) => isDefined(run) && run.correlation.interval.low <= 0 && run.correlation.interval.high >= 0,
    ({ name, correlation: { pearson, interval } }) =>
      `${name} (r = ${three(pearson)}, 95 % interval ${range(interval.low, interval.high, 3)})`,
  );
  return [
    ...(undefinedOnes === ''
      ? []
      : [
          `For ${undefinedOnes}, the correlation is not defined: fewer than two epochs have finite NLLs, or NLL or ` +
            'top-1 never changes.',
        ]),
    ...(against === ''
      ? []
      : [
          `NLL and top-1 rise and fall together for ${against}: such a model improves by one measure and ` +
            'deteriorates by the other.',
        ]),
    ...(unclear === '' ? [] : [`No correlation is established for ${unclear}, since 0 is within the interval.`]),
  ];
}
