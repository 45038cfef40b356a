/** Which groups are compared, and what comes out. */
import { compareGroups, type GroupComparison } from '../../statistics/compare-groups.js';
import { differencesOf } from './same-config.js';
import type { RunGroup } from './group-facts.js';
import type { BestFacts, ComparisonFacts, Difference, FigureName, GroupFacts, RunFacts, SizeFacts } from './types.js';

/** A group's facts beside its runs. */
export interface KnownGroup {
  readonly group: RunGroup;
  readonly facts: GroupFacts;
}

/** Whether a group is one of those among which a best one is sought: the sizes and given ones on the report's texts. */
export function isContender({ role }: Pick<RunGroup, 'role'>, comparable: boolean): boolean {
  return comparable && (role === 'size' || role === 'given');
}

function contenders(groups: readonly KnownGroup[]): KnownGroup[] {
  return groups.filter(({ group, facts }) => isContender(group, facts.comparable));
}

/**
 * The contender with the lowest mean best validation NLL; the first of equal ones, undefined where none is finite. Groups without a run
 * that has ended come into question only if there are no others.
 */
export function findBest(groups: readonly KnownGroup[]): BestFacts | undefined {
  const [best, next] = fromTheBest(contenders(groups)).map(({ facts }) => facts);
  if (best === undefined) return undefined;
  const others = contenders(groups).filter(({ facts }) => facts !== best);
  return {
    group: best.name,
    run: bestRun(best),
    next: next?.name,
    againstNext: next && compareFigure(best, next, 'bestValNll'),
    clear: others.length > 0 && others.every(({ facts }) => compareFigure(best, facts, 'testNll').better === 'first'),
  };
}

/** Groups by their mean best validation NLL, the lowest first, as far as they come into question: see {@link findBest}. */
export function fromTheBest(groups: readonly KnownGroup[]): KnownGroup[] {
  const finite = groups.filter(({ facts }) => Number.isFinite(facts.figures.bestValNll.mean));
  const eligible = finite.some(({ facts }) => facts.ended > 0) ? finite.filter(({ facts }) => facts.ended > 0) : finite;
  return [...eligible].sort((a, b) => a.facts.figures.bestValNll.mean - b.facts.figures.bestValNll.mean);
}

/** All comparisons of a report, in the order of {@link ComparisonFacts}'s kinds, then of the groups. */
export function compareAll(groups: readonly KnownGroup[], best: BestFacts | undefined): ComparisonFacts[] {
  const able = contenders(groups);
  const neighbours = able.slice(1).map((second, i) => neighbourComparison(able[i]!, second));
  const bestGroup = able.find(({ facts }) => facts.name === best?.group);
  const others =
    bestGroup === undefined
      ? []
      : able.filter((each) => each !== bestGroup).map((other) => comparison('best', bestGroup, other));
  const counterparts = groups.flatMap((first) => {
    const { role, comparable } = first.facts;
    if (!comparable || (role !== 'few-texts' && role !== 'padding')) return [];
    const counterpart = counterpartOf(first, able, role === 'few-texts' ? 'texts' : 'padding');
    return counterpart === undefined ? [] : [comparison(role, first, counterpart)];
  });
  const secondRecipe = groups.flatMap((first) => {
    const second = able.find(({ facts }) => facts.name === first.facts.secondRecipe);
    return second === undefined || !isSecondRecipe(first) ? [] : [comparison('second-recipe', first, second)];
  });
  return [...neighbours, ...others, ...counterparts, ...secondRecipe];
}

/** Whether a group is one of the second recipe, on the report's texts. */
export function isSecondRecipe({ facts }: KnownGroup): boolean {
  return facts.role === 'second-recipe' && facts.comparable;
}

/** The group of the same size that differs in what is asked for and in as little else as possible. */
function counterpartOf({ group }: KnownGroup, among: readonly KnownGroup[], asked: Difference): KnownGroup | undefined {
  return among
    .map((each) => ({ each, differs: differencesOf(group.config, each.group.config) }))
    .filter(({ differs }) => differs.includes(asked) && !differs.includes('size'))
    .sort((a, b) => a.differs.length - b.differs.length)[0]?.each;
}

/** How test NLL goes with size. */
export function sizeFacts(groups: readonly KnownGroup[], best: BestFacts | undefined): SizeFacts {
  const able = contenders(groups);
  const origin = able.find(({ facts }) => facts.name === best?.group);
  return stepsOf(
    able.filter(({ group }) => origin !== undefined && (group === origin.group || isSize(group, origin.group))),
  );
}

/** The steps in size between groups, as far as their parameters and test NLLs are known. */
export function stepsOf(groups: readonly KnownGroup[]): SizeFacts {
  const sizes = groups.filter(
    ({ facts }) => facts.parameters !== undefined && Number.isFinite(facts.figures.testNll.mean),
  );
  const steps = sizes.slice(1).map(({ facts }, i) => compareFigure(sizes[i]!.facts, facts, 'testNll'));
  const count = (better: GroupComparison['better']) => steps.filter((step) => step.better === better).length;
  return {
    groups: sizes.map(({ facts }) => facts.name),
    better: count('second'),
    worse: count('first'),
    undecided: count(undefined),
    alwaysFalls: steps.length > 0 && steps.every(({ difference }) => difference > 0),
    alwaysRises: steps.length > 0 && steps.every(({ difference }) => difference < 0),
  };
}

/** Whether it is size that two groups are there for to compare. How many epochs were planned may follow from size. */
function isSize(a: RunGroup, b: RunGroup): boolean {
  if (a.role === 'size' && b.role === 'size') return true;
  const differs = differencesOf(a.config, b.config);
  return differs.includes('size') && differs.every((each) => each === 'size' || each === 'epochs');
}

function neighbourComparison(a: KnownGroup, b: KnownGroup): ComparisonFacts {
  if (isSize(a.group, b.group)) return comparison('next-size', a, b);
  const [only, ...more] = differencesOf(a.group.config, b.group.config);
  if (only === undefined || more.length > 0) return comparison('neighbours', a, b);
  if (only === 'texts') {
    return a.facts.trainTexts <= b.facts.trainTexts ? comparison('few-texts', a, b) : comparison('few-texts', b, a);
  }
  if (only === 'padding') {
    return a.facts.padding === 'all' ? comparison('padding', a, b) : comparison('padding', b, a);
  }
  return comparison('neighbours', a, b);
}

function comparison(kind: ComparisonFacts['kind'], first: KnownGroup, second: KnownGroup): ComparisonFacts {
  const differs: Difference[] = differencesOf(first.group.config, second.group.config);
  const [a, b] = [first.facts, second.facts];
  return {
    kind,
    first: a.name,
    second: b.name,
    differs,
    testNll: compareFigure(a, b, 'testNll'),
    bestValNll: compareFigure(a, b, 'bestValNll'),
    testTop1: compareFigure(a, b, 'testTop1'),
    timeRatio: a.figures.secondsPerEpoch.mean / b.figures.secondsPerEpoch.mean,
  };
}

/** Two groups compared by one of their figures. */
export function compareFigure(a: GroupFacts, b: GroupFacts, figure: FigureName): GroupComparison {
  const side = ({ name, figures }: GroupFacts) => ({ name, values: figures[figure].values });
  return compareGroups(side(a), side(b), { betterIs: figure === 'testTop1' ? 'higher' : 'lower' });
}

function bestRun({ runs }: GroupFacts): string {
  const nll = ({ figures }: RunFacts) => figures.bestValNll ?? NaN;
  return runs.reduce((best, run) => (nll(run) < nll(best) || !(nll(best) < Infinity) ? run : best)).name;
}
