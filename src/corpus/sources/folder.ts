import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { readError } from './file-errors.js';

export const SPLIT_FILES = ['train.txt', 'val.txt', 'test.txt'] as const;

/** Other names under which people keep a split, without their ending. */
const ALIASES: Readonly<Record<string, (typeof SPLIT_FILES)[number]>> = {
  training: 'train.txt',
  validation: 'val.txt',
  valid: 'val.txt',
  dev: 'val.txt',
  testing: 'test.txt',
};

/** @throws BAD_INPUT when one of the three files is missing, with what is there */
export async function checkFolder(path: string): Promise<void> {
  const names = await readdir(path).catch(async (error: unknown) => {
    throw await readError(error, path);
  });
  const missing = SPLIT_FILES.filter((file) => !names.includes(file));
  if (missing.length === SPLIT_FILES.length) throw noSplits(path, names);
  if (missing.length > 0) throw missingSplits(path, names, missing);
}

function noSplits(path: string, names: readonly string[]): LetterpressError {
  const sorted = names.filter((name) => !name.startsWith('.')).sort();
  const shown = sorted.length > 6 ? [...sorted.slice(0, 6), `and ${sorted.length - 6} more`] : sorted;
  const data = sorted.find((name) => /\.(txt|csv|tsv|json|jsonl|ndjson|parquet)(\.gz)?$/i.test(name));
  return new LetterpressError(
    'BAD_INPUT',
    `expected train.txt, val.txt and test.txt in the folder ${path}, ` +
      (sorted.length === 0 ? 'which is empty' : `which has ${shown.join(', ')}`),
    `${renames(names)}Give a folder with these three files, one text a line, or a single file` +
      `${data === undefined ? '' : ` such as ${join(path, data)}`}: it is split 80/10/10.`,
  );
}

function missingSplits(path: string, names: readonly string[], missing: readonly string[]): LetterpressError {
  const present = SPLIT_FILES.filter((file) => !missing.includes(file));
  return new LetterpressError(
    'BAD_INPUT',
    `expected train.txt, val.txt and test.txt in the folder ${path}, ` +
      `got ${present.join(' and ')} without ${missing.join(' and ')}`,
    `${renames(names)}Add ${missing.join(' and ')}, one text a line, ` +
      `or give the single file ${join(path, present[0] ?? '')}: it is split 80/10/10.`,
  );
}

/** Advice to rename files that look like splits under other names. */
function renames(names: readonly string[]): string {
  return names
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name) => {
      const to = ALIASES[name.slice(0, -'.txt'.length).toLowerCase()];
      return to !== undefined && !names.includes(to) ? [`Rename ${name} to ${to}. `] : [];
    })
    .join('');
}
