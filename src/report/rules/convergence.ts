import { listed } from '../writing/blocks.js';
import { counted, decimal, duration } from '../writing/numbers.js';
import { falls, learnedSizes, meanOf, modelsOf, rises, runsDiagnosed } from './look-up.js';
import type { GroupFacts } from '../facts/types.js';
import type { Rule } from './rule.js';

/** How fast models get to their best, and whether they have. */
export const CONVERGENCE_RULES: readonly Rule[] = [
  {
    id: 'convergence-fewer-epochs',
    when: 'of at least two sizes that learned, each larger one comes within 1 % of its lowest validation NLL at least one epoch sooner',
    say: (facts) => {
      const models = learnedSizes(facts);
      const epochs = models.map((group) => meanOf(group, 'nearBestEpoch'));
      if (!apart(epochs) || !falls(epochs)) return undefined;
      return `The larger the model, the fewer epochs it needed: it was within 1 % of its lowest validation NLL after ${epochList(models)}.`;
    },
  },
  {
    id: 'convergence-more-epochs',
    when: 'of at least two sizes that learned, each larger one comes within 1 % of its lowest validation NLL at least one epoch later',
    say: (facts) => {
      const models = learnedSizes(facts);
      const epochs = models.map((group) => meanOf(group, 'nearBestEpoch'));
      if (!apart(epochs) || !rises(epochs)) return undefined;
      return `The larger the model, the more epochs it needed: it was within 1 % of its lowest validation NLL after ${epochList(models)}.`;
    },
  },
  {
    id: 'convergence-time',
    when: 'at least two sizes learned, and the seconds of an epoch are known; “the larger, the longer” if the times rise with every step in size',
    say: (facts) => {
      const models = learnedSizes(facts);
      const times = models.map((group) => (meanOf(group, 'nearBestEpoch') + 1) * meanOf(group, 'secondsPerEpoch'));
      if (times.length < 2 || !times.every(Number.isFinite)) return undefined;
      const each = models.map(({ name }, i) => `${duration(times[i])} (${name})`);
      const trend = rises(times) ? ', the larger the model the longer' : '';
      return `To come within 1 % of the lowest validation NLL takes ${listed(each)} at the pace of the fastest epoch${trend}.`;
    },
  },
  {
    id: 'convergence-all',
    when: 'there are at least two models, and all curves are diagnosed as converged',
    say: (facts) => {
      const models = modelsOf(facts);
      if (models.length < 2 || models.some(({ diagnosis }) => diagnosis !== 'converged')) return undefined;
      return 'All curves have converged: at the end, none of them was falling any more.';
    },
  },
  {
    id: 'convergence-unfinished',
    when: 'for models with a run that was still improving at the end',
    say: (facts) => {
      const improving = modelsOf(facts)
        .map((group) => ({ group, runs: runsDiagnosed(group, 'improving').length }))
        .filter(({ runs }) => runs > 0);
      if (improving.length === 0) return undefined;
      const each = improving.map(({ group, runs }) =>
        group.runs.length === 1 ? group.name : `${group.name} (${counted(runs, 'run')} of ${group.runs.length})`,
      );
      const [verb, whose] = each.length === 1 ? ['was', 'its'] : ['were', 'their'];
      return `${listed(each)} ${verb} still improving at the end: with more epochs ${whose} figures would probably be better, and comparisons might come out differently.`;
    },
  },
];

/** Whether neighbours differ by one epoch at least. */
function apart(epochs: readonly number[]): boolean {
  return epochs.every((epoch, i) => i === 0 || Math.abs(epoch - epochs[i - 1]!) >= 1);
}

function epochList(models: readonly GroupFacts[]): string {
  return listed(
    models.map((group) => {
      const epochs = meanOf(group, 'nearBestEpoch') + 1;
      return `${decimal(epochs, Number.isInteger(epochs) ? 0 : 1)} epochs (${group.name})`;
    }),
  );
}
