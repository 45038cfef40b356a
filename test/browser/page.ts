import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

/** Where Linux distributions put it; the variable CHROMIUM overrides. */
const CHROMIUM_PATHS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(
  (name) => `/usr/bin/${name}`,
);

/** A browser. An error, not a skipped test, when there is none: the gate must not pass without it. */
export function launchChromium(): Promise<Browser> {
  const wanted = process.env['CHROMIUM'];
  const executablePath = wanted ?? CHROMIUM_PATHS.find((path) => existsSync(path));
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error(
      `no Chromium at ${wanted ?? CHROMIUM_PATHS.join(', ')}: install Debian's chromium, or set CHROMIUM to its path`,
    );
  // Playwright lets pages change their address as often as they like, which browsers do not.
  return chromium.launch({ executablePath, ignoreDefaultArgs: ['--disable-ipc-flooding-protection'] });
}

/**
 * The bundle of a module for browsers, which sets the global `bundle`.
 *
 * @param entry its path relative to the repository's root, such as `src/random.ts`
 */
export async function bundleOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'bundle',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/**
 * Before the tests of a file, bundles `entry` for browsers and loads it into a page as the global `bundle`. Fails when
 * the bundle would need a built-in module of Node, and the page must neither meet an error nor ask for anything.
 *
 * @param entry as of {@link bundleOf}
 * @returns runs JavaScript source in the page, an expression that may use `bundle` and may be a promise, and gives its
 *   value (which must survive JSON)
 */
export function usePageWith(entry: string): (source: string) => Promise<unknown> {
  const problems: string[] = [];
  let browser: Browser | undefined;
  let page: Page;
  beforeAll(async () => {
    const content = await bundleOf(entry);
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => problems.push(`request of ${request.url()}`));
    await page.addScriptTag({ content });
  });
  afterAll(() => browser?.close());
  return async (source) => {
    const value = await page.evaluate<unknown>(source);
    expect(problems).toEqual([]);
    return value;
  };
}
