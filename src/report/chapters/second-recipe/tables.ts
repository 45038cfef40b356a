import { SINGLE_RUN_MARGIN } from '../../../statistics/compare-groups.js';
import type { Block } from '../../../render/document.js';
import type { SecondRecipeFacts, ComparisonFacts, GroupFacts } from '../../facts/types.js';
import { left, right, table } from '../../writing/blocks.js';
import { haveSpread, spreadWords, withSpread } from '../../writing/figure-text.js';
import { duration, nats, percent, range, signed, three, times, top1, UNKNOWN, whole } from '../../writing/numbers.js';
import type { ReportContext } from '../context.js';
import { membersOf, type Pair } from './pairs.js';

/** Every size with both recipes, one below the other, and the baselines; what it took in a table of its own where spreads need the room. */
export function figuresTables(
  context: ReportContext,
  pairs: readonly Pair[],
  secondRecipe: SecondRecipeFacts,
): Block[] {
  const { facts } = context;
  const groups = membersOf(pairs);
  const baselines = facts.baselines?.baselines ?? [];
  const better = new Set(
    facts.kind === 'quick'
      ? []
      : pairsCompared(context).flatMap(({ first, second, testNll }) =>
          testNll.better === undefined ? [] : [testNll.better === 'first' ? first : second],
        ),
  );
  const several = haveSpread(groups);
  const costs = several ? [] : COSTS;
  return [
    table(
      [
        `Both recipes and the baselines; NLLs are in nats per text, those on validation texts the lowest of all epochs. Models whose name has no recipe are of ${secondRecipe.ownRecipe ?? 'the study’s own recipe'}. `,
        spreadWords(groups),
        better.size > 0 ? ' Of each size, the better one is emphasised where the two are significantly different.' : '',
        several ? '' : ` ${TIMES}`,
      ].join(''),
      [
        left('model'),
        right('parameters'),
        right('validation NLL'),
        right('test NLL'),
        right('bits per character'),
        right('top-1'),
        ...costs.map(({ header }) => right(header)),
      ],
      [
        ...groups.map((group) => [
          group.name,
          group.parameters === undefined ? UNKNOWN : whole(group.parameters),
          withSpread(group.figures.bestValNll, 2),
          withSpread(group.figures.testNll, 2),
          withSpread(group.figures.bitsPerCharacter, 3),
          withSpread(group.figures.testTop1, 4),
          ...costs.map(({ cell }) => cell(group)),
        ]),
        ...baselines.map(({ label, valNll, testNll, bitsPerCharacter, testTop1 }) => [
          label,
          '',
          nats(valNll),
          nats(testNll),
          three(bitsPerCharacter),
          top1(testTop1),
          ...costs.map(() => ''),
        ]),
      ],
      groups.flatMap(({ name }, row) => (better.has(name) ? [row] : [])),
    ),
    ...(several
      ? [
          table(
            `What it took: mean ± standard deviation over seeds. ${TIMES}`,
            [left('model'), ...COSTS.map(({ header }) => right(header))],
            groups.map((group) => [group.name, ...COSTS.map(({ cell }) => cell(group))]),
          ),
        ]
      : []),
  ];
}

const TIMES = 'Times are those of the machine, with all that it did besides.';

/** What a training took. */
const COSTS: readonly { readonly header: string; readonly cell: (group: GroupFacts) => string }[] = [
  {
    header: 'epochs run',
    cell: ({ figures: { epochsRun } }) => withSpread(epochsRun, epochsRun.count > 1 ? 1 : 0),
  },
  {
    header: 'time',
    cell: ({ figures: { seconds } }) =>
      seconds.count > 1 ? `${duration(seconds.mean)} ± ${duration(seconds.standardDeviation)}` : duration(seconds.mean),
  },
];

function pairsCompared({ facts }: ReportContext): ComparisonFacts[] {
  return facts.comparisons.filter(({ kind, testNll }) => kind === 'second-recipe' && testNll.basis !== 'nothing');
}

/** What the second recipe changes at each size, with the interval of the difference. A verdict is a conclusion, which a quick study has none of. */
export function differenceTable(context: ReportContext, { recipe, ownRecipe = '' }: SecondRecipeFacts): Block[] {
  const pairs = pairsCompared(context);
  if (pairs.length === 0 || context.facts.kind === 'quick') return [];
  const margin = pairs.some(({ testNll }) => testNll.basis === 'margin');
  const interval = pairs.some(({ testNll }) => testNll.basis !== 'margin');
  const verdicts = { first: 'better', second: 'worse' } as const;
  return [
    table(
      [
        `From ${ownRecipe} to ${recipe}: a negative difference of the test NLL is an improvement; the time of an epoch is that of the fastest.`,
        interval
          ? ' Intervals are 95 % intervals; the recipes are not significantly different where they include 0.'
          : '',
        margin
          ? ` Of one seed each there is no interval, and recipes are not significantly different if they differ by less than ${percent(SINGLE_RUN_MARGIN, 0)}.`
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
        testNll.better === undefined ? 'not significantly different' : verdicts[testNll.better],
        times(timeRatio),
      ]),
    ),
  ];
}
