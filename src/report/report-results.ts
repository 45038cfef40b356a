import type * as z from 'zod';
import { toJson } from '../json.js';
import { checkBeforeWriting } from '../runs/schema.js';
import { letterpressVersion } from '../version.js';
import type { BaselineSetFacts, ReportFacts, ReportResults } from './facts/types.js';
import { figureFiles, REPORT_FILES, REPORT_FORMAT } from './report-folder.js';
import { REPORT_SCHEMA_VERSION, reportResultsSchema } from './facts/schema.js';

export interface ReportDescription {
  readonly title: string;
  readonly figures: readonly { readonly id: string; readonly description: string }[];
}

/** The contents of `results.json`. */
export function reportResults(facts: ReportFacts, { title, figures }: ReportDescription): ReportResults {
  const sets = differentSets(facts);
  const place = (set: BaselineSetFacts | undefined) => set && sets.findIndex((other) => toJson(other) === toJson(set));
  const results: ReportResults = {
    ...facts,
    format: REPORT_FORMAT,
    schemaVersion: REPORT_SCHEMA_VERSION,
    letterpress: letterpressVersion(),
    title,
    date: facts.origin.lastBegun,
    files: {
      html: REPORT_FILES.html,
      pdf: REPORT_FILES.pdf,
      markdown: REPORT_FILES.markdown,
      latex: REPORT_FILES.latex,
      figures: figures.map(({ id, description }) => ({ id, ...figureFiles(id), description })),
    },
    groups: facts.groups.map((group) => ({
      ...group,
      baselines: place(group.baselines),
      reference: group.reference?.preset,
    })),
    data: { ...facts.data, baselines: place(facts.baselines) },
    baselines: sets.map((set) => ({
      ...set,
      strongest: set.strongest?.id,
    })),
  };
  // The schema also drops what only the facts have; it accepts read-only objects.
  type Writable = z.infer<typeof reportResultsSchema>;
  return checkBeforeWriting<Writable>(reportResultsSchema, results as Writable, REPORT_FILES.results);
}

/** The text of the file: indented, but with lists of numbers on one line. */
export function formatResults(results: ReportResults): string {
  // A line break in JSON is never inside a text, so that these are the lists themselves.
  const lists = new RegExp(`\\[\\n\\s+(${NUMBER}(?:,\\n\\s+${NUMBER})*)\\n\\s+\\]`, 'g');
  const text = toJson(results, 2).replace(lists, (_, items: string) => `[${items.replace(/,\n\s+/g, ', ')}]`);
  return `${text}\n`;
}

const NUMBER = '(?:-?[\\d.]+(?:e[+-]?\\d+)?|"(?:NaN|-?Infinity)")';

/** The report's own first. */
function differentSets({ baselines, groups }: ReportFacts): BaselineSetFacts[] {
  const sets = new Map<string, BaselineSetFacts>();
  for (const set of [baselines, ...groups.map((group) => group.baselines)])
    if (set !== undefined) sets.set(toJson(set), set);
  return [...sets.values()];
}
