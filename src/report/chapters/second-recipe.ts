import { discuss } from '../rules/rule.js';
import { differentMachines, SECOND_RECIPE_RULES } from '../rules/second-recipe.js';
import type { Block } from '../../render/document.js';
import { curvesFigure } from '../../figures/index.js';
import type { ComparisonFacts, GroupFacts, SecondRecipeFacts } from '../facts/types.js';
import {
  bullets,
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
import { epochsWithSpread, spreadWords } from '../writing/group-text.js';
import { duration, nats, range, signed, times, UNKNOWN } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import { criterionWords } from './comparison.js';
import { colourOf, shownRun, type ReportContext } from './context.js';
import { curveOf, hasCurve, lines, nllRange } from './curves.js';
import { MEASURED, measuredBaseline, measuredGroup } from './measured.js';
import { waysOfTraining } from './measuring.js';
import { differentSettings } from './training-words.js';

/** A size with both recipes, as far as there are runs. */
interface Pair {
  readonly size: string;
  readonly own: GroupFacts | undefined;
  readonly other: GroupFacts | undefined;
}

/** The sizes with a second recipe against those with the report's own. */
export function secondRecipeChapter(context: ReportContext): Block[] {
  const { facts } = context;
  const { secondRecipe } = facts;
  if (secondRecipe === undefined) return [];
  const pairs = pairsOf(facts.groups);
  const { recipe, ownRecipe = 'of the study itself' } = secondRecipe;
  return [
    chapter('second-recipe', `Second recipe: ${recipe}`),
    paragraph(
      prose`A recipe is the choice of model options and training settings. The same sizes were also trained with the
        recipe _${recipe}_ on the same texts. These models were not used for the best size, for few texts or for
        temperatures: all other chapters are about the recipe _${ownRecipe}_. Sizes have the same names with both
        recipes, but may have different numbers of parameters.`,
    ),
    ...differences(context, pairs, secondRecipe),
    section('second-recipe-figures', 'Results'),
    ...figuresTables(context, pairs, secondRecipe),
    ...differenceTable(context, secondRecipe),
    ...timeFigure(context, pairs),
    ...headed(section('second-recipe-findings', 'Discussion'), findings(discuss(SECOND_RECIPE_RULES, facts))),
  ];
}

/** All sizes that have a run with the second recipe, the smallest first. */
function pairsOf(groups: readonly GroupFacts[]): Pair[] {
  const others = groups.filter(({ role }) => role === 'second-recipe');
  const own = groups.filter(
    ({ role, name }) => role === 'size' && others.some(({ secondRecipe }) => secondRecipe === name),
  );
  const sizes = new Set([...own.map(({ name }) => name), ...others.map(({ secondRecipe }) => secondRecipe!)]);
  return [...sizes].map((size) => ({
    size,
    own: own.find(({ name }) => name === size),
    other: others.find(({ secondRecipe }) => secondRecipe === size),
  }));
}

/** The groups of pairs, one after another. */
const membersOf = (pairs: readonly Pair[]): GroupFacts[] =>
  pairs.flatMap(({ own, other }) => [own ?? [], other ?? []].flat());

/** How the models of each recipe were trained in words, and in which settings they differ. */
function differences(
  context: ReportContext,
  pairs: readonly Pair[],
  { recipe, ownRecipe = '' }: SecondRecipeFacts,
): Block[] {
  const both = pairs.flatMap(({ size, own, other }) => {
    const [first, second] = [own, other].map((group) => group && shownRun(context, group)?.config);
    return first === undefined || second === undefined ? [] : [{ size, first, second }];
  });
  const settings = differentSettings(
    both.map(({ first }) => first),
    both.map(({ second }) => second),
  );
  const trained = [
    { name: ownRecipe, groups: pairs.flatMap(({ own }) => own ?? []) },
    { name: recipe, groups: pairs.flatMap(({ other }) => other ?? []) },
  ];
  const words = trained.flatMap(({ name, groups }) => {
    const ways = [...waysOfTraining(context, groups).keys()];
    return ways.length === 1 ? [prose`_${name}_: ${ways[0]!}.`] : [];
  });
  const order =
    both.length > 1 ? ` Several values are for ${listed(both.map(({ size }) => size))}, in this order.` : '';
  return headed(section('second-recipe-settings', 'Differences'), [
    ...(words.length === 0 ? [] : [bullets(...words)]),
    ...(settings.length === 0
      ? []
      : [
          table(`The settings in which the recipes differ; all others are the same.${order}`, settings, [
            left('setting', ({ name }) => name),
            left(ownRecipe, ({ first }) => first),
            left(recipe, ({ second }) => second),
          ]),
        ]),
  ]);
}

/** Every size with both recipes, and the baselines; then what training took. */
function figuresTables(context: ReportContext, pairs: readonly Pair[], { ownRecipe }: SecondRecipeFacts): Block[] {
  const { facts } = context;
  const groups = membersOf(pairs);
  const better = new Set(
    facts.kind === 'quick'
      ? []
      : comparedPairs(context).flatMap(({ first, second, testNll }) =>
          testNll.better === undefined ? [] : [testNll.better === 'first' ? first : second],
        ),
  );
  return [
    table(
      [
        'Both recipes and the baselines; validation NLLs are the lowest of all epochs. Models whose name has ' +
          `no recipe use the recipe ${ownRecipe ?? 'of the study itself'}. `,
        spreadWords(groups),
        better.size > 0 ? ' Where the recipes differ significantly at a size, the better one is emphasised.' : '',
      ].join(''),
      [...groups.map(measuredGroup), ...(facts.baselines?.baselines ?? []).map(measuredBaseline)],
      [MEASURED.model, MEASURED.parameters, MEASURED.valNll, MEASURED.testNll, MEASURED.bits, MEASURED.testTop1],
      ({ group }) => group !== undefined && better.has(group.name),
    ),
    table(`Cost of training. ${spreadWords(groups)} Times include other load on the machine.`, groups, [
      left('model', ({ name }) => name),
      right('epochs run', ({ figures }) => epochsWithSpread(figures.epochsRun)),
      right('time', ({ figures: { seconds } }) =>
        seconds.count > 1
          ? `${duration(seconds.mean)} ± ${duration(seconds.standardDeviation)}`
          : duration(seconds.mean),
      ),
    ]),
  ];
}

function comparedPairs({ facts }: ReportContext): ComparisonFacts[] {
  return facts.comparisons.filter(({ kind, testNll }) => kind === 'second-recipe' && testNll.basis !== 'nothing');
}

/** What the second recipe changes at each size. A quick study has no verdicts. */
function differenceTable(context: ReportContext, { recipe, ownRecipe = '' }: SecondRecipeFacts): Block[] {
  const pairs = comparedPairs(context);
  if (pairs.length === 0 || context.facts.kind === 'quick') return [];
  const verdicts = { first: 'better', second: 'worse' } as const;
  return [
    table(
      `From ${ownRecipe} to ${recipe}: a negative difference in test NLL is an improvement; epoch time is the ` +
        `fastest epoch.${criterionWords(pairs)}`,
      pairs,
      [
        left('size', ({ second }) => second),
        right('test NLL (nats per text)', ({ testNll }) => signed(testNll.difference)),
        pairs.some(({ testNll }) => testNll.basis !== 'margin') &&
          right('interval', ({ testNll: { basis, interval } }) =>
            basis === 'margin' ? UNKNOWN : range(interval.low, interval.high, 2),
          ),
        left(`${recipe} is`, ({ testNll: { better } }) =>
          better === undefined ? 'no significant difference' : verdicts[better],
        ),
        right('epoch time', ({ timeRatio }) => times(timeRatio)),
      ],
    ),
  ];
}

/** Validation NLL against minutes of training: a colour for each size, dashed with the second recipe. */
function timeFigure(context: ReportContext, pairs: readonly Pair[]): Block[] {
  const { facts } = context;
  const series = pairs.flatMap(({ own, other }, place) =>
    [own, other].flatMap((group) => {
      if (group === undefined || !hasCurve(group)) return [];
      const { seconds, epochs } = group.curves.valNll;
      const { markEpoch, ...curve } = curveOf(group, 'valNll', context);
      const minutes = seconds.map((each) => each / 60);
      const marked = minutes[epochs.indexOf(markEpoch ?? NaN)];
      const colourIndex = own === undefined ? place : colourOf(context, own);
      return {
        ...curve,
        epochs: minutes,
        colourIndex,
        dashed: group === other,
        ...(marked === undefined ? {} : { markEpoch: marked }),
      };
    }),
  );
  if (series.every(({ epochs }) => epochs.length < 2)) return [];
  const references = lines(facts.baselines, ['bigram', 'kneser-ney', 'entropy']);
  const groups = membersOf(pairs).filter(hasCurve);
  const apart = differentMachines(facts);
  const ends = groups.map(
    ({ name, figures: { bestValNll, seconds } }) => `${nats(bestValNll.mean)} in ${duration(seconds.mean)} for ${name}`,
  );
  // Up to the weakest baseline that is shown: who passes whom shows below it. Higher where no curve gets there.
  const highest = Math.max(...references.map(({ value }) => value));
  const below = series.some(({ values }) => values.some((value) => value < highest));
  return [
    figure(
      'second-recipe-time',
      curvesFigure({
        title: 'Validation NLL against time, with both recipes',
        xTitle: 'minutes of training',
        xLog: true,
        yTitle: 'NLL (nats per text)',
        series,
        references,
        yRange: references.length > 1 && below ? { high: 10 * Math.ceil(highest / 9.6) } : nllRange(series, references),
        height: 440,
      }),
      [
        'Validation NLL after each epoch against wall-clock time; solid with the study’s own recipe, dashed ' +
          `with ${facts.secondRecipe?.recipe ?? 'the second one'}, a colour for each size; a ring marks the ` +
          'lowest.',
        groups.some(({ curves }) => curves.valNll.runs > 1)
          ? ' Lines are means over seeds, of NLL and of time; bands span the lowest to the highest seed.'
          : '',
        references.length > 0 ? ' Dotted lines are baselines, measured on the same validation texts.' : '',
        ' Times depend on the machine and its load when each run was made.',
        apart.length === 0
          ? ''
          : ` The runs of ${listed(apart)} with the two recipes used different platforms, backends or threads, ` +
            'so their times do not compare.',
      ].join(''),
      `Curves of validation NLL against minutes of training. Lowest NLL and time of training: ${listed(ends)}.`,
    ),
  ];
}
