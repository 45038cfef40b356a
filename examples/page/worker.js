// Trains for the page, on all cores where the page is cross-origin isolated.
import { createWasmBackend, serveTraining } from './letterpress.js';

const wasm = fetch('letterpress.wasm').then(async (response) => new Uint8Array(await response.arrayBuffer()));
serveTraining(async () => createWasmBackend(await wasm));
