import type { RunFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { correlationInterval, diagnosisWords } from '../writing/group-text.js';
import { decimal, nats, range, three, top1 } from '../writing/numbers.js';
import {
  comparableModels,
  comparisonsOf,
  falls,
  groupOf,
  groupsDiagnosed,
  learnedModels,
  learnedSizes,
  meanOf,
  modelsOf,
  rises,
  runsOf,
  type Rule,
} from './rule.js';

/** Why a larger model is worse. The numbers of each step stand in a table. */
export const SIZE_RULES: readonly Rule[] = [
  {
    id: 'size-worse',
    when: 'the next larger model is significantly worse, and it failed or overfits with the lower training NLL',
    say: (facts) =>
      comparisonsOf(facts, 'next-size').flatMap(({ first, second, testNll }) => {
        const [small, large] = [groupOf(facts, first), groupOf(facts, second)];
        if (testNll.better !== 'first' || small === undefined || large === undefined) return [];
        if (large.diagnosis === 'failed' && small.diagnosis !== 'failed')
          return (
            `Training of ${second} failed and that of ${first} did not, so this step says nothing about what a ` +
            `model of the size of ${second} can learn.`
          );
        const [smallNll, largeNll] = [meanOf(small, 'lastTrainNll'), meanOf(large, 'lastTrainNll')];
        if (large.diagnosis !== 'overfitting' || !(largeNll < smallNll)) return [];
        return (
          `${second} ends with a lower training NLL than ${first} (${nats(largeNll)} against ${nats(smallNll)} ` +
          'nats per text) but does worse on test texts: it used its additional parameters to memorise training ' +
          'texts.'
        );
      }),
  },
];

/** Seed-to-seed variation. */
export const STABILITY_RULES: readonly Rule[] = [
  {
    id: 'stability-seeds',
    when: 'no model was trained with more than one seed, or models have finite test NLLs of at least two',
    say: (facts) => {
      const models = modelsOf(facts);
      if (models.length > 0 && models.every(({ runs }) => runs.length <= 1))
        return (
          `${models.length === 1 ? 'The model' : 'Each model'} was trained with one seed, so seed-to-seed ` +
          'variation is unknown.'
        );
      const spreads = comparableModels(facts)
        .filter(({ figures }) => figures.testNll.count >= 2)
        .map(({ name, figures: { testNll } }) => {
          const finite = testNll.values.filter(Number.isFinite);
          const ends = range(Math.min(...finite), Math.max(...finite), 2);
          return `${ends} for ${name} (${finite.length} seeds, standard deviation ${nats(testNll.standardDeviation)})`;
        });
      return spreads.length === 0
        ? undefined
        : `Seed-to-seed variation of the test NLL in nats per text: ${listed(spreads)}.`;
    },
  },
  {
    id: 'stability-disagreement',
    when: 'seeds of one model have different diagnoses',
    say: (facts) => {
      const mixed = modelsOf(facts).filter(({ diagnoses }) => diagnoses.length > 1);
      if (mixed.length === 0) return undefined;
      const each = mixed.map((group) => `${group.name} (${diagnosisWords(group)})`);
      return `Seeds of the same model have different diagnoses: ${listed(each)}.`;
    },
  },
];

/** How fast models reach their best, and whether they have. */
export const CONVERGENCE_RULES: readonly Rule[] = [
  {
    id: 'convergence-epochs',
    when:
      'of at least two sizes that learned and whose curves had stopped falling, each larger one comes within 1 % ' +
      'of its lowest validation NLL at least one epoch sooner, or later',
    say: (facts) => {
      // A curve that was still falling has not shown how many epochs it needs.
      const models = learnedSizes(facts).filter(({ diagnosis }) => diagnosis !== 'improving');
      const epochs = models.map((group) => meanOf(group, 'nearBestEpoch') + 1);
      const apart = epochs.every((epoch, i) => i === 0 || Math.abs(epoch - epochs[i - 1]!) >= 1);
      if (!apart || !(rises(epochs) || falls(epochs))) return undefined;
      const each = models.map(
        ({ name }, i) => `${decimal(epochs[i], Number.isInteger(epochs[i]) ? 0 : 1)} epochs (${name})`,
      );
      return (
        `Of the models that stopped improving, the larger needed ${falls(epochs) ? 'fewer' : 'more'} epochs to ` +
        `come within 1 % of their lowest validation NLL: ${listed(each)}.`
      );
    },
  },
  {
    id: 'convergence-reached',
    when: 'a run was still improving at the end, or all of at least two models converged',
    say: (facts) => {
      const models = modelsOf(facts);
      const improving = groupsDiagnosed(models, 'improving');
      if (improving.length > 0)
        return (
          `Validation NLL was still falling at the end of training for ${listed(improving)}: longer training ` +
          'might improve these figures and change comparisons with them.'
        );
      const all = models.length >= 2 && models.every(({ diagnosis }) => diagnosis === 'converged');
      return all ? 'All curves converged: none was still falling at the end.' : undefined;
    },
  },
];

/** A gap that widens by a smaller share of the NLL is not said to. */
const CLEAR_GAP = 0.01;

/** Whether models memorised their training texts instead of learning the language. */
export const OVERFITTING_RULES: readonly Rule[] = [
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
      'validation minus training NLL at the best epoch is known for at least two models that learned; it widens with ' +
      'size if these differ by size alone, it rises with every step, and by more than ' +
      `${100 * CLEAR_GAP} % of the NLL in all`,
    say: (facts) => {
      const models = learnedModels(facts).filter((group) => Number.isFinite(meanOf(group, 'gapAtBest')));
      if (models.length < 2) return undefined;
      const gaps = models.map((group) => meanOf(group, 'gapAtBest'));
      const clear = gaps.at(-1)! - gaps[0]! > CLEAR_GAP * meanOf(models[0]!, 'bestValNll');
      const bySize = models.length === learnedSizes(facts).length && rises(gaps) && clear;
      const each = models.map(({ name }, i) => `${nats(gaps[i])} (${name})`);
      return (
        `At the best epoch, validation NLL minus training NLL is ${listed(each)} nats per ` +
        `text${bySize ? ': the gap widens with size' : ''}. Training NLL is averaged over the epoch while the ` +
        'weights change, with dropout where the recipe has it, so it tends to be too high and the gap too small.'
      );
    },
  },
];

/** How validation NLL and top-1 go together. */
export const CORRELATION_RULES: readonly Rule[] = [
  {
    id: 'correlation',
    when: 'there is a run; runs for which the interval of Pearson’s r does not lie below 0 are named',
    say: (facts) => {
      const runs = runsOf(comparableModels(facts));
      const others = runs.flatMap((run) => notTogether(run) ?? []);
      if (others.length > 0 || runs.length === 0) return others;
      const values = runs.map(({ correlation }) => correlation.pearson);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const r = three(low) === three(high) ? `r = ${three(low)}` : `r = ${range(low, high, 3)}`;
      return (
        `Over the epochs of ${runs.length === 1 ? 'the training' : 'every training'}, top-1 rises as NLL falls ` +
        `(${r}). Both follow the progress of training, so a strong correlation is expected.`
      );
    },
  },
  {
    id: 'correlation-best-epoch',
    when: 'a run has its highest top-1 in another epoch than its lowest NLL, or every run has both in the same',
    say: (facts) => {
      const runs = runsOf(comparableModels(facts));
      const best = runs.map(bestEpochs);
      const different = best.flatMap((each, i) =>
        each === undefined || each.agree
          ? []
          : `${runs[i]!.name} has its highest top-1 in epoch ${each.top1Epoch} (${top1(each.highest)}) and its ` +
            `lowest NLL in epoch ${each.nllEpoch} (top-1 ${top1(each.there)})`,
      );
      if (different.length > 0) return `NLL and top-1 disagree about the best epoch: ${different.join('; ')}.`;
      if (runs.length === 0 || best.includes(undefined)) return undefined;
      return `${runs.length === 1 ? 'The' : 'In every run, the'} epoch with the lowest NLL also has the highest top-1.`;
    },
  },
];

/** Why the NLL and top-1 of a run are not said to go together; undefined where they do. */
function notTogether({ name, correlation }: RunFacts): string | undefined {
  const { pearson, epochs } = correlation;
  const { low, high } = correlationInterval(correlation);
  if (high < 0) return undefined;
  if (low > 0)
    return (
      `For ${name}, NLL and top-1 rise and fall together (r = ${three(pearson)}): the model improves by one ` +
      'measure and deteriorates by the other.'
    );
  if (Number.isNaN(pearson))
    return (
      `For ${name}, the correlation is not defined: there are fewer than two epochs, or NLL or top-1 never ` +
      'changes.'
    );
  const reason = Number.isNaN(low)
    ? `no interval is known from ${epochs} epochs`
    : `the 95 % interval, ${range(low, high, 3)}, includes 0`;
  return `For ${name}, r is ${three(pearson)}, but ${reason}, so no correlation is established.`;
}

interface BestEpochs {
  readonly agree: boolean;
  readonly nllEpoch: number;
  readonly top1Epoch: number;
  readonly highest: number;
  /** Top-1 in the epoch of the lowest NLL. */
  readonly there: number;
}

function bestEpochs({ curve: { epochs, valNll, valTop1 } }: RunFacts): BestEpochs | undefined {
  if (!valNll.some(Number.isFinite)) return undefined;
  const nll = valNll.indexOf(Math.min(...valNll.filter(Number.isFinite)));
  const best = valTop1.indexOf(Math.max(...valTop1.filter(Number.isFinite)));
  const [there, highest] = [valTop1[nll]!, valTop1[best]!];
  return { agree: highest <= there, nllEpoch: epochs[nll]!, top1Epoch: epochs[best]!, highest, there };
}
