import { SINGLE_RUN_MARGIN } from '../../statistics/compare-groups.js';
import {
  CONVERGENCE_RULES,
  CORRELATION_RULES,
  OVERFITTING_RULES,
  SIZE_RULES,
  STABILITY_RULES,
} from '../rules/models.js';
import { discuss, type Rule } from '../rules/rule.js';
import { FEW_TEXTS_RULES, PADDING_RULES } from '../rules/variants.js';
import type { Block } from '../../render/document.js';
import { scatterFigure } from '../../figures/index.js';
import type { ComparisonFacts, ReportFacts } from '../facts/types.js';
import {
  figure,
  findings,
  formula,
  headed,
  left,
  listed,
  paragraph,
  right,
  section,
  subsection,
  table,
} from '../writing/blocks.js';
import { correlationInterval, epochsWithSpread, withSpread } from '../writing/group-text.js';
import { duration, nats, percent, range, signed, three, times, top1, UNKNOWN, whole } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import { colourOf, type ReportContext } from './context.js';

/** The models compared: size, stability, convergence and overfitting. */
export function comparison({ facts, models }: ReportContext): Block[] {
  const topics: readonly (readonly [id: string, title: string, rules: readonly Rule[]])[] = [
    ['size', 'Size', SIZE_RULES],
    ['stability', 'Seed-to-seed variation', STABILITY_RULES],
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
  const known = models.some(({ figures }) => Number.isFinite(figures.bestValNll.mean));
  return headed(section('comparison', models.length === 1 ? 'Discussion' : 'The models compared'), [
    ...(known
      ? [
          table(
            'How the models learned. “Within 1 %” is the first epoch whose validation NLL is within 1 % of the ' +
              'lowest; epoch time is the fastest epoch (background load only adds time); the gap is validation ' +
              'minus training NLL at the best epoch; the largest rise is that of validation NLL from one epoch ' +
              'to the next.',
            models,
            [
              left('model', ({ name }) => name),
              right('best epoch', ({ figures }) => epochsWithSpread(figures.bestEpoch)),
              right('within 1 %', ({ figures }) => epochsWithSpread(figures.nearBestEpoch)),
              right('epoch time', ({ figures }) => duration(figures.secondsPerEpoch.mean)),
              right('training NLL at the best epoch', ({ figures }) => withSpread(figures.trainNllAtBest, 2)),
              right('gap', ({ figures }) => withSpread(figures.gapAtBest, 2)),
              right('largest rise', ({ figures }) => withSpread(figures.largestRise, 2)),
            ],
          ),
        ]
      : []),
    ...stepTable(facts),
    ...topics.flatMap(([id, title, rules]) => headed(subsection(id, title), findings(discuss(rules, facts)))),
  ]);
}

const VERDICTS = { first: 'worse', second: 'better' } as const;

/** From each model to the next larger one: what it costs and what it brings. A quick study has no verdicts. */
function stepTable(facts: ReportFacts): Block[] {
  const pairs = facts.comparisons.filter(
    ({ kind, testNll }) => (kind === 'next-size' || kind === 'neighbours') && testNll.basis !== 'nothing',
  );
  if (pairs.length === 0 || facts.kind === 'quick') return [];
  const parametersOf = (name: string) => facts.groups.find((group) => group.name === name)?.parameters ?? NaN;
  return [
    table(
      `From each model to the next: a negative difference in test NLL is an improvement.${criterionWords(pairs)}`,
      pairs,
      [
        left('from, to', ({ first, second }) => `${first}, ${second}`),
        pairs.some(({ kind }) => kind !== 'next-size') && left('differ in', ({ differs }) => listed(differs)),
        right('parameters', ({ first, second }) => times(parametersOf(second) / parametersOf(first))),
        right('test NLL (nats per text)', ({ testNll }) => signed(-testNll.difference)),
        right('interval', ({ testNll }) =>
          testNll.basis === 'margin' ? UNKNOWN : range(-testNll.interval.high, -testNll.interval.low, 2),
        ),
        left('the second is', ({ testNll: { better } }) =>
          better === undefined ? 'no significant difference' : VERDICTS[better],
        ),
        right('epoch time', ({ timeRatio }) => times(1 / timeRatio)),
      ],
    ),
  ];
}

/** When differences are called significant, for the caption of a table of comparisons. */
export function criterionWords(pairs: readonly ComparisonFacts[]): string {
  const interval = pairs.some(({ testNll }) => testNll.basis !== 'margin');
  const margin = pairs.some(({ testNll }) => testNll.basis === 'margin');
  return [
    interval ? ' Intervals are 95 % intervals; a difference is significant if its interval excludes 0.' : '',
    margin
      ? ' With one seed each there is no interval, and a difference counts as significant if it exceeds ' +
        `${percent(SINGLE_RUN_MARGIN, 0)}.`
      : '',
  ].join('');
}

/** Mixtures of models: what they are made of, and what they and their members reach. */
export function mixtures({ facts }: ReportContext): Block[] {
  if (facts.mixtures.length === 0) return [];
  const others = facts.mixtures.some(({ comparable }) => !comparable);
  return [
    section('mixtures', 'Mixtures of models'),
    paragraph(
      prose`A mixture combines the next-character distributions of its members: a _linear_ mixture takes their
        weighted sum, a _geometric_ mixture their weighted product, renormalised. With an n-gram model as a member,
        the weights depend on how often the preceding characters occurred in training. Weights are learned on the
        validation texts, so mixtures should be chosen by their cross-validated NLL, for which each of these texts is
        scored with weights learned on others.`,
    ),
    table(
      'Mixtures and their members, with the test NLL of each member ' +
        `alone.${others ? ' Mixtures marked * were measured on other texts, so their figures do not compare.' : ''}`,
      facts.mixtures,
      [
        left('mixture', ({ name, comparable }) => (comparable ? name : `${name} *`)),
        left('members (test NLL)', ({ members }) =>
          members.map(({ label, testNll }) => `${label} (${nats(testNll)})`).join(', '),
        ),
        left('kind', ({ kind }) => kind),
        right('validation NLL (nats per text)', ({ valNll }) => nats(valNll)),
        right('cross-validated', ({ crossValidatedNll }) => nats(crossValidatedNll)),
        right('test NLL', ({ testNll }) => nats(testNll)),
        right('test top-1', ({ testTop1 }) => top1(testTop1)),
      ],
    ),
  ];
}

/** How NLL and top-1 go together over the epochs, and why they need not. */
export function correlation(context: ReportContext): Block[] {
  const { facts } = context;
  const models = context.models.filter(({ comparable }) => comparable);
  const runs = models.flatMap(({ runs: each }) => each).filter((run) => run.correlation.epochs >= 2);
  if (runs.length === 0) return [];
  const pooled = facts.pooledCorrelation;
  const rows = [
    ...runs.map(({ name, correlation: each }) => ({ ...each, name })),
    ...(runs.length > 1
      ? [
          { ...pooled, name: 'all epochs of all runs' },
          {
            ...pooled,
            name: 'the same, within models',
            pearson: pooled.withinModels,
            interval: undefined,
            spearman: undefined,
          },
        ]
      : []),
  ];
  return [
    section('correlation', 'NLL and top-1'),
    paragraph(
      prose`Pearson’s correlation $r$ measures how closely two series follow a straight line, from −1 (falling) over 0
        to 1 (rising). Here each epoch $i$ gives a pair of validation NLL $x_i$ and top-1 $y_i$:`,
    ),
    formula(
      String.raw`r = \frac{\sum_i (x_i - \bar{x})(y_i - \bar{y})}{\sqrt{\sum_i (x_i - \bar{x})^2} \sqrt{\sum_i (y_i -
        \bar{y})^2}}`,
      'Pearson’s r is the sum of the products of the deviations from the means, over the product of the roots ' +
        'of the sums of their squares.',
    ),
    table(
      'Correlation of validation NLL and top-1 over epochs. The 95 % intervals come from a moving-block ' +
        'bootstrap, since successive epochs are similar; fewer than eight epochs have none. Spearman’s ' +
        'correlation is that of the ranks. “Within models” subtracts each model’s own means first.',
      rows,
      [
        left('run', ({ name }) => name),
        right('epochs', ({ epochs }) => whole(epochs)),
        right('Pearson’s r', ({ pearson }) => three(pearson)),
        right('95 % interval', ({ epochs, interval }) => {
          if (interval === undefined) return '';
          const { low, high } = correlationInterval({ epochs, interval });
          return range(low, high, 3);
        }),
        right('Spearman', ({ spearman }) => (spearman === undefined ? '' : three(spearman))),
      ],
    ),
    figure(
      'nll-top1',
      scatterFigure({
        title: 'NLL and top-1 by epoch',
        xTitle: 'validation NLL (nats per text)',
        yTitle: 'validation top-1 (share of positions)',
        series: models.map((group) => ({
          label: group.name,
          x: group.runs.flatMap(({ curve }) => curve.valNll),
          y: group.runs.flatMap(({ curve }) => curve.valTop1),
          colourIndex: colourOf(context, group),
        })),
      }),
      'Validation NLL and top-1 of every epoch of every model; better models lie to the upper left.',
      `Scatter plot of validation top-1 against validation NLL for ${listed(models.map(({ name }) => name))}.`,
    ),
    ...findings(discuss(CORRELATION_RULES, facts)),
    paragraph(
      prose`_Why the two need not agree._ NLL depends on the probability of the right character at every position;
        top-1 depends only on whether it was the most probable one. Overconfident errors raise the NLL without
        changing top-1; better probabilities for characters that are not the most probable lower the NLL without
        changing top-1. Top-1 also counts the padding after the end of a text, which every model predicts, so its
        range is narrow.`,
    ),
  ];
}
