import type { ReportFacts, SizeFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { groupOf, isUnfinished } from './look-up.js';

/**
 * Whether larger models are better, from how many steps in size are better, worse or undecided; nothing without a step. It says so where
 * a curve was still falling at the end, or too short to tell.
 */
export function sizeSentence(facts: ReportFacts, sizes: SizeFacts = facts.sizes): string | undefined {
  const sentence = stepsInWords(sizes);
  return sentence === undefined ? undefined : `${sentence}${unfinishedWords(facts, sizes.groups)}`;
}

/** A reservation, with a space before it, about those of some groups that were still improving or are too short to tell; empty for none. */
export function unfinishedWords(facts: ReportFacts, names: readonly string[]): string {
  const unfinished = names.filter((name) => isUnfinished(groupOf(facts, name)));
  return unfinished.length === 0
    ? ''
    : ` But ${listed(unfinished)} may not have been trained for long enough, so this may come out differently.`;
}

function stepsInWords({ better, worse, undecided }: SizeFacts): string | undefined {
  const steps = better + worse + undecided;
  if (steps === 0) return undefined;
  if (better === steps)
    return steps === 1
      ? 'The larger model has the better test NLL.'
      : 'Each model has a better test NLL than the next smaller one.';
  if (worse === steps)
    return steps === 1
      ? 'The larger model has the worse test NLL.'
      : 'Each model has a worse test NLL than the next smaller one.';
  if (undecided === steps) return 'No model is significantly different from the next smaller one by its test NLL.';
  const parts = [
    ...(better > 0 ? [`${better} ${better === 1 ? 'improves' : 'improve'} the test NLL`] : []),
    ...(worse > 0 ? [`${worse} ${worse === 1 ? 'worsens' : 'worsen'} it`] : []),
    ...(undecided > 0 ? [`${undecided} cannot be told`] : []),
  ];
  const lead = worse > 0 ? 'Larger is not always better' : 'Larger is not shown to be better everywhere';
  return `${lead}: of the ${steps} steps from a model to the next larger one, ${listed(parts)}.`;
}
