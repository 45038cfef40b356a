import { PADDING_RULES } from '../rules/padding.js';
import { discuss } from '../rules/rule.js';
import type { Block } from '../../render/document.js';
import { bullets, chapter, left, paragraph, right, table } from '../writing/blocks.js';
import { bestWithEpoch, withSpread } from '../writing/figure-text.js';
import { duration } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import type { ReportContext } from './context.js';

/** What it changes that a text ends at its first pad. */
export function paddingChapter({ facts, models }: ReportContext): Block[] {
  const groups = facts.groups.filter(({ role }) => role === 'padding');
  if (groups.length === 0) return [];
  const shown = groups.flatMap((group) => {
    const paired = facts.comparisons.find(({ kind, first }) => kind === 'padding' && first === group.name);
    const other = facts.groups.find(({ name }) => name === paired?.second);
    return other === undefined ? [group] : [other, group];
  });
  const found = discuss(PADDING_RULES, facts);
  return [
    chapter('padding', 'Padding'),
    paragraph(
      prose`The source predicts every position of the context length, the pads behind a text too (${code('--padding all')}). With ${code('--padding first')}${
        models.every(({ padding }) => padding === 'first') ? ', which all models above were trained with,' : ''
      } a text ends at its first pad, and what follows is certain, $p(\text{pad} \mid \text{pad}) = 1$. That is the same family of distributions over
        padded texts for a fraction of the work, so NLLs compare; positions that are left out add no NLL and count as right in top-1. What it
        changes was measured with one size:`,
    ),
    table(
      'The same model with both ways of padding. The time of an epoch is that of the fastest.',
      [
        left('model'),
        left('padding'),
        right('best validation NLL (epoch)'),
        right('test NLL (nats per text)'),
        right('top-1'),
        right('epochs run'),
        right('time of an epoch'),
      ],
      shown.map((group) => [
        group.name,
        group.padding,
        bestWithEpoch(group),
        withSpread(group.figures.testNll, 2),
        withSpread(group.figures.testTop1, 4),
        withSpread(group.figures.epochsRun, group.figures.epochsRun.count > 1 ? 1 : 0),
        duration(group.figures.secondsPerEpoch.mean),
      ]),
    ),
    ...(found.length > 0 ? [bullets(...found)] : []),
  ];
}
