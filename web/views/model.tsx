import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { visible } from '../format.js';
import { connectEngine } from '../model/client.js';
import type { Engine } from '../model/engine-types.js';
import { Problem } from '../model/parts.js';
import { Playground } from '../model/playground.js';
import { Xray } from '../model/xray.js';
import { RunTabs } from '../parts/run-tabs.js';
import { source } from '../state.js';

/** The model whose weights were fetched last: views of the same run share it. */
const opened = signal<{ readonly id: string; readonly engine?: Engine; readonly error?: unknown } | undefined>(
  undefined,
);

async function open(id: string): Promise<void> {
  if (opened.value?.id === id && opened.value.error === undefined) return;
  opened.value?.engine?.close();
  opened.value = { id };
  try {
    const [module, weights] = await Promise.all([moduleBytes(), source.value!.file(id, 'model.safetensors')]);
    const worker = new Worker(new URL('assets/engine-worker.js', document.baseURI), { type: 'module' });
    const engine = await connectEngine(worker, { module, weights });
    if (opened.value.id === id) opened.value = { id, engine };
    else engine.close();
  } catch (error) {
    if (opened.value.id === id) opened.value = { id, error };
  }
}

async function moduleBytes(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch('assets/letterpress.wasm')).arrayBuffer());
}

/** A view of a model that computes in this tab. */
function viewOf(name: 'playground' | 'xray', View: FunctionComponent<{ readonly engine: Engine }>) {
  return function ModelView({ id }: { readonly id: string }) {
    useEffect(() => void open(id), [id]);
    const { engine, error } = (opened.value?.id === id ? opened.value : undefined) ?? {};
    return (
      <>
        <div class="head">
          <h1>
            <bdi>{visible(id)}</bdi>
          </h1>
          <RunTabs id={id} current={name} />
        </div>
        <Problem error={error} />
        {engine === undefined ? (
          error === undefined ? (
            <p class="empty">Fetching the model…</p>
          ) : null
        ) : (
          <View engine={engine} />
        )}
      </>
    );
  };
}

export const PlaygroundView = viewOf('playground', Playground);
export const XrayView = viewOf('xray', Xray);
