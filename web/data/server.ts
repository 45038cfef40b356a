import type { ApiError, Change, StudioInfo } from '../../src/studio/api.js';
import { listenToChanges } from './changes.js';
import { parseJson } from './json.js';
import type { StudioSource } from './source.js';

/** A refusal of the server, or none of its answers. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  constructor(
    message: string,
    readonly fix: string,
    readonly status: number,
  ) {
    super(message);
  }
}

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
    samples: async (id, epoch) =>
      (await getJson<{ readonly texts: readonly string[] }>('api/samples', { id, epoch: String(epoch) })).texts,
    file: async (id, name) => new Uint8Array(await (await ask('api/file', { id, name })).arrayBuffer()),
    listen: (listener) => listenToChanges((data) => listener(parseJson(data) as Change)),
  };
}

async function getJson<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
  return parseJson(await (await ask(path, parameters)).text()) as T;
}

async function ask(path: string, parameters: Record<string, string>): Promise<Response> {
  const search = new URLSearchParams(parameters).toString();
  const response = await fetch(search === '' ? path : `${path}?${search}`).catch(() => {
    throw new SourceError('the studio does not answer', 'Start it again: letterpress studio', 0);
  });
  if (response.ok) return response;
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true;
  const { error, fix } = isJson
    ? (parseJson(await response.text()) as ApiError)
    : { error: (await response.text()).trim(), fix: '' };
  throw new SourceError(error, fix, response.status);
}
