/** The analysis files of a run: what reports need of the model and of the texts, each checked by its schema. */
import * as z from 'zod';
import { baselinesSchema } from '../baselines/baselines-schema.js';
import { toJson } from '../json.js';
import { corpusReportSchema } from '../texts/texts-schema.js';
import { inspectionSchema, sampleQualitiesSchema, temperaturesSchema } from './analysis-schema.js';
import { RUN_FILES } from './layout.js';
import { readOptionalJson, writeRunFile } from './run-file.js';
import { checkBeforeWriting, SCHEMA_VERSION, schemaVersion } from './schema.js';

/** By their keys in `RUN_FILES`. */
const SCHEMAS = {
  baselines: baselinesSchema,
  corpusReport: corpusReportSchema,
  sampleQualities: sampleQualitiesSchema,
  inspection: inspectionSchema,
  temperatures: temperaturesSchema,
};
type AnalysisFile = keyof typeof SCHEMAS;

export const ANALYSIS_FILES = Object.keys(SCHEMAS) as AnalysisFile[];

/** What the analysis files hold; a run lacks those that cannot be measured, or were removed. */
export type RunAnalysis = { readonly [File in AnalysisFile]?: z.infer<(typeof SCHEMAS)[File]> | undefined };

/**
 * Writes the analysis files that are given, each as a whole.
 *
 * @throws LetterpressError `INTERNAL` for what a file cannot hold, `IO` when the file system refuses
 */
export function writeAnalysis(folder: string, analysis: RunAnalysis): void {
  for (const name of ANALYSIS_FILES) {
    const [file, value] = [RUN_FILES[name], analysis[name]];
    if (value === undefined) continue;
    // As it is read: what was read from one run and is written into another one gives the same bytes.
    const checked = checkBeforeWriting<object>(SCHEMAS[name], value, file);
    const indent = name === 'inspection' ? undefined : 2; // thousands of numbers, which nobody reads
    writeRunFile(folder, file, `${toJson({ schemaVersion: SCHEMA_VERSION, ...checked }, indent)}\n`);
  }
}

/** Reads the analysis files that there are. Throws `BAD_RUN` when one is damaged. */
export function readAnalysis(folder: string): RunAnalysis {
  const read = (name: AnalysisFile): object | undefined => {
    readOptionalJson(folder, RUN_FILES[name], z.object({ schemaVersion }));
    return readOptionalJson<object>(folder, RUN_FILES[name], SCHEMAS[name]);
  };
  return Object.fromEntries(ANALYSIS_FILES.map((name) => [name, read(name)]));
}
