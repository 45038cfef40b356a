import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { MIXTURE_FILE, RUN_FILES } from '../runs/layout.js';
import { STUDY_FILES } from '../study/study-file.js';
import { TUNE_FILES } from '../tune/tune-file.js';

export type FolderKind = 'run' | 'study' | 'mixture' | 'search';

export interface FoundFolder {
  readonly id: string;
  readonly kind: FolderKind;
  readonly path: string;
}

/** The files that make a folder what it is. Other programs have a config.json too. */
const MARKS: readonly (readonly [kind: FolderKind, files: readonly string[]])[] = [
  ['run', [RUN_FILES.config, RUN_FILES.metrics]],
  ['study', [STUDY_FILES.study]],
  ['mixture', [MIXTURE_FILE]],
  ['search', [TUNE_FILES.tune]],
];

/** `runs/`, studies with runs of their own, and one more. */
const MAX_DEPTH = 4;
const MAX_FOLDERS = 5000;
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'samples', 'curves', 'figures', 'tensorboard']);

export interface Scan {
  readonly folders: ReadonlyMap<string, FoundFolder>;
  /** Whether there are too many folders to look into all. */
  readonly isCut: boolean;
}

/**
 * Finds runs, studies, mixtures and searches below a folder. What is asked for by its id is looked up in the result;
 * no path is ever made of a name that came from outside. Links are not followed.
 */
export function scanFolder(root: string): Scan {
  const folders = new Map<string, FoundFolder>();
  let visited = 0;
  const visit = (path: string, id: string, depth: number): void => {
    if (visited++ > MAX_FOLDERS) return;
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch {
      return; // removed meanwhile, or not ours to read
    }
    const names = new Set(entries.map(({ name }) => name));
    const [kind] = MARKS.find(([, files]) => files.every((file) => names.has(file))) ?? [];
    if (kind !== undefined) folders.set(id, { id, kind, path });
    if (depth === MAX_DEPTH || kind === 'run') return;
    for (const entry of entries) {
      const { name } = entry;
      if (!entry.isDirectory() || name.startsWith('.') || SKIPPED.has(name)) continue;
      visit(join(path, name), id === '.' ? name : `${id}/${name}`, depth + 1);
    }
  };
  visit(root, '.', 0);
  return { folders, isCut: visited > MAX_FOLDERS };
}

/**
 * Opens a file of a folder that {@link scanFolder} found, unless it or a folder on its way is a link that leads out of
 * the folder, or it is no plain file.
 *
 * @param name one that the studio knows, such as those of `RUN_FILES`
 * @returns undefined where there is no such file
 */
function openInside(folder: string, name: string): { descriptor: number; size: number } | undefined {
  let descriptor: number | undefined;
  try {
    const path = realpathSync(join(folder, name));
    if (!path.startsWith(realpathSync(folder) + sep)) return undefined;
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const file = fstatSync(descriptor);
    if (file.isFile()) return { descriptor, size: file.size };
  } catch {
    // Missing, or not ours to read.
  }
  if (descriptor !== undefined) closeSync(descriptor);
  return undefined;
}

/**
 * Bytes of a file from an offset on; fewer where it ends before.
 *
 * @returns undefined where {@link openInside} opens nothing
 */
export function readInside(
  folder: string,
  name: string,
  from = 0,
  bytes = Infinity,
): { data: Buffer; size: number } | undefined {
  const opened = openInside(folder, name);
  if (opened === undefined) return undefined;
  const { descriptor, size } = opened;
  try {
    const data = Buffer.allocUnsafe(Math.max(0, Math.min(bytes, size - from)));
    return { data: data.subarray(0, readSync(descriptor, data, 0, data.length, from)), size };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * When a file was last written, in milliseconds since 1970, and its size; undefined where there is none, or none that
 * can be read.
 */
export function statOf(folder: string, name: string): { time: number; size: number } | undefined {
  try {
    const { mtimeMs, size } = statSync(join(folder, name));
    return { time: mtimeMs, size };
  } catch {
    return undefined;
  }
}
