import { ALL_RULES } from '../../../src/report/rules/all-rules.js';
import { discuss } from '../../../src/report/rules/rule.js';
import { computeFacts } from '../../../src/report/facts/compute-facts.js';
import type { ReportFacts } from '../../../src/report/facts/types.js';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import {
  allDiverged,
  allOverfit,
  secondRecipeBetter,
  secondRecipeDiverged,
  secondRecipeEqual,
  secondRecipeMissing,
  secondRecipeMixed,
  secondRecipeSeeds,
  secondRecipeWorse,
  largerIsBetter,
  largerIsWorse,
  largestStuck,
  missingAnalysis,
  missingRuns,
  mixed,
  nothingChanges,
  singleRun,
  threeSeeds,
} from '../fixtures/fixture-studies.js';

const STUDIES = {
  allDiverged,
  allOverfit,
  secondRecipeBetter,
  secondRecipeDiverged,
  secondRecipeEqual,
  secondRecipeMissing,
  secondRecipeMixed,
  secondRecipeSeeds,
  secondRecipeWorse,
  largerIsBetter,
  largerIsWorse,
  largestStuck,
  missingAnalysis,
  missingRuns,
  mixed,
  nothingChanges,
  singleRun,
  threeSeeds,
} as const;

/** Their names. */
export const STUDY_NAMES = Object.keys(STUDIES) as (keyof typeof STUDIES)[];

/** What each rule says of some runs; rules that say nothing are not there. */
export function said(input: ReportInput): Record<string, string[]> {
  return saidOf(computeFacts(input));
}

const known = new Map<string, Record<string, string[]>>();

/** What each rule says of a fixture study; worked out once, since intervals take their time. */
export function saidOfStudy(name: keyof typeof STUDIES): Record<string, string[]> {
  const found = known.get(name) ?? said(STUDIES[name]());
  known.set(name, found);
  return found;
}

/** What each rule says of some facts. */
export function saidOf(facts: ReportFacts): Record<string, string[]> {
  return Object.fromEntries(
    ALL_RULES.map((rule): [string, string[]] => [rule.id, discuss([rule], facts)]).filter(
      ([, sentences]) => sentences.length > 0,
    ),
  );
}
