import type { ReportFacts, RunFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { three, top1 } from '../writing/numbers.js';
import { comparableModels } from './look-up.js';
import type { Rule } from './rule.js';

/** How much closer Spearman's correlation must be to ±1 than Pearson's, for the relation to be called curved. */
const CURVED = 0.05;

/** How validation NLL and top-1 go together. */
export const CORRELATION_RULES: readonly Rule[] = [
  {
    id: 'correlation-together',
    when: 'there is a run, and the interval of Pearson’s r lies below 0 in every run',
    say: (facts) => {
      const runs = runsOf(facts);
      if (runs.length === 0 || !runs.every(({ correlation }) => correlation.interval.high < 0)) return undefined;
      const values = runs.map(({ correlation }) => correlation.pearson);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const r = three(low) === three(high) ? `r = ${three(low)}` : `r lies between ${three(low)} and ${three(high)}`;
      return `Over the epochs of ${runs.length === 1 ? 'the' : 'every'} training, top-1 rises as NLL falls: ${r}. Both follow the progress of the training, so a high correlation is no surprise.`;
    },
  },
  {
    id: 'correlation-unclear',
    when: 'for runs of which the interval of Pearson’s r has 0 in it, or cannot be known',
    say: (facts) =>
      runsOf(facts)
        .filter(({ correlation: { interval } }) => !(interval.high < 0 || interval.low > 0))
        .map(({ name, correlation: { pearson, interval } }) =>
          Number.isNaN(pearson)
            ? `For ${name} the correlation is not defined: there are fewer than two epochs, or one of the two never changes.`
            : `For ${name}, r is ${three(pearson)}, but ${
                Number.isNaN(interval.low) ? 'its interval is not known' : 'its interval includes 0'
              }: that NLL and top-1 go together is not shown.`,
        ),
  },
  {
    id: 'correlation-against',
    when: 'for runs of which the interval of Pearson’s r lies above 0',
    say: (facts) =>
      runsOf(facts)
        .filter(({ correlation }) => correlation.interval.low > 0)
        .map(
          ({ name, correlation }) =>
            `For ${name}, NLL and top-1 rise and fall together (r = ${three(correlation.pearson)}): by one figure the model gets better, by the other worse.`,
        ),
  },
  {
    id: 'correlation-curved',
    when: `for runs whose Spearman correlation is nearer to −1 than Pearson’s by more than ${CURVED}`,
    say: (facts) => {
      const curved = runsOf(facts).filter(
        ({ correlation }) => correlation.pearson < 0 && correlation.spearman < correlation.pearson - CURVED,
      );
      if (curved.length === 0) return undefined;
      const names = listed(curved.map(({ name }) => name));
      return `For ${names}, Spearman’s correlation is nearer to −1 than Pearson’s: the two move in opposite directions, but not along a straight line.`;
    },
  },
  {
    id: 'correlation-best-epochs',
    when: 'for runs whose highest top-1 is in another epoch than their lowest NLL, and higher than there',
    say: (facts) => {
      const different = runsOf(facts).flatMap(({ name, curve }) => {
        const [nll, reached] = [lowest(curve.valNll), lowest(curve.valTop1.map((value) => -value))];
        if (nll === undefined || reached === undefined) return [];
        const [there, best] = [curve.valTop1[nll]!, curve.valTop1[reached]!];
        if (!(best > there)) return [];
        return `${name} has its highest top-1 in epoch ${curve.epochs[reached]!} (${top1(best)}), its lowest NLL in epoch ${curve.epochs[nll]!} (top-1 ${top1(there)})`;
      });
      return different.length === 0 ? undefined : `The two do not agree about the best epoch: ${different.join('; ')}.`;
    },
  },
  {
    id: 'correlation-same-epoch',
    when: 'there is a run, and in every run no epoch has a higher top-1 than that of the lowest NLL',
    say: (facts) => {
      const runs = runsOf(facts);
      const agree = runs.every(({ curve }) => {
        const nll = lowest(curve.valNll);
        return nll !== undefined && curve.valTop1.every((value) => value <= curve.valTop1[nll]!);
      });
      if (runs.length === 0 || !agree) return undefined;
      return runs.length === 1
        ? 'The epoch with the lowest NLL has the highest top-1 too.'
        : 'In every run, the epoch with the lowest NLL has the highest top-1 too.';
    },
  },
  {
    id: 'correlation-simpson',
    when: 'Pearson’s r over all epochs of all models, and the same within models, are both known and differ in sign',
    say: ({ pooledCorrelation: { pearson, withinModels } }) => {
      if (!(pearson * withinModels < 0)) return undefined;
      return `Over all epochs of all models r is ${three(pearson)}, but within models it is ${three(withinModels)}: what makes models differ hides what happens in each of them (Simpson’s paradox).`;
    },
  },
];

function runsOf(facts: ReportFacts): RunFacts[] {
  return comparableModels(facts).flatMap(({ runs }) => runs);
}

/** Place of the lowest finite value; undefined where there is none. */
function lowest(values: readonly number[]): number | undefined {
  let best: number | undefined;
  values.forEach((value, i) => {
    if (Number.isFinite(value) && (best === undefined || value < values[best]!)) best = i;
  });
  return best;
}
