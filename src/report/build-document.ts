import { secondRecipeChapter } from './chapters/second-recipe.js';
import { reportContext, type ReportContext } from './chapters/context.js';
import { dataChapter } from './chapters/data.js';
import { explanationsChapter } from './chapters/explanations.js';
import { fewTextsChapter, paddingChapter } from './chapters/variants.js';
import { measuringChapter } from './chapters/measuring.js';
import { modelsChapter } from './chapters/models.js';
import { summaryChapter } from './chapters/summary.js';
import { temperatureChapter } from './chapters/temperature.js';
import type { Block, ReportDocument } from '../render/document.js';
import type { ReportFacts } from './facts/types.js';
import type { ReportInput } from './input/report-input.js';
import { counted, whole } from './writing/numbers.js';

const CHAPTERS: readonly ((context: ReportContext) => Block[])[] = [
  summaryChapter,
  dataChapter,
  explanationsChapter,
  modelsChapter,
  fewTextsChapter,
  temperatureChapter,
  paddingChapter,
  secondRecipeChapter,
  measuringChapter,
];

/** The text, tables and figures of a report. Chapters that no run has anything for are left out. */
export function buildDocument(input: ReportInput, facts: ReportFacts): ReportDocument {
  const context = reportContext(input, facts);
  const blocks: Block[] = [];
  for (const chapter of CHAPTERS) blocks.push(...chapter(context));
  return { title: input.title, subtitle: subtitle(facts), date: facts.origin.lastBegun, blocks };
}

function subtitle({ data, groups }: ReportFacts): string {
  const runs = groups.reduce((sum, group) => sum + group.runs.length, 0);
  return `${counted(runs, 'training')} on “${data.name}”, ${whole(data.sizes.train)} texts`;
}
