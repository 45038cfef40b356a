import { RULE_TOPICS } from '../../../src/report/rules/all-rules.js';
import { discuss } from '../../../src/report/rules/rule.js';
import { computeFacts } from '../../../src/report/facts/compute-facts.js';
import type { ReportFacts } from '../../../src/report/facts/types.js';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { SCENARIOS } from '../fixtures/fixture-studies.js';

export const ALL_RULES = RULE_TOPICS.flatMap(({ rules }) => rules);

/** What the rules say of some runs, by id; rules that say nothing are not there. */
export class Said {
  readonly facts: ReportFacts;
  readonly sentences: ReadonlyMap<string, readonly string[]>;

  constructor(input: ReportInput) {
    this.facts = computeFacts(input);
    const all = ALL_RULES.map((rule) => [rule.id, discuss([rule], this.facts)] as const);
    this.sentences = new Map(all.filter(([, sentences]) => sentences.length > 0));
  }

  get ids(): string[] {
    return [...this.sentences.keys()];
  }

  idsOf(topic: string): string[] {
    return this.ids.filter((id) => id.startsWith(topic));
  }

  /**
   * The names of models and runs, and the numbers, that a rule's sentences have, in their order; undefined where it
   * says nothing. What they say around these is in `__snapshots__`.
   */
  details(id: string): string[] | undefined {
    const names = this.facts.groups.flatMap(({ name, runs }) => [name, ...runs.map((run) => run.name)]);
    const recipes = [this.facts.secondRecipe?.recipe, this.facts.secondRecipe?.ownRecipe].filter(
      (name) => name !== undefined,
    );
    const known = [...new Set([...names, ...recipes])].sort((a, b) => b.length - a.length);
    const escaped = known.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const pattern = new RegExp(
      `(?<![\\w-])(?:${[...escaped, '−?\\d+(?:,\\d{3})*(?:\\.\\d+)?(?: %)?'].join('|')})(?![\\w])`,
      'gu',
    );
    return this.sentences.get(id)?.flatMap((sentence) => sentence.match(pattern) ?? []);
  }
}

const known = new Map<string, Said>();

/** What the rules say of a fixture study; worked out once, since intervals take their time. */
export function saidOf(name: string): Said {
  const found = known.get(name) ?? new Said(SCENARIOS[name]!());
  known.set(name, found);
  return found;
}
