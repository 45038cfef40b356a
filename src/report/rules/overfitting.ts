import { listed } from '../writing/blocks.js';
import { nats } from '../writing/numbers.js';
import type { DiagnosisKind } from '../../diagnosis/types.js';
import { diagnosedAs, learnedModels, learnedSizes, meanOf, modelsOf, rises, runsDiagnosed } from './look-up.js';
import type { Rule } from './rule.js';

/** Diagnoses of curves that can be said not to overfit. */
const NOT_OVERFITTING: readonly DiagnosisKind[] = ['converged', 'improving', 'failed'];

/** Whether models learned their training texts instead of the language. */
export const OVERFITTING_RULES: readonly Rule[] = [
  {
    id: 'overfitting-found',
    when: 'for each run that is diagnosed as overfitting',
    say: (facts) =>
      modelsOf(facts)
        .flatMap((group) => runsDiagnosed(group, 'overfitting'))
        .map(diagnosedAs),
  },
  {
    id: 'overfitting-none',
    when: 'all runs have ended, and each is diagnosed as converged, still improving or failed',
    say: (facts) => {
      const models = modelsOf(facts);
      const runs = models.flatMap((group) => group.runs);
      const all = runs.every(({ ended, diagnosis }) => ended && NOT_OVERFITTING.includes(diagnosis.kind));
      if (runs.length === 0 || !all) return undefined;
      return runs.length === 1
        ? 'The curve shows no overfitting: it does not end clearly above its lowest validation NLL while training NLL still falls.'
        : 'No curve shows overfitting: none ends clearly above its lowest validation NLL while its training NLL still falls.';
    },
  },
  {
    id: 'overfitting-failed',
    when: 'for models all of whose runs failed to optimise, without having learned their training texts',
    say: (facts) =>
      modelsOf(facts)
        .filter(
          ({ diagnosis, runs }) =>
            diagnosis === 'failed' && runs.every((run) => !run.diagnosis.flags.includes('learned-training-texts')),
        )
        .map(
          (group) =>
            `${group.name} does not overfit: an overfitted model has a low training NLL, and that of ${group.name} ends at ${nats(meanOf(group, 'lastTrainNll'))} nats per text.`,
        ),
  },
  {
    id: 'overfitting-gap',
    when: 'validation minus training NLL at the best epoch is known of at least two models that learned; “the larger, the wider” if these differ by size alone and it rises with every step',
    say: (facts) => {
      const models = learnedModels(facts).filter((group) => Number.isFinite(meanOf(group, 'gapAtBest')));
      if (models.length < 2) return undefined;
      const gaps = models.map((group) => meanOf(group, 'gapAtBest'));
      const bySize = models.length === learnedSizes(facts).length && rises(gaps);
      const each = models.map(({ name }, i) => `${nats(gaps[i])} (${name})`);
      const trend = bySize ? ': the larger the model, the wider the gap' : '';
      return `At the best epoch, validation NLL minus training NLL is ${listed(each)} nats per text${trend}. Training NLL is a mean over the epoch while the weights still move, with dropout where the recipe has it; so it is rather too high, and the gap rather too small.`;
    },
  },
];
