import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { renderHtml } from '../../src/render/html/render-html.js';
import { sampleReport } from '../render/sample-report.js';
import { launchChromium } from './page.js';
import { fileFolder } from '../support/temporary-folders.js';

let browser: Browser | undefined;
let page: Page;
const folder = fileFolder();
let url: string;
beforeAll(async () => {
  writeFileSync(join(folder, 'report.html'), await renderHtml(sampleReport()));
  url = pathToFileURL(join(folder, 'report.html')).href;
  browser = await launchChromium();
});
afterAll(() => browser?.close());

afterEach(() => page.close());

/** Opens the report, and lists whatever the page asked for or complained about. */
async function openReport(options: BrowserContextOptions): Promise<string[]> {
  page = await browser!.newPage(options);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => requests.push(message.text()));
  page.on('pageerror', (error) => requests.push(String(error)));
  await page.goto(url);
  return requests;
}

/** Brightness, from 0 to 255, of a colour that the browser computed (`rgb(…)`). */
const brightness = (colour: unknown): number => {
  const parts = [...String(colour).matchAll(/[\d.]+/g)].map(([part]) => Number(part));
  return (parts[0]! + parts[1]! + parts[2]!) / 3;
};

const colours = (): Promise<unknown> =>
  page.evaluate(`[
    getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.body).color,
    getComputedStyle(document.querySelector('#curves text')).fill,
    getComputedStyle(document.querySelector('.formula path')).fill,
  ]`);

it.each([320, 390, 800, 1280, 1920])('is no wider than a screen of %i pixels', async (width) => {
  await openReport({ viewport: { width, height: 800 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  // What is wider scrolls in its own box, and the boxes are within the screen.
  const rights = await page.evaluate(
    `[...document.querySelectorAll('.scroll, .display, p, li, figcaption')]
      .map((box) => box.getBoundingClientRect().right)`,
  );
  expect(Math.max(...(rights as number[]))).toBeLessThanOrEqual(width);
});

it('asks for nothing but itself, and has nothing to complain about', async () => {
  const requests = await openReport({});
  expect(requests).toEqual([url]);
});

it.each([
  ['dark on light', 'light', -1],
  ['light on dark', 'dark', 1],
] as const)('is %s where that is preferred, also in figures and formulas', async (_, colorScheme, sign) => {
  await openReport({ colorScheme });
  const [ground, ...inks] = (await colours()) as string[];
  for (const ink of inks) expect(sign * (brightness(ink) - brightness(ground))).toBeGreaterThan(150);
});

it('shows the texts of figures in the sizes that they were laid out for', async () => {
  await openReport({});
  const sizes = await page.evaluate(`[...document.querySelectorAll('#curves text')].map((text) => [
    getComputedStyle(text).fontSize, text.closest('[font-size]').getAttribute('font-size') + 'px',
  ])`);
  expect((sizes as unknown[]).length).toBeGreaterThan(10);
  for (const [shown, written] of sizes as [string, string][]) expect(shown).toBe(written);
});

it('is dark on light on paper, whatever the screen prefers', async () => {
  await openReport({ colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const [, ...inks] = (await colours()) as string[];
  for (const ink of inks) expect(brightness(ink)).toBeLessThan(100);
});

it('leads to its parts by links, and to the text by the first key', async () => {
  await openReport({ viewport: { width: 390, height: 800 } });
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the report');
  await page.click('nav a[href="#figures"]');
  const top = await page.evaluate(`document.getElementById('figures').getBoundingClientRect().top`);
  expect(top).toBeLessThan(100);
});
