import type { Block } from '../document.js';
import { chapter } from '../writing/blocks.js';
import { shownRun, type ReportContext } from './context.js';

/** Every final sample of every model, so that nobody has to wonder whether those shown were chosen. */
export function allSamplesChapter(context: ReportContext): Block[] {
  const columns = context.facts.groups.flatMap((group) => {
    const texts = shownRun(context, group)?.finalSamples;
    return texts === undefined || texts.length === 0 ? [] : [{ title: group.name, texts }];
  });
  if (columns.length === 0) return [];
  return [
    chapter('all-samples', 'All final samples'),
    {
      kind: 'samples',
      caption:
        'Every text that was drawn at the end of the trainings, at temperature 1, in the order in which it was drawn.',
      columns,
    },
  ];
}
