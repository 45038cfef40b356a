import type { Block } from '../../render/document.js';
import type { GroupFacts } from '../facts/types.js';
import { chapter } from '../writing/blocks.js';
import { shownRun, type ReportContext } from './context.js';

/** Every final sample of every model, so that nobody has to wonder whether those shown were chosen. */
export function allSamplesChapter(context: ReportContext): Block[] {
  const { groups, secondRecipe } = context.facts;
  const isSecondRecipe = ({ role }: GroupFacts) => role === 'second-recipe';
  const [own, others] = [groups.filter((group) => !isSecondRecipe(group)), groups.filter(isSecondRecipe)];
  const blocks = [
    ...samplesOf(context, own, ''),
    ...samplesOf(context, others, ` With the recipe ${secondRecipe?.recipe ?? ''}.`),
  ];
  return blocks.length === 0 ? [] : [chapter('all-samples', 'All final samples'), ...blocks];
}

function samplesOf(context: ReportContext, groups: readonly GroupFacts[], remark: string): Block[] {
  const columns = groups.flatMap((group) => {
    const texts = shownRun(context, group)?.finalSamples;
    return texts === undefined || texts.length === 0 ? [] : [{ title: group.name, texts }];
  });
  const caption = `Every text that was drawn at the end of the trainings, at temperature 1, in the order in which it was drawn.${remark}`;
  return columns.length === 0 ? [] : [{ kind: 'samples', caption, columns }];
}
