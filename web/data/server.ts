import type { SurpriseLine } from '../../src/runs/analysis-schema.js';
import type { ApiError, Change, StudioInfo } from '../../src/studio/api.js';
import { listenToChanges } from './changes.js';
import { parseJson } from './json.js';
import { checkReadable, notAnswered, SourceError } from './source-error.js';
import type { StudioSource, TrainingSource } from './source.js';

/** The runs of the folder that a studio serves; undefined where the page is not served by one. */
export async function openServer(): Promise<StudioSource | undefined> {
  let info: StudioInfo;
  try {
    info = await getJson<StudioInfo>('api/info');
  } catch {
    return undefined;
  }
  return {
    info,
    list: () => getJson('api/list'),
    run: (id) => getJson('api/run', { id }),
    increment: (id, cursor) => getJson('api/increment', { id, cursor }),
    steps: async (id, from, to) =>
      (await getJson<{ readonly steps: string }>('api/steps', { id, from: String(from), to: String(to) })).steps,
    surprise: async (id, epoch) =>
      (await getJson<{ readonly line?: SurpriseLine }>('api/surprise', { id, epoch: String(epoch) })).line,
    samples: async (id, epoch) =>
      (await getJson<{ readonly texts: readonly string[] }>('api/samples', { id, epoch: String(epoch) })).texts,
    novelty: info.form && ((id, epoch) => getJson('api/novelty', { id, epoch: String(epoch) })),
    model: async (id) => new Uint8Array(await (await ask('api/model', { id })).arrayBuffer()),
    page: info.form && (async (id) => (await ask('api/page', { id })).blob()),
    listen: (listener) => listenToChanges((data) => listener(parseJson(data) as Change)),
    trainings: info.form && trainings,
  };
}

const trainings: TrainingSource = {
  kinds: ['builtin', 'file', 'hub'],
  files: async () => (await getJson<{ readonly files: readonly string[] }>('api/texts')).files,
  addFile: async (file) => {
    await checkReadable(file);
    return (await post<{ readonly id: string }>('api/texts', { name: file.name }, file)).id;
  },
  dryRun: (wish, signal) => post('api/trainings/dry-run', {}, JSON.stringify(wish), signal),
  start: async (wish) => (await post<{ readonly id: string }>('api/trainings/start', {}, JSON.stringify(wish))).id,
  stop: (id) => post('api/trainings/stop', { id }),
  resume: (id) => post('api/trainings/resume', { id }),
};

async function post<T>(
  path: string,
  parameters: Record<string, string>,
  body: BodyInit = '',
  signal?: AbortSignal,
): Promise<T> {
  const request = { method: 'POST', body, ...(signal === undefined ? {} : { signal }) };
  return parseJson(await (await ask(path, parameters, request)).text()) as T;
}

async function getJson<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
  return parseJson(await (await ask(path, parameters)).text()) as T;
}

async function ask(path: string, parameters: Record<string, string>, request?: RequestInit): Promise<Response> {
  const search = new URLSearchParams(parameters).toString();
  const response = await fetch(search === '' ? path : `${path}?${search}`, request).catch((error: unknown) => {
    if (request?.signal?.aborted) throw error;
    throw notAnswered();
  });
  if (response.ok) return response;
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true;
  const { error, fix } = isJson
    ? (parseJson(await response.text()) as ApiError)
    : { error: (await response.text()).trim(), fix: '' };
  throw new SourceError(error, fix, response.status);
}
