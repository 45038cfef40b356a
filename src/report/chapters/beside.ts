import { SINGLE_RUN_MARGIN } from '../../analysis/statistics/compare-groups.js';
import { BESIDE_RULES } from '../discussion/beside.js';
import { discuss } from '../discussion/rule.js';
import type { Block } from '../document.js';
import type { BesideFacts, ComparisonFacts, GroupFacts } from '../facts/types.js';
import { curvesFigure } from '../figures/index.js';
import { bullets, chapter, figure, left, listed, paragraph, right, section, table } from '../writing/blocks.js'; // prettier-ignore
import { spreadWords, withSpread } from '../writing/figure-text.js';
import { duration, nats, percent, range, signed, three, times, top1, UNKNOWN, whole } from '../writing/numbers.js'; // prettier-ignore
import { prose } from '../writing/prose.js';
import { differentSettings } from './beside/settings.js';
import { colourOf, shownRun, type ReportContext } from './context.js';
import { waysOfTraining } from './measuring/method.js';
import { curveOf, hasCurve } from './models/curves.js';
import { nllRange } from './models/nll-range.js';

/** A size with both recipes, as far as there are runs. */
interface Pair {
  readonly size: string;
  readonly own: GroupFacts | undefined;
  readonly other: GroupFacts | undefined;
}

/** The sizes with a second recipe against those with the report's own. */
export async function besideChapter(context: ReportContext): Promise<Block[]> {
  const { facts } = context;
  const { beside } = facts;
  if (beside === undefined) return [];
  const pairs = pairsOf(context);
  const { recipe, ownRecipe = 'the study’s own recipe' } = beside;
  const found = discuss(BESIDE_RULES, facts);
  const curves = await timeFigure(context, pairs);
  return [
    chapter('beside', `Another recipe: ${recipe}`),
    paragraph(
      prose`A recipe is all that there is to choose of a model and its training. The same sizes were trained with the recipe _${recipe}_ too, on the same texts. These models were
        not asked for the best size, for few texts or for temperatures: every other chapter is about _${ownRecipe}_. Sizes go by the same names with both, and the second recipe may
        have other numbers of parameters.`,
    ),
    ...differences(context, pairs, beside),
    section('beside-figures', 'What comes out'),
    figuresTable(context, pairs, beside),
    ...differenceTable(context, beside),
    ...(curves === undefined ? [] : [curves]),
    ...(found.length === 0 ? [] : [section('beside-findings', 'What the numbers say'), bullets(...found)]),
  ];
}

/** By size, the smallest first. */
function pairsOf({ facts: { groups } }: ReportContext): Pair[] {
  const others = groups.filter(({ role }) => role === 'beside');
  const own = groups.filter(({ role, name }) => role === 'size' && others.some(({ beside }) => beside === name)); // prettier-ignore
  const sizes = new Set([...own.map(({ name }) => name), ...others.map(({ beside }) => beside!)]);
  return [...sizes].map((size) => ({
    size,
    own: own.find(({ name }) => name === size),
    other: others.find(({ beside }) => beside === size),
  }));
}

const membersOf = (pairs: readonly Pair[]): GroupFacts[] =>
  pairs.flatMap(({ own, other }) => [own, other].filter((group) => group !== undefined));

/** How the models of each recipe were trained in words, and in which settings they differ. */
function differences(
  context: ReportContext,
  pairs: readonly Pair[],
  { recipe, ownRecipe = '' }: BesideFacts,
): Block[] {
  const both = pairs.flatMap(({ size, own, other }) => {
    const configs = [own, other].map((group) => group && shownRun(context, group)?.config);
    return configs[0] === undefined || configs[1] === undefined
      ? []
      : [{ size, own: configs[0], other: configs[1] }];
  });
  const settings = differentSettings(
    both.map(({ own }) => own),
    both.map(({ other }) => other),
  );
  const trained = [
    [ownRecipe, pairs.flatMap(({ own }) => own ?? [])],
    [recipe, pairs.flatMap(({ other }) => other ?? [])],
  ] as const;
  const words = trained.flatMap(([name, groups]) => {
    const ways = [...waysOfTraining(context, groups).keys()];
    return ways.length === 1 ? [prose`_${name}_: ${ways[0]!}.`] : [];
  });
  const order =
    both.length > 1
      ? ` Several values are those of ${listed(both.map(({ size }) => size))}, in this order.`
      : '';
  return [
    ...(words.length + settings.length === 0 ? [] : [section('beside-settings', 'What differs')]),
    ...(words.length === 0 ? [] : [bullets(...words)]),
    ...(settings.length === 0
      ? []
      : [
          table(
            `The settings in which the recipes differ; in all others they are the same.${order}`,
            [left('setting'), left(ownRecipe), left(recipe)],
            settings.map(({ name, first, second }) => [name, first, second]),
          ),
        ]),
  ];
}

/** Every size with both recipes, one below the other, and the yardsticks. */
function figuresTable(context: ReportContext, pairs: readonly Pair[], beside: BesideFacts): Block {
  const { facts } = context;
  const groups = membersOf(pairs);
  const yardsticks = facts.yardsticks?.yardsticks ?? [];
  const better = new Set(
    facts.kind === 'quick'
      ? []
      : pairsCompared(context).flatMap(({ first, second, testNll }) =>
          testNll.better === undefined ? [] : [testNll.better === 'first' ? first : second],
        ),
  );
  return table(
    [
      `Both recipes and the yardsticks; NLLs are in nats per text, those on validation texts the lowest of all epochs. Models whose name has no recipe are of ${beside.ownRecipe ?? 'the study’s own recipe'}. `,
      spreadWords(groups),
      better.size > 0 ? ' Of each size, the better one is emphasised where the two are told apart.' : '',
      ' Times are those of the machine, with all that it did besides.',
    ].join(''),
    [
      left('model'),
      right('parameters'),
      right('validation NLL'),
      right('test NLL'),
      right('bits per letter'),
      right('top-1'),
      right('epochs run'),
      right('time'),
    ],
    [
      ...groups.map((group) => [
        group.name,
        group.parameters === undefined ? UNKNOWN : whole(group.parameters),
        withSpread(group.figures.bestValNll, 2),
        withSpread(group.figures.testNll, 2),
        withSpread(group.figures.bitsPerLetter, 3),
        withSpread(group.figures.testTop1, 4),
        withSpread(group.figures.epochsRun, group.figures.epochsRun.count > 1 ? 1 : 0),
        duration(group.figures.seconds.mean),
      ]),
      ...yardsticks.map(({ label, valNll, testNll, bitsPerLetter, testTop1 }) => [
        label,
        '',
        nats(valNll),
        nats(testNll),
        three(bitsPerLetter),
        top1(testTop1),
        '',
        '',
      ]),
    ],
    groups.flatMap(({ name }, row) => (better.has(name) ? [row] : [])),
  );
}

function pairsCompared({ facts }: ReportContext): ComparisonFacts[] {
  return facts.comparisons.filter(({ kind, testNll }) => kind === 'beside' && testNll.basis !== 'nothing');
}

/** What the second recipe changes at each size, with the interval of the difference. A verdict is a conclusion, which a quick study has none of. */
function differenceTable(context: ReportContext, { recipe, ownRecipe = '' }: BesideFacts): Block[] {
  const pairs = pairsCompared(context);
  if (pairs.length === 0 || context.facts.kind === 'quick') return [];
  const margin = pairs.some(({ testNll }) => testNll.basis === 'margin');
  const interval = pairs.some(({ testNll }) => testNll.basis !== 'margin');
  const verdicts = { first: 'better', second: 'worse' } as const;
  return [
    table(
      [
        `From ${ownRecipe} to ${recipe}: a negative difference of the test NLL is an improvement.`,
        interval ? ' Intervals are 95 % intervals; the recipes are not told apart where they include 0.' : '',
        margin
          ? ` Of one seed each there is no interval, and recipes are not told apart if they differ by less than ${percent(SINGLE_RUN_MARGIN, 0)}.`
          : '',
      ].join(''),
      [
        left('size'),
        right('test NLL (nats per text)'),
        ...(interval ? [right('interval')] : []),
        left(`${recipe} is`),
        right('time of an epoch'),
      ],
      pairs.map(({ second, testNll, timeRatio }) => [
        second,
        signed(testNll.difference),
        ...(interval
          ? [testNll.basis === 'margin' ? UNKNOWN : range(testNll.interval.low, testNll.interval.high, 2)]
          : []),
        testNll.better === undefined ? 'not told apart' : verdicts[testNll.better],
        times(timeRatio),
      ]),
    ),
  ];
}

/** Yardsticks that are drawn as lines. */
const DRAWN: readonly string[] = ['bigram', 'kneser-ney', 'entropy'];

/** Validation NLL against minutes of training: a colour a size, dashed with the second recipe. */
async function timeFigure(context: ReportContext, pairs: readonly Pair[]): Promise<Block | undefined> {
  const { yardsticks } = context.facts;
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
      return [{ ...curve, epochs: minutes, colourIndex, dashed, ...(marked === undefined ? {} : { markEpoch: marked }) }]; // prettier-ignore
    });
  });
  if (series.every(({ epochs }) => epochs.length < 2)) return undefined;
  const references = (yardsticks?.yardsticks ?? [])
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
      `Validation NLL after each epoch against the wall-clock time until then; solid with the study’s own recipe, dashed with ${context.facts.beside?.recipe ?? 'the second one'}, a colour a size; a ring marks the lowest.`,
      bands
        ? ' Lines are means over seeds, of NLL and of time; bands go from the lowest to the highest seed.'
        : '',
      references.length > 0 ? ' Dotted lines are yardsticks, measured on the same validation texts.' : '',
      ' Times are those of the machine and of its load when each run was made.',
    ].join(''),
    `Curves of validation NLL against minutes of training. ${listed(groups.map(({ name, figures }) => `${name} has its lowest, ${nats(figures.bestValNll.mean)}, in a training of ${duration(figures.seconds.mean)}`))}.`,
  );
}

/**
 * Up to the weakest yardstick that is drawn: who passes whom shows below it. Higher where no curve gets there.
 */
function rangeAround(
  series: readonly { readonly values: readonly number[] }[],
  references: readonly { readonly value: number }[],
): { high?: number } {
  const highest = Math.max(...references.map(({ value }) => value));
  const gets = series.some(({ values }) => values.some((value) => value < highest));
  return references.length > 1 && gets
    ? { high: 10 * Math.ceil(highest / 9.6) }
    : nllRange(series, references);
}
