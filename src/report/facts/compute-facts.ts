import { LetterpressError } from '../../errors.js';
import { counted } from '../../format.js';
import { baselineSetFacts, mixtureFacts } from './baseline-facts.js';
import { compareAll, findBest, isContender, secondRecipeFacts, sizeNames } from './comparisons.js';
import { predictedOf } from './figures.js';
import { groupFacts } from './group-facts.js';
import { missingFacts } from './missing-facts.js';
import { comparableGroups, orderGroups, type RunGroup } from './run-groups.js';
import { ablationFacts, temperatureFacts } from './sample-facts.js';
import type { BaselineSetFacts, DataFacts, GroupFacts, OriginFacts, ReportFacts } from './types.js';
import type { ReportInput, ReportRun } from '../input/report-input.js';
import { sameHeldOutTexts } from '../../runs/compare-configs.js';
import type { RunConfig } from '../../runs/schema.js';
import { correlate, type ModelCorrelation } from '../../statistics/correlation.js';

/**
 * All numbers of a report, from the files of its runs alone. Pure: the same runs, in any order, give the same facts.
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
  const fingerprints = new Set([...comparable].map(({ config }) => config.corpus.fingerprint));
  const mixtures = mixtureFacts(input.mixtures ?? [], fingerprints, charactersPerText, predictedOf(central.config));
  return {
    kind: input.kind,
    groups: known.map(({ facts }) => facts),
    best,
    sizes: sizeNames(known, best),
    comparisons: compareAll(known, best),
    pooledCorrelation: pooled,
    secondRecipe: secondRecipeFacts(known),
    mixtures,
    ablations: ablationFacts(input),
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

/** Correlation of NLL and top-1 of every run, and over all epochs of the candidates for the best one. */
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

/** A group with the texts of the report: of the comparable ones, one with most training texts, if possible measured. */
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

/** Baselines fitted on a group's training texts: its own, or those of a group with the same texts and tokens. */
function baselinesOf(group: RunGroup, groups: readonly RunGroup[]): BaselineSetFacts | undefined {
  const { fingerprint } = group.config.corpus;
  const held = (each: RunGroup) => ({ config: each.config, characters: undefined });
  const alike = groups.filter(
    (other) => other.config.corpus.fingerprint === fingerprint && sameHeldOutTexts(held(group), held(other)),
  );
  for (const { runs } of [group, ...alike]) {
    const found = runs.find(({ baselines }) => baselines !== undefined)?.baselines;
    if (found !== undefined) return baselineSetFacts(found, fingerprint, predictedOf(group.config));
  }
  return undefined;
}

function originFacts(groups: readonly RunGroup[], facts: readonly GroupFacts[]): OriginFacts {
  const configs = groups.flatMap(({ runs }) => runs.map(({ config }) => config));
  const texts = (pick: (config: RunConfig) => string) => [...new Set(configs.map(pick))].sort();
  const begun = texts(({ createdAt }) => createdAt);
  return {
    begun: begun[0] ?? '',
    lastBegun: begun.at(-1) ?? '',
    seconds: facts
      .flatMap(({ runs }) => runs.map(({ figures }) => figures.seconds ?? 0))
      .reduce((sum, seconds) => sum + seconds, 0),
    letterpress: texts(({ letterpress }) => letterpress),
    node: texts(({ node }) => node),
    platforms: texts(({ platform }) => platform),
    backends: texts(describeBackend),
    precisions: texts(({ backend }) => backend.precision),
    recipes: texts(({ recipe }) => recipe.name),
    seeds: [...new Set(configs.map(({ seed }) => seed))].sort((a, b) => a - b),
  };
}

function dataFacts({ config, runs }: RunGroup): DataFacts {
  const { name, kind, fingerprint, sizes, limit, cleaning, entropy } = config.corpus;
  // A path of this machine is nobody else's business.
  const path = kind === 'hub' ? config.corpus.path : undefined;
  const report = runs.find(({ corpusReport }) => corpusReport !== undefined)?.corpusReport;
  return { name, kind, path, config: config.corpus.config, fingerprint, sizes, limit, cleaning, entropy, report };
}

function describeBackend({ backend: { name, isa, threads, precision } }: RunConfig): string {
  const set = isa === undefined ? '' : ` (${isa})`;
  return `${name}${set}, ${counted(threads, 'thread')}, ${precision}`;
}
