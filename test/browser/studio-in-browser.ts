import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { buildStudioPage } from '../support/studio-page.js';
import { fileFolder } from '../support/temporary-folders.js';
import { builtModule } from '../support/test-build.js';
import { launchChromium } from './page.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A studio in a process of its own. */
export interface StartedStudio {
  readonly process: ChildProcess;
  readonly url: string;
}

export async function startStudio(folder: string, ...options: string[]): Promise<StartedStudio> {
  const started = spawn(process.execPath, [builtModule('cli'), 'studio', folder, '--no-open', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise<string>((resolve) =>
    started.stdout.on('data', (data) => {
      const [address] = /http:\S+/.exec(String(data)) ?? [];
      if (address !== undefined) resolve(address);
    }),
  );
  return { process: started, url };
}

export async function stopStudio({ process: started }: StartedStudio): Promise<void> {
  const ended = new Promise((resolve) => started.once('exit', resolve));
  started.kill('SIGINT');
  await ended;
}

/** The studio of a test file's folder, and a browser that opens its views. */
export class StudioInBrowser {
  readonly folder = fileFolder();
  browser!: Browser;
  /** What pages have complained about, or have asked of others. */
  readonly problems: string[] = [];
  private studio!: StartedStudio;

  /** @param prepare fills the folder */
  constructor(prepare: (folder: string) => void) {
    beforeAll(async () => {
      buildStudioPage(ROOT);
      prepare(this.folder);
      this.studio = await startStudio(this.folder);
      this.browser = await launchChromium();
    });
    afterAll(async () => {
      await this.browser.close();
      await stopStudio(this.studio);
    });
  }

  /** Opens a view in a context of its own. */
  async open(view: string, options: BrowserContextOptions = {}): Promise<Page> {
    const { problems } = this;
    const page = await (await this.browser.newContext(options)).newPage();
    page.on('pageerror', (error) => problems.push(`${view}: ${String(error)}`));
    page.on('console', (message) => {
      // The script in a report is meant to be refused.
      if (message.type() === 'error' && !message.text().includes('sandbox'))
        problems.push(`${view}: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) problems.push(`${view}: ${request.url()}`);
    });
    await page.goto(`${this.studio.url}${view}`);
    await page.waitForSelector('h1');
    return page;
  }

  async close(page: Page): Promise<void> {
    await page.context().close();
    expect(this.problems.splice(0)).toEqual([]);
  }
}
