import { discuss } from '../rules/rule.js';
import { comparableMixtures, SUMMARY_RULES } from '../rules/summary.js';
import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { dotPlotFigure } from '../../figures/index.js';
import {
  bullets,
  chapter,
  figure,
  findings,
  left,
  listed,
  note,
  paragraph,
  right,
  section,
  table,
} from '../writing/blocks.js';
import { bestWithEpoch, diagnosisWords, haveSpread, pearsonText, spreadWords } from '../writing/group-text.js';
import { capital, duration, inWords, nats, UNKNOWN, whole } from '../writing/numbers.js';
import type { ReportContext } from './context.js';
import { MEASURED, measuredBaseline, measuredGroup, measuredMixture, type MeasuredRow } from './measured.js';
import { referenceSection } from './reference.js';

/** What was trained on what, what came out, and what follows. */
export function summaryChapter(context: ReportContext): Block[] {
  const { facts, models } = context;
  const blocks: Block[] = [chapter('summary', 'Summary'), paragraph(introduction(context))];
  if (facts.kind === 'quick')
    blocks.push(
      note(
        'This is a quick study: each model was trained for a few steps only, to show what a study contains and ' +
          'that everything works. No conclusions are drawn from its figures.',
      ),
    );
  blocks.push(...findings(discuss(SUMMARY_RULES, facts)));
  if (models.length > 0) {
    blocks.push(figuresTable(context));
    const plot = mainFigure(context);
    if (plot !== undefined) blocks.push(plot);
    blocks.push(trainingTable(context));
  }
  if (facts.kind === 'study') blocks.push(...referenceSection(context));
  if (facts.missing.length > 0)
    blocks.push(section('missing', 'What is missing'), bullets(...facts.missing.map(({ sentence }) => sentence)));
  return blocks;
}

function introduction({ facts, models }: ReportContext): string {
  const { data, origin, secondRecipe } = facts;
  const parameters = models.flatMap((group) => group.parameters ?? []);
  const [fewest, most] = [Math.min(...parameters), Math.max(...parameters)];
  const sizes =
    parameters.length === 0
      ? ''
      : ` of ${fewest === most ? whole(most) : `${whole(fewest)} to ${whole(most)}`} parameters`;
  const limit = data.limit === undefined ? '' : ` (the first ${whole(data.limit)} of them)`;
  const both =
    secondRecipe === undefined
      ? ''
      : `The same sizes were also trained with the recipe ${secondRecipe.recipe}, which has a chapter of its ` +
        'own; all other chapters are about ' +
        `${secondRecipe.ownRecipe === undefined ? 'the study’s own recipe' : `the recipe ${secondRecipe.ownRecipe}`}. `;
  return (
    `${capital(inWords(models.length))} autoregressive ` +
    `${models.length === 1 ? 'transformer' : 'transformers'}${sizes} ${models.length === 1 ? 'was' : 'were'} ` +
    'trained to predict the texts of ' +
    `“${data.name}” character by character, on ${whole(data.sizes.train)} training texts${limit}. ` +
    `The best epoch was chosen on ${whole(data.sizes.val)} validation texts, and figures were measured on ` +
    `${whole(data.sizes.test)} test texts unless stated otherwise. ` +
    `${both}Training took ${duration(origin.seconds)} in all. All measured figures come from the files of the runs.`
  );
}

function figuresTable({ facts, models }: ReportContext): Block {
  const baselines = facts.baselines?.baselines ?? [];
  const mixtures = comparableMixtures(facts).filter(({ testNll }) => testNll !== undefined);
  return table(
    [
      `Models${mixtures.length > 0 ? ', mixtures of models' : ''} and baselines on the test texts. ` +
        spreadWords(models),
      baselines.length > 0 ? ' Baselines are simple models fitted on the same training texts.' : '',
      ' The end of a text counts as a character.',
      models.some(({ comparable }) => !comparable)
        ? ' Models marked * were measured on other texts, so their figures do not compare.'
        : '',
    ].join(''),
    [...models.map(marked), ...mixtures.map(measuredMixture), ...baselines.map(measuredBaseline)],
    [MEASURED.model, MEASURED.parameters, MEASURED.testNll, MEASURED.bits, MEASURED.perplexity, MEASURED.testTop1],
    ({ group }) => models.length > 1 && group !== undefined && group.name === facts.best?.group,
  );
}

/** A row whose name says where its figures do not compare. */
function marked(group: GroupFacts): MeasuredRow {
  const row = measuredGroup(group);
  return group.comparable ? row : { ...row, name: `${row.name} *` };
}

function trainingTable({ facts, models }: ReportContext): Block {
  return table(
    [
      'How training went. Epochs are counted from 0. Pearson’s r is the correlation of validation NLL and ' +
        'top-1 over the epochs, ',
      haveSpread(models)
        ? 'with its 95 % interval for one seed, and from the lowest to the highest for several. Times are means ' +
          'over seeds.'
        : 'with its 95 % interval.',
      ' The last column is the diagnosis of the curve by fixed rules.',
    ].join(''),
    models,
    [
      left('model', ({ name }) => name),
      right('best validation NLL (epoch)', bestWithEpoch),
      right('epochs run', ({ runs }) => runs.map((run) => run.figures.epochsRun ?? UNKNOWN).join(', ')),
      right('time', ({ figures }) => duration(figures.seconds.mean)),
      right('Pearson’s r', pearsonText),
      left('diagnosis', diagnosisWords),
    ],
    ({ name }) => models.length > 1 && name === facts.best?.group,
  );
}

/** Test NLL of models and baselines on one axis, from the worst to the best. */
function mainFigure({ facts, models }: ReportContext): Block | undefined {
  const rows = [
    ...models
      .filter((group) => group.comparable && Number.isFinite(group.figures.testNll.mean))
      .map((group) => {
        const { mean, values, count } = group.figures.testNll;
        const finite = values.filter(Number.isFinite);
        const bar = count > 1 ? { low: Math.min(...finite), high: Math.max(...finite) } : {};
        return { label: group.name, value: mean, ...bar, kind: 'model' as const };
      }),
    ...comparableMixtures(facts).flatMap(({ name, testNll }) =>
      Number.isFinite(testNll) ? { label: name, value: testNll!, kind: 'mixture' as const } : [],
    ),
    ...(facts.baselines?.baselines ?? []).map(({ id, label, testNll }) => ({
      label,
      value: testNll,
      kind: id === 'entropy' ? ('exact' as const) : ('baseline' as const),
    })),
  ].sort((a, b) => b.value - a.value);
  if (rows.length < 2) return undefined;
  return figure(
    'test-nll',
    dotPlotFigure({
      title: 'Test NLL of models and baselines',
      subtitle: 'lower is better',
      xTitle: 'test NLL (nats per text)',
      rows,
    }),
    [
      'Test NLL of the models ' +
        `(circles)${rows.some(({ kind }) => kind === 'mixture') ? ', mixtures (squares)' : ''} and baselines ` +
        '(diamonds), from worst to best.',
      haveSpread(models) ? ' Bars span the lowest to the highest seed.' : '',
    ].join(''),
    `Dot plot of test NLLs in nats per text, from worst to best: ${listed(
      rows.map(({ label, value }) => `${label} ${nats(value)}`),
    )}.`,
  );
}
