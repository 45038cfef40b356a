import { dotPlotFigure } from '../../figures/dot-plot.js';
import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { discuss } from '../rules/rule.js';
import { comparableMixtures, SUMMARY_RULES } from '../rules/summary.js';
import { bullets, chapter, figure, findings, listed, note, paragraph, section, table } from '../writing/blocks.js';
import { haveSpread, spreadWords } from '../writing/group-text.js';
import { capital, duration, inWords, nats, whole } from '../writing/numbers.js';
import type { ReportContext } from './context.js';
import { MEASURED, measuredBaseline, measuredGroup, measuredMixture, type MeasuredRow } from './measured.js';

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
  }
  if (facts.missing.length > 0)
    blocks.push(section('missing', 'What is missing'), bullets(...facts.missing.map(({ sentence }) => sentence)));
  return blocks;
}

function introduction({ facts: { data, origin, secondRecipe }, models }: ReportContext): string {
  const parameters = models.flatMap((group) => group.parameters ?? []);
  const ends = [...new Set([Math.min(...parameters), Math.max(...parameters)])].map(whole).join(' to ');
  const size = parameters.length === 0 ? '' : ` of ${ends} parameters`;
  const limit = data.limit === undefined ? '' : ` (the first ${whole(data.limit)} of them)`;
  const both =
    secondRecipe === undefined
      ? ''
      : ` The same sizes were also trained with the recipe ${secondRecipe.recipe}, which has a chapter of its own.`;
  return (
    `${capital(inWords(models.length))} autoregressive ` +
    `${models.length === 1 ? 'transformer' : 'transformers'}${size} ${models.length === 1 ? 'was' : 'were'} ` +
    `trained to predict the texts of “${data.name}” character by character, on ${whole(data.sizes.train)} training ` +
    `texts${limit}. The best epoch was chosen on ${whole(data.sizes.val)} validation texts, and figures were ` +
    `measured on ${whole(data.sizes.test)} test texts unless stated otherwise.${both} Training took ` +
    `${duration(origin.seconds)} in all. All measured figures come from the files of the runs.`
  );
}

/** Models and what to compare them with: the strongest baseline, and the exact entropy where it is known. */
function figuresTable({ facts, models }: ReportContext): Block {
  const { baselines = [], strongest } = facts.baselines ?? {};
  const shown = baselines.filter(({ id }) => id === strongest?.id || id === 'entropy');
  const few = facts.groups.filter(({ role }) => role === 'few-texts');
  const mixtures = comparableMixtures(facts).filter(({ testNll }) => testNll !== undefined);
  return table(
    [
      `Models${mixtures.length > 0 ? ', mixtures of models' : ''} and the strongest simple model fitted on the same ` +
        `training texts, on the test texts. ${spreadWords(models)} The end of a text counts as a character.`,
      models.some(({ comparable }) => !comparable)
        ? ' Models marked * were measured on other texts, so their figures do not compare.'
        : '',
    ].join(''),
    [...[...models, ...few].map(marked), ...mixtures.map(measuredMixture), ...shown.map(measuredBaseline)],
    [
      MEASURED.model,
      MEASURED.parameters,
      MEASURED.testNll,
      MEASURED.bits,
      MEASURED.perplexity,
      MEASURED.accuracy,
      MEASURED.testTop1,
    ],
    ({ group }) => models.length > 1 && group !== undefined && group.name === facts.best?.group,
  );
}

function marked(group: GroupFacts): MeasuredRow {
  const row = measuredGroup(group);
  return group.comparable ? row : { ...row, name: `${row.name} *` };
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
