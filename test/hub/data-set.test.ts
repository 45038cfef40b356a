import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { downloadFileToCacheDir, listFiles, scanCacheDir, snapshotDownload } from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LetterpressError } from '../../src/errors.js';
import { checkNames } from '../../src/hub/cache.js';
import { HubDataSet, type HubEvent } from '../../src/hub/data-set.js';
import { withLock } from '../../src/hub/lock.js';
import { hubSettings, type HubSettings } from '../../src/hub/settings.js';
import { FakeHub, gitHash, json, part, refuse, sha256, status, TOKEN, type FakeFile } from '../support/fake-hub.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const NAME = 'someone/headlines';
/** Larger than one part of a connection. */
const LARGE = Array.from({ length: 40_000 }, (_, i) => `headline number ${i}\n`).join('');
const FILES: Record<string, FakeFile> = {
  'README.md': '# Headlines\n',
  'data/small.txt': 'one\ntwo\nthree\n',
  'data/large.txt': { lfs: LARGE },
};
const DATA_SET = 'datasets--someone--headlines';

let hub: FakeHub;
const newFolder = temporaryFolders();
let folder: string;
let events: HubEvent[];
let commit: string;

beforeEach(async () => {
  hub = await FakeHub.start();
  folder = newFolder();
  events = [];
  commit = hub.commit(NAME, FILES);
});
afterEach(() => hub.stop());

function settings(more: Partial<HubSettings> = {}): HubSettings {
  const own = hubSettings({ HF_ENDPOINT: hub.endpoint, HF_HOME: folder });
  return { ...own, timeout: 400, retryDelay: 4, ...more };
}

const open = (more: Partial<HubSettings> = {}, revision?: string, name = NAME): Promise<HubDataSet> =>
  HubDataSet.open({ name, revision }, settings(more), { onEvent: (event) => events.push(event) });

/** The content of a file of the data set, downloaded where needed. */
async function read(path: string, more: Partial<HubSettings> = {}, revision?: string): Promise<string> {
  const dataSet = await open(more, revision);
  const file = dataSet.files.find((each) => each.path === path);
  const [at] = await dataSet.download(file === undefined ? [] : [file]);
  return readFile(at!, 'utf8');
}

async function failure(work: Promise<unknown>): Promise<LetterpressError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LetterpressError)) throw error instanceof Error ? error : new Error('expected an error');
  expect(error.fix).not.toBe('');
  return error;
}

const notices = () => events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
const cachePath = (...parts: string[]) => join(folder, 'hub', DATA_SET, ...parts);
const incomplete = () => cachePath('blobs', `${sha256(LARGE)}.incomplete`);

describe('a data set of the hub', () => {
  it('is read at the commit of its branch, with its files and their hashes', async () => {
    const dataSet = await open();
    expect(dataSet.commit).toBe(commit);
    expect(dataSet.files).toEqual([
      { path: 'README.md', size: 12, hash: gitHash('# Headlines\n') },
      { path: 'data/large.txt', size: LARGE.length, hash: sha256(LARGE) },
      { path: 'data/small.txt', size: 14, hash: gitHash('one\ntwo\nthree\n') },
    ]);
  });

  it('is read at a tag, an older commit and a branch with slashes too', async () => {
    const other = hub.commit(NAME, { 'data/small.txt': 'converted' }, 'refs/convert/parquet');
    hub.commit(NAME, { ...FILES, 'data/small.txt': 'newer' });
    expect(await read('data/small.txt')).toBe('newer');
    expect(await read('data/small.txt', {}, commit)).toBe('one\ntwo\nthree\n');
    expect((await open({}, 'refs/convert/parquet')).commit).toBe(other);
    expect(await readFile(cachePath('refs', 'refs', 'convert', 'parquet'), 'utf8')).toBe(other);
  });

  it('is listed page by page', async () => {
    hub.pageSize = 1;
    expect((await open()).files).toHaveLength(3);
    expect(hub.requests.filter(({ url }) => url.includes('/tree/'))).toHaveLength(4);
  });

  it('has each file once, also where pages overlap', async () => {
    const entry = { type: 'file', path: 'a.txt', size: 2, oid: gitHash(Buffer.from('a\n')) };
    const next = `<${hub.endpoint}/api/datasets/${NAME}/tree/${commit}?cursor=1>; rel="next"`;
    hub.fail(/tree/, json([entry, { ...entry, path: 'b.txt' }], { link: next }));
    hub.fail(/cursor=1/, json([{ ...entry, path: 'b.txt' }, entry]));
    expect((await open()).files.map(({ path }) => path)).toEqual(['a.txt', 'b.txt']);
  });

  it('is kept in the layout that the libraries of the ecosystem share', async () => {
    await read('data/large.txt');
    await read('data/small.txt');
    expect(await readFile(cachePath('refs', 'main'), 'utf8')).toBe(commit);
    expect(await readlink(cachePath('snapshots', commit, 'data', 'large.txt'))).toBe(`../../../blobs/${sha256(LARGE)}`);
    expect((await readdir(cachePath('blobs'))).sort()).toEqual([gitHash('one\ntwo\nthree\n'), sha256(LARGE)].sort());
    expect(await readdir(join(folder, 'hub', '.locks', DATA_SET))).toEqual([]);
  });

  it('is downloaded once: files of the cache are not asked for again', async () => {
    await read('data/large.txt');
    hub.takePaths();
    await read('data/large.txt');
    expect(hub.takePaths()).toEqual([`/api/datasets/${NAME}/revision/main`]);
    await read('data/large.txt', {}, commit);
    expect(hub.takePaths()).toEqual([]);
  });

  it.each([
    ['data/large.txt', sha256(LARGE), LARGE],
    ['data/small.txt', gitHash('one\ntwo\nthree\n'), 'one\ntwo\nthree\n'],
  ])('is downloaded again where the disk has changed a bit: %s', async (path, blob, content) => {
    await read(path);
    const damaged = Buffer.from(content);
    damaged[5]! ^= 1;
    await writeFile(cachePath('blobs', blob), damaged);
    expect((await failure(read(path, { offline: true }))).message).toContain(`has a damaged ${path} of ${NAME}`);
    expect(await read(path)).toBe(content);
    expect(await read(path, { offline: true })).toBe(content);
  });

  it('reports how many bytes of a file are there', async () => {
    await read('data/large.txt');
    const done = events.flatMap((event) => (event.type === 'download' ? [event.done] : []));
    expect(done.at(-1)).toBe(LARGE.length);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('is downloaded once by two at the same time', async () => {
    const texts = await Promise.all([read('data/large.txt'), read('data/large.txt')]);
    expect(texts).toEqual([LARGE, LARGE]);
    expect(hub.requests.filter(({ server }) => server === 'storage')).toHaveLength(1);
  });

  it('is read under its new name, which is said', async () => {
    hub.rename(NAME, 'someone/newer-name');
    expect(await read('data/large.txt')).toBe(LARGE);
    expect(notices()).toEqual([`${NAME} is called someone/newer-name now`]);
  });
});

describe('without the network', () => {
  it('the cache is read, and that is said', async () => {
    await read('data/large.txt');
    await hub.stop();
    expect(await read('data/large.txt')).toBe(LARGE);
    expect(notices().join()).toMatch(/cannot be reached.*someone\/headlines is read from the cache/);
    expect((await failure(read('data/small.txt'))).message).toContain('cannot be reached');
  });

  it('a commit of the cache is read without a word', async () => {
    await read('data/large.txt');
    await hub.stop();
    expect(await read('data/large.txt', {}, commit)).toBe(LARGE);
    expect(notices()).toEqual([]);
  });

  it('by HF_HUB_OFFLINE, the hub is never asked', async () => {
    await read('data/large.txt');
    hub.takePaths();
    expect(await read('data/large.txt', { offline: true })).toBe(LARGE);
    expect((await failure(read('data/small.txt', { offline: true }))).message).toContain('HF_HUB_OFFLINE');
    expect((await failure(open({ offline: true }, 'other'))).message).toContain('HF_HUB_OFFLINE');
    expect(hub.takePaths()).toEqual([]);
  });

  it('and without a copy in the cache, the error says so after two attempts', async () => {
    await hub.stop();
    const { code, message } = await failure(open());
    expect(code).toBe('IO');
    expect(message).toMatch(/it refuses the connection \(2 attempts\)/);
  });

  it.each([
    ['ENOTFOUND', /its name is not known here \(2 attempts\)/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /its certificate is not accepted/],
    ['ECONNRESET', /the connection was cut \(5 attempts\)/],
  ])('and a connection that fails with %s is described in words', async (code, message) => {
    const cause = Object.assign(new Error(`getaddrinfo ${code}`), { code });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause })));
    expect((await failure(open())).message).toMatch(message);
  });

  it.each(['a/aux.txt', 'nul', 'a: b/c.txt', 'a./b', 'what?.csv'])('%j is no file on Windows', (path) => {
    expect(() => checkNames(path, 'win32')).toThrow(/names that Windows allows/);
    expect(() => checkNames(path, 'linux')).not.toThrow();
    expect(() => checkNames('auxiliary/console.txt', 'win32')).not.toThrow();
  });

  it('a cache that cannot be written is still read', async () => {
    await read('data/large.txt');
    if (process.getuid?.() === 0) return; // The superuser may write everywhere.
    await chmod(cachePath('refs'), 0o500);
    expect(await read('data/large.txt')).toBe(LARGE);
    await chmod(cachePath('refs'), 0o700);
  });
});

describe('a refusal', () => {
  const refusals: readonly [what: string, prepare: () => void, message: RegExp, fix: RegExp, token?: string][] = [
    ['404, no such data set', () => undefined, /^no data set nobody\/nothing on/, /HF_TOKEN.* may read it/, TOKEN],
    ['401, private or missing', () => undefined, /^no data set nobody\/nothing on .* private$/, /set HF_TOKEN/],
    [
      '401, a wrong token',
      () => undefined,
      /does not accept the token: Invalid credentials/,
      /need none: unset it/,
      'hf_x',
    ],
    [
      '403, gated',
      () => hub.fail(/revision/, refuse(403, 'GatedRepo', 'restricted')),
      /is gated/,
      /Ask for access on http.*\/datasets\/nobody\/nothing/,
    ],
    [
      '403, else',
      () => hub.fail(/revision/, refuse(403, undefined, 'No \u009b2J')),
      /refuses access .*: No {2}2J$/,
      /./,
    ],
    ['418', () => hub.fail(/revision/, status(418)), /answered 418/, /HF_ENDPOINT/],
  ];
  it.each(refusals)('by %s, is said in words and not repeated', async (_, prepare, message, fix, token) => {
    prepare();
    const error = await failure(open(token === undefined ? {} : { token }, undefined, 'nobody/nothing'));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toMatch(message);
    expect(error.fix).toMatch(fix);
    expect(hub.requests).toHaveLength(1);
  });

  it('of a gated data set says where to ask for access; a token is access', async () => {
    hub.restrict(NAME, 'gated');
    const { message, fix } = await failure(open());
    expect(message).toContain('is gated');
    expect(fix).toContain(`${hub.endpoint}/datasets/${NAME}`);
    expect(await read('data/large.txt', { token: TOKEN })).toBe(LARGE);
  });

  it('of a revision or a file names it', async () => {
    expect((await failure(open({}, 'v9'))).message).toBe(`${NAME} has no revision v9`);
    hub.fail(/resolve/, refuse(404, 'EntryNotFound', 'Entry not found'));
    expect((await failure(read('data/small.txt'))).message).toContain('has no file data/small.txt');
  });

  it('of a name or a revision that is none needs no hub', async () => {
    for (const name of ['../x', 'a/b/c', 'a--b/c', 'a b/c', '.hidden/x']) await failure(open({}, undefined, name));
    for (const revision of ['../main', 'a\u0000', 'x?y']) await failure(open({}, revision));
    expect(hub.requests).toEqual([]);
  });
});

describe('a hub with troubles', () => {
  it.each([429, 500, 502, 503, 504, 408])('that answers %i twice is asked again', async (code) => {
    hub.fail(/tree/, status(code), 2);
    hub.fail(/^storage/, status(code), 2);
    expect(await read('data/large.txt')).toBe(LARGE);
  });

  it('that answers 500 only is given up after five attempts', async () => {
    hub.fail(/revision/, status(500), 99);
    expect((await failure(open())).message).toMatch(/status 500 \(5 attempts\)/);
    expect(hub.requests).toHaveLength(5);
  });

  it('is asked again when Retry-After says, in seconds or by date, and the wait is said', async () => {
    hub.fail(/revision/, status(429, { 'retry-after': '1' }));
    hub.fail(/tree/, status(429, { 'retry-after': new Date(Date.now() + 2500).toUTCString() }));
    const start = performance.now();
    await open();
    expect(performance.now() - start).toBeGreaterThan(1000);
    expect(notices().join()).toContain('asks to wait 1 s (too many requests)');
  });

  it('that asks for an hour is not waited for', async () => {
    hub.fail(/revision/, status(429, { 'retry-after': '3600' }));
    expect((await failure(open())).fix).toContain('Try again in 1 h 0 min');
    expect(hub.requests).toHaveLength(1);
  });

  it('that says nothing is given up in time', async () => {
    hub.fail(/revision/, () => undefined, 99);
    expect((await failure(open({ timeout: 50 }))).message).toMatch(/nothing came for 0.05 s \(5 attempts\)/);
  });

  it('that stops in the middle of a file is asked for the rest', async () => {
    hub.fail(/^storage/, part(LARGE, 5000, 'stalled'));
    expect(await read('data/large.txt', { timeout: 100 })).toBe(LARGE);
    expect(hub.requests.at(-1)?.range).toBe('bytes=5000-');
  });

  it('that is slow but steady is waited for', async () => {
    hub.fail(/^storage/, (response) => {
      response.writeHead(200, { 'content-length': LARGE.length });
      const step = Math.ceil(LARGE.length / 8);
      const send = (from: number) => {
        if (from >= LARGE.length) response.end();
        else response.write(LARGE.slice(from, from + step), () => setTimeout(() => send(from + step), 60));
      };
      send(0);
    });
    expect(await read('data/large.txt', { timeout: 200 })).toBe(LARGE);
    expect(hub.requests.filter(({ server }) => server === 'storage')).toHaveLength(1);
  });

  it('whose connection is cut several times is asked for the rest each time', async () => {
    hub.fail(/^storage/, part(LARGE, 10_000), 3);
    expect(await read('data/large.txt')).toBe(LARGE);
    const ranges = hub.requests.flatMap(({ server, range }) => (server === 'storage' ? [range] : []));
    expect(ranges).toEqual([undefined, 'bytes=10000-', 'bytes=20000-', 'bytes=30000-']);
  });

  it('whose connection stays cut keeps what came, and the next call continues', async () => {
    hub.fail(/^storage/, part(LARGE, 10_000), 5);
    expect((await failure(read('data/large.txt'))).message).toContain('5 attempts');
    expect((await stat(incomplete())).size).toBe(50_000);
    hub.takePaths();
    expect(await read('data/large.txt')).toBe(LARGE);
    expect(hub.requests.at(-1)?.range).toBe('bytes=50000-');
  });

  it('leaves no timer running behind answers that are not read', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const tooShort = (response: ServerResponse) => response.writeHead(200, { 'content-length': 5 }).end('short');
    hub.fail(/^storage/, tooShort, 5);
    const { message } = await failure(read('data/large.txt', { timeout: 600_000 }));
    expect(message).toContain(`expected ${LARGE.length} bytes of data/large.txt of someone/headlines, got 5`);
    expect(timers()).toBeLessThan(before + 3);
  });

  it('without ranges sends the file again from its beginning', async () => {
    hub.fail(/^storage/, part(LARGE, 10_000));
    hub.fail(/^storage/, (response) => response.writeHead(200, { 'content-length': LARGE.length }).end(LARGE));
    expect(await read('data/large.txt')).toBe(LARGE);
  });

  it.each<[string, Record<string, string>, string | Buffer]>([
    [
      'another range than asked for',
      { 'content-range': `bytes 7-${LARGE.length - 1}/${LARGE.length}` },
      LARGE.slice(7),
    ],
    ['a part without its range', {}, LARGE.slice(10_000)],
    ['the rest packed', { 'content-encoding': 'gzip', 'content-range': 'bytes 10000-' }, gzipSync(LARGE.slice(10_000))],
    [
      'half of a packed rest',
      { 'content-encoding': 'gzip', 'content-range': 'bytes 10000-' },
      gzipSync(LARGE).subarray(9),
    ],
  ])('that sends %s is asked again until the file is right', async (_, headers, body) => {
    hub.fail(/^storage/, part(LARGE, 10_000));
    hub.fail(/^storage/, (response) => response.writeHead(206, headers).end(body));
    expect(await read('data/large.txt')).toBe(LARGE);
  });

  it('of which a damaged beginning was kept is asked for the whole file', async () => {
    await mkdir(cachePath('blobs'), { recursive: true });
    await writeFile(incomplete(), 'something else');
    expect(await read('data/large.txt')).toBe(LARGE);
    await rm(cachePath('blobs', sha256(LARGE)));
    await writeFile(incomplete(), `${LARGE}and more`);
    expect(await read('data/large.txt')).toBe(LARGE);
  });

  it.each([
    ['shorter', LARGE.slice(1)],
    ['longer', `${LARGE}.`],
  ])('that announces a %s file is not believed', async (_, content) => {
    hub.fail(/^storage/, part(content, content.length), 99);
    expect((await failure(read('data/large.txt'))).message).toMatch(
      new RegExp(`expected ${LARGE.length} bytes of data/large.txt .*, got ${content.length}`),
    );
  });

  it('that sends more than the file has is cut off', async () => {
    hub.fail(/^storage/, (response) => response.end(`${LARGE}${LARGE}`), 99);
    expect((await failure(read('data/large.txt'))).message).toContain(`expected ${LARGE.length} bytes`);
    expect((await stat(incomplete())).size).toBeLessThanOrEqual(LARGE.length);
  });

  it.each([
    ['data/large.txt', LARGE],
    ['data/small.txt', 'one\ntwo\nthree\n'],
  ])('that sends other bytes of %s is not believed, and nothing is kept', async (path, content) => {
    const other = content.replace('e', 'E');
    hub.fail(/^storage|resolve.*small/, part(other, other.length), 99);
    expect((await failure(read(path))).message).toMatch(/arrived damaged: expected the hash [0-9a-f]+, got/);
    expect(await readdir(cachePath('blobs'))).toEqual([]);
    hub.recover();
    expect(await read(path)).toBe(content);
  });

  it.each([
    ['no JSON', (): void => hub.fail(/revision/, (response) => response.end('<html>Log in</html>'))],
    ['a commit that is none', () => hub.fail(/revision/, json({ id: NAME, sha: '../../x' }))],
    ['a path out of the folder', () => hub.fail(/tree/, json([entry('../../.bashrc')]))],
    ['an absolute path', () => hub.fail(/tree/, json([entry('/etc/passwd')]))],
    ['a path of Windows', () => hub.fail(/tree/, json([entry('a\\..\\..\\b')]))],
    ['a path with an empty part', () => hub.fail(/tree/, json([entry('a//b')]))],
    ['a negative size', () => hub.fail(/tree/, json([{ ...entry('a'), size: -1 }]))],
    ['a hash that is a path', () => hub.fail(/tree/, json([{ ...entry('a'), oid: '../../../x' }]))],
  ])('that answers with %s is not believed', async (_, prepare) => {
    prepare();
    const { code, message } = await failure(open());
    expect(code).toBe('IO');
    expect(message).toContain('expected an answer of a hub');
    expect(await readdir(folder)).toEqual([]);
  });

  it('whose list does not end is given up', async () => {
    hub.fail(/tree/, json([], { link: `<${hub.endpoint}/api/datasets/${NAME}/tree/x?cursor=1>; rel="next"` }), 9999);
    expect((await failure(open())).message).toContain('does not end');
  });

  it('whose redirects do not end, or lead out of the web, is given up', async () => {
    hub.fail(/revision/, (response, { url }) => response.writeHead(307, { location: url }).end(), 99);
    expect((await failure(open())).message).toContain('redirects without end');
    hub.recover();
    hub.fail(/revision/, status(302, { location: 'file:///etc/passwd' }));
    expect((await failure(open())).message).toContain('not followed');
  });

  it('has files that are too large for a memory', async () => {
    hub.fail(/tree/, json([{ ...entry('a.txt'), size: 9e9 }]));
    const dataSet = await open();
    expect((await failure(dataSet.download(dataSet.files))).message).toContain('have 9.0 GB');
  });

  const entry = (path: string) => ({ type: 'file', path, oid: gitHash(''), size: 1 });
});

describe('the token', () => {
  it('goes to the hub, never to another origin', async () => {
    await read('data/large.txt', { token: TOKEN });
    const seen = (server: string) =>
      new Set(hub.requests.filter((each) => each.server === server).map(({ authorization }) => authorization));
    expect(seen('hub')).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(seen('storage')).toEqual(new Set([undefined]));
  });

  it('is not given to a page of the list on another origin', async () => {
    hub.fail(/tree/, json([], { link: `<${hub.storageEndpoint}/next>; rel="next"` }));
    hub.fail(/^storage/, json([]));
    await open({ token: TOKEN });
    expect(hub.requests.at(-1)).toMatchObject({ server: 'storage', authorization: undefined });
  });

  it('is in no message', async () => {
    hub.fail(/./, refuse(401, undefined, 'Invalid'), 99);
    const error = await failure(open({ token: 'hf_secret' }));
    expect(JSON.stringify([error.message, error.fix, error.cause])).not.toContain('hf_secret');
  });
});

describe('the disk', () => {
  const onSmallDisk = process.platform === 'linux' && process.getuid?.() === 0 ? it : it.skip;

  onSmallDisk('that is full is named before the download', async () => {
    await withSmallDisk(400, async (cache) => {
      const { code, message } = await failure(read('data/large.txt', { cache }));
      expect(code).toBe('IO');
      expect(message).toMatch(/are to be downloaded, but the disk of .* left$/);
    });
  });

  onSmallDisk('that fills up meanwhile ends the download, which continues once there is room', async () => {
    await withSmallDisk(1500, async (cache) => {
      const filler = join(cache, 'filler');
      hub.fail(/^storage/, (response) => {
        response.writeHead(200, { 'content-length': LARGE.length });
        response.write(LARGE.slice(0, 100_000));
        void fill(filler).then(() => response.end(LARGE.slice(100_000)));
      });
      const { message, fix } = await failure(read('data/large.txt', { cache }));
      expect(message).toMatch(/^cannot write to .*: the disk is full$/);
      expect(fix).toContain('Free some space');
      await rm(filler);
      expect(await read('data/large.txt', { cache })).toBe(LARGE);
      expect(hub.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d+-$/);
    });
  });

  it('that refuses is an error of the disk, not a bug', async () => {
    await mkdir(join(folder, 'hub', DATA_SET), { recursive: true });
    await writeFile(cachePath('blobs'), 'a file where a folder should be');
    expect((await failure(read('data/large.txt'))).code).toBe('IO');
  });

  it.runIf(existsSync('/proc/self'))('that has no such folder and makes none is named', async () => {
    expect((await failure(read('data/large.txt', { cache: '/proc/none' }))).code).toBe('IO');
  });

  async function withSmallDisk(kilobytes: number, work: (folder: string) => Promise<void>): Promise<void> {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk]);
    try {
      await work(disk);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  }

  async function fill(path: string): Promise<void> {
    for (let size = 2 ** 20; size >= 4096; size /= 2)
      await writeFile(path, Buffer.alloc(size), { flag: 'a' }).catch(() => undefined);
  }
});

describe('the lock of a file', () => {
  const lock = () => join(folder, 'hub', '.locks', DATA_SET, `${sha256(LARGE)}.letterpress-lock`);

  it('of a dead process is taken over', async () => {
    const owner = JSON.parse(await withLock(lock(), () => readFile(lock(), 'utf8'))) as object;
    await writeFile(lock(), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }));
    expect(await read('data/large.txt')).toBe(LARGE);
    await rm(cachePath(), { recursive: true });
    await writeFile(lock(), JSON.stringify({ host: 'elsewhere', pid: 1 }));
    const past = new Date(Date.now() - 121_000);
    await utimes(lock(), past, past);
    expect(await read('data/large.txt')).toBe(LARGE);
  });

  it('of another process is waited for, which is said', async () => {
    await mkdir(join(lock(), '..'), { recursive: true });
    await writeFile(lock(), JSON.stringify({ host: 'elsewhere', pid: 1 }));
    const reading = read('data/large.txt');
    await vi.waitFor(() => expect(notices()).toContain('waiting: another process downloads data/large.txt'));
    await rm(lock());
    expect(await reading).toBe(LARGE);
  });
});

describe('an independent client, @huggingface/hub,', () => {
  const repo = { type: 'dataset', name: NAME } as const;
  beforeEach(() => void vi.spyOn(console, 'debug').mockImplementation(() => undefined));

  it('lists the local hub as Letterpress does', async () => {
    hub.pageSize = 2;
    const theirs: unknown[] = [];
    for await (const { type, path, size, oid, lfs } of listFiles({ repo, recursive: true, hubUrl: hub.endpoint }))
      if (type === 'file') theirs.push({ path, size, hash: lfs?.oid ?? oid });
    expect((await open()).files).toEqual(expect.arrayContaining(theirs));
    expect(theirs).toHaveLength(3);
  });

  it('downloads the same bytes from it, into a cache that Letterpress reads without the network', async () => {
    const cacheDir = join(folder, 'hub');
    await snapshotDownload({ repo, hubUrl: hub.endpoint, cacheDir, revision: commit });
    hub.takePaths();
    expect(await read('data/large.txt', { offline: true }, commit)).toBe(LARGE);
    await read('data/large.txt');
    expect(hub.takePaths().filter((path) => path.includes('resolve'))).toEqual([]);
  });

  it('finds what Letterpress has downloaded, and counts it in the cache', async () => {
    await read('data/large.txt');
    await read('README.md');
    const cacheDir = join(folder, 'hub');
    const at = await downloadFileToCacheDir({
      repo,
      path: 'data/large.txt',
      revision: commit,
      hubUrl: hub.endpoint,
      cacheDir,
    });
    expect(await readFile(at, 'utf8')).toBe(LARGE);
    expect(hub.requests.filter(({ server }) => server === 'storage')).toHaveLength(1);
    const { repos, warnings } = await scanCacheDir(cacheDir);
    expect(warnings).toEqual([]);
    expect(repos).toMatchObject([{ id: { name: NAME, type: 'dataset' }, filesCount: 1 }]);
    // It counts files that are in no folder.
    expect(repos[0]!.size).toBe('# Headlines\n'.length);
    expect(repos[0]!.revisions.map(({ commitOid, refs }) => [commitOid, refs])).toEqual([[commit, ['main']]]);
  });
});

describe('the settings', () => {
  it('follow the variables of huggingface_hub', () => {
    const home = { HOME: '/home/me' };
    expect(hubSettings(home)).toEqual({
      endpoint: 'https://huggingface.co',
      cache: '/home/me/.cache/huggingface/hub',
      offline: false,
      timeout: 30_000,
      retryDelay: 500,
    });
    const cacheOf = (environment: Record<string, string>) => hubSettings({ ...home, ...environment }).cache;
    expect(cacheOf({ XDG_CACHE_HOME: '/x' })).toBe('/x/huggingface/hub');
    expect(cacheOf({ XDG_CACHE_HOME: '/x', HF_HOME: '~/hf' })).toBe('/home/me/hf/hub');
    expect(cacheOf({ HF_HOME: '/hf', HF_HUB_CACHE: '/cache' })).toBe('/cache');
    expect(hubSettings({ HF_ENDPOINT: 'http://hub.example/hf/' }).endpoint).toBe('http://hub.example/hf');
    for (const yes of ['1', 'true', 'ON', 'yes']) expect(hubSettings({ HF_HUB_OFFLINE: yes }).offline).toBe(true);
    for (const no of ['', '0', 'false']) expect(hubSettings({ HF_HUB_OFFLINE: no }).offline).toBe(false);
    expect(hubSettings({ HF_HUB_DOWNLOAD_TIMEOUT: '2.5' }).timeout).toBe(2500);
  });

  it('take the token from the variable, else from the file that a login wrote', async () => {
    await writeFile(join(folder, 'token'), 'hf_saved\n');
    expect(hubSettings({ HF_HOME: folder }).token).toBe('hf_saved');
    expect(hubSettings({ HF_HOME: folder, HF_TOKEN: ' hf_given ' }).token).toBe('hf_given');
  });

  it.each([
    { HF_ENDPOINT: 'ftp://x' },
    { HF_ENDPOINT: 'https://me:secret@x' },
    { HF_TOKEN: 'two words' },
    { HF_HUB_DOWNLOAD_TIMEOUT: 'soon' },
  ])('refuse %o by its name', (environment) => {
    expect(() => hubSettings(environment)).toThrow(Object.keys(environment)[0]);
    expect(() => hubSettings(environment)).not.toThrow(/secret|two words/);
  });
});
