/** The same model with something changed: fewer training texts, or every padding position predicted. */
import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { discuss } from '../rules/rule.js';
import { FEW_TEXTS_RULES, PADDING_RULES } from '../rules/texts.js';
import { chapter, findings, headed, paragraph, section } from '../writing/blocks.js';
import { whole } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import type { ReportContext } from './context.js';
import { curvesAlone } from './curves.js';
import { finalSamples, samplesAlong } from './samples.js';

/** The epochs that the original notebook shows samples of. */
const EPOCHS = [0, 5, 10, 20, 51, 89];

/** The best model with few texts to learn from, compared with the same on all of them. */
export function fewTextsChapter(context: ReportContext): Block[] {
  const { facts } = context;
  const groups = facts.groups.filter(({ role }) => role === 'few-texts');
  return headed(chapter('few-texts', 'Few texts'), [
    ...groups.flatMap((few) => fewTexts(context, few)),
    ...headed(section('few-texts-findings', 'Discussion'), findings(discuss(FEW_TEXTS_RULES, facts))),
  ]);
}

function fewTexts(context: ReportContext, few: GroupFacts): Block[] {
  const { comparisons, groups } = context.facts;
  const paired = comparisons.find(({ kind, first }) => kind === 'few-texts' && first === few.name);
  const full = groups.find(({ name }) => name === paired?.second);
  const lowest = full?.figures.bestValNll.mean;
  return [
    paragraph(
      `${few.name} is the same model and recipe with only the first ${whole(few.trainTexts)} training texts` +
        `${full === undefined ? '' : `, compared with ${full.name}, which had all ${whole(full.trainTexts)}`}. ` +
        'Validation and test texts are the same. An epoch on few texts has fewer steps, so equal epochs are not ' +
        'equal amounts of training.',
    ),
    ...curvesAlone(
      context,
      few,
      Number.isFinite(lowest) ? [{ label: `${full!.name}, lowest validation NLL`, value: lowest! }] : [],
    ),
    ...samplesAlong(context, few, EPOCHS),
    ...finalSamples(context, [few]),
  ];
}

/** What it changes that a text ends at its first pad. */
export function paddingChapter({ facts, models }: ReportContext): Block[] {
  if (!facts.groups.some(({ role }) => role === 'padding')) return [];
  const all = models.every(({ padding }) => padding === 'first') ? ', which all other models used,' : '';
  return [
    chapter('padding', 'Padding'),
    paragraph(
      prose`The original notebook predicts every position of the context length, including the padding after a text
        (${code('--padding all')}). With ${code('--padding first')}${all} the loss stops at the first pad, and what
        follows is certain, $p(\text{pad} \mid \text{pad}) = 1$. That is the same family of distributions over padded
        texts for a fraction of the work, so NLLs are comparable; positions that are left out add nothing to the NLL
        and count as right in top-1. The effect was measured with one size.`,
    ),
    ...findings(discuss(PADDING_RULES, facts)),
  ];
}
