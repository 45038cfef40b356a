/** Page one: the answers in a sentence each, a figure and a table. */
import { dotPlotFigure } from '../../figures/dot-plot.js';
import type { Block, Text } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { discuss, seesTargets } from '../rules/rule.js';
import { ANSWERS, comparableMixtures } from '../rules/summary.js';
import { bullets, chapter, figure, listed, note, paragraph, table } from '../writing/blocks.js';
import { spreadWords } from '../writing/group-text.js';
import { capital, counted, inWords, nats, percent, whole } from '../writing/numbers.js';
import type { ReportContext } from './context.js';
import { SHOWN_BASELINES } from './curves.js';
import { MEASURED, measuredBaseline, measuredGroup, measuredMixture, type MeasuredRow } from './measured.js';

export const MAX_ROWS = 6;

export function answerChapter(context: ReportContext): Block[] {
  const { facts, models } = context;
  const answers = ANSWERS.map(({ topic, rule }) => ({ topic, sentences: discuss([rule], facts) }))
    .filter(({ sentences }) => sentences.length > 0)
    .map(({ topic, sentences }): Text => [{ strong: `${topic}.` }, ` ${sentences.join(' ')}`]);
  const missing = facts.missing.length;
  return [
    chapter('answer', 'The answer in short'),
    paragraph(introduction(context)),
    ...(facts.kind === 'quick'
      ? [
          note(
            'This is a quick study: short trainings on few texts, to show what a study contains. What holds for them ' +
              'need not hold for longer ones.',
          ),
        ]
      : []),
    ...(answers.length > 0 ? [bullets(...answers)] : []),
    ...(models.length === 0 ? [] : [figuresTable(context)]),
    ...mainFigure(context),
    ...(missing === 0
      ? []
      : [
          note([
            `${capital(inWords(missing))} ${missing === 1 ? 'thing' : 'things'} that a reader may look for ` +
              `${missing === 1 ? 'is' : 'are'} `,
            { link: '#missing', text: 'missing' },
            '.',
          ]),
        ]),
    { kind: 'contents' },
  ];
}

function introduction({ facts, models }: ReportContext): string {
  const { data, secondRecipe } = facts;
  const parameters = models.flatMap((group) => group.parameters ?? []);
  const ends = [...new Set([Math.min(...parameters), Math.max(...parameters)])].map(whole).join(' to ');
  const size = parameters.length === 0 ? '' : ` of ${ends} parameters`;
  const both = secondRecipe === undefined ? '' : ', with two recipes';
  const kind = models.some((group) => seesTargets(facts, group)) ? '' : 'autoregressive ';
  const noun = `${kind}transformer${models.length === 1 ? '' : 's'}`;
  const { inTrain = 0, inTrainShare } = data.report?.splits.test ?? {};
  const which = data.sizes.test === 1 ? 'which is' : `${percent(inTrainShare)} of which are`;
  const known = inTrain === 0 ? '' : `, ${which} also in the training set`;
  return (
    `${capital(inWords(models.length))} ${noun}${size}${both}, ${measuredWords(models)} ` +
    `${counted(data.sizes.test, 'test text')}${known}:`
  );
}

/** How many models have figures of the report's test texts: others have not ended, or were measured on other texts. */
function measuredWords(models: readonly GroupFacts[]): string {
  const count = models.filter(({ comparable, figures }) => comparable && figures.testNll.count > 0).length;
  if (count === models.length) return 'measured on';
  if (count > 0) return `of which ${inWords(count)} ${count === 1 ? 'was' : 'were'} measured on`;
  return 'without figures on the';
}

/** Models, few texts, mixtures, and what to compare them with. */
export function measuredRows({ facts, models }: ReportContext): MeasuredRow[] {
  const { baselines = [], strongest } = facts.baselines ?? {};
  const few = facts.groups.filter(({ role }) => role === 'few-texts');
  const mixtures = comparableMixtures(facts).filter(({ testNll }) => testNll !== undefined);
  return [
    ...[...models, ...few].map(measuredGroup),
    ...mixtures.map(measuredMixture),
    ...baselines.filter(({ id }) => id === strongest?.id || id === 'entropy').map(measuredBaseline),
  ];
}

/** As many rows as fit: the best model and the baselines before all others, in their order. */
function figuresTable(context: ReportContext): Block {
  const { facts, models } = context;
  const rows = measuredRows(context);
  const importance = ({ group }: MeasuredRow) =>
    group === undefined || group.name === facts.best?.group || group.role === 'few-texts' ? 0 : 1;
  const kept = new Set([...rows].sort((a, b) => importance(a) - importance(b)).slice(0, MAX_ROWS));
  return testTable(
    context,
    rows.filter((row) => kept.has(row)),
    kept.size < rows.length ? `The most important of ${rows.length} rows. ${spreadWords(models)}` : spreadWords(models),
  );
}

export function testTable({ facts, models }: ReportContext, rows: readonly MeasuredRow[], remark: string): Block {
  return table(
    `${remark} Accuracy: the share of characters and ends predicted right; top-1: the notebook’s, with padding.` +
      (models.some(({ comparable }) => !comparable)
        ? ' Figures of models marked * do not compare with the others.'
        : ''),
    rows,
    [
      MEASURED.model,
      MEASURED.parameters,
      MEASURED.testNll,
      MEASURED.bits,
      MEASURED.perplexity,
      MEASURED.accuracy,
      MEASURED.testTop1,
    ],
    ({ group }) => facts.best?.againstNext?.better === 'first' && group?.name === facts.best.group,
  );
}

/** Test NLL of models and baselines on one axis, from the worst to the best. */
function mainFigure({ facts, models }: ReportContext): Block[] {
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
    ...(facts.baselines?.baselines ?? [])
      .filter(({ id }) => SHOWN_BASELINES.includes(id))
      .map(({ id, label, testNll }) => ({
        label,
        value: testNll,
        kind: id === 'entropy' ? ('exact' as const) : ('baseline' as const),
      })),
  ].sort((a, b) => b.value - a.value);
  if (rows.length < 2) return [];
  return [
    figure(
      'test-nll',
      dotPlotFigure({
        title: 'Test NLL of models and baselines: lower is better',
        xTitle: 'test NLL (nats per text)',
        rows,
      }),
      'Test NLL, from worst to best.' +
        (rows.some((row) => 'low' in row) ? ' Bars span the lowest to the highest seed.' : ''),
      `Dot plot of test NLLs in nats per text, from worst to best: ${listed(
        rows.map(({ label, value }) => `${label} ${nats(value)}`),
      )}.`,
    ),
  ];
}
