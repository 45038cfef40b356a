// Serves the page of this folder: node examples/page/serve.mjs [PORT]. Needs esbuild, to make one module of the
// library. Any server does that sends the same two headers; without them, threads cannot share memory, and the page
// trains on one.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const read = (name) => readFileSync(new URL(name, import.meta.url));

/**
 * @param port 0 for any free one
 * @param isolated whether to send the headers that let threads share memory
 * @param library what is bundled
 * @returns the server, listening to this machine alone
 */
export async function servePage({ port = 8080, isolated = true, library = 'letterpress/browser' } = {}) {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from ${JSON.stringify(library)};`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  const files = {
    '/': ['text/html', read('index.html')],
    '/worker.js': ['text/javascript', read('worker.js')],
    '/letterpress.js': ['text/javascript', outputFiles[0].contents],
    '/letterpress.wasm': ['application/wasm', read('../../native/wasm/letterpress.wasm')],
  };
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url] ?? [];
    if (!type) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': type, ...(isolated && ISOLATED) }).end(body);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await servePage({ port: Number(process.argv[2] ?? 8080) });
  console.log(`http://127.0.0.1:${server.address().port}/`);
}
