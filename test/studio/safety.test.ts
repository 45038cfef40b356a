import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FolderList, Increment } from '../../src/studio/api.js';
import { LOCK_FILE } from '../../src/runs/layout.js';
import { runCommand } from '../../src/studio/command.js';
import { Uploads } from '../../src/studio/uploads.js';
import { ServedFolder, writeRun } from './serve.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const SECRET = 'a text that nobody may read';
const HOSTILE = [
  '</script><img src=x onerror=alert(1)>'.replaceAll('/', '∕'),
  '__proto__',
  'constructor',
  'red \u001b[31m',
  '\u202egnp.nur',
  ' -rf',
];

const served = new ServedFolder((folder) => {
  writeRun(join(folder, 'runs', 'good'));
  for (const name of HOSTILE) writeRun(join(folder, 'runs', name));
  const outside = join(folder, '.outside');
  writeRun(outside);
  writeFileSync(join(folder, '.secret.txt'), `${SECRET}\n`);
  symlinkSync(outside, join(folder, 'runs', 'linked'));
  const trap = writeRun(join(folder, 'runs', 'trap'));
  symlinkSync(join(folder, '.secret.txt'), join(trap, 'samples', 'epoch-0002.txt'));
  symlinkSync(join(folder, '.secret.txt'), join(trap, 'steps.csv'));
  symlinkSync(join(folder, '.secret.txt'), join(trap, 'summary.txt'));
  symlinkSync(join(folder, '.secret.txt'), join(trap, 'surprise.jsonl'));
  rmSync(join(trap, 'model.safetensors'), { force: true });
  symlinkSync(join(folder, '.secret.txt'), join(trap, 'model.safetensors'));
  const damaged = writeRun(join(folder, 'runs', 'damaged'));
  writeFileSync(join(damaged, 'config.json'), '{"__proto__": {"polluted": true}, "schemaVersion": 2');
  const short = join(writeRun(join(folder, 'runs', 'short')), 'metrics.jsonl');
  writeFileSync(short, readFileSync(short, 'utf8').replace(/.*\n$/, ''));
  const looped = writeRun(join(folder, 'runs', 'looped'));
  for (const name of ['steps.csv', 'results.json', LOCK_FILE]) {
    rmSync(join(looped, name), { force: true });
    symlinkSync(name, join(looped, name));
  }
  mkdirSync(join(folder, 'runs', 'alien'));
  writeFileSync(join(folder, 'runs', 'alien', 'config.json'), '{}');
});

const get = (path: string, parameters: Record<string, string>) =>
  served.ask(`${path}?${new URLSearchParams(parameters).toString()}`);

describe('who is let in', () => {
  it('refuses a request without the token, or with another one', async () => {
    expect((await served.askAs('/api/list')).status).toBe(401);
    expect((await served.askAs('/?token=guess')).status).toBe(401);
    const Cookie = `letterpress-${served.port}=guess`;
    expect((await served.askAs('/api/list', { headers: { Cookie } })).status).toBe(401);
    expect((await served.askAs(`/api/list?token=${served.token}`)).status).toBe(401);
  });

  it('gives a strict cookie, which scripts cannot read, for the token', async () => {
    const { status, headers } = await served.askAs(`/?token=${served.token}`);
    expect(status).toBe(200);
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/; HttpOnly; SameSite=Strict$/)]);
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '192.168.1.2', '0.0.0.0'])(
    'refuses a request to the host "%s", which may be another name of this machine',
    async (Host) => {
      expect((await served.ask('/api/list', { headers: { Host } })).status).toBe(403);
    },
  );

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'refuses a request of a page of %s, although it has the cookie',
    async (Origin) => {
      expect((await served.ask('/api/list', { headers: { Origin } })).status).toBe(403);
      expect(
        (await served.ask('/api/trainings/start', { method: 'POST', headers: { Origin }, body: '{}' })).status,
      ).toBe(403);
    },
  );

  it.each(['cross-site', 'same-site'])('refuses what another page embeds: %s', async (site) => {
    const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' };
    expect((await served.ask('/api/list', { headers })).status).toBe(403);
  });

  it('isolates every answer, and lets no foreign script run', async () => {
    for (const path of ['/', '/api/list', '/assets/main.js', '/nothing', '/api/run?id=nothing']) {
      const { headers } = await served.ask(path);
      expect(headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
      expect(policy).not.toContain('unsafe-inline');
    }
  });
});

/** Ways out of a folder, as they are and encoded. */
const WAYS_OUT = [
  '..',
  '../..',
  'runs/../../etc',
  '/etc/passwd',
  '..\\..',
  '%2e%2e%2f',
  'runs/good/../../.outside',
  '\0',
  '.outside',
  'runs/linked',
];

describe('names', () => {
  it.each(WAYS_OUT)('of folders are looked up: %j is none', async (id) => {
    for (const path of [
      '/api/run',
      '/api/increment',
      '/report',
      '/api/samples',
      '/api/steps',
      '/api/novelty',
      '/api/model',
      '/api/page',
      '/api/surprise',
    ])
      expect((await get(path, { id, epoch: '1' })).status).toBeGreaterThanOrEqual(400);
    for (const path of ['/api/trainings/stop', '/api/trainings/resume'])
      expect((await served.ask(`${path}?${new URLSearchParams({ id }).toString()}`, { method: 'POST' })).status).toBe(
        400,
      );
  });

  it.each([...WAYS_OUT, '__proto__', 'constructor', 'checkpoint.safetensors'])(
    'of files are looked up: %j is none',
    async (name) => {
      if (name !== '..') expect((await served.ask(`/assets/${encodeURIComponent(name)}`)).status).toBe(404);
      for (const path of ['/api/samples', '/api/novelty'])
        expect((await get(path, { id: 'runs/good', epoch: name })).status).toBe(400);
      const wish = { texts: { kind: 'file', id: name }, name: '', options: {} };
      const { status } = await served.ask('/api/trainings/start', { method: 'POST', body: JSON.stringify(wish) });
      expect(status).toBe(400);
    },
  );

  it.each([
    '../../evil.txt',
    '/etc/evil.txt',
    '.evil.txt',
    'a\0b.txt',
    '__proto__.txt',
    '..txt',
    `${'x'.repeat(5000)}.txt`,
  ])('of files that are given are made safe: %j', async (name) => {
    const { status, text } = await served.ask(`/api/texts?${new URLSearchParams({ name }).toString()}`, {
      method: 'POST',
      body: 'a\n',
    });
    expect(status).toBe(200);
    const { id } = JSON.parse(text) as { id: string };
    expect(id).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}_-]{0,90}\.txt$/u);
    expect(readdirSync(join(served.folder, 'texts'))).toContain(id);
  });

  it.each(['evil.html', 'evil', 'evil.txt.exe', ''])(
    'of files that no training reads are refused: %j',
    async (name) => {
      const { status } = await served.ask(`/api/texts?${new URLSearchParams({ name }).toString()}`, {
        method: 'POST',
        body: 'a\n',
      });
      expect(status).toBe(400);
    },
  );

  it.each([
    { '--out': '/tmp/evil' },
    { '--data': '/etc/passwd' },
    { '--epochs --out': '/tmp/evil' },
    { '--recipe': '../evil.json' },
    { '--strict': 'a value' },
    { '--epochs': true },
    { __proto__x: '1' },
  ])('of options are those of the form: %j is refused', async (options) => {
    const wish = { texts: { kind: 'builtin' }, name: '', options };
    const { status, text } = await served.ask('/api/trainings/start', { method: 'POST', body: JSON.stringify(wish) });
    expect(status).toBe(400);
    expect(text).toContain('unexpected');
  });

  it.each([
    [{ name: 'x'.repeat(101) }, 'at most 100 characters for the name of the run'],
    [{ options: { '--recipe': 'x'.repeat(1001) } }, 'at most 1000 characters for --recipe'],
  ])('and values that are too long are refused by what is too long', async (changes, message) => {
    const wish = { texts: { kind: 'builtin' }, name: '', options: {}, ...changes };
    const { status, text } = await served.ask('/api/trainings/start', { method: 'POST', body: JSON.stringify(wish) });
    expect([status, text]).toEqual([400, expect.stringContaining(message)]);
  });

  it('of folders that are found may be any, and harm nothing', async () => {
    const { runs } = await served.json<FolderList>('/api/list');
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining(HOSTILE.map((name) => `runs/${name}`)));
    for (const name of HOSTILE) {
      const { status, headers } = await get('/api/run', { id: `runs/${name}` });
      expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    }
  });
});

describe('links', () => {
  it('to other folders are not followed', async () => {
    const { runs } = await served.json<FolderList>('/api/list');
    expect(runs.map(({ id }) => id)).not.toContain('runs/linked');
  });

  it('to files outside of a run are not read', async () => {
    for (const path of ['/api/samples', '/api/novelty', '/api/model'])
      expect((await get(path, { id: 'runs/trap', epoch: '2' })).status).toBe(400);
    for (const path of ['/api/run', '/api/increment', '/api/surprise']) {
      const { status, text } = await get(path, { id: 'runs/trap', epoch: '1' });
      expect(status).toBe(200);
      expect(text).not.toContain(SECRET);
    }
  });
});

describe('links that lead in a circle', () => {
  it('are as if there was no file', async () => {
    const { runs } = await served.json<FolderList>('/api/list');
    expect(runs.find(({ id }) => id === 'runs/looped')).toMatchObject({ state: 'interrupted' });
    expect((await get('/api/increment', { id: 'runs/looped' })).status).toBe(200);
  });
});

it('says why a page cannot be made of a run that is gone', async () => {
  const gone = writeRun(join(served.folder, 'runs', 'gone'));
  await served.json<FolderList>('/api/list');
  rmSync(gone, { recursive: true });
  const { status, text } = await get('/api/page', { id: 'runs/gone' });
  expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([400, ['error', 'fix']]);
});

it.each(['', 'NaN', '-1', '1e3'])('refuses %j as a step', async (step) => {
  for (const range of [
    { from: step, to: '5' },
    { from: '1', to: step },
  ])
    expect((await get('/api/steps', { id: 'runs/good', ...range })).status).toBe(400);
});

it.runIf(existsSync('/proc/self/fd'))('leaves no file open behind an answer', async () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  for (let i = 0; i < 30; i++)
    for (const path of ['/api/run', '/api/increment', '/api/surprise', '/api/model'])
      await get(path, { id: 'runs/good', epoch: '1' });
  expect(open()).toBeLessThan(before + 20);
});

describe('damage', () => {
  it('of a run is named in its row, and shows none of the others', async () => {
    const { runs } = await served.json<FolderList>('/api/list');
    expect(runs.find(({ id }) => id === 'runs/damaged')).toMatchObject({
      state: 'damaged',
      problem: expect.stringContaining('JSON') as string,
    });
    expect(runs.find(({ id }) => id === 'runs/good')).toMatchObject({ state: 'finished' });
    expect(runs.find(({ id }) => id === 'runs/short')).toMatchObject({
      state: 'damaged',
      problem: expect.stringContaining('expected a line an epoch, 3 as in results.json, got 2') as string,
    });
    expect(runs.map(({ id }) => id)).not.toContain('runs/alien');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(['', '{', '[]', 'null', '{"texts":{"kind":"builtin"}}', '{"texts":{"kind":"evil"},"name":"","options":{}}'])(
    'of a request is refused: %j',
    async (body) => {
      const { status } = await served.ask('/api/trainings/start', { method: 'POST', body });
      expect(status).toBe(400);
    },
  );

  it.each(['', '9999999-.0-', '-1-.0-', '1e3-.0-', 'a.b', '5-abc.0-', 'x'.repeat(10_000)])(
    'of a cursor begins from the start: %j',
    async (cursor) => {
      const increment = JSON.parse((await get('/api/increment', { id: 'runs/good', cursor })).text) as Increment;
      expect(increment.isReset).toBe(true);
      expect(increment.metrics).toHaveLength(3);
    },
  );
});

describe('a command', () => {
  const command = { program: join(served.folder, 'nothing'), arguments: [], form: [] };

  it('that cannot be started is refused by what the system says', async () => {
    const { signal } = new AbortController();
    await expect(runCommand(command, served.folder, [], signal)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it('is not started when its signal was aborted before', async () => {
    await expect(runCommand(command, served.folder, [], AbortSignal.abort('over'))).rejects.toBe('over');
  });
});

describe('loads', () => {
  it('refuses a body that is too large', async () => {
    const body = JSON.stringify({ texts: { kind: 'builtin' }, name: 'x'.repeat(100_000), options: {} });
    expect((await served.ask('/api/trainings/start', { method: 'POST', body })).status).toBe(413);
  });

  const folder = temporaryFolders();
  it('refuses a file of texts that is too large, and leaves nothing of it', async () => {
    const path = folder();
    const chunks = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) });
    await expect(new Uploads(path, 10_000).add('large.txt', chunks)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(readdirSync(path)).toEqual([]);
  });

  it('removes what an upload to a studio that was killed has left, and nothing else', () => {
    const path = folder();
    const [left, growing] = ['.a.txt.1-0-0.letterpress-tmp', '.a.txt.1-0-1.letterpress-tmp'];
    for (const name of [left, growing, 'a.txt', '.mine']) writeFileSync(join(path, name), 'texts');
    const longAgo = Date.now() / 1000 - 300;
    for (const name of [left, 'a.txt', '.mine']) utimesSync(join(path, name), longAgo, longAgo);
    expect(new Uploads(path).list()).toEqual(['a.txt']);
    expect(readdirSync(path).sort()).toEqual(['.mine', growing, 'a.txt'].sort());
  });

  it.each(['x', '紙', '𠀀'])('keeps a file of texts with a long name of %s', async (character) => {
    const path = folder();
    const uploads = new Uploads(path);
    for (let n = 0; n < 2; n++) await uploads.add(`${character.repeat(100)}.parquet.gz`, new Blob(['texts']).stream());
    expect(uploads.list()).toHaveLength(2);
    for (const id of uploads.list()) expect(readFileSync(uploads.find(id)!, 'utf8')).toBe('texts');
  });

  it('serves others while clients send nothing, or read nothing', async () => {
    const sockets = Array.from({ length: 20 }, () => connect(served.port, '127.0.0.1'));
    const cookie = `Cookie: letterpress-${served.port}=${served.token}`;
    sockets.forEach((socket, i) => {
      socket.on('error', () => undefined);
      if (i % 2 === 0)
        socket.write('POST /api/trainings/start HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n');
      else {
        socket.pause();
        socket.write(`GET /api/changes HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\n${cookie}\r\n\r\n`);
      }
    });
    await wait(200);
    expect((await served.ask('/api/list')).status).toBe(200);
    sockets.forEach((socket) => socket.destroy());
  });
});
