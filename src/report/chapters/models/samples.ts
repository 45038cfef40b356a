import { SAMPLE_RULES } from '../../rules/samples.js';
import { discuss } from '../../rules/rule.js';
import type { Block } from '../../../render/document.js';
import type { GroupFacts, RunFacts } from '../../facts/types.js';
import { panelsFigure } from '../../../figures/index.js';
import type { ReportRun } from '../../input/report-input.js';
import type { SampleQuality } from '../../../texts/texts-schema.js';
import { bullets, figure, listed, paragraph, section, subsection } from '../../writing/blocks.js';
import { percent } from '../../writing/numbers.js';
import { runOf, shownRun, type ReportContext } from '../context.js';
import { chooseEpochs } from '../choose-epochs.js';
import { groupQuality, qualityTable, textsQuality, type QualityRow } from '../quality-table.js';

/** Texts of each model that are shown. */
const SHOWN = 12;
/** Texts of each epoch that are shown. */
const SHOWN_ALONG = 6;
/** Epochs that samples are shown of: early ones, where most happens, then ever fewer; and the last that was saved. */
const EPOCHS = [0, 1, 3, 8, 20, Infinity];

/** What the models write: at the end, side by side; along the training; and in numbers. */
export function samples(context: ReportContext): Block[] {
  const { models, facts } = context;
  const drawn = models.flatMap((group) => {
    const run = shownRun(context, group);
    return run?.finalSamples === undefined ? [] : [{ group, run, texts: run.finalSamples }];
  });
  const blocks: Block[] = [];
  if (drawn.length > 0) {
    const seeds = models.some(({ runs }) => runs.length > 1)
      ? ' Of several seeds, the one with the lowest validation NLL is shown.'
      : '';
    blocks.push({
      kind: 'samples',
      caption: `The first ${SHOWN} final samples of each model, drawn at temperature 1 with the weights of its best epoch; not chosen, not corrected.${seeds}`,
      columns: drawn.map(({ group, texts }) => ({ title: group.name, texts: texts.slice(0, SHOWN) })),
    });
  }
  const rows = qualityRows(models);
  if (rows.length > 0) blocks.push(qualityTable('The final samples in numbers.', rows));
  const found = discuss(SAMPLE_RULES, facts);
  if (found.length > 0) blocks.push(bullets(...found));
  blocks.push(...alongTraining(context));
  return blocks.length === 0
    ? []
    : [section('samples', models.length === 1 ? 'What the model writes' : 'What the models write'), ...blocks];
}

function qualityRows(models: readonly GroupFacts[]): QualityRow[] {
  const measured = models.flatMap((group) =>
    group.samples === undefined ? [] : [groupQuality(group.name, group.samples)],
  );
  const real = models.find(({ testTexts }) => testTexts !== undefined)?.testTexts;
  return measured.length === 0 || real === undefined ? measured : [...measured, textsQuality('real test texts', real)];
}

function alongTraining(context: ReportContext): Block[] {
  const { facts, best } = context;
  const facts_ = best?.runs.find(({ name }) => name === facts.best?.run);
  const run = facts_ === undefined ? undefined : runOf(context, facts_.name);
  if (facts_ === undefined || run === undefined || run.samples.size === 0) return [];
  const blocks: Block[] = [
    subsection('samples-along', `Samples along the training of ${run.name}`),
    paragraph('After epoch 0, and after every epoch with a new lowest validation NLL, texts are drawn.'),
    samplesAlong(run, EPOCHS, SHOWN_ALONG),
  ];
  const drawn = qualityAlong('samples-along', [facts_], best?.testTexts);
  if (drawn !== undefined) blocks.push(drawn);
  return blocks;
}

/** The first samples of some epochs, a column each. */
export function samplesAlong(run: ReportRun, wanted: readonly number[], count: number): Block {
  const epochs = chooseEpochs([...run.samples.keys()], wanted);
  return {
    kind: 'samples',
    caption: `The first ${count} samples after ${epochs.length === 1 ? 'epoch' : 'epochs'} ${listed(epochs.map(String))} (${run.name}), at temperature 1.`,
    columns: epochs.map((epoch) => ({
      title: `epoch ${epoch}`,
      texts: run.samples.get(epoch)!.slice(0, count),
    })),
  };
}

/** Measures of samples against epochs, of one run or several; undefined where fewer than two epochs were measured. */
export function qualityAlong(
  id: string,
  runs: readonly RunFacts[],
  real: SampleQuality | undefined,
): Block | undefined {
  const measured = runs.filter(({ samplesAlong: along }) => along.length >= 2);
  if (measured.length === 0) return undefined;
  const epochs = [...new Set(measured.flatMap(({ samplesAlong: along }) => along.map(({ epoch }) => epoch)))].sort(
    (a, b) => a - b,
  );
  const panel = (yTitle: string, figureOf: (quality: SampleQuality) => number) => ({
    yTitle,
    series: measured.map(({ name, samplesAlong: along }) => ({
      label: name,
      values: epochs.map((epoch) => {
        const quality = along.find((each) => each.epoch === epoch)?.quality;
        return quality === undefined ? NaN : figureOf(quality);
      }),
    })),
    references: real === undefined ? [] : [{ label: 'real test texts', value: figureOf(real) }],
  });
  const ends = measured.map(({ name, samplesAlong: along }) => {
    const [from, to] = [along[0]!, along.at(-1)!];
    return `${percent(from.quality.knownWords)} in epoch ${from.epoch} and ${percent(to.quality.knownWords)} in epoch ${to.epoch} (${name})`;
  });
  return figure(
    `${id}-quality`,
    panelsFigure({
      title: 'Samples along the training',
      subtitle: listed(measured.map(({ name }) => name)),
      xTitle: 'epoch',
      x: epochs,
      panels: [
        panel('known words (share)', ({ knownWords }) => knownWords),
        panel('longest copied span (characters)', ({ longestCopy }) => longestCopy.mean),
        panel('n-gram NLL (nats per character)', ({ ngramNllPerCharacter }) => ngramNllPerCharacter),
      ],
    }),
    'Samples along the training in numbers: the share of words that occur in the training texts, the characters of the longest span that stands in a training text (mean over samples), and the NLL under the Kneser–Ney model, which is another judge than the model itself.',
    `Three line charts against epochs. The share of known words is ${listed(ends)}.`,
  );
}
