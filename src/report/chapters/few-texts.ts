import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { discuss } from '../rules/rule.js';
import { FEW_TEXTS_RULES } from '../rules/texts.js';
import { chapter, discussion, headed, paragraph, section } from '../writing/blocks.js';
import { whole } from '../writing/numbers.js';
import { questionTitle, type ReportContext } from './context.js';
import { curvesAlone } from './curves.js';
import { finalSamples, samplesAlong } from './samples.js';

/** The best model with few texts to learn from, compared with the same on all of them. */
export function fewTextsChapter(context: ReportContext): Block[] {
  const groups = context.facts.groups.filter(({ role }) => role === 'few-texts');
  return headed(
    chapter('few-texts', questionTitle(context, '3', 'few texts')),
    groups.flatMap((few) => fewTexts(context, few)),
  );
}

function fewTexts(context: ReportContext, few: GroupFacts): Block[] {
  const { facts } = context;
  const paired = facts.comparisons.find(({ kind, first }) => kind === 'few-texts' && first === few.name);
  const full = facts.groups.find(({ name }) => name === paired?.second);
  const lowest = full?.figures.bestValNll.mean;
  const said = (...ids: readonly string[]) =>
    discussion(
      discuss(
        FEW_TEXTS_RULES.filter(({ id }) => ids.includes(id)),
        facts,
      ),
    );
  return [
    paragraph(
      `${few.name} is the same model and recipe with only the first ${whole(few.trainTexts)} training texts` +
        `${full === undefined ? '' : `, compared with ${full.name}, which had all ${whole(full.trainTexts)}`}. ` +
        'Validation and test texts are the same. An epoch on few texts has fewer steps, so equal epochs are not ' +
        'equal amounts of training.',
    ),
    section('few-texts-curves', questionTitle(context, '3.1', 'curves')),
    ...curvesAlone(
      context,
      few,
      Number.isFinite(lowest) ? [{ label: `${full!.name}, lowest validation NLL`, value: lowest! }] : [],
    ),
    ...said('few-texts-curve'),
    ...headed(section('few-texts-along', questionTitle(context, '3.2', 'samples during training')), [
      ...samplesAlong(context, few),
      ...said('few-texts-along'),
    ]),
    ...headed(section('few-texts-final', questionTitle(context, '3.3', 'final samples, few texts and all')), [
      ...finalSamples(context, [few, full ?? []].flat()),
      ...said('few-texts-samples'),
    ]),
  ];
}
