import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../../package-file.js';
import { checkThreads } from '../check-threads.js';
import { defaultThreads } from '../threads.js';
import type { Backend, ComputePrecision, MeasurePeak } from '../types.js';
import { WebAssembly, type CompiledModule } from './api.js';
import { wasmBackend } from './backend.js';
import { WORKER_SOURCE, type Host } from './engine.js';

/** The WebAssembly backend, or why it is missing. */
export type WasmLoad =
  | { readonly ok: true; readonly backend: Backend; readonly measurePeak: MeasurePeak }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

const BUILD = packageFile('native/wasm/');

const host: Host = {
  sleeps: true,
  startWorker(start) {
    const code = `(${WORKER_SOURCE})(require('node:worker_threads').workerData)`;
    // They do not keep the process alive.
    new Worker(code, { eval: true, workerData: start, execArgv: [], env: {} }).unref();
  },
};

const REMEDY = 'Install Letterpress again.';
let compiled: CompiledModule | undefined;

type Loaded = ReturnType<typeof wasmBackend>;

/**
 * Backends of the package's own module that somebody may still have, by threads and precision: their threads and memory
 * are only given back when they are collected, and thousands of them may be loaded by then.
 */
const shared = new Map<string, WeakRef<Backend>>();
const loadedOf = new WeakMap<Backend, Loaded>();

function loadShared(threads: number, precision: ComputePrecision): Loaded {
  const key = `${threads} ${precision}`;
  const known = shared.get(key)?.deref();
  if (known !== undefined) return loadedOf.get(known)!;
  const loaded = wasmBackend((compiled ??= compile(BUILD)), { threads, precision }, host);
  shared.set(key, new WeakRef(loaded.backend));
  loadedOf.set(loaded.backend, loaded);
  return loaded;
}

/**
 * Loads native/wasm/letterpress.wasm, which comes with the package.
 *
 * @param threads 1 to 256
 * @param build the folder of letterpress.wasm; another than the package's own is for tests
 * @throws LetterpressError BAD_OPTION when there cannot be that many threads
 */
export function loadWasm(threads = defaultThreads(), build = BUILD, precision: ComputePrecision = 'f32'): WasmLoad {
  checkThreads(threads, `got ${threads}`);
  try {
    if (build === BUILD) return { ok: true, ...loadShared(threads, precision) };
    return { ok: true, ...wasmBackend(compile(build), { threads, precision }, host) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, why, remedy: REMEDY };
  }
}

function compile(build: URL): CompiledModule {
  const file = new URL('letterpress.wasm', build);
  const bytes = readFileSync(file);
  const { sha256 } = JSON.parse(readFileSync(new URL('build.json', build), 'utf8')) as { sha256?: string };
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`${fileURLToPath(file)} is damaged: it is not the file that was built`);
  }
  return new WebAssembly.Module(bytes);
}
