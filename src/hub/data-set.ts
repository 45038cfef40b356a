import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { formatBytes } from '../format.js';
import { codeOf, ioError } from '../io-error.js';
import { CachedDataSet, checkRevision, isCommit, safePath, sizeOf, type HubFile } from './cache.js';
import { downloadBlob, hasHash } from './download.js';
import { withLock } from './lock.js';
import { HubClient, isUnreachable, type Asked } from './request.js';
import type { HubSettings } from './settings.js';

/** What happens while a data set is opened and downloaded. */
export type HubEvent =
  /** Bytes of a file that are there, and that it has. */
  | { readonly type: 'download'; readonly path: string; readonly done: number; readonly total: number }
  /** Something that the user should know, in a sentence. */
  | { readonly type: 'notice'; readonly message: string };

export interface HubOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: HubEvent) => void) | undefined;
}

const infoSchema = z.object({
  /** Another one than was asked for when the data set was renamed. */
  id: z.string().regex(/^[\w.-]+(\/[\w.-]+)?$/),
  sha: z.string().refine(isCommit, 'expected a commit'),
});

const oid = z.string().regex(/^[0-9a-f]{40}$/);
const treeSchema = z.array(
  z.union([
    z.object({
      type: z.literal('file'),
      path: safePath,
      size: z.int().min(0),
      oid,
      lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0) }).optional(),
    }),
    z.object({ type: z.string().regex(/^(?!file$)/) }),
  ]),
);

const MAX_PAGES = 1000;
const MAX_FILES = 200_000;
/** Texts are held in memory. */
const MAX_BYTES = 8e9;

/** A data set of the Hub at one commit. */
export class HubDataSet {
  private constructor(
    private readonly client: HubClient,
    private readonly cached: CachedDataSet,
    /** As the Hub calls it now; files are asked for by it, and cached by the name that was given. */
    private readonly hubName: string,
    readonly name: string,
    readonly commit: string,
    /** Sorted by path. */
    readonly files: readonly HubFile[],
    private readonly onEvent: (event: HubEvent) => void,
  ) {}

  /**
   * Finds out the commit and its files. A commit whose files are known needs no network; for a branch, the Hub is asked
   * which commit it has now, and the cache where the Hub cannot be reached.
   *
   * @param name `OWNER/NAME`
   * @throws LetterpressError BAD_INPUT when there is no such data set or revision, or it may not be read; IO when the
   *   Hub cannot be reached and the cache does not have it
   */
  static async open(
    { name, revision = 'main' }: { readonly name: string; readonly revision?: string | undefined },
    settings: HubSettings,
    { signal, onEvent = () => undefined }: HubOptions = {},
  ): Promise<HubDataSet> {
    checkName(name);
    checkRevision(revision);
    const notice = (message: string) => onEvent({ type: 'notice', message });
    const client = new HubClient(settings, signal, notice);
    const cached = new CachedDataSet(settings.cache, name);
    const commit = await cached.commitOf(revision);
    const known = commit === undefined ? undefined : await cached.files(commit);
    const fromCache = () => {
      if (commit === undefined || known === undefined) return undefined;
      return new HubDataSet(client, cached, name, name, commit, known.files, onEvent);
    };
    if (settings.offline || (isCommit(revision) && known?.isComplete === true)) {
      const found = fromCache();
      if (found !== undefined) return found;
      throw new LetterpressError(
        'IO',
        `HF_HUB_OFFLINE is set, and the cache ${settings.cache} does not have ${name} at ${revision}`,
        'Unset HF_HUB_OFFLINE, or download it once where there is a network.',
      );
    }
    try {
      const asked = { name, revision };
      const address = `/api/datasets/${name}/revision/${encodeURIComponent(revision)}`;
      const { value: info } = await client.json(settings.endpoint + address, asked, infoSchema);
      if (info.id.toLowerCase() !== name.toLowerCase()) notice(`${name} is called ${info.id} now`);
      const listed = await cached.files(info.sha);
      const files = listed?.isComplete ? listed.files : await listFiles(client, info.id, info.sha, asked);
      await cached.remember(revision, info.sha, files);
      return new HubDataSet(client, cached, info.id, name, info.sha, files, onEvent);
    } catch (error) {
      const found = isUnreachable(error) ? fromCache() : undefined;
      if (found === undefined) throw error;
      notice(`${(error as Error).message}; ${name} is read from the cache, as it was at ${found.commit.slice(0, 12)}`);
      return found;
    }
  }

  /**
   * Local paths of some files, downloaded where the cache does not have them.
   *
   * @throws LetterpressError as `open` does
   */
  async download(files: readonly HubFile[]): Promise<string[]> {
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (bytes > MAX_BYTES)
      throw new LetterpressError(
        'BAD_INPUT',
        `expected at most ${formatBytes(MAX_BYTES)} of texts, but the files of ${this.name} have ${formatBytes(bytes)}`,
        `Name one of its files or folders: hf:${this.name}/PATH.`,
      );
    const paths: string[] = [];
    for (const file of files) paths.push(await this.fetch(file));
    return paths;
  }

  /** A small file as text; nothing where there is none, or it cannot be had. */
  async text(path: string, maxBytes: number): Promise<string | undefined> {
    const file = this.files.find((each) => each.path === path && each.size <= maxBytes);
    if (file === undefined) return undefined;
    return readFile(await this.fetch(file), 'utf8');
  }

  private async fetch(file: HubFile): Promise<string> {
    const { client, cached, commit, name } = this;
    const { path, size, hash } = file;
    const found = await cached.find(commit, file);
    if (found !== undefined && (hash === undefined || (await hasHash(found, size, hash)))) return found;
    if (client.settings.offline || hash === undefined) {
      const what = found === undefined ? 'does not have' : 'has a damaged';
      throw new LetterpressError(
        'IO',
        `the cache ${client.settings.cache} ${what} ${path} of ${name}` +
          (client.settings.offline ? ', and HF_HUB_OFFLINE is set' : ''),
        'Run it once with the network.',
      );
    }
    const { signal } = client;
    try {
      const onWait = () => this.onEvent({ type: 'notice', message: `waiting: another process downloads ${path}` });
      return await withLock(cached.lock(hash), () => this.toCache(path, size, hash), { signal, onWait });
    } catch (error) {
      if (signal?.aborted || codeOf(error) === '') throw error;
      throw ioError('write to', cached.folder, error);
    }
  }

  private async toCache(path: string, size: number, hash: string): Promise<string> {
    const { client, cached, commit, hubName, name } = this;
    const blob = cached.blob(hash);
    const asked: Asked = { name, revision: commit, path };
    if ((await sizeOf(blob)) !== size || !(await hasHash(blob, size, hash))) {
      const place = path.split('/').map(encodeURIComponent).join('/');
      const url = `${client.settings.endpoint}/datasets/${hubName}/resolve/${commit}/${place}`;
      const onBytes = (done: number) => this.onEvent({ type: 'download', path, done, total: size });
      await downloadBlob(client, url, { size, hash }, asked, blob, onBytes);
    }
    return cached.link(commit, path, hash);
  }
}

async function listFiles(client: HubClient, name: string, commit: string, asked: Asked): Promise<HubFile[]> {
  // By path: pages may overlap, and a file that is there twice would be read twice.
  const files = new Map<string, HubFile>();
  let next: string | undefined = `${client.settings.endpoint}/api/datasets/${name}/tree/${commit}?recursive=true`;
  const seen = new Set<string>();
  while (next !== undefined) {
    if (seen.has(next) || seen.size === MAX_PAGES || files.size > MAX_FILES)
      throw new LetterpressError(
        'IO',
        `${asked.name} has more than ${files.size} files, or its list does not end`,
        'Download the files that you need, and name them with their path (data).',
      );
    seen.add(next);
    const page: { value: z.infer<typeof treeSchema>; next?: string } = await client.json(next, asked, treeSchema);
    for (const entry of page.value)
      if ('path' in entry)
        files.set(entry.path, {
          path: entry.path,
          size: entry.lfs?.size ?? entry.size,
          hash: entry.lfs?.oid ?? entry.oid,
        });
    next = page.next;
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function checkName(name: string): void {
  const parts = name.split('/');
  if (parts.length <= 2 && parts.every((part) => /^\w[\w.-]{0,95}$/.test(part) && !/\.\.|--/.test(part))) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a data set of the Hub, OWNER/NAME, got ${JSON.stringify(name)}`,
    'Write hf:OWNER/NAME, as in the address of its page: huggingface.co/datasets/OWNER/NAME.',
  );
}
