/**
 * What of Letterpress runs in a browser: everything but files, the native backend and the command line.
 *
 * @example import { gazette, trainModel } from 'letterpress/browser';
 */
import { portable } from './backend/portable/index.js';
import type { Backend } from './backend/types.js';
import { LanguageModel } from './model/language-model.js';
import { readModelSource, type ModelSource } from './model/saved-model.js';
import { trainModelOn, type TrainedModel, type TrainModelOptions } from './train/train-model.js';

export * from './shared.js';
export { createWasmBackend, type WasmOptions } from './backend/wasm/browser.js';
export { portable };
export {
  serveTraining,
  trainInWorker,
  type MessageTarget,
  type TrainedEvent,
  type WorkerTrainingOptions,
} from './train/worker/browser-worker.js';

/** As `trainModel` of Node.js, on the portable backend by default: see {@link createWasmBackend} for a faster one. */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  return trainModelOn((options as Partial<TrainModelOptions> | undefined)?.backend ?? portable, options);
}

/**
 * A model that was saved as a file: from its address, or its bytes.
 *
 * @param options.backend the portable one by default
 * @param options.signal aborts the download
 * @throws LetterpressError IO when it cannot be fetched, BAD_INPUT when it is no model; the signal's reason
 * @example const model = await loadModel('news.safetensors', { backend: await createWasmBackend(bytes) });
 */
export async function loadModel(
  source: ModelSource,
  options: { readonly backend?: Backend | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<LanguageModel> {
  const { bytes, name } = await readModelSource(source, options.signal);
  return LanguageModel.fromBytes(bytes, options.backend ?? portable, name);
}
