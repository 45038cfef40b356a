import { FEW_TEXTS_RULES } from '../rules/few-texts.js';
import { discuss } from '../rules/rule.js';
import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { curvesFigure } from '../../figures/index.js';
import { bullets, chapter, figure, left, paragraph, right, section, table } from '../writing/blocks.js';
import { bestWithEpoch, withSpread } from '../writing/figure-text.js';
import { nats, UNKNOWN, whole } from '../writing/numbers.js';
import { shownRun, type ReportContext } from './context.js';
import { curveOf, hasCurve, idOf } from './models/curves.js';
import { nllRange } from './models/nll-range.js';
import { qualityAlong, samplesAlong } from './models/samples.js';
import { groupQuality, qualityTable, textsQuality } from './quality-table.js';

/** The epochs that the source shows samples of. */
const EPOCHS = [0, 5, 10, 20, 51, 89];
const SHOWN_ALONG = 6;
const SHOWN = 12;

/** The best model with few texts to learn from, against the same with all of them. */
export function fewTextsChapter(context: ReportContext): Block[] {
  const { facts } = context;
  const groups = facts.groups.filter(({ role }) => role === 'few-texts');
  if (groups.length === 0) return [];
  const blocks: Block[] = [chapter('few-texts', 'Few texts')];
  for (const few of groups) {
    const paired = facts.comparisons.find(({ kind, first }) => kind === 'few-texts' && first === few.name);
    const full = facts.groups.find(({ name }) => name === paired?.second);
    const id = groups.length > 1 ? `few-texts-${idOf(few.name)}` : 'few-texts';
    if (groups.length > 1) blocks.push(section(id, few.name));
    blocks.push(...fewAgainstFull(context, id, few, full));
  }
  const found = discuss(FEW_TEXTS_RULES, facts);
  if (found.length > 0) blocks.push(section('few-texts-findings', 'What the numbers say'), bullets(...found));
  return blocks;
}

function fewAgainstFull(context: ReportContext, id: string, few: GroupFacts, full: GroupFacts | undefined): Block[] {
  const both = full === undefined ? [few] : [few, full];
  const against = full === undefined ? '' : `, beside ${full.name}, which had all ${whole(full.trainTexts)}`;
  const blocks: Block[] = [
    paragraph(
      `${few.name}: the same model and recipe with the first ${whole(few.trainTexts)} training texts only${against}. Validation and test texts are the same.`,
    ),
    figuresTable(both),
  ];
  if (hasCurve(few.curves.valNll)) blocks.push(curves(context, id, few, full));
  const run = shownRun(context, few);
  if (run !== undefined && run.samples.size > 0)
    blocks.push(
      section(`${id}-along`, 'Samples along the training'),
      paragraph('The source shows epochs 0, 5, 10, 20, 51 and 89; here are the saved ones nearest to these.'),
      samplesAlong(run, EPOCHS, SHOWN_ALONG),
    );
  const along = few.runs.find(({ name }) => name === run?.name);
  const quality = along === undefined ? undefined : qualityAlong(id, [along], few.testTexts);
  if (quality !== undefined) blocks.push(quality);
  blocks.push(...finalSamples(context, id, both));
  return blocks;
}

/** Each with the strongest baseline of its own training texts: with few texts simple models are worse as well. */
function figuresTable(groups: readonly GroupFacts[]): Block {
  return table(
    'With few texts and with all. The last column is the strongest baseline fitted on the same training texts, since simple models suffer from few texts as well.',
    [
      left('model'),
      right('training texts'),
      right('best validation NLL (epoch)'),
      right('test NLL (nats per text)'),
      right('bits per character'),
      right('top-1'),
      left('strongest baseline (test NLL)'),
    ],
    groups.map((group) => {
      const strongest = group.baselines?.strongest;
      return [
        group.name,
        whole(group.trainTexts),
        bestWithEpoch(group),
        withSpread(group.figures.testNll, 2),
        withSpread(group.figures.bitsPerCharacter, 3),
        withSpread(group.figures.testTop1, 4),
        strongest === undefined ? UNKNOWN : `${strongest.label} (${nats(strongest.testNll)})`,
      ];
    }),
  );
}

function curves(context: ReportContext, id: string, few: GroupFacts, full: GroupFacts | undefined): Block {
  const labelled = (group: GroupFacts, colourIndex: number) => [
    { ...curveOf(group, 'valNll', context), label: `${group.name}, validation`, colourIndex },
    { ...curveOf(group, 'trainNll', context), label: `${group.name}, training`, colourIndex, dashed: true },
  ];
  const drawn = [...labelled(few, 1), ...(full === undefined ? [] : labelled(full, 0))];
  const strongest = few.baselines?.strongest;
  const references =
    strongest === undefined || !Number.isFinite(strongest.valNll)
      ? []
      : [{ label: `${strongest.label}, few texts`, value: strongest.valNll }];
  return figure(
    `${id}-nll`,
    curvesFigure({
      title: 'NLL with few texts and with all',
      yTitle: 'NLL (nats per text)',
      series: drawn,
      references,
      yRange: nllRange(drawn, references),
    }),
    `Training NLL (dashed) and validation NLL of ${few.name}${full === undefined ? '' : ` and of ${full.name}`}. An epoch on few texts has fewer steps, so the same epoch is not the same amount of training.`,
    `Curves of training and validation NLL against epochs. Lowest validation NLL of ${few.name}: ${nats(few.figures.bestValNll.mean)}${full === undefined ? '' : `, of ${full.name}: ${nats(full.figures.bestValNll.mean)}`}.`,
  );
}

function finalSamples(context: ReportContext, id: string, groups: readonly GroupFacts[]): Block[] {
  const columns = groups.flatMap((group) => {
    const texts = shownRun(context, group)?.finalSamples;
    return texts === undefined ? [] : [{ title: group.name, texts: texts.slice(0, SHOWN) }];
  });
  const rows = groups.flatMap(({ name, samples, testTexts, role, trainTexts }) => [
    ...(samples === undefined ? [] : [groupQuality(name, samples)]),
    ...(testTexts === undefined || role !== 'few-texts'
      ? []
      : [textsQuality(`real test texts, against the same ${whole(trainTexts)}`, testTexts)]),
  ]);
  const blocks: Block[] = [];
  if (columns.length > 0)
    blocks.push({
      kind: 'samples',
      caption: `The first ${SHOWN} final samples, at temperature 1 with the weights of the best epoch.`,
      columns,
    });
  if (rows.length > 0)
    blocks.push(qualityTable('The final samples in numbers, each against its own training texts.', rows));
  return blocks.length === 0 ? [] : [section(`${id}-final`, 'Final samples side by side'), ...blocks];
}
