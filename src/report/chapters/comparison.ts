import { scatterFigure } from '../../figures/scatter.js';
import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { MIN_INTERVAL_EPOCHS } from '../../statistics/correlation.js';
import { CORRELATION_RULES, LEARNING_RULES } from '../rules/models.js';
import { discuss } from '../rules/rule.js';
import { MIXTURE_RULES } from '../rules/summary.js';
import { FEW_TEXTS_RULES, PADDING_RULES } from '../rules/texts.js';
import { discussion, figure, formula, left, listed, paragraph, right, section, table } from '../writing/blocks.js';
import { bestWithEpoch, diagnosisWords, epochsWithSpread, spreadWords, withSpread } from '../writing/group-text.js';
import { duration, inWords, nats, range, three, top1, whole } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import { MAX_ROWS, measuredRows, testTable } from './answer.js';
import { colourOf, questionTitle, type ReportContext } from './context.js';
import { curves } from './curves.js';

/** How all models of the report's own recipe learned, and how they compare. */
export function comparison(context: ReportContext): Block[] {
  const { facts, models } = context;
  // In a study, few texts and padding have places of their own.
  const variants = facts.kind === 'comparison' ? [...FEW_TEXTS_RULES, ...PADDING_RULES] : [];
  const rows = measuredRows(context);
  return [
    section('comparison', questionTitle(context, '2.1', 'curves and final figures')),
    ...discussion(discuss([...LEARNING_RULES, ...variants], facts)),
    ...curves(context),
    learningTable(facts.groups.filter(({ role }) => role !== 'second-recipe')),
    ...(rows.length > MAX_ROWS ? [testTable(context, rows, spreadWords(models))] : []),
  ];
}

function learningTable(groups: readonly GroupFacts[]): Block {
  return table(
    `How training went. ${spreadWords(groups)} Epoch time is the fastest epoch ` +
      '(background load only adds time); the gap is validation minus training NLL at the best epoch; the diagnosis ' +
      'of the curve follows fixed rules.',
    groups,
    [
      left('model', ({ name }) => name),
      right('best validation NLL (epoch)', bestWithEpoch),
      right('epochs run', ({ figures }) => epochsWithSpread(figures.epochsRun)),
      right('time', ({ figures }) => duration(figures.seconds.mean)),
      right('epoch time', ({ figures }) => duration(figures.secondsPerEpoch.mean)),
      right('gap', ({ figures }) => withSpread(figures.gapAtBest, 2)),
      left('diagnosis', diagnosisWords),
    ],
  );
}

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
        scored with weights learned on others. The members’ distributions exclude _cls_, which never occurs within a
        text, so their NLLs may be a little lower here than in other tables.`,
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
    ...discussion(discuss(MIXTURE_RULES, facts)),
  ];
}

/** How NLL and top-1 go together over the epochs, and why they need not. */
export function correlation(context: ReportContext): Block[] {
  const { facts } = context;
  const models = context.models.filter(({ comparable }) => comparable);
  const runs = models.flatMap(({ runs: each }) => each).filter((run) => run.correlation.epochs >= 2);
  // A model that has to predict padding may be wrong there.
  const linear = models.every(({ padding }) => padding === 'first')
    ? 'Accuracy is a linear function of top-1, so it correlates with NLL just as well.'
    : '';
  if (runs.length === 0) return [];
  const all = { ...facts.pooledCorrelation, name: 'all epochs of all runs' };
  const rows = [...runs.map(({ name, correlation: each }) => ({ ...each, name })), ...(runs.length > 1 ? [all] : [])];
  return [
    section('correlation', questionTitle(context, '2.2', 'how NLL and top-1 correlate')),
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
      'Correlation of validation NLL and top-1 over epochs. The 95 % intervals come from a moving-block bootstrap, ' +
        'since successive epochs are similar, and describe this one curve, not what another seed would give; fewer ' +
        `than ${inWords(MIN_INTERVAL_EPOCHS)} epochs have none.`,
      rows,
      [
        left('run', ({ name }) => name),
        right('epochs', ({ epochs }) => whole(epochs)),
        right('Pearson’s r', ({ pearson }) => three(pearson)),
        right('95 % interval', ({ interval: { low, high } }) => range(low, high, 3)),
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
    ...discussion(discuss(CORRELATION_RULES, facts)),
    paragraph(
      prose`_Why the two need not agree._ NLL depends on the probability of the right character at every position;
        top-1 depends only on whether it was the most probable one. Overconfident errors raise the NLL without
        changing top-1; better probabilities for characters that are not the most probable lower the NLL without
        changing top-1. ${linear}`,
    ),
  ];
}
