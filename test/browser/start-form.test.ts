/** The form that starts a training: its fields, the file it trains on, and where the focus stays. */
import { join } from 'node:path';
import type { Route } from 'playwright-core';
import { expect, it } from 'vitest';
import { writeRun } from '../studio/serve.js';
import { StudioInBrowser } from './studio-in-browser.js';

const studio = new StudioInBrowser((folder) => {
  writeRun(join(folder, 'runs', 'long'));
});
const { folder, problems } = studio;
const open = studio.open.bind(studio);
const close = studio.close.bind(studio);

it('refuses what is no number, and does not take the default in its place', async () => {
  const page = await open('#/start?limit=64');
  await page.locator('#option-epochs').pressSequentially('1e');
  await page.click('text=Check and measure');
  await expect.poll(() => page.textContent('aside')).toMatch(/'1e'.* Expected a whole number of at least 1\. /);
  problems.splice(0); // the refused request
  await close(page);
});

it('says of a folder that it is no file, not that the studio is gone', async () => {
  const page = await open('#/start');
  const { x, y } = (await page.locator('.drop').boundingBox())!;
  const browserSession = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await browserSession.send('Input.dispatchDragEvent', {
      ...{ type, x: x + 9, y: y + 9 },
      data: { items: [], files: [join(folder, 'runs')], dragOperationsMask: 1 },
    });
  await expect.poll(() => page.textContent('.problem')).toContain('runs cannot be read as a file');
  await close(page);
});

it('trains on the file that was given last, though one given before arrives later', async () => {
  const page = await open('#/start');
  const asked = new Promise<Route>(
    (resolve) => void page.route('**/api/texts?name=early.txt', (route) => resolve(route)),
  );
  for (const name of ['early.txt', 'late.txt'])
    await page.setInputFiles('#texts-file', { name, mimeType: 'text/plain', buffer: Buffer.from('a text\n') });
  await page.waitForURL(/texts=file%3Alate\.txt/);
  await (await asked).continue();
  await expect.poll(() => page.locator('.drop option').allTextContents()).toContain('early.txt');
  expect(page.url()).toMatch(/texts=file%3Alate\.txt/);
  await close(page);
});

it('keeps the focus on a button while what it began is under way, and says what was found', async () => {
  const page = await open('#/start?limit=64');
  const focused = () => page.evaluate<string>('document.activeElement.textContent');
  await page.focus('button:text-is("Check and measure")');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('Measuring…');
  await page.waitForSelector('aside [aria-live] table');
  await expect.poll(focused).toBe('Measure again');
  await close(page);
});

it('stays in the view that one has gone to while a training starts', async () => {
  const page = await open('#/start');
  const asked = new Promise<Route>((resolve) => void page.route('**/api/trainings/start', resolve));
  await page.click('button:text-is("Start the training")');
  const request = await asked;
  await page.click('header a:text-is("Runs")');
  await request.fulfill({ json: { id: 'runs/long' } });
  await page.waitForTimeout(500);
  expect(await page.textContent('h1')).toBe('Runs');
  await close(page);
});
