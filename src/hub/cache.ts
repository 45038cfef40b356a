/**
 * The cache that Hugging Face's libraries share, in their layout (https://huggingface.co/docs/hub/local-cache):
 * `datasets--OWNER--NAME/` with `blobs/HASH`, `refs/REVISION` (a file that holds a commit) and `snapshots/COMMIT/PATH`
 * (links to blobs). Beside them, `letterpress/COMMIT.json` keeps the list of a commit's files, so that the same files
 * are chosen without the network.
 */
import { copyFile, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../make-folder.js';
import { codeOf } from '../io-error.js';
import { LetterpressError } from '../errors.js';
import { newTemporaryName } from '../temporary-file.js';
import { isForbiddenOnWindows } from '../windows-names.js';

/** A file of a repository at a commit. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** Its name among the blobs: SHA-256 of a large file (LFS), Git's SHA-1 of a small one; unknown without a listing. */
  readonly hash?: string | undefined;
}

const COMMIT = /^[0-9a-f]{40}$/;
/** Bytes of the longest name in the common file systems. */
const MAX_NAME = 255;
const MAX_PATH = 1024;

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** A path of a repository that stays within a folder when it is joined to it. */
function isSafePath(path: string): boolean {
  return (
    path.length <= MAX_PATH &&
    !/[\\\p{Cc}]/u.test(path) &&
    !/^[a-z]:/i.test(path) &&
    path.split('/').every((name) => !['', '.', '..'].includes(name) && Buffer.byteLength(name) <= MAX_NAME)
  );
}

export const safePath = z.string().refine(isSafePath, 'a file name that leads out of the folder, or is none');

const listingSchema = z.array(
  z.object({
    path: safePath,
    size: z.int().min(0),
    hash: z
      .string()
      .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/)
      .optional(),
  }),
);

/** One data set in the cache. */
export class CachedDataSet {
  readonly folder: string;

  constructor(
    private readonly cache: string,
    private readonly name: string,
  ) {
    this.folder = join(cache, this.folderName);
  }

  private get folderName(): string {
    return `datasets--${this.name.replaceAll('/', '--')}`;
  }

  blob(hash: string): string {
    return join(this.folder, 'blobs', hash);
  }

  lock(hash: string): string {
    return join(this.cache, '.locks', this.folderName, `${hash}.letterpress-lock`);
  }

  snapshot(commit: string, path = ''): string {
    return join(this.folder, 'snapshots', commit, path);
  }

  /** The commit that a branch or tag had when the Hub was last asked. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    const commit = await readFile(join(this.folder, 'refs', revision), 'utf8').catch(() => '');
    return isCommit(commit.trim()) ? commit.trim() : undefined;
  }

  /** The files of a commit: all of them where they were listed, else those that another tool has downloaded. */
  async files(commit: string): Promise<{ files: HubFile[]; isComplete: boolean } | undefined> {
    try {
      const files = listingSchema.parse(JSON.parse(await readFile(this.listing(commit), 'utf8')));
      return { files, isComplete: true };
    } catch {
      const files = await filesIn(this.snapshot(commit));
      return files.length === 0 ? undefined : { files, isComplete: false };
    }
  }

  /** Remembers what the Hub said. A cache that cannot be written is still read. */
  async remember(revision: string, commit: string, files: readonly HubFile[]): Promise<void> {
    try {
      await replaceFile(this.listing(commit), JSON.stringify(files));
      // Tools that scan the cache call it corrupt where one of these is missing.
      makeFolder(this.snapshot(commit));
      makeFolder(join(this.folder, 'refs'));
      if (!isCommit(revision)) await replaceFile(join(this.folder, 'refs', revision), commit);
    } catch (error) {
      if (codeOf(error) === '') throw error;
    }
  }

  /** The path of a file in the snapshot, where it is there and whole. */
  async find(commit: string, { path, size }: HubFile): Promise<string | undefined> {
    const at = this.snapshot(commit, path);
    return (await sizeOf(at)) === size ? at : undefined;
  }

  /** Shows a blob in the snapshot: by a relative link, or as a copy where the system has no links. */
  async link(commit: string, path: string, hash: string): Promise<string> {
    checkNames(path);
    const at = this.snapshot(commit, path);
    makeFolder(dirname(at));
    const aside = newTemporaryName(at);
    await rm(aside, { force: true });
    await symlink(relative(dirname(at), this.blob(hash)), aside).catch(async (error: unknown) => {
      if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EINVAL'].includes(codeOf(error))) throw error;
      await copyFile(this.blob(hash), aside);
    });
    await rename(aside, at);
    return at;
  }

  private listing(commit: string): string {
    return join(this.folder, 'letterpress', `${commit}.json`);
  }
}

/** @throws LetterpressError BAD_INPUT for a file of a repository that the system cannot have */
export function checkNames(path: string, platform: string = process.platform): void {
  if (platform !== 'win32' || !path.split('/').some(isForbiddenOnWindows)) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected names that Windows allows, got ${JSON.stringify(path)}`,
    'Name other files of the data set, or read it on another system.',
  );
}

/** @throws LetterpressError BAD_INPUT for what is no name of a branch, a tag or a commit */
export function checkRevision(revision: string): void {
  if (isSafePath(revision) && /^[\w./-]+$/.test(revision)) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a branch, a tag or a commit, got ${JSON.stringify(revision)}`,
    'Write hf:OWNER/NAME@REVISION, or leave the revision out for main.',
  );
}

/** Size of a file, links followed; nothing where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

async function replaceFile(path: string, text: string): Promise<void> {
  makeFolder(dirname(path));
  const aside = newTemporaryName(path);
  try {
    await writeFile(aside, text, { flush: true });
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}

async function filesIn(folder: string): Promise<HubFile[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const files: HubFile[] = [];
  for (const path of entries.sort()) {
    const size = await sizeOf(join(folder, path));
    if (size !== undefined) files.push({ path: path.replaceAll('\\', '/'), size });
  }
  return files;
}
