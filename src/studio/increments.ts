import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { tryParseJson } from '../json.js';
import { surpriseLineSchema, type SurpriseLine } from '../runs/analysis-schema.js';
import { RUN_FILES } from '../runs/layout.js';
import { metricsLineSchema } from '../runs/schema.js';
import type { Increment } from './api.js';
import { readInside, statOf } from './scan.js';

/** Files that grow while a run is trained, in the order of a cursor's parts. */
const GROWING = [RUN_FILES.metrics, RUN_FILES.steps] as const;

/** Bytes of a file in one answer. */
const MAX_BYTES = 1 << 20;
/** Bytes before an offset that tell whether a file is still the one that was read. */
const CHECKED = 256;

/** `OFFSET-CHECKSUM` of each file. */
const CURSOR = /^(\d{1,15})-([0-9a-f]{0,12})\.(\d{1,15})-([0-9a-f]{0,12})$/;

/**
 * What was appended to the files of a run since `cursor`, which holds the offset that each was read to and a checksum
 * of the bytes before it: only what is new is read, however long the files are. Where a file was written again, as by a
 * run that was resumed from an earlier step, everything comes again.
 *
 * @param cursor as the last increment had it; anything else begins from the start
 */
export function readIncrement(folder: string, cursor: string): Increment {
  const parts = CURSOR.exec(cursor)?.slice(1);
  const before = GROWING.map((_, i) => ({ offset: Number(parts?.[2 * i] ?? 0), check: parts?.[2 * i + 1] ?? '' }));
  const isReset = parts === undefined || GROWING.some((name, i) => !isAppended(folder, name, before[i]!));
  const read = GROWING.map((name, i) => readLines(folder, name, isReset ? 0 : before[i]!.offset));
  const [metrics, steps] = read as [Lines, Lines];
  return {
    metrics: validLines(metrics.text, metricsLineSchema),
    steps: steps.from === 0 ? steps.text.slice(steps.text.indexOf('\n') + 1) : steps.text,
    cursor: read.map(({ place: { offset, check } }) => `${offset}-${check}`).join('.'),
    isReset,
    hasMore: read.some(({ hasMore }) => hasMore),
  };
}

/** Bytes in which a place is looked for line by line, which hold any line. */
const NEAR = 1 << 15;
/** Lines in one answer. */
const MAX_LINES = 1 << 17;

/** Lines of `steps.csv` from one step to another. */
export function readSteps(folder: string, from: number, to: number): string {
  return linesBetween(folder, RUN_FILES.steps, (line) => parseInt(line, 10), from, to);
}

/** What each character of the watched texts cost after an epoch; undefined where that was not measured. */
export function readSurprise(folder: string, epoch: number): SurpriseLine | undefined {
  const epochOf = (line: string): number => parseInt(line.replace('{"epoch":', ''), 10);
  return validLines(linesBetween(folder, RUN_FILES.surprise, epochOf, epoch, epoch), surpriseLineSchema).at(-1);
}

/** Lines whose numbers, which ascend, lie between two: found by bisection, for the file may be long. */
function linesBetween(
  folder: string,
  name: string,
  numberOf: (line: string) => number,
  from: number,
  to: number,
): string {
  // Bytes as characters, until the lines are found.
  const textAt = (offset: number, bytes: number): string =>
    readInside(folder, name, offset, bytes)?.data.toString('latin1') ?? '';
  let [low, high] = [0, statOf(folder, name)?.size ?? 0];
  while (high - low > NEAR) {
    const middle = Math.floor((low + high) / 2);
    const [, line = ''] = textAt(middle, NEAR / 2).split('\n');
    if (numberOf(line) < from) low = middle;
    else high = middle;
  }
  const lines: string[] = [];
  // The first line may have begun before.
  for (let hasMore = true, rest = low > 0 ? '-' : ''; hasMore && lines.length < MAX_LINES;) {
    const text = textAt(low, MAX_BYTES);
    low += text.length;
    const found = (rest + text).split('\n');
    rest = found.pop()!;
    for (const line of found) if (numberOf(line) >= from && numberOf(line) <= to) lines.push(`${line}\n`);
    hasMore = text.length === MAX_BYTES && !(numberOf(found.at(-1) ?? '') >= to);
  }
  return Buffer.from(lines.join(''), 'latin1').toString('utf8');
}

/** How far a file was read, and a checksum of the bytes before. */
export interface Place {
  readonly offset: number;
  readonly check: string;
}

interface Lines {
  readonly from: number;
  readonly text: string;
  /** Where the next ones begin. */
  readonly place: Place;
  readonly hasMore: boolean;
}

/** Whether a file still begins with what was read of it. */
export function isAppended(folder: string, name: string, { offset, check }: Place): boolean {
  return checkOf(folder, name, offset) === check;
}

/** Whole lines from an offset on. */
export function readLines(folder: string, name: string, from: number): Lines {
  const file = readInside(folder, name, from, MAX_BYTES);
  if (file === undefined) return { from, place: { offset: 0, check: '' }, text: '', hasMore: false };
  const { data, size } = file;
  const length = data.lastIndexOf(0x0a) + 1;
  const offset = from + length;
  return {
    from,
    place: { offset, check: checkOf(folder, name, offset) },
    text: data.toString('utf8', 0, length),
    hasMore: length > 0 && from + data.length < size,
  };
}

/** Of the bytes before an offset, which a file that was only appended to still has. */
function checkOf(folder: string, name: string, offset: number): string {
  if (offset === 0) return '';
  const from = Math.max(0, offset - CHECKED);
  const data = readInside(folder, name, from, offset - from)?.data;
  if (data?.length !== offset - from) return 'gone';
  return createHash('sha1').update(data).digest('hex').slice(0, 12);
}

/** Lines that fit the schema; the table of runs says which do not. */
function validLines<T>(text: string, schema: z.ZodType<T>): T[] {
  return text.split('\n').flatMap((line) => schema.safeParse(tryParseJson(line)).data ?? []);
}
