import { checkThreads, MAX_THREADS } from '../check-threads.js';
import type { Backend, ComputePrecision } from '../types.js';
import { WebAssembly } from './api.js';
import { wasmBackend } from './backend.js';
import { WORKER_SOURCE, type Host, type WorkerStart } from './engine.js';

/** What of a browser's globals is used. */
const browser = globalThis as unknown as {
  readonly document?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly navigator: { readonly hardwareConcurrency: number };
  readonly Worker: new (url: string) => { postMessage(start: WorkerStart): void };
};

const host: Host = {
  sleeps: browser.document === undefined,
  startWorker(start) {
    const code = `onmessage = ({ data }) => (${WORKER_SOURCE})(data)`;
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    new browser.Worker(url).postMessage(start);
  },
};

export interface WasmOptions {
  /** All cores by default, and one where the page is not cross-origin isolated: there threads cannot share memory. */
  readonly threads?: number;
  /** `f32` by default. */
  readonly precision?: ComputePrecision;
}

/**
 * The WebAssembly backend in a page or a Web Worker. Use it in a worker: on a page's own thread it blocks the page.
 *
 * @param bytes of letterpress.wasm, which the package exports as `letterpress/letterpress.wasm`
 * @throws LetterpressError BAD_OPTION when there cannot be that many threads
 * @example await createWasmBackend(new Uint8Array(await (await fetch('letterpress.wasm')).arrayBuffer()))
 */
export async function createWasmBackend(
  bytes: Uint8Array,
  { threads = Math.min(browser.navigator.hardwareConcurrency, MAX_THREADS), precision = 'f32' }: WasmOptions = {},
): Promise<Backend> {
  checkThreads(threads, `got ${threads}`);
  const module = await WebAssembly.compile(bytes);
  return wasmBackend(module, { threads: browser.crossOriginIsolated ? threads : 1, precision }, host).backend;
}
