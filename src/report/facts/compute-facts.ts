import { correlate, type ModelCorrelation } from '../../statistics/correlation.js';
import { LetterpressError } from '../../errors.js';
import type { ReportInput, ReportRun } from '../input/report-input.js';
import { secondRecipeFacts } from './second-recipe-facts.js';
import { compareAll, findBest, isContender, sizeFacts } from './comparisons.js';
import { groupFacts, type RunGroup } from './group-facts.js';
import { missingFacts } from './missing-facts.js';
import { mixtureFacts } from './mixture-facts.js';
import { comparableGroups, orderGroups } from './order-groups.js';
import { dataFacts, originFacts } from './origin-facts.js';
import { sameHeldOutTexts } from './same-config.js';
import { temperatureFacts } from './temperature-facts.js';
import type { ReportFacts, BaselineSetFacts } from './types.js';
import { baselineSetFacts } from './baseline-facts.js';

/**
 * Everything that a report knows in numbers, from the files of its runs alone. Pure: the same runs, in any order, give the same facts.
 *
 * @throws LetterpressError BAD_INPUT for no runs at all
 * @example computeFacts({ title: 'Two models', kind: 'comparison', runs }).best?.group;
 */
export function computeFacts(input: ReportInput): ReportFacts {
  const groups = orderGroups(input);
  const comparable = comparableGroups(groups);
  const central = centralGroup(groups, comparable);
  const charactersPerText = [...comparable].flatMap(({ runs }) => runs).find(({ baselines }) => baselines !== undefined)
    ?.baselines?.charactersPerText.test;
  const { correlations, pooled } = correlateRuns(groups, comparable);
  const known = groups.map((group) => {
    const baselines = baselinesOf(group, groups);
    return {
      group,
      facts: groupFacts(group, {
        comparable: comparable.has(group),
        correlations,
        baselines,
        charactersPerText: baselines?.charactersPerText.test ?? (comparable.has(group) ? charactersPerText : undefined),
      }),
    };
  });
  const measured = new Set(known.flatMap(({ group, facts }) => (facts.baselines ? [group] : [])));
  const best = findBest(known);
  const mixtures = mixtureFacts(input.mixtures ?? [], {
    fingerprints: new Set([...comparable].map(({ config }) => config.corpus.fingerprint)),
    charactersPerText,
  });
  return {
    kind: input.kind,
    groups: known.map(({ facts }) => facts),
    best,
    sizes: sizeFacts(known, best),
    comparisons: compareAll(known, best),
    pooledCorrelation: pooled,
    secondRecipe: secondRecipeFacts(known),
    mixtures,
    baselines: baselinesOf(central, groups),
    temperatures: temperatureFacts(groups, best),
    data: dataFacts(central),
    origin: originFacts(
      groups,
      known.map(({ facts }) => facts),
    ),
    missing: missingFacts(input, groups, { comparable, measured, best, mixtures }),
  };
}

/** Correlation of NLL and top-1 of every run, and of all epochs of those among which a best one is sought. */
function correlateRuns(groups: readonly RunGroup[], comparable: ReadonlySet<RunGroup>) {
  const runsOf = (wanted: boolean) =>
    groups.filter((group) => isContender(group, comparable.has(group)) === wanted).flatMap(({ runs }) => runs);
  const [pooledRuns, otherRuns] = [runsOf(true), runsOf(false)];
  const found = correlate(pooledRuns);
  const others = otherRuns.length === 0 ? [] : correlate(otherRuns).models;
  const correlations = new Map<ReportRun, ModelCorrelation>();
  [...pooledRuns, ...otherRuns].forEach((run, i) => {
    correlations.set(run, [...found.models, ...others][i]!);
  });
  return { correlations, pooled: found.pooled };
}

/** A group with the texts that the report is about: of those that compare, one of most training texts, with a report of them if possible. */
function centralGroup(groups: readonly RunGroup[], comparable: ReadonlySet<RunGroup>): RunGroup {
  const able = groups.filter((group) => comparable.has(group));
  const most = Math.max(...able.map(({ config }) => config.corpus.sizes.train));
  const whole = able.filter(({ config }) => config.corpus.sizes.train === most);
  const has = ({ runs }: RunGroup) => runs.some(({ corpusReport }) => corpusReport !== undefined);
  const central = whole.find(has) ?? whole[0];
  if (central === undefined)
    throw new LetterpressError('BAD_INPUT', 'expected at least one run to report on, got none', 'Give a run.');
  return central;
}

/** Baselines fitted on a group's training texts: its own, or those of another group with the very same texts, read in the same way. */
function baselinesOf(group: RunGroup, groups: readonly RunGroup[]): BaselineSetFacts | undefined {
  const { fingerprint } = group.config.corpus;
  const held = (each: RunGroup) => ({ config: each.config, characters: undefined });
  const alike = groups.filter(
    (other) => other.config.corpus.fingerprint === fingerprint && sameHeldOutTexts(held(group), held(other)),
  );
  for (const { runs } of [group, ...alike]) {
    const found = runs.find(({ baselines }) => baselines !== undefined)?.baselines;
    if (found !== undefined) return baselineSetFacts(found, fingerprint);
  }
  return undefined;
}
