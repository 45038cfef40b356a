import {
  describeComparison,
  seedsLeftOut,
  SINGLE_RUN_MARGIN,
  type GroupComparison,
} from '../../statistics/compare-groups.js';
import type { DiagnosisKind } from '../../diagnosis/types.js';
import type { ComparisonFacts, Difference, FigureName, GroupFacts, ReportFacts, RunFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { counted, percent, range, signed } from '../writing/numbers.js';

/** A claim of the discussion, and when it is made. The table in docs/report.md is generated from these. */
export interface Rule {
  /** Unique, kebab-case. */
  readonly id: string;
  /** What has to hold of the facts, in words. */
  readonly when: string;
  /** The claim in one or more plain sentences with their numbers; nothing where the facts do not support it. */
  readonly say: (facts: ReportFacts) => string | readonly string[] | undefined;
}

/** What the rules have to say. */
export function discuss(rules: readonly Rule[], facts: ReportFacts): string[] {
  return rules.flatMap(({ say }) => say(facts) ?? []);
}

export function modelsOf({ groups }: ReportFacts): GroupFacts[] {
  return groups.filter(({ role }) => role === 'size' || role === 'given');
}

/** Models on the report's texts: only their NLLs compare. */
export function comparableModels(facts: ReportFacts): GroupFacts[] {
  return modelsOf(facts).filter(({ comparable }) => comparable);
}

/** Comparable sizes, from few to many parameters, that learned something and whose runs have the same diagnosis. */
export function learnedSizes(facts: ReportFacts): GroupFacts[] {
  const learned: readonly (DiagnosisKind | undefined)[] = ['converged', 'improving', 'overfitting'];
  return comparableModels(facts).filter(
    ({ name, diagnosis, ended }) => ended > 0 && learned.includes(diagnosis) && facts.sizes.includes(name),
  );
}

export function groupOf({ groups }: ReportFacts, name: string | undefined): GroupFacts | undefined {
  return groups.find((group) => group.name === name);
}

/** Whether the NLLs of a model say nothing, since it sees what it predicts. */
export function seesTargets({ missing }: ReportFacts, { name }: Pick<GroupFacts, 'name'>): boolean {
  return missing.some(({ kind, group }) => kind === 'sees-targets' && group === name);
}

/** The model whose measures of real texts stand for all: of those on the report's texts, that with most of them. */
export function withRealTexts(facts: ReportFacts): GroupFacts | undefined {
  return comparableModels(facts)
    .filter(({ testTexts }) => testTexts !== undefined)
    .reduce<GroupFacts | undefined>(
      (most, each) => (each.trainTexts > (most?.trainTexts ?? 0) ? each : most),
      undefined,
    );
}

/** How many seeds a comparison without an interval is of: others may have no figure. */
export function oneSeed(comparison: GroupComparison): string {
  return `one seed ${seedsLeftOut(comparison) ? 'of each left to compare' : 'each'}`;
}

export function bestOf(facts: ReportFacts): GroupFacts | undefined {
  return groupOf(facts, facts.best?.group);
}

/** That of the best group with the lowest validation NLL. */
export function bestRun(facts: ReportFacts): RunFacts | undefined {
  return bestOf(facts)?.runs.find(({ name }) => name === facts.best?.run);
}

export function comparisonsOf(facts: ReportFacts, kind: ComparisonFacts['kind']): ComparisonFacts[] {
  return facts.comparisons.filter((comparison) => comparison.kind === kind);
}

/**
 * The test NLLs of two groups compared; a second sentence says so where they differ in more than they were compared
 * for.
 */
export function comparedInWords(facts: ReportFacts, comparison: ComparisonFacts, asked: Difference): string[] {
  const { first, second, differs, testNll } = comparison;
  const notBetter = [testNll.better === 'first' ? [] : first, testNll.better === 'second' ? [] : second].flat();
  if (testNll.basis === 'nothing') return [];
  const others = differs.filter((difference) => difference !== asked);
  const sentences = describeComparison(testNll, { name: 'test NLL', unit: 'nats per text', decimals: 2 });
  return [
    sentences.replace(/(?<=[ (])-(?=\d)/g, '−').replaceAll("'", '’') + unfinishedWords(facts, notBetter),
    ...(others.length === 0
      ? []
      : [`${first} and ${second} also differ in ${listed(others)}, so the difference has more than one cause.`]),
  ];
}

/** How a difference is called that makes no group better: with one seed each, nothing is significant or not. */
export function doubtOf({ basis }: Pick<GroupComparison, 'basis'>): string {
  return basis === 'margin' ? `less than ${percent(SINGLE_RUN_MARGIN, 0)}` : 'not significant';
}

/** From the first to the second, e.g. `−7.41 (less than 2 %)`; with several seeds its interval instead. */
export function change(comparison: GroupComparison): string {
  const { difference, interval, basis, better } = comparison;
  const doubt = better === undefined ? doubtOf(comparison) : '';
  const ends = basis === 'margin' ? '' : `95 % interval ${range(-interval.high, -interval.low, 2)}`;
  const remark = [ends, doubt].filter((each) => each !== '').join(', ');
  return `${signed(-difference)}${remark === '' ? '' : ` (${remark})`}`;
}

/** Mean of a figure over a group's runs; NaN where no run has it. */
export function meanOf({ figures }: GroupFacts, name: FigureName): number {
  return figures[name].mean;
}

/**
 * A reservation, with a space before it, about groups that were still improving or are too short to tell; empty for
 * none.
 */
export function unfinishedWords(facts: ReportFacts, names: readonly string[]): string {
  const kinds: readonly DiagnosisKind[] = ['improving', 'too-short'];
  const unfinished = names.filter((name) =>
    groupOf(facts, name)?.runs.some(({ diagnosis }) => kinds.includes(diagnosis.kind)),
  );
  return unfinished.length === 0
    ? ''
    : ` However, ${listed(unfinished)} may not have been trained long enough, so longer training could change this.`;
}

/** Groups with runs of one kind of diagnosis: `87k`, or `87k (1 run of 3)` where not all runs have it. */
export function groupsDiagnosed(groups: readonly GroupFacts[], kind: DiagnosisKind): string[] {
  return groups.flatMap(({ name, runs }) => {
    const count = runs.filter(({ diagnosis }) => diagnosis.kind === kind).length;
    if (count === 0) return [];
    return count === runs.length ? name : `${name} (${counted(count, 'run')} of ${runs.length})`;
  });
}

export function runsOf(groups: readonly GroupFacts[]): RunFacts[] {
  return groups.flatMap(({ runs }) => runs);
}

/** Whether numbers rise from each to the next; false for fewer than two, and where one is not known. */
export function rises(values: readonly number[]): boolean {
  return values.length >= 2 && values.every((value, i) => i === 0 || value > values[i - 1]!);
}
