import { SINGLE_RUN_MARGIN } from '../../../statistics/compare-groups.js';
import { CAPACITY_RULES } from '../../rules/capacity.js';
import { CONVERGENCE_RULES } from '../../rules/convergence.js';
import { FEW_TEXTS_RULES } from '../../rules/few-texts.js';
import { OVERFITTING_RULES } from '../../rules/overfitting.js';
import { PADDING_RULES } from '../../rules/padding.js';
import { discuss, type Rule } from '../../rules/rule.js';
import { STABILITY_RULES } from '../../rules/stability.js';
import { BASELINE_RULES } from '../../rules/baselines.js';
import type { Block } from '../../../render/document.js';
import type { ReportFacts } from '../../facts/types.js';
import { bullets, left, listed, right, section, subsection, table } from '../../writing/blocks.js';
import { withSpread } from '../../writing/figure-text.js';
import { duration, percent, range, signed, times, UNKNOWN } from '../../writing/numbers.js';
import type { ReportContext } from '../context.js';

/** The models beside each other: what the numbers say of capacity, stability, convergence and overfitting. */
export function comparison({ facts, models }: ReportContext): Block[] {
  const topics: readonly (readonly [id: string, title: string, rules: readonly Rule[]])[] = [
    ['comparison-baselines', 'Against baselines', BASELINE_RULES],
    ['capacity', 'Capacity', CAPACITY_RULES],
    ['stability', 'Stability', STABILITY_RULES],
    ['convergence', 'Convergence', CONVERGENCE_RULES],
    ['overfitting', 'Overfitting', OVERFITTING_RULES],
    // In a study these have chapters of their own.
    ...(facts.kind === 'comparison'
      ? ([
          ['training-texts', 'Training texts', FEW_TEXTS_RULES],
          ['padding', 'Padding', PADDING_RULES],
        ] as const)
      : []),
  ];
  const found = topics.flatMap(([id, title, rules]) => {
    const sentences = discuss(rules, facts);
    return sentences.length === 0 ? [] : [subsection(id, title), bullets(...sentences)];
  });
  const blocks: Block[] = [];
  if (models.some(({ figures }) => Number.isFinite(figures.bestValNll.mean)))
    blocks.push(
      table(
        'How the models learned. “Within 1 %” is the first epoch whose validation NLL is within 1 % of the lowest; the time of an epoch is that of the fastest, for all have the same work, and other programs only slow it down; the gap is validation minus training NLL at the best epoch; the largest rise is that of validation NLL from one epoch to the next.',
        [
          left('model'),
          right('best epoch'),
          right('within 1 %'),
          right('time of an epoch'),
          right('training NLL at the best epoch'),
          right('gap'),
          right('largest rise'),
        ],
        models.map(({ name, figures }) => [
          name,
          withSpread(figures.bestEpoch, figures.bestEpoch.count > 1 ? 1 : 0),
          withSpread(figures.nearBestEpoch, figures.nearBestEpoch.count > 1 ? 1 : 0),
          duration(figures.secondsPerEpoch.mean),
          withSpread(figures.trainNllAtBest, 2),
          withSpread(figures.gapAtBest, 2),
          withSpread(figures.largestRise, 2),
        ]),
      ),
    );
  const steps = facts.kind === 'quick' ? undefined : stepTable(facts); // its verdicts are conclusions
  if (steps !== undefined) blocks.push(steps);
  blocks.push(...found);
  return blocks.length === 0
    ? []
    : [section('comparison', models.length === 1 ? 'What the numbers say' : 'The models compared'), ...blocks];
}

const VERDICTS = { first: 'worse', second: 'better' } as const;

/** From each model to the next larger one: what it costs and what it brings. */
function stepTable(facts: ReportFacts): Block | undefined {
  const steps = facts.comparisons.filter(
    ({ kind, testNll }) => (kind === 'next-size' || kind === 'neighbours') && testNll.basis !== 'nothing',
  );
  if (steps.length === 0) return undefined;
  const margin = steps.some(({ testNll }) => testNll.basis === 'margin');
  const interval = steps.some(({ testNll }) => testNll.basis !== 'margin');
  const parametersOf = (name: string) => facts.groups.find((group) => group.name === name)?.parameters ?? NaN;
  const sizeOnly = steps.every(({ kind }) => kind === 'next-size');
  return table(
    [
      'From each model to the next: a negative difference of the test NLL is an improvement.',
      interval ? ' Intervals are 95 % intervals; models are not significantly different where they include 0.' : '',
      margin
        ? ` Of one seed each there is no interval, and models are not significantly different if they differ by less than ${percent(SINGLE_RUN_MARGIN, 0)}.`
        : '',
    ].join(''),
    [
      left('from, to'),
      ...(sizeOnly ? [] : [left('they differ in')]),
      right('parameters'),
      right('test NLL (nats per text)'),
      right('interval'),
      left('the second is'),
      right('time of an epoch'),
    ],
    steps.map(({ first, second, differs, testNll, timeRatio }) => [
      `${first}, ${second}`,
      ...(sizeOnly ? [] : [listed(differs)]),
      times(parametersOf(second) / parametersOf(first)),
      signed(-testNll.difference),
      testNll.basis === 'margin' ? UNKNOWN : range(-testNll.interval.high, -testNll.interval.low, 2),
      testNll.better === undefined ? 'not significantly different' : VERDICTS[testNll.better],
      times(1 / timeRatio),
    ]),
  );
}
