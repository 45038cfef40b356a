import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildStudioPage } from '../support/studio-page.js';
import { builtModule } from '../support/test-build.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const place = new Workplace();
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

beforeAll(() => buildStudioPage(ROOT));

const newFolder = temporaryFolders();
let folder = '';
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Served {
  readonly child: ChildProcess;
  /** Asks the studio, with its cookie. */
  readonly ask: (path: string, body?: object) => Promise<{ id?: string; row?: { state: string } }>;
  readonly said: () => string;
}

/** Starts a studio as a process of its own, and takes the key that it prints. */
async function startStudio(environment: NodeJS.ProcessEnv = {}): Promise<Served> {
  folder = newFolder();
  const env = { ...process.env, SSH_CONNECTION: undefined, SSH_TTY: undefined, ...environment };
  const child = spawn(process.execPath, [builtModule('cli'), 'studio', folder], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const url = await new Promise<URL>((resolve, reject) => {
    child.once('exit', () => reject(new Error(said)));
    child.stdout.on('data', (data) => {
      const [found] = /http:\S+/.exec(String(data)) ?? [];
      if (found !== undefined) resolve(new URL(found));
    });
  });
  const Cookie = `letterpress-${url.port}=${url.searchParams.get('token')!}`;
  const ask: Served['ask'] = async (path, body) => {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(new URL(path, url.origin), { headers: { Cookie }, ...request });
    return (await response.json()) as { id?: string };
  };
  return { child, ask, said: () => said };
}

const WISH = {
  texts: { kind: 'builtin' },
  name: 'long',
  options: {
    '--epochs': '100000',
    '--limit': '64',
    '--d-model': '16',
    '--heads': '2',
    '--layers': '1',
    '--threads': '1',
  },
};

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

describe('letterpress studio', () => {
  it('stops its trainings when it is ended by Ctrl-C, and says how to resume them', async () => {
    const { child, ask, said } = await startStudio();
    expect(await ask('/api/trainings/start', WISH)).toEqual({ id: 'runs/long' });
    const run = join(folder, 'runs', 'long');
    await expect.poll(() => existsSync(join(run, 'model.safetensors'))).toBe(true);
    child.kill('SIGINT');
    await exitOf(child);
    expect(said()).toContain(`Stopped: letterpress train --resume ${run}`);
    expect(readdirSync(run)).toEqual(expect.arrayContaining(['checkpoint.safetensors', 'steps.csv']));
    expect(readdirSync(run)).not.toContain('.letterpress-lock');
  });

  it('harms no training when it dies', async () => {
    const { child, ask } = await startStudio();
    await ask('/api/trainings/start', WISH);
    const run = join(folder, 'runs', 'long');
    child.kill('SIGKILL');
    await exitOf(child);
    const epochs = (): number => readFileSync(join(run, 'metrics.jsonl'), 'utf8').split('\n').length;
    const before = epochs();
    await expect.poll(epochs).toBeGreaterThan(before + 5);
    const { pid } = JSON.parse(readFileSync(join(run, '.letterpress-lock'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGINT');
    await expect.poll(() => existsSync(join(run, '.letterpress-lock'))).toBe(false);
  });

  it('refuses to resume a run that it trains, and can still stop it', async () => {
    const { ask } = await startStudio();
    const { id = '' } = await ask('/api/trainings/start', WISH);
    const run = `id=${encodeURIComponent(id)}`;
    await expect.poll(async () => (await ask(`/api/run?${run}`)).row?.state).toBe('training');
    expect(await ask(`/api/trainings/resume?${run}`, {})).toMatchObject({ error: 'this run is being trained already' });
    expect(await ask(`/api/run?${run}`)).toMatchObject({ isOwn: true });
    expect(await ask(`/api/trainings/stop?${run}`, {})).toEqual({});
    await expect.poll(async () => (await ask(`/api/run?${run}`)).row?.state).toBe('interrupted');
  });

  it('says what the command line says about options that do not fit', async () => {
    const { ask } = await startStudio();
    const wish = { ...WISH, options: { ...WISH.options, '--d-model': '15' } };
    expect(await ask('/api/trainings/start', wish)).toMatchObject({ error: expect.stringContaining('15') as string });
    expect(await ask('/api/trainings/dry-run', wish)).toMatchObject({ error: expect.stringContaining('15') as string });
    const none = { ...WISH, options: { ...WISH.options, '--epochs': '1e' } };
    // The page sets a full stop after each.
    expect(await ask('/api/trainings/start', none)).toMatchObject({
      error: expect.stringMatching(/'1e'.*[^.]$/) as string,
    });
    const measured = await ask('/api/trainings/dry-run', WISH);
    expect(measured).toMatchObject({ texts: { train: 64 }, epochs: 100_000, outsideAlphabet: { train: 0 } });
  });

  it('says over SSH how to forward the port', async () => {
    const { said } = await startStudio({ SSH_CONNECTION: '1 2 3 4' });
    await expect.poll(said).toMatch(/ssh -L (\d+):127\.0\.0\.1:\1 HOST/);
  });

  it('refuses a port that is taken, and a folder that is missing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    expect(await bad('studio', place.at('.'), '--port', String(port))).toContain(`port ${port}`);
    server.close();
    expect(await bad('studio', place.at('missing'))).toContain('expected a folder');
    expect(await bad('studio', '--export', ROOT)).toContain('expected an empty folder');
    expect(await bad('studio', '--export', '')).toContain('expected a folder for the page, got nothing');
  });

  it.skipIf(process.platform === 'win32')('leaves no half page where the disk does not take all of it', () => {
    const out = place.at('site/page');
    const limited = ['-c', 'ulimit -f 20; exec "$0" "$1" studio --export "$2"', process.execPath, builtModule('cli')];
    const { status, stderr } = spawnSync('sh', [...limited, out], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('larger than the system allows')]);
    expect(existsSync(place.at('site'))).toBe(false);
  });

  it('writes a page again where one was cut off, and nothing over other files', async () => {
    const whole = place.at('whole');
    await good('studio', '--export', whole);
    const list = (folder: string) => readdirSync(folder, { recursive: true }).sort();
    for (const cut of ['written', 'moved']) {
      const out = place.at(`cut-${cut}`);
      cpSync(whole, cut === 'moved' ? out : join(out, '.unfinished-export'), { recursive: true });
      mkdirSync(join(out, '.unfinished-export'), { recursive: true });
      rmSync(join(out, cut === 'moved' ? 'index.html' : '.unfinished-export/index.html'));
      writeFileSync(join(out, 'own.txt'), 'mine');
      expect(await bad('studio', '--export', out)).toContain('expected an empty folder');
      rmSync(join(out, 'own.txt'));
      await good('studio', '--export', out);
      expect(list(out)).toEqual(list(whole));
    }
    expect(await bad('studio', '--export', whole)).toContain('expected an empty folder');
  });

  it.runIf(existsSync('/proc/self'))('says where its page cannot be written', async () => {
    expect(await bad('studio', '--export', '/proc/none')).toContain('/proc/none');
  });
});

it('train --dry-run says how long a training would take, and writes nothing', async () => {
  const out = place.at('dry');
  const said = await good('train', ...place.texts, ...SHAPE, '--epochs', '7', '--dry-run', '--out', out);
  expect(said).toMatch(/^an epoch .* \(1 steps?\)$/m);
  expect(said).toMatch(/^all epochs .* for 7, unless/m);
  expect(existsSync(out)).toBe(false);
  const found = JSON.parse(await good('train', ...place.texts, ...SHAPE, '--dry-run', '--json')) as object;
  expect(found).toMatchObject({ texts: { train: 60, val: 10, test: 12 }, stepsPerEpoch: 1, alphabet: 27 });
});
