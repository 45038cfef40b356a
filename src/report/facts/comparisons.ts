import { differencesOf, settingsThatDiffer, type RunGroup } from './run-groups.js';
import type {
  BestFacts,
  ComparisonFacts,
  Difference,
  FigureFacts,
  FigureName,
  GroupFacts,
  RunFacts,
  SecondRecipeFacts,
} from './types.js';
import { compareGroups, type GroupComparison } from '../../statistics/compare-groups.js';

export interface KnownGroup {
  readonly group: RunGroup;
  readonly facts: GroupFacts;
}

/** Whether a group may be the best: a size or given group on the report's texts. */
export function isContender({ role }: Pick<RunGroup, 'role'>, comparable: boolean): boolean {
  return comparable && (role === 'size' || role === 'given');
}

function contenders(groups: readonly KnownGroup[]): KnownGroup[] {
  return groups.filter(({ group, facts }) => isContender(group, facts.comparable));
}

/** The contender with the lowest mean best validation NLL; the first of equal ones, undefined if none is finite. */
export function findBest(groups: readonly KnownGroup[]): BestFacts | undefined {
  const [best, next] = fromTheBest(contenders(groups)).map(({ facts }) => facts);
  if (best === undefined) return undefined;
  return {
    group: best.name,
    run: bestRunOf(best),
    next: next?.name,
    againstNext: next && compareFigure(best, next, 'bestValNll'),
  };
}

/** Groups by mean best validation NLL if it is finite, lowest first; those without an ended run only if all are. */
function fromTheBest(groups: readonly KnownGroup[]): KnownGroup[] {
  const finite = groups.filter(({ facts }) => Number.isFinite(facts.figures.bestValNll.mean));
  const eligible = finite.some(({ facts }) => facts.ended > 0) ? finite.filter(({ facts }) => facts.ended > 0) : finite;
  return [...eligible].sort((a, b) => a.facts.figures.bestValNll.mean - b.facts.figures.bestValNll.mean);
}

/** All comparisons of a report, by kind, then in the order of the groups. */
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

function isSecondRecipe({ facts }: KnownGroup): boolean {
  return facts.role === 'second-recipe' && facts.comparable;
}

/** The group of the same size that differs in `asked` and in as little else as possible. */
function counterpartOf({ group }: KnownGroup, among: readonly KnownGroup[], asked: Difference): KnownGroup | undefined {
  return among
    .map((each) => ({ each, differs: differencesOf(group.config, each.group.config) }))
    .filter(({ differs }) => differs.includes(asked) && !differs.includes('size'))
    .sort((a, b) => a.differs.length - b.differs.length)[0]?.each;
}

/** Sizes with known parameters and a finite test NLL: those that differ from the best in size alone. */
export function sizeNames(groups: readonly KnownGroup[], best: BestFacts | undefined): string[] {
  const able = contenders(groups);
  const origin = able.find(({ facts }) => facts.name === best?.group);
  return able.flatMap(({ group, facts: { name, parameters, figures } }) =>
    origin !== undefined &&
    (group === origin.group || isSize(group, origin.group)) &&
    parameters !== undefined &&
    Number.isFinite(figures.testNll.mean)
      ? name
      : [],
  );
}

/** Whether two groups compare sizes. The number of planned epochs may depend on size. */
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
    settings: settingsThatDiffer(first.group.config, second.group.config),
    testNll: compareFigure(a, b, 'testNll'),
    bestValNll: compareFigure(a, b, 'bestValNll'),
    testTop1: compareFigure(a, b, 'testTop1'),
    timeRatio: a.figures.secondsPerEpoch.mean / b.figures.secondsPerEpoch.mean,
  };
}

/** A value for each run: NaN for one that does not have it, since it has not ended. */
export function valuesOf({ values, missing }: Pick<FigureFacts, 'values' | 'missing'>): number[] {
  return [...values, ...Array.from({ length: missing }, () => NaN)];
}

function compareFigure(a: GroupFacts, b: GroupFacts, figure: FigureName): GroupComparison {
  const side = ({ name, figures }: GroupFacts) => ({ name, values: valuesOf(figures[figure]) });
  return compareGroups(side(a), side(b), { betterIs: figure === 'testTop1' ? 'higher' : 'lower' });
}

interface RatedRun extends Pick<RunFacts, 'name'> {
  readonly figures: Pick<RunFacts['figures'], 'bestValNll'>;
}

/** The run of a group with the lowest validation NLL, or else the first, by name. */
export function bestRunOf({ runs }: { readonly runs: readonly RatedRun[] }): string {
  const nll = ({ figures: { bestValNll } }: RatedRun) => (Number.isFinite(bestValNll) ? bestValNll! : Infinity);
  return runs.reduce((best, run) => (nll(run) < nll(best) ? run : best)).name;
}

/** The recipes of a study with two, and the group of the second with the lowest mean best validation NLL. */
export function secondRecipeFacts(groups: readonly KnownGroup[]): SecondRecipeFacts | undefined {
  const others = groups.filter(isSecondRecipe);
  const [other] = others;
  if (other === undefined) return undefined;
  const [own] = contenders(groups);
  return {
    recipe: other.facts.recipe,
    ownRecipe: own?.facts.recipe,
    best: fromTheBest(others)[0]?.facts.name,
  };
}
