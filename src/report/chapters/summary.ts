import { discuss } from '../rules/rule.js';
import { FINDING_RULES } from '../rules/findings.js';
import { comparableMixtures } from '../rules/mixtures.js';
import type { Block, Text } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { dotPlotFigure } from '../../figures/index.js';
import { bullets, chapter, figure, left, listed, note, paragraph, right, section, table } from '../writing/blocks.js';
import { diagnosisWords } from '../writing/diagnosis-words.js';
import { bestWithEpoch, haveSpread, pearsonText, spreadWords, withSpread } from '../writing/figure-text.js';
import { capital, inWords, decimal, duration, nats, three, top1, UNKNOWN, whole } from '../writing/numbers.js';
import type { ReportContext } from './context.js';
import { referenceSection } from './reference.js';

/** What was trained on what, what came out, and what follows. */
export function summaryChapter(context: ReportContext): Block[] {
  const { facts, models } = context;
  const blocks: Block[] = [chapter('summary', 'Summary'), paragraph(introduction(context))];
  if (facts.kind === 'quick')
    blocks.push(
      note(
        'This is a quick study: each model was trained for a few steps only, to show what a study is and that everything works. No conclusions are drawn from its figures.',
      ),
    );
  const findings = discuss(FINDING_RULES, facts);
  if (findings.length > 0) blocks.push(bullets(...findings));
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
  const parameters = models.map((group) => group.parameters).filter((count) => count !== undefined);
  const sizes =
    parameters.length === 0
      ? ''
      : parameters.length === 1 || parameters[0] === parameters.at(-1)
        ? ` of ${whole(parameters[0])} parameters`
        : ` of ${whole(Math.min(...parameters))} to ${whole(Math.max(...parameters))} parameters`;
  const limit = data.limit === undefined ? '' : ` (the first ${whole(data.limit)} of them)`;
  return (
    `${capital(inWords(models.length))} autoregressive ${models.length === 1 ? 'transformer' : 'transformers'}${sizes} ${models.length === 1 ? 'was' : 'were'} trained to predict the texts of ` +
    `“${data.name}” character by character, on ${whole(data.sizes.train)} training texts${limit}. ` +
    `The best epoch was chosen on ${whole(data.sizes.val)} validation texts; ` +
    `figures are measured on ${whole(data.sizes.test)} test texts unless it says otherwise. ` +
    (secondRecipe === undefined
      ? ''
      : `The same sizes were also trained with the recipe ${secondRecipe.recipe}; a chapter of its own shows them, and all others are about ${secondRecipe.ownRecipe ?? 'the study’s own recipe'}. `) +
    `All trainings together took ${duration(origin.seconds)}. Every number, figure and sentence comes from the files of the runs.`
  );
}

/** Models and baselines in one table, so that nobody reads an NLL without something to hold it against. */
function figuresTable({ facts, models }: ReportContext): Block {
  const baselines = facts.baselines?.baselines ?? [];
  const others = models.some(({ comparable }) => !comparable);
  const mixtures = comparableMixtures(facts).filter(({ testNll }) => testNll !== undefined);
  const caption: Text = [
    mixtures.length > 0
      ? 'Models, mixtures of them (which the chapter on models explains) and baselines on the test texts. '
      : 'Models and baselines on the test texts. ',
    spreadWords(models),
    baselines.length > 0
      ? ' Baselines are simple models of the same training texts (the chapter on measuring says which). '
      : ' ',
    'Per character means per predicted character, the end of a text included.',
    ...(others ? [' Models marked * were measured on other texts, and do not compare.'] : []),
  ].join('');
  return table(
    caption,
    [
      left('model'),
      right('parameters'),
      right('NLL (nats per text)'),
      right('bits per character'),
      right('perplexity per character'),
      right('top-1'),
    ],
    [
      ...models.map((group) => [
        group.comparable ? group.name : `${group.name} *`,
        group.parameters === undefined ? UNKNOWN : whole(group.parameters),
        withSpread(group.figures.testNll, 2),
        withSpread(group.figures.bitsPerCharacter, 3),
        withSpread(group.figures.perplexityPerCharacter, 2),
        withSpread(group.figures.testTop1, 4),
      ]),
      ...mixtures.map(({ name, parameters, testNll, bitsPerCharacter, perplexityPerCharacter, testTop1 }) => [
        name,
        whole(parameters),
        nats(testNll),
        three(bitsPerCharacter),
        decimal(perplexityPerCharacter, 2),
        top1(testTop1),
      ]),
      ...baselines.map(({ label, testNll, bitsPerCharacter, perplexityPerCharacter, testTop1 }) => [
        label,
        '',
        nats(testNll),
        three(bitsPerCharacter),
        decimal(perplexityPerCharacter, 2),
        top1(testTop1),
      ]),
    ],
    emphasised(facts.best?.group, models),
  );
}

function trainingTable({ facts, models }: ReportContext): Block {
  const several = haveSpread(models);
  return table(
    [
      'How the trainings went. Epochs are counted from 0. Pearson’s r is that of validation NLL and top-1 over the epochs, ',
      several
        ? 'of one seed with its 95 % interval, of several from the lowest to the highest. Times are means over seeds.'
        : 'with its 95 % interval.',
      ' The last column is the diagnosis of the curve by fixed rules.',
    ].join(''),
    [
      left('model'),
      right('best validation NLL (epoch)'),
      right('epochs run'),
      right('time'),
      right('Pearson’s r'),
      left('the curve shows'),
    ],
    models.map((group) => [
      group.name,
      bestWithEpoch(group),
      group.runs.map((run) => run.figures.epochsRun ?? UNKNOWN).join(', '),
      duration(group.figures.seconds.mean),
      pearsonText(group),
      diagnosisWords(group),
    ]),
    emphasised(facts.best?.group, models),
  );
}

function emphasised(name: string | undefined, models: readonly GroupFacts[]): number[] {
  const place = models.findIndex((group) => group.name === name);
  return models.length > 1 && place >= 0 ? [place] : [];
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
  const spread = models.some(({ figures }) => figures.testNll.count > 1);
  return figure(
    'test-nll',
    dotPlotFigure({
      title: 'Test NLL of models and baselines',
      subtitle: 'lower is better',
      xTitle: 'test NLL (nats per text)',
      rows,
    }),
    [
      `Test NLL of the models (circles)${rows.some(({ kind }) => kind === 'mixture') ? ', mixtures of them (squares)' : ''} among the baselines (diamonds), from the worst to the best.`,
      spread ? ' Bars go from the lowest to the highest seed.' : '',
    ].join(''),
    `Dot plot of test NLLs in nats per text, from the worst to the best: ${listed(
      rows.map(({ label, value }) => `${label} ${nats(value)}`),
    )}.`,
  );
}
