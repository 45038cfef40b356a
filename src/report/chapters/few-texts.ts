import { discuss } from '../rules/rule.js';
import { FEW_TEXTS_RULES } from '../rules/variants.js';
import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { curvesFigure } from '../../figures/index.js';
import {
  chapter,
  figure,
  findings,
  headed,
  left,
  listed,
  paragraph,
  right,
  section,
  table,
} from '../writing/blocks.js';
import { bestWithEpoch } from '../writing/group-text.js';
import { nats, UNKNOWN, whole } from '../writing/numbers.js';
import { idOf, shownRun, type ReportContext } from './context.js';
import { curveOf, hasCurve, nllRange } from './curves.js';
import { MEASURED, measuredGroup } from './measured.js';
import { finalSamples, groupQuality, qualityAlong, qualityTable, samplesAlong } from './samples.js';

/** The epochs that the original notebook shows samples of. */
const EPOCHS = [0, 5, 10, 20, 51, 89];
const SHOWN_ALONG = 6;
const SHOWN = 12;

/** The best model with few texts to learn from, against the same with all of them. */
export function fewTextsChapter(context: ReportContext): Block[] {
  const { facts } = context;
  const groups = facts.groups.filter(({ role }) => role === 'few-texts');
  const blocks: Block[] = [];
  for (const few of groups) {
    const paired = facts.comparisons.find(({ kind, first }) => kind === 'few-texts' && first === few.name);
    const full = facts.groups.find(({ name }) => name === paired?.second);
    const id = groups.length > 1 ? `few-texts-${idOf(few.name)}` : 'few-texts';
    if (groups.length > 1) blocks.push(section(id, few.name));
    blocks.push(...fewAgainstFull(context, id, few, full));
  }
  return headed(chapter('few-texts', 'Few texts'), [
    ...blocks,
    ...headed(section('few-texts-findings', 'Discussion'), findings(discuss(FEW_TEXTS_RULES, facts))),
  ]);
}

function fewAgainstFull(context: ReportContext, id: string, few: GroupFacts, full: GroupFacts | undefined): Block[] {
  const both = full === undefined ? [few] : [few, full];
  const against = full === undefined ? '' : `, compared with ${full.name}, which had all ${whole(full.trainTexts)}`;
  const run = shownRun(context, few);
  const along = few.runs.find(({ name }) => name === run?.name);
  const rows = both.flatMap(({ name, samples, testTexts, role, trainTexts }) => [
    ...(samples === undefined ? [] : [groupQuality(name, samples)]),
    ...(testTexts === undefined || role !== 'few-texts'
      ? []
      : [{ name: `real test texts, against the same ${whole(trainTexts)}`, quality: testTexts }]),
  ]);
  return [
    paragraph(
      `${few.name} is the same model and recipe with only the first ${whole(few.trainTexts)} training ` +
        `texts${against}. Validation and test texts are the same.`,
    ),
    table(
      'Few texts and all texts. The last column is the strongest baseline fitted on the same training texts, ' +
        'since simple models suffer from few texts too.',
      both.map((group) => ({ ...measuredGroup(group), group })),
      [
        MEASURED.model,
        right('training texts', ({ group }) => whole(group.trainTexts)),
        right('best validation NLL (epoch)', ({ group }) => bestWithEpoch(group)),
        MEASURED.testNll,
        MEASURED.bits,
        MEASURED.testTop1,
        left('strongest baseline (test NLL)', ({ group: { baselines } }) =>
          baselines?.strongest === undefined
            ? UNKNOWN
            : `${baselines.strongest.label} (${nats(baselines.strongest.testNll)})`,
        ),
      ],
    ),
    ...(hasCurve(few) ? [curves(context, id, both)] : []),
    ...(run === undefined || run.samples.size === 0
      ? []
      : [
          section(`${id}-along`, 'Samples during training'),
          paragraph(`The original notebook shows epochs 0, 5, 10, 20, 51 and 89; these are the nearest saved ones.`),
          samplesAlong(run, EPOCHS, SHOWN_ALONG),
        ]),
    ...(along === undefined ? [] : qualityAlong(id, along, few.testTexts)),
    ...headed(section(`${id}-final`, 'Final samples side by side'), [
      ...finalSamples(
        context,
        both,
        SHOWN,
        `The first ${SHOWN} final samples, at temperature 1 with the weights of the best epoch.`,
      ),
      ...qualityTable('The final samples in numbers, each compared with its own training texts.', rows),
    ]),
  ];
}

function curves(context: ReportContext, id: string, groups: readonly GroupFacts[]): Block {
  const labelled = (group: GroupFacts, colourIndex: number) => [
    { ...curveOf(group, 'valNll', context), label: `${group.name}, validation`, colourIndex },
    { ...curveOf(group, 'trainNll', context), label: `${group.name}, training`, colourIndex, dashed: true },
  ];
  const series = groups.flatMap((group, i) => labelled(group, 1 - i));
  const strongest = groups[0]?.baselines?.strongest;
  const references =
    strongest === undefined || !Number.isFinite(strongest.valNll)
      ? []
      : [{ label: `${strongest.label}, few texts`, value: strongest.valNll }];
  return figure(
    `${id}-nll`,
    curvesFigure({
      title: 'NLL with few texts and with all',
      yTitle: 'NLL (nats per text)',
      series,
      references,
      yRange: nllRange(series, references),
    }),
    `Training NLL (dashed) and validation NLL of ${listed(groups.map(({ name }) => name))}. An epoch on few texts ` +
      `has ` +
      'fewer steps, so equal epochs are not equal amounts of training.',
    `Curves of training and validation NLL against epochs. Lowest validation NLL: ${listed(
      groups.map(({ name, figures }) => `${nats(figures.bestValNll.mean)} for ${name}`),
    )}.`,
  );
}
