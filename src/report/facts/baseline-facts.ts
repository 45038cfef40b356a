import { posix } from 'node:path';
import type { Baselines } from '../../baselines/baselines-schema.js';
import { accuracyOf, bitsOf } from './figures.js';
import type { BaselineComparison, BaselineFacts, BaselineSetFacts, FigureFacts, MixtureFacts } from './types.js';
import type { ReportMixture } from '../input/report-input.js';
import { SINGLE_RUN_MARGIN } from '../../statistics/compare-groups.js';

/** @param positions of a text that are predicted */
export function baselineSetFacts(
  found: Baselines,
  fingerprint: string,
  positions: number | undefined,
): BaselineSetFacts {
  const { texts, charactersPerText } = found;
  const baselines = found.baselines.map((each): BaselineFacts => {
    const bitsPerCharacter = bitsOf(each.testNll, charactersPerText.test) ?? NaN;
    return {
      ...each,
      valNll: each.valNll ?? NaN,
      valTop1: each.valTop1 ?? NaN,
      testTop1: each.testTop1 ?? NaN,
      // After the end of a text the flat unigram is not certain of the padding.
      testAccuracy:
        each.id === 'flat-unigram' ? NaN : (accuracyOf(each.testTop1, charactersPerText.test, positions) ?? NaN),
      bitsPerCharacter,
      perplexityPerCharacter: 2 ** bitsPerCharacter,
    };
  });
  return {
    fingerprint,
    texts,
    charactersPerText,
    baselines,
    strongest: lowest(baselines.filter(({ id }) => id !== 'entropy')),
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

/**
 * @param fingerprints of the corpora of all groups whose NLLs compare
 * @param charactersPerText predicted characters of a test text on average, where they are known
 * @param positions of a text that are predicted
 */
export function mixtureFacts(
  mixtures: readonly ReportMixture[],
  fingerprints: ReadonlySet<string>,
  charactersPerText?: number,
  positions?: number,
): MixtureFacts[] {
  return mixtures.map(({ name, corpus, runs, ngram, mixing, validation, test }) => {
    const comparable = fingerprints.has(corpus.fingerprint);
    const bits = bitsOf(test?.nll, comparable ? charactersPerText : undefined);
    return {
      name,
      members: [
        ...runs.map(({ path, testNll }) => ({ label: posix.basename(path), testNll })),
        ...(ngram === undefined ? [] : [{ label: `Kneser–Ney, order ${ngram.order}`, testNll: ngram.testNll }]),
      ],
      runs: runs.map(({ path }) => path),
      ngramOrder: ngram?.order,
      kind: mixing.kind,
      parameters: runs.reduce((sum, { parameters }) => sum + parameters, 0),
      valNll: validation.nll,
      crossValidatedNll: validation.crossValidatedNll,
      testNll: test?.nll,
      testTop1: test?.top1,
      testAccuracy: accuracyOf(test?.top1, comparable ? charactersPerText : undefined, positions),
      bitsPerCharacter: bits,
      perplexityPerCharacter: bits === undefined ? undefined : 2 ** bits,
      comparable,
    };
  });
}
