import { curvesFigure } from '../../figures/curves.js';
import type { Block } from '../../render/document.js';
import type { GroupFacts, SecondRecipeFacts } from '../facts/types.js';
import { discuss } from '../rules/rule.js';
import { SECOND_RECIPE_RULES } from '../rules/second-recipe.js';
import { chapter, discussion, figure, left, listed, paragraph, right, section, table } from '../writing/blocks.js';
import { spreadWords } from '../writing/group-text.js';
import { duration } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import { colourOf, shownRun, type ReportContext } from './context.js';
import { curveOf, hasCurve, lines, nllRange } from './curves.js';
import { MEASURED, measuredGroup } from './measured.js';
import { differentSettings } from './training-words.js';

interface Pair {
  readonly size: string;
  readonly own: GroupFacts | undefined;
  readonly other: GroupFacts | undefined;
}

export function secondRecipeChapter(context: ReportContext): Block[] {
  const { facts } = context;
  const { secondRecipe } = facts;
  if (secondRecipe === undefined) return [];
  const pairs = pairsOf(facts.groups);
  const { recipe, ownRecipe = 'of the study itself' } = secondRecipe;
  const groups = membersOf(pairs);
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
    table(
      'Both recipes; validation NLLs are the lowest of all epochs. Models whose name has no recipe use the recipe ' +
        `${ownRecipe}. ${spreadWords(groups)} Times include other load on the machine.`,
      groups.map((group) => ({ ...measuredGroup(group), group })),
      [
        MEASURED.model,
        MEASURED.parameters,
        MEASURED.valNll,
        MEASURED.testNll,
        MEASURED.bits,
        MEASURED.accuracy,
        MEASURED.testTop1,
        right('time', ({ group }) => duration(group.figures.seconds.mean)),
      ],
    ),
    ...discussion(discuss(SECOND_RECIPE_RULES, facts)),
    ...timeFigure(context, pairs, secondRecipe),
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

const membersOf = (pairs: readonly Pair[]): GroupFacts[] =>
  pairs.flatMap(({ own, other }) => [own ?? [], other ?? []].flat());

function differences(context: ReportContext, pairs: readonly Pair[], { recipe, ownRecipe = '' }: SecondRecipeFacts) {
  const both = pairs.flatMap(({ size, own, other }) => {
    const [first, second] = [own, other].map((group) => group && shownRun(context, group)?.config);
    return first === undefined || second === undefined ? [] : [{ size, first, second }];
  });
  if (both.length === 0) return [];
  const order =
    both.length > 1 ? ` Several values are for ${listed(both.map(({ size }) => size))}, in this order.` : '';
  return [
    section('second-recipe-settings', 'Differences'),
    table(
      `The fields of config.json in which the recipes differ; all others are the same.${order}`,
      differentSettings(
        both.map(({ first }) => first),
        both.map(({ second }) => second),
      ),
      [
        left('setting', ({ name }) => name),
        left(ownRecipe, ({ first }) => first),
        left(recipe, ({ second }) => second),
      ],
    ),
  ];
}

function timeFigure(context: ReportContext, pairs: readonly Pair[], { recipe }: SecondRecipeFacts): Block[] {
  const { facts } = context;
  const series = pairs.flatMap(({ own, other }, place) =>
    [own, other].flatMap((group) => {
      if (group === undefined || !hasCurve(group)) return [];
      const { seconds } = group.curves.valNll;
      const { markEpoch, ...curve } = curveOf(group, 'valNll', context);
      const minutes = seconds.map((each) => each / 60);
      const marked = minutes[curve.epochs.indexOf(markEpoch ?? NaN)];
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
        yRange: nllRange(series, references),
        height: 440,
      }),
      [
        'Validation NLL after each epoch against wall-clock time; solid with the study’s own recipe, dashed ' +
          `with ${recipe}, a colour for each size; a ring marks the ` +
          'lowest.',
        groups.some(({ curves }) => curves.valNll.runs > 1)
          ? ' Lines are means over seeds, of NLL and of time; bands span the lowest to the highest seed.'
          : '',
        references.length > 0 ? ' Dotted lines are baselines, measured on the same validation texts.' : '',
        ' Times depend on the machine and its load when each run was made.',
      ].join(''),
      `Curves of validation NLL against minutes of training for ${listed(groups.map(({ name }) => name))}.`,
    ),
  ];
}
