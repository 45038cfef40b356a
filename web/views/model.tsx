import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { connectEngine } from '../model/client.js';
import type { Engine } from '../model/engine-types.js';
import { Playground } from '../model/playground.js';
import { Xray } from '../model/xray.js';
import { DownloadButton } from '../parts/download-button.js';
import { Problem, RunHead } from '../parts/parts.js';
import { notAnswered } from '../data/source-error.js';
import { isLost, runs, source } from '../state.js';

/** The model whose weights were fetched last: views of the same run share it. */
const opened = signal<Opened | undefined>(undefined);

interface Opened {
  readonly id: string;
  /** Of the weights: the run's lowest validation NLL when they were fetched. */
  readonly nll: number | undefined;
  readonly engine?: Engine;
  readonly error?: unknown;
}

const bestOf = (id: string): number | undefined => runs.value.find((run) => run.id === id)?.bestValNll;

async function open(id: string, isAgain = false): Promise<void> {
  if (!isAgain && opened.value?.id === id && opened.value.error === undefined) return;
  opened.value?.engine?.close();
  const mine: Opened = { id, nll: bestOf(id) };
  opened.value = mine;
  try {
    const [module, weights] = await Promise.all([moduleBytes(), source.value!.model(id)]);
    const worker = new Worker(new URL('assets/engine-worker.js', document.baseURI), { type: 'module' });
    const engine = await connectEngine(worker, { module, weights });
    if (opened.value === mine) opened.value = { ...mine, engine };
    else engine.close();
  } catch (error) {
    if (opened.value === mine) opened.value = { ...mine, error };
  }
}

async function moduleBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch('assets/letterpress.wasm').catch(() => undefined);
  if (response?.ok === true) return new Uint8Array(await response.arrayBuffer());
  throw notAnswered(response?.status);
}

/** A view of a model that computes in this tab. */
function viewOf(name: 'playground' | 'xray', View: FunctionComponent<{ readonly engine: Engine }>) {
  return function ModelView({ id }: { readonly id: string }) {
    // What failed is fetched again when the studio answers again.
    useEffect(() => void open(id), [id, isLost.value]);
    const { engine, error, nll } = (opened.value?.id === id ? opened.value : undefined) ?? {};
    const best = bestOf(id);
    return (
      <>
        <RunHead id={id} current={name} />
        <Problem error={error} />
        {nll !== undefined && best !== undefined && best < nll ? (
          <p role="status">
            The run has a better model now.{' '}
            <button type="button" onClick={() => void open(id, true)}>
              Fetch it
            </button>
          </p>
        ) : null}
        {engine === undefined ? (
          error === undefined ? (
            <p class="empty">Fetching the model…</p>
          ) : null
        ) : (
          <>
            <View engine={engine} />
            {source.value?.page === undefined ? null : (
              <section class="row">
                <DownloadButton
                  label="Give it away"
                  file={`${id.replace(/.*\//, '')}.html`}
                  make={source.value.page.bind(undefined, id)}
                />
                <span class="small soft">
                  One HTML file with this playground and X-ray inside, which opens anywhere, without a network.
                </span>
              </section>
            )}
          </>
        )}
      </>
    );
  };
}

export const PlaygroundView = viewOf('playground', Playground);
export const XrayView = viewOf('xray', Xray);
