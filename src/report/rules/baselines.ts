import type { GroupFacts, BaselineComparison } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { nats, percent } from '../writing/numbers.js';
import { comparableModels, meanOf } from './look-up.js';
import type { Rule } from './rule.js';

/** Models against simple ones. */
export const BASELINE_RULES: readonly Rule[] = [
  {
    id: 'baselines-strongest',
    when: 'there are baselines; which models are better, worse or not significantly different follows from whether the interval of their difference to the strongest one leaves out 0',
    say: (facts) => {
      // Runs on other training texts have other baselines.
      const sets = new Map<string, GroupFacts[]>();
      for (const group of comparableModels(facts)) {
        const found = strongestOf(group);
        if (found === undefined) continue;
        const key = `${found.label} (${nats(found.baselineNll)} nats per text)`;
        sets.set(key, [...(sets.get(key) ?? []), group]);
      }
      return [...sets].map(([baseline, groups]) => {
        const each = groups.map((group) => `${group.name} ${verdictOf(strongestOf(group)!)}`);
        return `By test NLL against the strongest baseline, ${baseline}: ${listed(each)}.`;
      });
    },
  },
  {
    id: 'baselines-none-reached',
    when: 'every model with a known verdict is worse than the strongest baseline',
    say: (facts) => {
      const verdicts = comparableModels(facts).flatMap((group) => strongestOf(group)?.verdict ?? []);
      if (verdicts.length === 0 || verdicts.some((verdict) => verdict !== 'worse')) return undefined;
      return verdicts.length === 1
        ? 'So a model that only counts which characters follow which does better on these texts.'
        : 'So none of them reaches a model that only counts which characters follow which.';
    },
  },
  {
    id: 'baselines-context',
    when: 'every model with a known verdict is better than every baseline that ignores the characters before, and none of these models failed',
    say: (facts) => {
      const models = comparableModels(facts);
      if (models.some(({ diagnosis }) => diagnosis === 'failed')) return undefined;
      const against = models.flatMap(({ againstBaselines }) =>
        againstBaselines.filter(({ contextFree }) => contextFree),
      );
      if (against.length === 0 || against.some(({ verdict }) => verdict !== 'better')) return undefined;
      return 'Every baseline that ignores the characters before is clearly beaten, so what was read does help to predict what follows.';
    },
  },
];

/** A group against the strongest of the baselines fitted on its own texts; undefined where one is not known. */
function strongestOf(group: GroupFacts): BaselineComparison | undefined {
  const strongest = group.baselines?.strongest;
  const found = group.againstBaselines.find(({ id }) => id === strongest?.id);
  return found?.verdict === 'unknown' ? undefined : found;
}

function verdictOf({ verdict, difference, share }: BaselineComparison): string {
  const size = `${nats(Math.abs(difference))} (${percent(Math.abs(share))})`;
  if (verdict === 'undecided')
    return `is not significantly different from it (${nats(Math.abs(difference))} ${difference < 0 ? 'below' : 'above'})`;
  return `is ${verdict} by ${size}`;
}

/** The same for one group, in a sentence of its own. */
export function againstStrongest(group: GroupFacts): string | undefined {
  const found = strongestOf(group);
  if (found === undefined) return undefined;
  const { label, baselineNll, difference, share, verdict } = found;
  const nll = `${nats(meanOf(group, 'testNll'))} against ${nats(baselineNll)} nats per text`;
  if (verdict === 'undecided')
    return `${group.name} is not significantly different from the strongest baseline, ${label}: ${nll}.`;
  const side = difference < 0 ? 'lower' : 'higher';
  return `${group.name} is ${verdict} than the strongest baseline, ${label}: its test NLL is ${nats(Math.abs(difference))} nats per text (${percent(Math.abs(share))}) ${side}, ${nll}.`;
}
