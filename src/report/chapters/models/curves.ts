import type { Block } from '../../../render/document.js';
import type { GroupFacts, MeanCurve, BaselineSetFacts } from '../../facts/types.js';
import { curvesFigure } from '../../../figures/index.js';
import { bullets, figure, listed, paragraph, section, subsection } from '../../writing/blocks.js';
import { diagnosisWords } from '../../writing/diagnosis-words.js';
import { counted, nats } from '../../writing/numbers.js';
import { diagnosedAs } from '../../rules/look-up.js';
import { colourOf, type ReportContext } from '../context.js';
import { nllRange } from './nll-range.js';

const NLL = 'NLL (nats per text)';
const TOP1 = 'top-1 (share of positions)';
/** Heights of figures in second place. */
const LOWER = 250;
const LOWEST = 200;

/** Curves of all models together. */
export function curvesTogether(context: ReportContext): Block[] {
  const models = context.models.filter((group) => hasCurve(group.curves.valNll));
  if (models.length < 2) return []; // the same curves are shown alone
  const { baselines } = context.facts;
  const references = baselineLines(baselines, models);
  const [val, train] = (['valNll', 'trainNll'] as const).map((which) =>
    models.map((group) => curveOf(group, which, context)),
  );
  const blocks: Block[] = [section('curves', 'Curves of all models')];
  blocks.push(
    figure(
      'val-nll',
      curvesFigure({
        title: 'Validation NLL of all models',
        yTitle: NLL,
        series: val!,
        references,
        yRange: nllRange(val!, references),
      }),
      caption('Validation NLL after each epoch', models, references.length > 0),
      `Curves of validation NLL against epochs. Lowest: ${lowestOf(models)}.`,
    ),
    figure(
      'train-nll',
      curvesFigure({
        title: 'Training NLL of all models',
        yTitle: NLL,
        series: train!,
        yRange: nllRange(train!),
        height: LOWER,
      }),
      'Training NLL: the mean over each epoch, measured while the weights move and with the recipe’s dropout.',
      `Curves of training NLL against epochs for ${listed(models.map(({ name }) => name))}.`,
    ),
    figure(
      'val-top1',
      curvesFigure({
        title: 'Validation top-1 of all models',
        yTitle: TOP1,
        series: models.map((group) => curveOf(group, 'valTop1', context)),
        references: top1References(baselines),
        height: LOWER,
      }),
      'Validation top-1 after each epoch: the share of positions where the most probable token was the right one. Positions after the end of a text count, so it is high for every model.',
      `Curves of validation top-1 against epochs for ${listed(models.map(({ name }) => name))}.`,
    ),
  );
  return blocks;
}

/** Each model alone, with what its curve shows in words. */
export function curvesAlone(context: ReportContext): Block[] {
  const models = context.models.filter((group) => hasCurve(group.curves.valNll));
  if (models.length === 0) return [];
  const blocks: Block[] = [
    section('curves-alone', models.length === 1 ? 'Curves' : 'Each model alone'),
    paragraph(
      'What a curve shows is said by fixed rules, from the curve itself and from the baselines; they are described in the chapter on measuring.',
    ),
  ];
  for (const group of models) blocks.push(...modelAlone(context, group));
  return blocks;
}

function modelAlone(context: ReportContext, group: GroupFacts): Block[] {
  const id = idOf(group.name);
  const colour = colourOf(context, group);
  const references = baselineLines(group.baselines, [group]);
  const series = [
    { ...curveOf(group, 'valNll', context), label: 'validation', colourIndex: colour },
    { ...curveOf(group, 'trainNll', context), label: 'training', colourIndex: colour, dashed: true },
  ];
  const diagnoses = group.runs.map(({ diagnosis, ...run }) =>
    group.runs.length === 1 ? diagnosis.sentences.join(' ') : diagnosedAs({ ...run, diagnosis }),
  );
  return [
    subsection(`model-${id}`, `${group.name}: ${diagnosisWords(group)}`),
    diagnoses.length === 1 ? paragraph(diagnoses[0]!) : bullets(...diagnoses),
    figure(
      `nll-${id}`,
      curvesFigure({
        title: `NLL of ${group.name}`,
        yTitle: NLL,
        series,
        yRange: nllRange(series, references),
        references,
        height: LOWER,
      }),
      caption(`Training and validation NLL of ${group.name}`, [group], references.length > 0),
      `Curves of training and validation NLL of ${group.name} against epochs. Lowest validation NLL: ${lowestOf([group])}.`,
    ),
    figure(
      `top1-${id}`,
      curvesFigure({
        title: `Validation top-1 of ${group.name}`,
        yTitle: TOP1,
        series: [{ ...curveOf(group, 'valTop1', context), label: 'validation' }],
        height: LOWEST,
      }),
      `Validation top-1 of ${group.name} after each epoch.`,
      `Curve of validation top-1 of ${group.name} against epochs.`,
    ),
  ];
}

/** A name as a part of an anchor. */
export function idOf(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return id === '' ? 'model' : id;
}

/** A mean curve with its band of seeds, and a mark at its lowest NLL. */
export function curveOf(
  { name, curves }: GroupFacts,
  which: keyof GroupFacts['curves'],
  context: ReportContext,
  group = context.models.find((each) => each.name === name),
) {
  const curve = curves[which];
  return {
    label: name,
    epochs: curve.epochs,
    values: curve.mean,
    ...(curve.runs > 1 ? { low: curve.low, high: curve.high } : {}),
    ...(group === undefined ? {} : { colourIndex: colourOf(context, group) }),
    ...(which === 'valNll' ? markLowest(curve) : {}),
  };
}

function markLowest({ epochs, mean }: MeanCurve): { markEpoch?: number } {
  let best: number | undefined;
  mean.forEach((value, i) => {
    if (Number.isFinite(value) && (best === undefined || value < mean[best]!)) best = i;
  });
  return best === undefined ? {} : { markEpoch: epochs[best]! };
}

export function hasCurve({ mean }: MeanCurve): boolean {
  return mean.some(Number.isFinite);
}

/** Baselines that are drawn as lines; the others lie near one of them, or far above everything. */
const DRAWN = ['unigram', 'bigram', 'kneser-ney', 'entropy'] as const;

/**
 * Baselines as lines, where they have a validation NLL. The flat unigram is drawn only when a model is that bad: it is so high that the
 * curves would be squeezed.
 */
export function baselineLines(
  baselines: BaselineSetFacts | undefined,
  groups: readonly GroupFacts[],
): { label: string; value: number }[] {
  const all = baselines?.baselines ?? [];
  const unigram = all.find(({ id }) => id === 'unigram')?.valNll ?? Infinity;
  const worst = Math.max(...groups.map(({ figures }) => figures.bestValNll.mean).filter(Number.isFinite));
  const drawn: readonly string[] = worst > 1.05 * unigram ? ['flat-unigram', ...DRAWN] : DRAWN;
  return all
    .filter(({ id, valNll }) => drawn.includes(id) && Number.isFinite(valNll))
    .map(({ label, valNll }) => ({ label, value: valNll }));
}

function top1References(baselines: BaselineSetFacts | undefined): { label: string; value: number }[] {
  return (baselines?.baselines ?? [])
    .filter(({ id, valTop1 }) => (DRAWN as readonly string[]).includes(id) && Number.isFinite(valTop1))
    .map(({ label, valTop1 }) => ({ label, value: valTop1 }));
}

function caption(what: string, groups: readonly GroupFacts[], references: boolean): string {
  const bands = groups.some(({ curves }) => curves.valNll.runs > 1);
  const cut = groups.filter(({ curves: { valNll } }) => valNll.runs > 1 && valNll.longest > valNll.epochs.length);
  return [
    `${what}; a ring marks the lowest.`,
    bands ? ' Lines are means over seeds, bands go from the lowest to the highest seed.' : '',
    cut.length > 0 ? ' Means end where the first seed stopped.' : '',
    references ? ' Dotted lines are baselines, measured on the same validation texts.' : '',
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
