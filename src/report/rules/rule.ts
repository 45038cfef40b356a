import type { ReportFacts } from '../facts/types.js';

/** A claim of the discussion, and when it is made. docs/report.md lists all of them. */
export interface Rule {
  /** Of this rule alone, kebab-case. */
  readonly id: string;
  /** What has to hold of the facts, in words; also its line in docs/report.md. */
  readonly when: string;
  /** The claim in one or more plain sentences with their numbers; nothing where the facts do not support it. */
  readonly say: (facts: ReportFacts) => string | readonly string[] | undefined;
}

/**
 * What the rules have to say, in their order. Nothing of a quick study: it was trained for a few steps, and nothing follows from that.
 *
 * @example discuss(CAPACITY_RULES, facts); // ['557k has a better test NLL than 87k: …']
 */
export function discuss(rules: readonly Rule[], facts: ReportFacts): string[] {
  if (facts.kind === 'quick') return [];
  return rules.flatMap(({ say }) => say(facts) ?? []);
}
