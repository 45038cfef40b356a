import { epochNumber } from '../../format.js';
import { median } from '../../statistics/mean-interval.js';
import type { Block } from '../../render/document.js';
import type { BaselineFacts, BaselineSetFacts, GroupFacts } from '../facts/types.js';
import { curvesFigure } from '../../figures/curves.js';
import { bullets, figure, listed, paragraph, subsection } from '../writing/blocks.js';
import { diagnosedAs, diagnosisWords } from '../writing/group-text.js';
import { accuracyOf } from '../facts/figures.js';
import { counted, decimal, nats } from '../writing/numbers.js';
import { colourOf, idOf, type ReportContext } from './context.js';

const NLL = 'NLL (nats per text)';

export function curves(context: ReportContext): Block[] {
  const models = context.models.filter((group) => group.comparable && hasCurve(group));
  if (models.length === 0) return [];
  const { baselines } = context.facts;
  const references = baselineLines(baselines, models);
  const series = models.map((group) => curveOf(group, 'valNll', context));
  return [
    ...(models.length < 2
      ? [] // the same curve is shown with that of training
      : [
          figure(
            'val-nll',
            curvesFigure({
              title: 'Validation NLL of all models',
              yTitle: NLL,
              series,
              references,
              yRange: nllRange(series, references),
              height: 260,
            }),
            caption('Validation NLL after each epoch', models, references.length > 0),
            `Curves of validation NLL against epochs. Lowest: ${lowestOf(models)}.`,
          ),
        ]),
    accuracyFigure(context, models),
  ];
}

/** Accuracy, and beside it top-1 where it follows from that; top-1 alone where a model has no other figure. */
function accuracyFigure(context: ReportContext, models: readonly GroupFacts[]): Block {
  const { baselines } = context.facts;
  const characters = baselines?.charactersPerText.val;
  const positions = context.subject && context.subject.shape.contextLength - 1;
  const isKnown = models.every(({ curves }) => curves.valAccuracy.mean.some(Number.isFinite));
  const follows = models.every(({ padding }) => padding === 'first');
  const hasBoth = isKnown && follows && characters !== undefined && positions !== undefined;
  const aside = hasBoth ? '; in brackets the notebook’s top-1' : '';
  const what = isKnown ? 'accuracy' : 'top-1';
  return figure(
    'val-accuracy',
    curvesFigure({
      title: `Validation ${what}`,
      yTitle: hasBoth ? 'accuracy (top-1 in brackets)' : isKnown ? 'accuracy' : 'top-1 (share of positions)',
      ...(hasBoth && { yAside: (value) => decimal(1 - ((1 - value) * characters) / positions, 3) }),
      series: models.map((group) => curveOf(group, isKnown ? 'valAccuracy' : 'valTop1', context)),
      references: lines(baselines, SHOWN_BASELINES, ({ valTop1 }) =>
        isKnown ? (accuracyOf(valTop1, characters, positions) ?? NaN) : valTop1,
      ),
      height: 200,
    }),
    isKnown
      ? `Validation accuracy after each epoch, padding not counted${aside}.`
      : 'Validation top-1 after each epoch: the share of positions whose token was the most probable one. Padding ' +
          'counts, so it is high for every model; characters alone were not measured.',
    `Curves of validation ${what} against epochs for ${listed(models.map(({ name }) => name))}.`,
  );
}

/**
 * The diagnosis of a group, with its curves of training and validation NLL.
 *
 * @param others lines beside those of the baselines
 */
export function curvesAlone(
  context: ReportContext,
  group: GroupFacts,
  others: readonly { label: string; value: number }[] = [],
): Block[] {
  const { name, runs, baselines } = group;
  const id = idOf(name);
  const references = [...baselineLines(baselines, [group]), ...others];
  const series = [
    { ...curveOf(group, 'valNll', context), label: 'validation' },
    { ...curveOf(group, 'trainNll', context), label: 'training', dashed: true },
  ];
  return [
    subsection(`model-${id}`, `${name}: ${diagnosisWords(group)}`),
    runs.length === 1 ? paragraph(runs[0]!.diagnosis.sentences.join(' ')) : bullets(...runs.map(diagnosedAs)),
    ...(hasCurve(group)
      ? [
          figure(
            `nll-${id}`,
            curvesFigure({
              title: `NLL of ${name}`,
              yTitle: NLL,
              series,
              yRange: nllRange(series, references),
              references,
              height: 210,
            }),
            caption(
              `Training and validation NLL of ${name}`,
              [group],
              references.length > 0,
              others.length > 0 ? ' and the lowest validation NLL of the same model on all texts' : '',
            ),
            `Curves of training and validation NLL of ${name} against epochs. Lowest validation NLL: ` +
              `${lowestOf([group])}.`,
          ),
        ]
      : []),
  ];
}

type Curve = keyof GroupFacts['curves'];

/** A mean curve with its band of seeds, and a mark at its lowest NLL. */
export function curveOf(group: GroupFacts, which: Curve, context: ReportContext) {
  const { mean, low, high, runs, ...curve } = group.curves[which];
  const epochs = curve.epochs.map(epochNumber);
  const lowest = Math.min(...mean.filter(Number.isFinite));
  return {
    label: group.name,
    epochs,
    values: mean,
    ...(runs > 1 ? { low, high } : {}),
    colourIndex: colourOf(context, group),
    ...(which === 'valNll' && Number.isFinite(lowest) ? { markEpoch: epochs[mean.indexOf(lowest)]! } : {}),
  };
}

export function hasCurve({ curves }: GroupFacts): boolean {
  return curves.valNll.mean.some(Number.isFinite);
}

/** What lies above so many times the median of the highest curve is cut off. */
const SPIKE = 2;

/**
 * The highest NLL that a figure of several curves has to show: of every curve, however long or short the others are,
 * and of every line; but not of a first epoch, or of a training that diverges, that is far above everything else.
 */
export function nllRange(
  series: readonly { readonly values: readonly number[] }[],
  references: readonly { readonly value: number }[] = [],
): { high?: number } {
  const curves = series.map(({ values }) => values.filter(Number.isFinite)).filter(({ length }) => length > 0);
  if (curves.length === 0) return {};
  const bound = SPIKE * Math.max(...curves.map((values) => median(values)));
  const levels = references.map(({ value }) => value).filter(Number.isFinite);
  return { high: Math.max(Math.min(Math.max(...curves.flat()), bound), ...levels) };
}

/** Baselines that are shown as lines; the others lie near one of them, or far above everything. */
export const SHOWN_BASELINES: readonly string[] = ['unigram', 'bigram', 'kneser-ney', 'entropy'];

/** Some baselines as lines, where they have a figure. */
export function lines(
  baselines: BaselineSetFacts | undefined,
  ids: readonly string[],
  valueOf: (baseline: BaselineFacts) => number = ({ valNll }) => valNll,
): { label: string; value: number }[] {
  return (baselines?.baselines ?? [])
    .filter((each) => ids.includes(each.id) && Number.isFinite(valueOf(each)))
    .map((each) => ({ label: each.label, value: valueOf(each) }));
}

/** The flat unigram is shown only when a model is that bad: it is so high that the curves would be squeezed. */
function baselineLines(baselines: BaselineSetFacts | undefined, groups: readonly GroupFacts[]) {
  const unigram = baselines?.baselines.find(({ id }) => id === 'unigram')?.valNll ?? Infinity;
  const worst = Math.max(...groups.map(({ figures }) => figures.bestValNll.mean).filter(Number.isFinite));
  return lines(baselines, worst > 1.05 * unigram ? ['flat-unigram', ...SHOWN_BASELINES] : SHOWN_BASELINES);
}

function caption(what: string, groups: readonly GroupFacts[], references: boolean, others = ''): string {
  const several = groups.filter(({ curves }) => curves.valNll.runs > 1);
  const ended = several.some(({ curves: { valNll } }) => valNll.longest > valNll.epochs.length);
  return [
    `${what}; a ring marks the lowest.`,
    several.length > 0 ? ' Lines are means over seeds; bands span the lowest to the highest seed.' : '',
    ended ? ' Means end where the first seed stopped.' : '',
    references ? ` Dotted lines are baselines${others}, measured on the same validation texts.` : '',
  ].join('');
}

function lowestOf(groups: readonly GroupFacts[]): string {
  return listed(
    groups.map(({ name, figures: { bestValNll, epochsRun } }) => {
      const epochs = Number.isInteger(epochsRun.mean) ? ` in ${counted(epochsRun.mean, 'epoch')}` : '';
      return `${nats(bestValNll.mean)} for ${name}${epochs}`;
    }),
  );
}
