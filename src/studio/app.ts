import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import { baselinesSchema } from '../baselines/baselines-schema.js';
import { LetterpressError } from '../errors.js';
import { toJson } from '../json.js';
import { REPORT_FILES } from '../report/report-folder.js';
import { RUN_FILES } from '../runs/layout.js';
import { runConfigSchema, runResultsSchema } from '../runs/schema.js';
import { letterpressVersion } from '../version.js';
import type { Change, RunDetails, StudioInfo } from './api.js';
import type { FolderWatch } from './changes.js';
import { exportRunPage, type StudioCommand } from './command.js';
import { findingsOf } from './details.js';
import { guard, REPORT_POLICY } from './guard.js';
import { readIncrement, readSteps, readSurprise } from './increments.js';
import type { NoveltyMeasures } from './novelty.js';
import type { PageFile } from './page-files.js';
import { jsonOf, sampleEpochsOf, samplesOf, textOf } from './run-files.js';
import { readInside, type FoundFolder } from './scan.js';
import type { Trainings } from './trainings.js';
import type { Uploads } from './uploads.js';

export interface AppParts {
  readonly token: string;
  readonly watch: FolderWatch;
  readonly page: ReadonlyMap<string, PageFile>;
  /** Name of the studio's folder. */
  readonly folderName: string;
  readonly uploads: Uploads;
  /** Undefined where none can be started. */
  readonly trainings: Trainings | undefined;
  readonly novelty: NoveltyMeasures | undefined;
  /** How to ask the command line; undefined where it is not there. */
  readonly command: StudioCommand | undefined;
}

/** Bytes of a request, apart from files of texts. */
const MAX_BODY = 64_000;

/** Milliseconds between signs of life on the stream of changes. */
const ALIVE = 15_000;

/** The routes of the studio. */
export function createApp(parts: AppParts): Hono {
  const { token, watch, page, folderName, uploads, trainings, novelty, command } = parts;
  const app = new Hono();
  app.use(guard(token));
  app.onError((error, c) => refuse(c, error));
  app.notFound((c) => c.json({ error: 'there is nothing at this address', fix: '' }, 404));

  app.get('/', (c) => sendFile(c, page.get('index.html')!));
  app.get('/assets/:name', (c) => {
    const file = page.get(c.req.param('name'));
    return file === undefined ? c.notFound() : sendFile(c, file);
  });

  app.get('/api/info', (c) =>
    send(c, { version: letterpressVersion(), folder: folderName, form: command?.form } satisfies StudioInfo),
  );
  app.get('/api/list', (c) => send(c, watch.list()));
  app.get('/api/run', (c) => send(c, detailsOf(watch, folderOf(c, watch, 'run'), trainings)));
  app.get('/api/increment', (c) => send(c, readIncrement(folderOf(c, watch, 'run').path, c.req.query('cursor') ?? '')));
  app.get('/api/steps', (c) => {
    const { path } = folderOf(c, watch, 'run');
    return send(c, { steps: readSteps(path, stepOf(c, 'from'), stepOf(c, 'to')) });
  });
  app.get('/api/surprise', (c) => {
    const { path } = folderOf(c, watch, 'run');
    return send(c, { line: readSurprise(path, Number(epochOf(c))) });
  });
  app.get('/api/samples', (c) => {
    const { path } = folderOf(c, watch, 'run');
    return send(c, { texts: samplesOf(path, epochOf(c)) });
  });
  app.get('/api/model', (c) => {
    const file = readInside(folderOf(c, watch, 'run').path, RUN_FILES.weights);
    if (file === undefined)
      throw new LetterpressError(
        'BAD_RUN',
        'this run has no model',
        'A training writes it after each best epoch; `letterpress train --resume` brings a lost one back.',
      );
    c.header('Content-Type', 'application/octet-stream');
    return c.body(new Uint8Array(file.data));
  });
  app.get('/report', (c) => {
    const text = textOf(folderOf(c, watch, 'study').path, REPORT_FILES.html);
    if (text === undefined) return c.notFound();
    c.header('Content-Security-Policy', REPORT_POLICY);
    return c.html(text);
  });
  app.get('/api/changes', (c) => streamChanges(c, watch));
  if (novelty !== undefined)
    app.get('/api/novelty', async (c) => send(c, await novelty.of(folderOf(c, watch, 'run'), epochOf(c))));
  if (command !== undefined)
    app.get('/api/page', async (c) => {
      c.header('Content-Type', 'application/octet-stream');
      return c.body(await exportRunPage(command, folderOf(c, watch, 'run'), c.req.raw.signal));
    });
  if (trainings === undefined) return app;

  app.get('/api/texts', (c) => send(c, { files: uploads.list() }));
  app.post('/api/texts', async (c) => send(c, { id: await uploads.add(c.req.query('name') ?? '', c.req.raw.body) }));
  app.use('/api/trainings/*', bodyLimit({ maxSize: MAX_BODY }));
  app.post('/api/trainings/dry-run', async (c) => send(c, await trainings.dryRun(await bodyOf(c), c.req.raw.signal)));
  app.post('/api/trainings/start', async (c) => {
    const folder = await trainings.start(await bodyOf(c));
    return send(c, { id: watch.idOf(folder) });
  });
  app.post('/api/trainings/stop', (c) => {
    trainings.stop(folderOf(c, watch, 'run').path);
    return send(c, {});
  });
  app.post('/api/trainings/resume', async (c) => {
    await trainings.resume(folderOf(c, watch, 'run').path);
    return send(c, {});
  });
  return app;
}

/** @throws LetterpressError BAD_INPUT for what is no epoch */
function epochOf(c: Context): number | 'final' {
  const epoch = c.req.query('epoch') ?? '';
  if (epoch === 'final') return epoch;
  if (/^\d{1,9}$/.test(epoch)) return Number(epoch);
  throw new LetterpressError('BAD_INPUT', 'expected an epoch', 'Reload the page.');
}

/** @throws LetterpressError BAD_INPUT for what is no step */
function stepOf(c: Context, name: string): number {
  const step = c.req.query(name) ?? '';
  if (/^\d{1,15}$/.test(step)) return Number(step);
  throw new LetterpressError('BAD_INPUT', `expected a step as ${name}`, 'Reload the page.');
}

/** @throws LetterpressError BAD_INPUT for a body that is no JSON */
async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json<unknown>();
  } catch (cause) {
    throw new LetterpressError('BAD_INPUT', 'expected JSON', 'Reload the page.', { cause });
  }
}

function sendFile(c: Context, { type, data }: PageFile): Response {
  c.header('Content-Type', type);
  return c.body(data);
}

/** JSON with numbers that may not be finite. */
function send(c: Context, value: object): Response {
  c.header('Content-Type', 'application/json');
  return c.body(toJson(value));
}

function refuse(c: Context, error: unknown): Response {
  if (error instanceof HTTPException) return error.getResponse();
  if (!(error instanceof LetterpressError))
    return c.json(
      { error: 'the studio failed at this', fix: 'Reload the page; start the studio again if it stays.' },
      500,
    );
  const status = error.code === 'INTERNAL' ? 500 : error.code === 'IN_USE' || error.code === 'EXISTS' ? 409 : 400;
  return c.json({ error: error.message, fix: error.fix }, status);
}

/** The folder that a request names, looked up among those that were found. */
function folderOf(c: Context, watch: FolderWatch, kind: FoundFolder['kind']): FoundFolder {
  const found = watch.find(c.req.query('id') ?? '', kind);
  if (found !== undefined) return found;
  throw new LetterpressError('BAD_INPUT', `there is no such ${kind}`, 'It may have been removed: reload the page.');
}

function detailsOf(watch: FolderWatch, found: FoundFolder, trainings: Trainings | undefined): RunDetails {
  const { path } = found;
  const { row, metrics } = watch.run(found);
  const has = (name: string): boolean => readInside(path, name, 0, 0) !== undefined;
  const common = {
    row,
    sampleEpochs: sampleEpochsOf(path),
    hasModel: has(RUN_FILES.weights),
    hasSamples: has(RUN_FILES.finalSamples),
    diagnosis: [],
    isOwn: trainings?.has(path) === true,
  };
  if (row.state === 'damaged') return common;
  const config = jsonOf(path, RUN_FILES.config, runConfigSchema);
  const results = jsonOf(path, RUN_FILES.results, runResultsSchema);
  const measured = watch.likeIn(found).flatMap((like) => jsonOf(like.path, RUN_FILES.baselines, baselinesSchema) ?? []);
  const [baselines] = measured;
  return { ...common, summary: textOf(path, RUN_FILES.summary), ...findingsOf(config, metrics, results, baselines) };
}

/** Changes as server-sent events. A page that reads slowly misses none: those that wait become one. */
function streamChanges(c: Context, watch: FolderWatch): Response {
  return streamSSE(c, async (stream) => {
    let wake: () => void = () => undefined;
    let pending: Change = { runs: [], list: false };
    const stop = watch.listen(({ runs, list }) => {
      pending = { runs: [...new Set([...pending.runs, ...runs])], list: pending.list || list };
      wake();
    });
    stream.onAbort(() => {
      stop();
      wake();
    });
    await stream.writeSSE({ event: 'ready', data: '' });
    while (!stream.aborted && !stream.closed) {
      if (pending.runs.length > 0 || pending.list) {
        const data = JSON.stringify(pending);
        pending = { runs: [], list: false };
        await stream.writeSSE({ event: 'change', data });
        continue;
      }
      let timer: NodeJS.Timeout | undefined;
      const isWoken = await new Promise<boolean>((resolve) => {
        wake = () => resolve(true);
        timer = setTimeout(() => resolve(false), ALIVE);
      });
      clearTimeout(timer);
      if (!isWoken) await stream.writeSSE({ event: 'alive', data: '' });
    }
    stop();
  });
}
