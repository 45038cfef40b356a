import { CORRELATION_RULES } from '../../rules/correlation.js';
import { discuss } from '../../rules/rule.js';
import type { Block } from '../../../render/document.js';
import { scatterFigure } from '../../../figures/index.js';
import { bullets, figure, formula, left, listed, paragraph, right, section, table } from '../../writing/blocks.js';
import { range, three, whole } from '../../writing/numbers.js';
import { prose } from '../../writing/prose.js';
import { colourOf, type ReportContext } from '../context.js';

/** How NLL and top-1 go together over the epochs, and why they need not. */
export function correlation(context: ReportContext): Block[] {
  const { facts } = context;
  const models = context.models.filter(({ comparable }) => comparable);
  const runs = models.flatMap(({ runs: each }) => each).filter((run) => run.correlation.epochs >= 2);
  if (runs.length === 0) return [];
  const { pooledCorrelation: pooled } = facts;
  const rows = runs.map(({ name, correlation: { epochs, pearson, interval, spearman } }) => [
    name,
    whole(epochs),
    three(pearson),
    range(interval.low, interval.high, 3),
    three(spearman),
  ]);
  if (runs.length > 1) {
    rows.push(
      [
        'all epochs of all',
        whole(pooled.epochs),
        three(pooled.pearson),
        range(pooled.interval.low, pooled.interval.high, 3),
        three(pooled.spearman),
      ],
      ['the same, within models', whole(pooled.epochs), three(pooled.withinModels), '', ''],
    );
  }
  const found = discuss(CORRELATION_RULES, facts);
  return [
    section('correlation', 'NLL and top-1'),
    paragraph(
      prose`Pearson’s correlation $r$ says how nearly two series lie on a straight line, from −1 (falling) over 0 to 1 (rising). Here each epoch $i$ is a pair of
        validation NLL $x_i$ and top-1 $y_i$:`,
    ),
    formula(
      String.raw`r = \frac{\sum_i (x_i - \bar{x})(y_i - \bar{y})}{\sqrt{\sum_i (x_i - \bar{x})^2} \sqrt{\sum_i (y_i - \bar{y})^2}}`,
      'Pearson’s r is the sum of the products of the deviations from the means, over the product of the roots of the sums of their squares.',
    ),
    table(
      'Correlation of validation NLL and top-1 over epochs. Intervals are 95 % intervals of a bootstrap that draws blocks of epochs, since an epoch is much like the one before it. Spearman’s correlation is that of the ranks. “Within models” takes each model’s own means off first.',
      [left('run'), right('epochs'), right('Pearson’s r'), right('95 % interval'), right('Spearman')],
      rows,
    ),
    figure(
      'nll-top1',
      scatterFigure({
        title: 'NLL and top-1, an epoch a point',
        xTitle: 'validation NLL (nats per text)',
        yTitle: 'validation top-1 (share of positions)',
        series: models.map((group) => ({
          label: group.name,
          x: group.runs.flatMap(({ curve }) => curve.valNll),
          y: group.runs.flatMap(({ curve }) => curve.valTop1),
          colourIndex: colourOf(context, group),
        })),
      }),
      'Validation NLL and top-1 of every epoch of every model: the better, the further up and to the left.',
      `Scatter plot of validation top-1 against validation NLL for ${listed(models.map(({ name }) => name))}.`,
    ),
    ...(found.length > 0 ? [bullets(...found)] : []),
    paragraph(
      prose`_Why the two need not agree._ NLL asks how probable the right character was, at every position. Top-1 asks only whether it was the most
        probable one. A model that becomes ever more certain, and is wrong, loses NLL and keeps its top-1; one that learns which characters are
        likely in second place gains NLL and no top-1. And top-1 counts the certain positions behind the end of a text, which all models get
        right, so its range is narrow.`,
    ),
  ];
}
