import { diagnosisWords } from '../writing/diagnosis-words.js';
import { listed } from '../writing/blocks.js';
import { counted, nats, range } from '../writing/numbers.js';
import { comparableModels, meanOf, modelsOf, runsDiagnosed } from './look-up.js';
import type { Rule } from './rule.js';

/** How much results vary from seed to seed, and from epoch to epoch. */
export const STABILITY_RULES: readonly Rule[] = [
  {
    id: 'stability-one-seed',
    when: 'no model was trained with more than one seed',
    say: (facts) => {
      const models = modelsOf(facts);
      if (models.length === 0 || models.some(({ runs }) => runs.length > 1)) return undefined;
      const each = models.length === 1 ? 'The model' : 'Each model';
      return `${each} was trained with one seed, so nothing is known here about how much results vary from seed to seed.`;
    },
  },
  {
    id: 'stability-seeds',
    when: 'for models with finite test NLLs of at least two seeds',
    say: (facts) => {
      const several = comparableModels(facts).filter(({ figures }) => figures.testNll.count >= 2);
      if (several.length === 0) return undefined;
      const spreads = several.map(({ name, figures: { testNll } }) => {
        const finite = testNll.values.filter(Number.isFinite);
        const ends = range(Math.min(...finite), Math.max(...finite), 2);
        return `${ends} for ${name} (${finite.length} seeds, standard deviation ${nats(testNll.standardDeviation)})`;
      });
      return `From seed to seed, the test NLL in nats per text goes from ${listed(spreads)}.`;
    },
  },
  {
    id: 'stability-disagreement',
    when: 'for models whose seeds got different diagnoses',
    say: (facts) => {
      const mixed = modelsOf(facts).filter(({ diagnoses }) => diagnoses.length > 1);
      if (mixed.length === 0) return undefined;
      const each = mixed.map((group) => `${group.name} (${diagnosisWords(group)})`);
      return `Seeds of the same model do not agree about what the curve shows: ${listed(each)}.`;
    },
  },
  {
    id: 'stability-diverged',
    when: 'for models of which a run diverged',
    say: (facts) =>
      modelsOf(facts).flatMap((group) => {
        const diverged = runsDiagnosed(group, 'diverged');
        if (diverged.length === 0) return [];
        const share =
          group.runs.length === 1 ? 'Its only run' : `${diverged.length} of ${counted(group.runs.length, 'run')}`;
        return `${group.name} is not stable: ${share.toLowerCase()} diverged.`;
      }),
  },
  {
    id: 'stability-rises',
    when: 'the validation NLL of at least two models rose from an epoch to the next at some time',
    say: (facts) => {
      const rising = comparableModels(facts).filter((group) => meanOf(group, 'largestRise') > 0);
      if (rising.length < 2) return undefined;
      const each = rising.map((group) => `${nats(meanOf(group, 'largestRise'))} (${group.name})`);
      const mean = rising.some(({ runs }) => runs.length > 1) ? ', on average over seeds' : '';
      return `The largest rise of validation NLL from one epoch to the next${mean}, in nats per text: ${listed(each)}.`;
    },
  },
];
