import { answerChapter } from './chapters/answer.js';
import { appendix } from './chapters/appendix.js';
import { reportContext, type ReportContext } from './chapters/context.js';
import { explanationsChapter } from './chapters/explanations.js';
import { fewTextsChapter } from './chapters/few-texts.js';
import { modelsChapter } from './chapters/models.js';
import { referencesChapter } from './chapters/references.js';
import { secondRecipeChapter } from './chapters/second-recipe.js';
import { temperatureChapter } from './chapters/temperature.js';
import type { Block, ReportDocument } from '../render/document.js';
import { isImported } from './facts/run-groups.js';
import type { ReportFacts } from './facts/types.js';
import type { ReportInput } from './input/report-input.js';
import { counted } from './writing/numbers.js';

/** Page one, the questions in their order, and what only some readers look up. */
const CHAPTERS: readonly ((context: ReportContext) => Block[])[] = [
  answerChapter,
  explanationsChapter,
  modelsChapter,
  fewTextsChapter,
  temperatureChapter,
  secondRecipeChapter,
  appendix,
];

/** The text, tables and figures of a report. Chapters that no run has anything for are left out. */
export function buildDocument(input: ReportInput, facts: ReportFacts): ReportDocument {
  const context = reportContext(input, facts);
  const blocks = CHAPTERS.flatMap((chapter) => chapter(context));
  const byline = [input.author, input.course].filter((each) => each !== undefined).join(' · ');
  return {
    title: input.title,
    subtitle: subtitle(input, facts),
    byline: byline === '' ? undefined : byline,
    date: facts.origin.lastBegun,
    blocks: [...blocks, ...referencesChapter(blocks)],
  };
}

function subtitle({ runs }: ReportInput, { ablations, data }: ReportFacts): string {
  const trainings = runs.filter(({ run }) => !isImported(run));
  const others = trainings.some(({ run }) => run.config.corpus.name !== data.name) ? ', and on other texts' : '';
  const count = counted(trainings.length + ablations.length, 'training');
  return `${count} on “${data.name}”, ${counted(data.sizes.train, 'text')}${others}`;
}
