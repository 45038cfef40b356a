/** The analysis files of a run: what reports need of the model and of the texts, each checked by its schema. */
import { z } from 'zod';
import { corpusReportSchema, type CorpusReport } from '../texts/texts-schema.js';
import {
  inspectionSchema,
  sampleQualitiesSchema,
  temperaturesSchema,
  type Inspection,
  type SampleQualities,
  type Temperatures,
} from './analysis-schema.js';
import { baselinesSchema, type Baselines } from '../baselines/baselines-schema.js';
import { toJson } from '../json.js';
import { RUN_FILES } from './layout.js';
import { readOptionalJson, writeRunFile } from './run-file.js';
import { checkBeforeWriting, SCHEMA_VERSION, schemaVersion } from './schema.js';

/** What the analysis files hold; a run lacks those that cannot be measured, or were removed. */
export interface RunAnalysis {
  readonly baselines?: Baselines | undefined;
  readonly corpusReport?: CorpusReport | undefined;
  readonly sampleQualities?: SampleQualities | undefined;
  readonly inspection?: Inspection | undefined;
  readonly temperatures?: Temperatures | undefined;
}

/** Keys in `RUN_FILES`. */
export const ANALYSIS_FILES = [
  'baselines',
  'corpusReport',
  'sampleQualities',
  'inspection',
  'temperatures',
] as const satisfies readonly (keyof RunAnalysis)[];

/**
 * Writes the analysis files that are given, each as a whole.
 *
 * @throws LetterpressError `INTERNAL` for what a file cannot hold, `IO` when the file system refuses
 */
export function writeAnalysis(folder: string, analysis: RunAnalysis): void {
  const write = <T extends object>(file: string, schema: z.ZodType<T>, value: T | undefined, indent?: number) => {
    if (value === undefined) return;
    // As it is read: what was read from one run and is written into another one gives the same bytes.
    const checked = { schemaVersion: SCHEMA_VERSION, ...checkBeforeWriting(schema, value, file) };
    writeRunFile(folder, file, `${toJson(checked, indent)}\n`);
  };
  write(RUN_FILES.baselines, baselinesSchema, analysis.baselines, 2);
  write(RUN_FILES.corpusReport, corpusReportSchema, analysis.corpusReport, 2);
  write(RUN_FILES.sampleQualities, sampleQualitiesSchema, analysis.sampleQualities, 2);
  // On one line: it is thousands of numbers, which nobody reads.
  write(RUN_FILES.inspection, inspectionSchema, analysis.inspection);
  write(RUN_FILES.temperatures, temperaturesSchema, analysis.temperatures, 2);
}

/** Reads the analysis files that there are. Throws `BAD_RUN` when one is damaged. */
export function readAnalysis(folder: string): RunAnalysis {
  const read = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
    readOptionalJson(folder, file, z.object({ schemaVersion }));
    return readOptionalJson(folder, file, schema);
  };
  return {
    baselines: read(RUN_FILES.baselines, baselinesSchema),
    corpusReport: read(RUN_FILES.corpusReport, corpusReportSchema),
    sampleQualities: read(RUN_FILES.sampleQualities, sampleQualitiesSchema),
    inspection: read(RUN_FILES.inspection, inspectionSchema),
    temperatures: read(RUN_FILES.temperatures, temperaturesSchema),
  };
}
