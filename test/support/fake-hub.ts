/** A hub for tests: the routes of huggingface.co that data sets are read by, and everything that can go wrong. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file: its content, and whether it is kept in the storage, which has another origin (LFS). */
export type FakeFile = string | Uint8Array | { readonly lfs: string | Uint8Array };

interface Commit {
  readonly sha: string;
  readonly files: ReadonlyMap<string, { readonly content: Buffer; readonly isLfs: boolean }>;
}

interface Repository {
  /** By branch and by hash. */
  readonly commits: Map<string, Commit>;
  access: 'public' | 'private' | 'gated';
}

/** What was asked, and of which of the two servers. */
export interface FakeRequest {
  readonly server: 'hub' | 'storage';
  readonly url: string;
  readonly authorization?: string | undefined;
  readonly range?: string | undefined;
}

export type Fault = (response: ServerResponse, request: IncomingMessage) => void;

export const TOKEN = 'hf_of_the_tests';

export class FakeHub {
  readonly requests: FakeRequest[] = [];
  /** Entries of a page of the tree. */
  pageSize = 1000;
  readonly endpoint: string;
  readonly storageEndpoint: string;
  private readonly repositories = new Map<string, Repository>();
  private readonly renamed = new Map<string, string>();
  private faults: { readonly where: RegExp; readonly fault: Fault; times: number }[] = [];

  private constructor(
    private readonly hub: Server,
    private readonly storage: Server,
  ) {
    this.endpoint = addressOf(hub);
    this.storageEndpoint = addressOf(storage);
    hub.on('request', (request, response) => this.answer('hub', request, response));
    storage.on('request', (request, response) => this.answer('storage', request, response));
  }

  static async start(): Promise<FakeHub> {
    const servers = [createServer(), createServer()] as const;
    for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
    return new FakeHub(...servers);
  }

  async stop(): Promise<void> {
    for (const server of [this.hub, this.storage]) {
      if (!server.listening) continue;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
  }

  /** Paths of the requests so far, without their queries; forgets them. */
  takePaths(): string[] {
    return this.requests.splice(0).map(({ url }) => url.split('?', 1)[0]!);
  }

  commit(name: string, files: Readonly<Record<string, FakeFile>>, branch = 'main'): string {
    const entries = Object.entries(files).map(([path, file]) => {
      const isLfs = typeof file === 'object' && 'lfs' in file;
      return [path, { content: Buffer.from(isLfs ? file.lfs : file), isLfs }] as const;
    });
    const hash = createHash('sha1').update(name);
    for (const [path, { content }] of entries) hash.update(path).update(content);
    const commit = { sha: hash.digest('hex'), files: new Map(entries) };
    const repository = this.repositories.get(name) ?? { commits: new Map<string, Commit>(), access: 'public' };
    repository.commits.set(branch, commit).set(commit.sha, commit);
    this.repositories.set(name, repository);
    return commit.sha;
  }

  restrict(name: string, access: Repository['access']): void {
    this.repositories.get(name)!.access = access;
  }

  rename(from: string, to: string): void {
    this.renamed.set(from, to);
    this.repositories.set(to, this.repositories.get(from)!);
    this.repositories.delete(from);
  }

  /** Answers requests whose path matches with a fault: the next one, or the next `times`. */
  fail(where: RegExp, fault: Fault, times = 1): void {
    this.faults.push({ where, fault, times });
  }

  recover(): void {
    this.faults = [];
  }

  private answer(server: FakeRequest['server'], request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const { authorization, range } = request.headers;
    this.requests.push({ server, url, authorization, range });
    const planned = this.faults.find(({ where, times }) => times > 0 && where.test(`${server}:${url}`));
    if (planned !== undefined) {
      planned.times--;
      planned.fault(response, request);
    } else (server === 'storage' ? this.answerOfStorage(url) : this.answerOfHub(request))(response, request);
  }

  private answerOfHub(request: IncomingMessage): Fault {
    const { pathname, searchParams } = new URL(request.url ?? '', this.endpoint);
    const [, api, name = '', rest = ''] = /^(\/api)?\/datasets\/([\w.-]+\/[\w.-]+)\/?(.*)$/.exec(pathname) ?? [];
    const to = this.renamed.get(name);
    if (to !== undefined) return status(307, { location: (request.url ?? '').replace(name, to) });
    const repository = this.repositories.get(name);
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== `Bearer ${TOKEN}`)
      return refuse(401, undefined, 'Invalid credentials in Authorization header');
    const known = authorization !== undefined;
    if (repository === undefined || (repository.access === 'private' && !known))
      return refuse(known ? 404 : 401, 'RepoNotFound', 'Repository not found');
    const [verb = '', encoded = 'main', ...parts] = rest.split('/');
    const revision = decodeURIComponent(encoded);
    const commit = repository.commits.get(revision);
    if (commit === undefined) return refuse(404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    const path = parts.map(decodeURIComponent).join('/');
    if (api !== undefined && (verb === '' || verb === 'revision'))
      return json({
        _id: commit.sha.slice(0, 24),
        id: name,
        sha: commit.sha,
        private: repository.access === 'private',
        gated: repository.access === 'gated' ? 'manual' : false,
        lastModified: '2024-01-01T00:00:00.000Z',
        siblings: [...commit.files.keys()].map((rfilename) => ({ rfilename })),
      });
    if (repository.access === 'gated' && !known)
      return refuse(401, 'GatedRepo', `Access to dataset ${name} is restricted.`);
    if (api !== undefined && verb === 'tree') return this.answerOfTree(commit, pathname, path, searchParams);
    if (api !== undefined && verb === 'paths-info') return answerPathsInfo(commit);
    if (verb !== 'resolve') return refuse(404, undefined, 'Not Found');
    const file = commit.files.get(path);
    if (file === undefined) return refuse(404, 'EntryNotFound', 'Entry not found');
    const common = { 'x-repo-commit': commit.sha, 'accept-ranges': 'bytes' };
    if (!file.isLfs) return sendBytes(file.content, { ...common, etag: `"${gitHash(file.content)}"` });
    const { content } = file;
    return status(302, {
      ...common,
      location: `${this.storageEndpoint}/${sha256(content)}?name=${encodeURIComponent(name)}`,
      'x-linked-etag': `"${sha256(content)}"`,
      'x-linked-size': String(content.length),
    });
  }

  private answerOfTree(commit: Commit, pathname: string, folder: string, query: URLSearchParams): Fault {
    const from = Number(query.get('cursor') ?? 0);
    const paths = [...commit.files.keys()].filter((path) => folder === '' || path.startsWith(`${folder}/`));
    const folders = new Set(paths.flatMap((path) => path.split('/').slice(0, -1)));
    const all: unknown[] = [
      ...[...folders].map((path) => ({ type: 'directory', path, oid: gitHash(Buffer.from(path)), size: 0 })),
      ...paths.map((path) => entryOf(path, commit)),
    ];
    query.set('cursor', String(from + this.pageSize));
    const isLast = from + this.pageSize >= all.length;
    const headers = isLast ? {} : { link: `<${this.endpoint}${pathname}?${query.toString()}>; rel="next"` };
    return json(all.slice(from, from + this.pageSize), headers);
  }

  private answerOfStorage(url: string): Fault {
    const [, hash] = /^\/([0-9a-f]{64})/.exec(url) ?? [];
    for (const { commits } of this.repositories.values())
      for (const { files } of commits.values())
        for (const { content } of files.values())
          if (sha256(content) === hash) return sendBytes(content, { etag: '"of-the-storage"' });
    return status(404);
  }
}

function entryOf(path: string, { files }: Commit): object {
  const { content, isLfs } = files.get(path)!;
  const pointer = Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\n`);
  return isLfs
    ? {
        type: 'file',
        path,
        oid: gitHash(pointer),
        size: content.length,
        lfs: { oid: sha256(content), size: content.length, pointerSize: pointer.length },
      }
    : { type: 'file', path, oid: gitHash(content), size: content.length };
}

function answerPathsInfo(commit: Commit): Fault {
  return (response, request) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { paths } = JSON.parse(body) as { paths: string[] };
      const lastCommit = { id: commit.sha, title: 'Add files', date: '2024-01-01T00:00:00.000Z' };
      const known = paths.filter((path) => commit.files.has(path));
      json(known.map((path) => ({ ...entryOf(path, commit), lastCommit })))(response, request);
    });
  };
}

function sendBytes(content: Buffer, headers: Record<string, string>): Fault {
  return (response, request) => {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const from = Number(first ?? 0);
    const to = last === undefined || last === '' ? content.length - 1 : Number(last);
    if (first === undefined) response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
    else if (from >= content.length) response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    else
      response
        .writeHead(206, {
          ...headers,
          'content-range': `bytes ${from}-${to}/${content.length}`,
          'content-length': to + 1 - from,
        })
        .end(content.subarray(from, to + 1));
  };
}

export function json(value: unknown, headers: Record<string, string> = {}): Fault {
  return (response) =>
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(value));
}

/** A refusal as the hub words it. */
export function refuse(code: number, errorCode: string | undefined, message: string): Fault {
  return status(code, {
    ...(errorCode === undefined ? {} : { 'x-error-code': errorCode }),
    'x-error-message': message,
  });
}

export function status(code: number, headers: Record<string, string> = {}): Fault {
  return (response) => response.writeHead(code, headers).end();
}

/** The first `bytes` of an answer that promises `length`; then the connection is cut, or, `stalled`, left open. */
export function part(content: string, bytes: number, after: 'cut' | 'stalled' = 'cut', length = content.length): Fault {
  return (response, request) => {
    const [, from = 0] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from);
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': length - start,
      ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${length - 1}/${length}` }),
    });
    response.write(content.slice(start, start + bytes), () => {
      if (after === 'cut') setTimeout(() => response.destroy(), 20);
    });
  };
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function gitHash(content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
