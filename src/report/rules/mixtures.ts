import type { MixtureFacts, ReportFacts } from '../facts/types.js';
import { nats, percent } from '../writing/numbers.js';
import type { Rule } from './rule.js';

/** Mixtures against what they are mixed of. */
export const MIXTURE_RULES: readonly Rule[] = [
  {
    id: 'mixtures-members',
    when: 'for mixtures of the report’s texts whose test NLL is known, and that of a member; the best member is the one with the lowest test NLL',
    say: (facts) => comparableMixtures(facts).flatMap((mixture) => againstMembers(mixture) ?? []),
  },
];

/** What is to be said first of mixtures: of the one that was best where its weights were not learned. */
export function bestMixture(facts: ReportFacts): string | undefined {
  const [best] = comparableMixtures(facts).sort((a, b) => a.crossValidatedNll - b.crossValidatedNll);
  return best === undefined ? undefined : againstMembers(best);
}

/** Those whose NLLs compare with those of the models. */
export function comparableMixtures({ mixtures }: ReportFacts): MixtureFacts[] {
  return mixtures.filter(({ comparable }) => comparable);
}

function againstMembers({ name, members, testNll }: MixtureFacts): string | undefined {
  const known = members.flatMap(({ label, testNll: nll }) => (Number.isFinite(nll) ? { label, nll: nll! } : []));
  const [first, ...others] = known;
  if (testNll === undefined || !Number.isFinite(testNll) || first === undefined) return undefined;
  const best = others.reduce((lowest, each) => (each.nll < lowest.nll ? each : lowest), first);
  const difference = testNll - best.nll;
  const share = percent(Math.abs(difference) / Math.abs(best.nll));
  return `The mixture ${name} has a test NLL of ${nats(testNll)} nats per text, ${nats(Math.abs(difference))} (${share}) ${difference < 0 ? 'below' : 'above'} that of its best member, ${best.label}, ${nats(best.nll)}.`;
}
