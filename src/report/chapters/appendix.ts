/** What only some readers look up: texts, single curves, baselines, methods, the original notebook, what is missing. */
import type { Block } from '../../render/document.js';
import { discuss } from '../rules/rule.js';
import { PADDING_RULES } from '../rules/texts.js';
import { bullets, chapter, discussion, headed, paragraph, section } from '../writing/blocks.js';
import { code, prose } from '../writing/prose.js';
import type { ReportContext } from './context.js';
import { curvesAlone, hasCurve } from './curves.js';
import { dataSection } from './data.js';
import { measuring } from './measuring.js';
import { originalNotebook } from './reference.js';
import { samplesFigure } from './samples.js';

export function appendix(context: ReportContext): Block[] {
  const { best, facts, models } = context;
  const curves = models.filter((group) => hasCurve(group) || group.runs.length > 0);
  return [
    chapter('appendix', 'Appendix'),
    ...headed(
      section('missing', 'What is missing'),
      facts.missing.length === 0 ? [] : [bullets(...facts.missing.map(({ sentence }) => sentence))],
    ),
    ...dataSection(context),
    ...headed(
      section('curves-alone', models.length === 1 ? 'Diagnosis of the curve' : 'The curves of each model'),
      curves.flatMap((group) => curvesAlone(context, group)),
    ),
    ...headed(
      section('samples-measured', 'Samples during training in numbers'),
      samplesFigure(context, [best ?? [], facts.groups.filter(({ role }) => role === 'few-texts')].flat()),
    ),
    ...padding(context),
    ...measuring(context),
    // Whoever compares runs of their own has not asked for the original notebook.
    ...(facts.kind === 'comparison' ? [] : originalNotebook(context)),
  ];
}

/** What it changes that a text ends at its first pad. */
function padding({ facts, models }: ReportContext): Block[] {
  if (!facts.groups.some(({ role }) => role === 'padding')) return [];
  const all = models.every(({ padding }) => padding === 'first') ? ', which all other models used,' : '';
  return [
    section('padding', 'Padding'),
    paragraph(
      prose`The original notebook predicts every position of the context length, including the padding after a text
        (${code('--padding all')}). With ${code('--padding first')}${all} the loss stops at the first pad, and what
        follows is certain, $p(\text{pad} \mid \text{pad}) = 1$. That is the same family of distributions over padded
        texts for a fraction of the work, so NLLs are comparable. The effect was measured with one size.`,
    ),
    ...discussion(discuss(PADDING_RULES, facts)),
  ];
}
