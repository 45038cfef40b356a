import { SINGLE_RUN_MARGIN } from '../../statistics/compare-groups.js';
import type { Baselines } from '../../baselines/baselines-schema.js';
import { bitsOf } from './figures.js';
import type { FigureFacts, BaselineComparison, BaselineFacts, BaselineSetFacts } from './types.js';

export function baselineSetFacts(found: Baselines, fingerprint: string): BaselineSetFacts {
  const { texts, charactersPerText, kneserNeyByOrder } = found;
  const baselines = found.baselines.map((each): BaselineFacts => {
    const { id, label, order, contextFree, valNll = NaN, testNll, valTop1 = NaN, testTop1 = NaN } = each;
    const bitsPerCharacter = bitsOf(testNll, charactersPerText.test) ?? NaN;
    const perplexityPerCharacter = 2 ** bitsPerCharacter;
    return {
      id,
      label,
      order,
      contextFree,
      valNll,
      testNll,
      valTop1,
      testTop1,
      bitsPerCharacter,
      perplexityPerCharacter,
    };
  });
  return {
    fingerprint,
    texts,
    charactersPerText,
    baselines,
    strongest: lowest(baselines.filter(({ id }) => id !== 'entropy')),
    strongestContextFree: lowest(baselines.filter(({ contextFree }) => contextFree)),
    kneserNeyByOrder,
  };
}

/**
 * Compares a group's test NLL with a baseline's, which does not depend on a seed: by the confidence interval of the
 * mean of several runs, or by the margin of single runs.
 */
export function againstBaseline(group: FigureFacts, baseline: BaselineFacts): BaselineComparison {
  const { id, label, contextFree, testNll: baselineNll } = baseline;
  const difference = group.mean - baselineNll;
  const reach =
    group.count > 1
      ? group.high - group.mean
      : SINGLE_RUN_MARGIN * Math.min(Math.abs(group.mean), Math.abs(baselineNll));
  const interval = {
    low: difference - reach,
    high: difference + reach,
    level: group.count > 1 ? group.level : NaN,
  };
  const verdict = interval.high < 0 ? 'better' : interval.low > 0 ? 'worse' : 'undecided';
  return {
    id,
    label,
    contextFree,
    baselineNll,
    difference,
    share: difference / baselineNll,
    interval,
    verdict: Number.isFinite(difference) ? verdict : 'unknown',
  };
}

function lowest(baselines: readonly BaselineFacts[]): BaselineFacts | undefined {
  return baselines
    .filter(({ testNll }) => Number.isFinite(testNll))
    .reduce<BaselineFacts | undefined>(
      (best, each) => (best === undefined || each.testNll < best.testNll ? each : best),
      undefined,
    );
}
