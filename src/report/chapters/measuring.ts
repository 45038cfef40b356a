import type { Block } from '../../render/document.js';
import { chapter } from '../writing/blocks.js';
import type { ReportContext } from './context.js';
import { corrections } from './measuring/corrections.js';
import { explainMethod } from './measuring/method.js';
import { explainBaselines } from './measuring/baselines.js';

/** How everything was measured, and what is done otherwise than in the source. */
export function measuringChapter(context: ReportContext): Block[] {
  return [
    chapter('measuring', 'How it was measured'),
    ...explainBaselines(context.facts.baselines),
    ...explainMethod(context),
    // Whoever compares runs of their own has not asked for the source.
    ...(context.facts.kind === 'comparison' ? [] : corrections(context)),
  ];
}
