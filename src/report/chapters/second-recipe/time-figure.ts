import type { Block } from '../../../render/document.js';
import { curvesFigure } from '../../../figures/index.js';
import { figure, listed } from '../../writing/blocks.js';
import { duration, nats } from '../../writing/numbers.js';
import { colourOf, type ReportContext } from '../context.js';
import { curveOf, hasCurve } from '../models/curves.js';
import { nllRange } from '../models/nll-range.js';
import { membersOf, type Pair } from './pairs.js';

/** Baselines that are drawn as lines. */
const DRAWN: readonly string[] = ['bigram', 'kneser-ney', 'entropy'];

/** Validation NLL against minutes of training: a colour a size, dashed with the second recipe. */
export function timeFigure(context: ReportContext, pairs: readonly Pair[]): Block | undefined {
  const { baselines } = context.facts;
  const series = pairs.flatMap(({ own, other }, place) => {
    const colourIndex = own === undefined ? place : colourOf(context, own);
    return [
      { group: own, dashed: false },
      { group: other, dashed: true },
    ].flatMap(({ group, dashed }) => {
      if (group === undefined || !hasCurve(group.curves.valNll)) return [];
      const { seconds, epochs } = group.curves.valNll;
      const { markEpoch, ...curve } = curveOf(group, 'valNll', context);
      const minutes = seconds.map((each) => each / 60);
      const marked = minutes[epochs.indexOf(markEpoch ?? NaN)];
      return [
        { ...curve, epochs: minutes, colourIndex, dashed, ...(marked === undefined ? {} : { markEpoch: marked }) },
      ];
    });
  });
  if (series.every(({ epochs }) => epochs.length < 2)) return undefined;
  const references = (baselines?.baselines ?? [])
    .filter(({ id, valNll }) => DRAWN.includes(id) && Number.isFinite(valNll))
    .map(({ label, valNll }) => ({ label, value: valNll }));
  const groups = membersOf(pairs).filter(({ curves }) => hasCurve(curves.valNll));
  const bands = groups.some(({ curves }) => curves.valNll.runs > 1);
  return figure(
    'beside-time',
    curvesFigure({
      title: 'Validation NLL against time, with both recipes',
      xTitle: 'minutes of training',
      xLog: true,
      yTitle: 'NLL (nats per text)',
      series,
      references,
      yRange: rangeAround(series, references),
      height: 440,
    }),
    [
      `Validation NLL after each epoch against the wall-clock time until then; solid with the study’s own recipe, dashed with ${context.facts.secondRecipe?.recipe ?? 'the second one'}, a colour a size; a ring marks the lowest.`,
      bands ? ' Lines are means over seeds, of NLL and of time; bands go from the lowest to the highest seed.' : '',
      references.length > 0 ? ' Dotted lines are baselines, measured on the same validation texts.' : '',
      ' Times are those of the machine and of its load when each run was made.',
    ].join(''),
    `Curves of validation NLL against minutes of training. ${listed(groups.map(({ name, figures }) => `${name} has its lowest, ${nats(figures.bestValNll.mean)}, in a training of ${duration(figures.seconds.mean)}`))}.`,
  );
}

/**
 * Up to the weakest baseline that is drawn: who passes whom shows below it. Higher where no curve gets there.
 */
function rangeAround(
  series: readonly { readonly values: readonly number[] }[],
  references: readonly { readonly value: number }[],
): { high?: number } {
  const highest = Math.max(...references.map(({ value }) => value));
  const gets = series.some(({ values }) => values.some((value) => value < highest));
  return references.length > 1 && gets ? { high: 10 * Math.ceil(highest / 9.6) } : nllRange(series, references);
}
