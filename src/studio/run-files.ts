/** Files of a run for the page: read as data that anybody may have written. */
import { LetterpressError } from '../errors.js';
import { fromLines } from '../escapes.js';
import { parseJsonLines } from '../runs/atomic.js';
import { epochsOfSamples, RUN_FILES, samplesFile } from '../runs/layout.js';
import { damaged, missing, parseJson } from '../runs/run-file.js';
import { metricsLineSchema, parseFile, type MetricsLine } from '../runs/schema.js';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { readInside } from './scan.js';

/** Bytes of a file that is read as a whole: an inspection of a large model has a few million. */
const MAX_BYTES = 64e6;

/** A file as text; undefined where it is missing. Throws `BAD_RUN` for one that is too large. */
export function textOf(folder: string, name: string): string | undefined {
  const file = readInside(folder, name, 0, MAX_BYTES);
  if (file !== undefined && file.size > MAX_BYTES) throw damaged(name, `it has ${file.size} bytes`);
  return file?.data.toString('utf8');
}

/** A JSON file; undefined where it is missing. Throws `BAD_RUN` when it is damaged. */
export function jsonOf<T>(folder: string, name: string, schema: z.ZodType<T>): T | undefined {
  const text = textOf(folder, name);
  return text === undefined ? undefined : parseFile(schema, parseJson(text, name), name);
}

/** Lines of `metrics.jsonl`, of which the last may be torn. Throws `BAD_RUN` when one is damaged. */
export function metricsOf(text: string): MetricsLine[] {
  const values = parseJsonLines(text, (line) => {
    throw damaged(RUN_FILES.metrics, `line ${line} is not JSON`);
  });
  return values.map((value, i) => parseFile(metricsLineSchema, value, `${RUN_FILES.metrics}, line ${i + 1}`));
}

/** Epochs that samples were saved for, ascending. */
export function sampleEpochsOf(folder: string): number[] {
  try {
    return epochsOfSamples(readdirSync(join(folder, 'samples')));
  } catch {
    return [];
  }
}

export function samplesOf(folder: string, epoch: number | 'final'): string[] {
  const name = epoch === 'final' ? RUN_FILES.finalSamples : samplesFile(epoch);
  const text = textOf(folder, name);
  if (text === undefined) throw missing(name, 'the samples');
  return fromLines(text);
}

/** What a run's error says in a row of the table. */
export function problemOf(error: unknown): string {
  if (error instanceof LetterpressError) return `${error.message}. ${error.fix}`;
  return error instanceof Error ? error.message : String(error);
}
