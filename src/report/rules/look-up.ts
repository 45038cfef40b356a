/** What rules ask of the facts again and again. */
import { describeComparison, type ComparedQuantity, type GroupComparison } from '../../statistics/compare-groups.js';
import type { DiagnosisKind } from '../../diagnosis/types.js';
import type { ComparisonFacts, Difference, FigureName, GroupFacts, ReportFacts, RunFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';

const TEST_NLL: ComparedQuantity = { name: 'test NLL', unit: 'nats per text', decimals: 2 };

/** Two test NLLs compared in words, with real minus signs. */
export function testNllCompared(comparison: GroupComparison): string {
  return describeComparison(comparison, TEST_NLL).replace(/(?<=[ (])-(?=\d)/g, '−');
}

/** The models that are compared, from few to many parameters. */
export function modelsOf({ groups }: ReportFacts): GroupFacts[] {
  return groups.filter(({ role }) => role === 'size' || role === 'given');
}

/** Models on the report's texts: only their NLLs compare. */
export function comparableModels(facts: ReportFacts): GroupFacts[] {
  return modelsOf(facts).filter(({ comparable }) => comparable);
}

/** Models that learned something and whose runs agree about it: the shape of their curves says how they converge. */
export function learnedModels(facts: ReportFacts): GroupFacts[] {
  const learned: readonly (DiagnosisKind | undefined)[] = ['converged', 'improving', 'overfitting'];
  return comparableModels(facts).filter(({ diagnosis, ended }) => ended > 0 && learned.includes(diagnosis));
}

/** Those of them that differ by size alone, from few to many parameters. */
export function learnedSizes(facts: ReportFacts): GroupFacts[] {
  return learnedModels(facts).filter(({ name }) => facts.sizes.groups.includes(name));
}

/** A group by its name. */
export function groupOf({ groups }: ReportFacts, name: string | undefined): GroupFacts | undefined {
  return groups.find((group) => group.name === name);
}

/** The best group, if there is one. */
export function bestOf(facts: ReportFacts): GroupFacts | undefined {
  return groupOf(facts, facts.best?.group);
}

/** Comparisons of one kind. */
export function comparisonsOf(facts: ReportFacts, kind: ComparisonFacts['kind']): ComparisonFacts[] {
  return facts.comparisons.filter((comparison) => comparison.kind === kind);
}

/** That two groups differ in more than they were compared for; undefined where they do not, or there is nothing to compare. */
export function alsoDiffer(
  { first, second, differs, testNll }: ComparisonFacts,
  asked: Difference,
): string | undefined {
  const others = differs.filter((difference) => difference !== asked);
  if (others.length === 0 || testNll.basis === 'nothing') return undefined;
  return `${first} and ${second} also differ in ${listed(others)}, so what is compared is not due to one thing alone.`;
}

/** Mean of a figure over a group's runs; NaN where no run has it. */
export function meanOf({ figures }: GroupFacts, name: FigureName): number {
  return figures[name].mean;
}

/** Whether a run of a group was still improving at the end, or had too few epochs to tell. */
export function isUnfinished(group: GroupFacts | undefined): boolean {
  const kinds: readonly DiagnosisKind[] = ['improving', 'too-short'];
  return group?.runs.some(({ diagnosis }) => kinds.includes(diagnosis.kind)) === true;
}

/** Runs of a group with one kind of diagnosis. */
export function runsDiagnosed({ runs }: GroupFacts, kind: DiagnosisKind): RunFacts[] {
  return runs.filter(({ diagnosis }) => diagnosis.kind === kind);
}

/** The diagnosis of a run in words, with its name before it. */
export function diagnosedAs({ name, diagnosis }: RunFacts): string {
  return `${name}: ${diagnosis.sentences.join(' ')}`;
}

/** Whether numbers rise from each to the next; false for fewer than two, and where one is not known. */
export function rises(values: readonly number[]): boolean {
  return values.length >= 2 && values.every((value, i) => i === 0 || value > values[i - 1]!);
}

/** Whether numbers fall from each to the next; false for fewer than two, and where one is not known. */
export function falls(values: readonly number[]): boolean {
  return rises(values.map((value) => -value));
}
