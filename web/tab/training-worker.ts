import { createWasmBackend } from '../../src/backend/wasm/browser.js';
import { LetterpressError } from '../../src/errors.js';
import { runSteps } from '../../src/generators.js';
import { measureDryRun } from '../../src/profile/dry-run.js';
import { textsAsRead } from '../../src/texts/characters.js';
import { noveltySteps } from '../../src/texts/novelty.js';
import { evenlySpaced } from '../../src/texts/sample-quality.js';
import type { FromWorker, Outcomes, Task } from './tasks.js';
import { prepareTexts } from './texts.js';
import { planOf, train } from './train.js';

/** Texts that are searched, as in the analysis of a run. */
const MAX_SEARCHED = 50_000;

const post = (message: FromWorker): void => postMessage(message);
const stop = new AbortController();

async function run(task: Task): Promise<Outcomes[keyof Outcomes]> {
  const { request } = task;
  const texts = await prepareTexts(request);
  const plan = planOf(request, texts);
  if (task.name === 'novelty') {
    const read = textsAsRead(texts.splits.train, texts.tokenizer, plan.model.contextLength - 1);
    return runSteps(noveltySteps(task.samples, read, evenlySpaced(read, MAX_SEARCHED)));
  }
  const module = await fetch(new URL('letterpress.wasm', import.meta.url));
  const bytes = new Uint8Array(await module.arrayBuffer());
  const { threads } = request.options as { threads?: number };
  const backend = await createWasmBackend(bytes, threads === undefined ? {} : { threads });
  if (task.name === 'dry-run') return runSteps(measureDryRun({ plan, ...texts, backend }));
  return train(task, texts, backend, (written) => post({ written }), stop.signal);
}

onmessage = ({ data }: MessageEvent<Task | 'stop'>) => {
  if (data === 'stop') stop.abort();
  else
    run(data).then(
      (value) => post({ value }),
      (error: unknown) => {
        const fix = error instanceof LetterpressError ? error.fix : '';
        post({ message: error instanceof Error ? error.message : String(error), fix });
      },
    );
};
