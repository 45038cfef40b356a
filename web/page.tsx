/** An exported page: the playground and the X-ray of the model that is inside it. The same script is its worker. */
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import type { PageAbout } from '../src/model/export/page-about.js';
import { visible, whole } from './format.js';
import { connectEngine } from './model/client.js';
import { openEngine } from './model/engine.js';
import type { Engine, EngineFiles } from './model/engine-types.js';
import { Playground } from './model/playground.js';
import { serveEngine } from './model/serve.js';
import { Xray } from './model/xray.js';
import { Problem } from './parts/parts.js';
import { hrefOf, route } from './route.js';

const VIEWS = { playground: ['Playground', Playground], xray: ['X-ray', Xray] } as const;

const textOf = (id: string): string => document.getElementById(id)!.textContent;
const bytesOf = (id: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(textOf(id)), (character) => character.charCodeAt(0));

/** In a worker, or in the page itself where the browser gives files none. */
async function open(): Promise<Engine> {
  const files: EngineFiles = { module: bytesOf('module'), weights: bytesOf('weights') };
  let worker: Worker;
  try {
    worker = new Worker(URL.createObjectURL(new Blob([textOf('code')], { type: 'text/javascript' })));
  } catch {
    return openEngine(files);
  }
  return connectEngine(worker, files);
}

const opened = signal<{ readonly engine?: Engine; readonly error?: unknown }>({});

function Page({ about }: { readonly about: PageAbout }) {
  useEffect(() => {
    open().then(
      (engine) => (opened.value = { engine }),
      (error: unknown) => (opened.value = { error }),
    );
  }, []);
  const { engine, error } = opened.value;
  const name = route.value.view === 'xray' ? 'xray' : 'playground';
  const [, View] = VIEWS[name];
  return (
    <main>
      <div class="head">
        <h1>{visible(about.name)}</h1>
        <nav class="tabs" aria-label="Views">
          {Object.entries(VIEWS).map(([view, [title]]) => (
            <a key={view} href={hrefOf(view)} aria-current={view === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
      </div>
      <Problem error={error} />
      {engine === undefined ? null : <View engine={engine} />}
      <p class="soft small">
        A character-level language model{engine === undefined ? '' : ` of ${whole(engine.info.parameters)} parameters`},
        trained on {visible(about.corpus)} with Letterpress {about.version}, weights in{' '}
        {about.precision === 'f16' ? 'float16' : 'float32'}. Everything is computed in this file; nothing leaves it.
      </p>
    </main>
  );
}

if (typeof document === 'undefined') serveEngine(globalThis);
else render(<Page about={JSON.parse(textOf('about')) as PageAbout} />, document.getElementById('app')!);
