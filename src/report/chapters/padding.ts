import { discuss } from '../rules/rule.js';
import { PADDING_RULES } from '../rules/variants.js';
import type { Block } from '../../render/document.js';
import { chapter, findings, left, paragraph, right, table } from '../writing/blocks.js';
import { bestWithEpoch, epochsWithSpread } from '../writing/group-text.js';
import { duration } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import type { ReportContext } from './context.js';
import { MEASURED, measuredGroup } from './measured.js';

/** What it changes that a text ends at its first pad. */
export function paddingChapter({ facts, models }: ReportContext): Block[] {
  const groups = facts.groups.filter(({ role }) => role === 'padding');
  if (groups.length === 0) return [];
  const shown = groups.flatMap((group) => {
    const paired = facts.comparisons.find(({ kind, first }) => kind === 'padding' && first === group.name);
    const other = facts.groups.find(({ name }) => name === paired?.second);
    return other === undefined ? [group] : [other, group];
  });
  const all = models.every(({ padding }) => padding === 'first') ? ', which all models above used,' : '';
  return [
    chapter('padding', 'Padding'),
    paragraph(
      prose`The original notebook predicts every position of the context length, including the padding after a text
        (${code('--padding all')}). With ${code('--padding first')}${all} the loss stops at the first pad, and what
        follows is certain, $p(\text{pad} \mid \text{pad}) = 1$. That is the same family of distributions over padded
        texts for a fraction of the work, so NLLs are comparable; positions that are left out add nothing to the NLL
        and count as right in top-1. The effect was measured with one size:`,
    ),
    table(
      'The same model with both kinds of padding. Epoch time is the fastest epoch.',
      shown.map((group) => ({ ...measuredGroup(group), group })),
      [
        MEASURED.model,
        left('padding', ({ group }) => group.padding),
        right('best validation NLL (epoch)', ({ group }) => bestWithEpoch(group)),
        MEASURED.testNll,
        MEASURED.testTop1,
        right('epochs run', ({ group }) => epochsWithSpread(group.figures.epochsRun)),
        right('epoch time', ({ group }) => duration(group.figures.secondsPerEpoch.mean)),
      ],
    ),
    ...findings(discuss(PADDING_RULES, facts)),
  ];
}
