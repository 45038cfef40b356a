import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { chromium, type Browser } from 'playwright-core';

/** Where Linux distributions put it; the variable CHROMIUM overrides. */
const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
] as const;

/** Keeps the browser from talking to anybody but the test. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** A page in a real browser that has loaded one bundled module as the global `bundle`. */
export interface BrowserPage {
  /**
   * Runs JavaScript source in the page, an expression that may use `bundle` and may be a promise, and returns its value
   * (which must survive JSON).
   */
  evaluate(source: string): Promise<unknown>;
  /** Errors and failed requests of the page so far; a test wants none. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** The Chromium to test with. An error, not a skipped test, when there is none: the gate must not pass without it. */
export function findChromium(): string {
  const wanted = process.env['CHROMIUM'];
  const found = wanted ?? CHROMIUM_PATHS.find((path) => existsSync(path));
  if (found === undefined || !existsSync(found))
    throw new Error(
      `no Chromium at ${wanted ?? CHROMIUM_PATHS.join(', ')}: install Debian's chromium, or set CHROMIUM to its path`,
    );
  return found;
}

/** A browser that talks to nobody but the test. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: [...FLAGS] });
}

/**
 * Bundles `entry` for browsers, serves it from this machine and opens it in Chromium. Fails when the bundle would need
 * a built-in module of Node.
 *
 * @param entry a module's path relative to the repository's root, such as `src/random.ts`
 */
export async function openBundle(entry: string): Promise<BrowserPage> {
  const script = await bundle(entry);
  const server = await serve(script);
  const browser = await launchChromium();
  const problems: string[] = [];
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('requestfailed', (request) => problems.push(`request failed: ${request.url()}`));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return {
      evaluate: (source) => page.evaluate<unknown>(source),
      problems,
      close: async () => {
        await browser.close();
        await closeServer(server);
      },
    };
  } catch (error) {
    await browser.close();
    await closeServer(server);
    throw error;
  }
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'bundle',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return output.text;
}

function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/bundle.js';
    const isPage = request.url === '/';
    response.writeHead(isScript || isPage ? 200 : 204, {
      'content-type': `text/${isScript ? 'javascript' : 'html'}; charset=utf-8`,
    });
    response.end(isScript ? script : isPage ? '<!doctype html><script src="/bundle.js"></script>' : '');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
