/** Yardsticks, and groups held against them. */
import { SINGLE_RUN_MARGIN } from '../../statistics/compare-groups.js';
import type { Yardsticks } from '../../baselines/baselines-schema.js';
import { bitsOf } from './figures.js';
import type { FigureFacts, YardstickComparison, YardstickFacts, YardstickSetFacts } from './types.js';

/** The yardsticks of a run with what follows from them. */
export function yardstickSetFacts(found: Yardsticks, fingerprint: string): YardstickSetFacts {
  const { texts, lettersPerText, kneserNeyByOrder } = found;
  const yardsticks = found.yardsticks.map((each): YardstickFacts => {
    const { id, label, order, contextFree, valNll = NaN, testNll, valTop1 = NaN, testTop1 = NaN } = each;
    const bitsPerLetter = bitsOf(testNll, lettersPerText.test) ?? NaN;
    const perplexityPerLetter = 2 ** bitsPerLetter;
    return {
      id,
      label,
      order,
      contextFree,
      valNll,
      testNll,
      valTop1,
      testTop1,
      bitsPerLetter,
      perplexityPerLetter,
    };
  });
  return {
    fingerprint,
    texts,
    lettersPerText,
    yardsticks,
    strongest: lowest(yardsticks.filter(({ id }) => id !== 'entropy')),
    strongestContextFree: lowest(yardsticks.filter(({ contextFree }) => contextFree)),
    kneserNeyByOrder,
  };
}

/**
 * Holds a group's test NLL against a yardstick's, which is no result of luck: of several runs the confidence interval of their mean is
 * asked for, of one the margin by which single runs are compared.
 */
export function againstYardstick(group: FigureFacts, yardstick: YardstickFacts): YardstickComparison {
  const { id, label, contextFree, testNll: yardstickNll } = yardstick;
  const difference = group.mean - yardstickNll;
  const reach =
    group.count > 1
      ? group.high - group.mean
      : SINGLE_RUN_MARGIN * Math.min(Math.abs(group.mean), Math.abs(yardstickNll));
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
    yardstickNll,
    difference,
    share: difference / yardstickNll,
    interval,
    verdict: Number.isFinite(difference) ? verdict : 'unknown',
  };
}

function lowest(yardsticks: readonly YardstickFacts[]): YardstickFacts | undefined {
  return yardsticks
    .filter(({ testNll }) => Number.isFinite(testNll))
    .reduce<YardstickFacts | undefined>(
      (best, each) => (best === undefined || each.testNll < best.testNll ? each : best),
      undefined,
    );
}
