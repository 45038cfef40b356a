/** Views of a model that computes in the tab: the playground and the X-ray, on weights that nobody trained. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportModel } from '../../src/model/export/export-model.js';
import { importModel } from '../../src/model/import-weights.js';
import { encodeModel } from '../../src/model/saved-model.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { presetConfig } from '../../src/nn/presets.js';
import { startStudio, type Studio } from '../../src/studio/studio.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { wasmBackend } from '../support/backends.js';
import { launchChromium } from './page.js';
import { fileFolder } from '../support/temporary-folders.js';

const folder = fileFolder();
let browser: Browser;
let studio: Studio;
let model: LanguageModel;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build-web.mjs']);
  const backend = wasmBackend(1);
  const transformer = new DecoderTransformer(presetConfig('87k'), { seed: 4, backend });
  // Untrained weights are so small that all characters are nearly as probable.
  transformer.parameters.values.forEach((value, i, values) => (values[i] = 2.5 * value));
  model = new LanguageModel(transformer, defaultTokenizer(), backend, 'first');
  writeFileSync(join(folder, 'model.safetensors'), model.toBytes());
  importModel(join(folder, 'model.safetensors'), { out: join(folder, 'runs', 'wild') });
  studio = await startStudio({ folder });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await studio.close();
});

const problems: string[] = [];

async function open(view: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
  page.on('pageerror', (error) => problems.push(`${view}: ${String(error)}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${view}: ${message.text()}`);
  });
  await page.goto(`${studio.url}${view}`);
  await page.waitForSelector('.bars');
  return page;
}

async function close(page: Page): Promise<void> {
  await page.context().close();
  expect(problems.splice(0)).toEqual([]);
}

it.each([
  ['', {}],
  ['&temperature=0.5&top-k=5&top-p=0.9&seed=3', { temperature: 0.5, topK: 5, topP: 0.9, seed: 3 }],
])('writes in the page what Node.js samples with the same settings: "%s"', async (settings, options) => {
  const page = await open(`#/playground/runs/wild?prompt=mayor${settings}`);
  await page.click('text=Continue');
  const [expected] = model.sample({ prompt: 'mayor', ...options });
  const ending = expected!.length < model.maxCharacters ? '¶' : '';
  await expect.poll(() => page.textContent('.written')).toBe(`${expected!}${ending}`);
  await close(page);
});

it('reshapes the bars with the temperature, as the address says, and continues with a chosen character', async () => {
  const page = await open('#/playground/runs/wild?prompt=may');
  const label = () => page.textContent('.bars button');
  const [likeliest] = model.nextCharacters('may');
  const before = await label();
  await page.locator('.knob input').first().fill('0.3');
  await expect.poll(label).not.toBe(before);
  await page.waitForURL(/temperature=0\.3/);
  await page.click('.bars button');
  await expect.poll(() => page.inputValue('textarea')).toBe(`may${likeliest!.character}`);
  await page.waitForURL(/prompt=may[a-z]/);
  await page.reload();
  await expect.poll(() => page.inputValue('textarea')).toBe(`may${likeliest!.character}`);
  await close(page);
});

/** Writes into the prompt, and does something in the same moment: before the page has followed. */
const writeAnd = (page: Page, prompt: string, then: string) =>
  page.evaluate(`{
    const box = document.querySelector('textarea');
    box.value = ${JSON.stringify(prompt)};
    box.dispatchEvent(new Event('input', { bubbles: true }));
    ${then};
  }`);

it('continues the prompt as it is at Enter, however soon that comes after the last key', async () => {
  const page = await open('#/playground/runs/wild?prompt=may');
  await writeAnd(
    page,
    'mayor',
    "box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))",
  );
  const [expected] = model.sample({ prompt: 'mayor' });
  await expect.poll(async () => (await page.textContent('.written'))?.replace('¶', '')).toBe(expected);
  await close(page);
});

it('keeps what was written into the prompt since the model read it, when a character is chosen', async () => {
  const page = await open('#/playground/runs/wild?prompt=may');
  const [likeliest] = model.nextCharacters('may');
  await expect.poll(() => page.textContent('.next bdi')).toBe('may');
  await writeAnd(page, 'mayor', "document.querySelector('.bars button').click()");
  await expect.poll(() => page.inputValue('textarea')).toBe(`mayor${likeliest!.character}`);
  await close(page);
});

it('keeps what was changed just before a reload, and before a link was followed', async () => {
  const page = await open('#/playground/runs/wild');
  const prompt = () => page.inputValue('textarea');
  await page.locator('textarea').pressSequentially('mayor');
  await page.keyboard.press('Control'); // as for Ctrl+R
  await page.reload();
  await expect.poll(prompt).toBe('mayor');
  await page.locator('textarea').pressSequentially(' opens');
  await page.click('a:text-is("X-ray")');
  await page.waitForSelector('.embedding');
  await page.goBack();
  await expect.poll(prompt).toBe('mayor opens');
  await page.locator('textarea').pressSequentially(' bridge');
  await page.goto('about:blank');
  await page.goBack();
  await expect.poll(prompt).toBe('mayor opens bridge');
  await close(page);
});

it('samples with the seed and top-k as they were while what is written there is no such number', async () => {
  const page = await open('#/playground/runs/wild?seed=3&top-k=5');
  for (const [label, value, expected] of [
    ['seed', '3', 'a whole number, at least 0'],
    ['top-k', '5', `a whole number, 1 to ${model.tokenizer.vocabularySize - 1}`],
  ] as const) {
    const field = page.getByLabel(label);
    await field.pressSequentially('e');
    expect(await page.locator('.knob', { hasText: label }).getByRole('status').textContent()).toBe(expected);
    await page.click('text=Continue');
    const [text] = model.sample({ seed: 3, topK: 5 });
    await expect.poll(async () => (await page.textContent('.written'))?.replace('¶', '')).toBe(text);
    await field.press('Backspace');
    expect(await field.inputValue()).toBe(value);
  }
  expect(page.url()).toMatch(/seed=3/);
  expect(page.url()).toMatch(/top-k=5/);
  await close(page);
});

it('shows the seed that it samples with when something else than its field sets it', async () => {
  const page = await open('#/playground/runs/wild?seed=3');
  const seed = page.getByLabel('seed');
  for (const [set, expected] of [
    [() => page.click('text=Another'), '4'],
    [() => page.evaluate("location.hash = '#/playground/runs/wild?seed=9'"), '9'],
  ] as const) {
    await seed.fill('-5');
    await set();
    await expect.poll(() => seed.inputValue()).toBe(expected);
    expect(await seed.getAttribute('aria-invalid')).toBe('false');
  }
  await close(page);
});

it('takes the keys without a name that tell of a chosen suggestion', async () => {
  const page = await open('#/playground/runs/wild');
  await page.evaluate("document.querySelector('textarea').dispatchEvent(new Event('keydown', { bubbles: true }))");
  await close(page);
});

it('writes another text after that of the greatest seed', async () => {
  const page = await open(`#/playground/runs/wild?seed=${Number.MAX_SAFE_INTEGER}`);
  await page.click('text=Another');
  const [expected] = model.sample({ seed: 0 });
  await expect.poll(async () => (await page.textContent('.written'))?.replace('¶', '')).toBe(expected);
  expect(await page.getByLabel('seed').inputValue()).toBe('0');
  await close(page);
});

it('adds the NLL of the characters of a text up as the library does', async () => {
  const page = await open('#/xray/runs/wild?text=mayor+opens+bridge');
  const nll = model.surprise('mayor opens bridge').reduce((sum, character) => sum + character.nll, 0);
  expect(Number(await page.textContent('p b'))).toBeCloseTo(nll, 1);
  await page.waitForSelector('canvas');
  await page.locator('input[type=range]').first().fill('3');
  await expect.poll(() => page.textContent('h2')).toContain('In place of “o”, character 4');
  await page.selectOption('.card .row select >> nth=1', '1');
  await page.waitForURL(/head=2/);
  await close(page);
});

it.each(['#/playground/runs/wild?prompt=mayor', '#/xray/runs/wild?text=mayor'])(
  'has no accessibility fault, and fits a phone: %s',
  async (view) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(view, { colorScheme, viewport: { width: 390, height: 844 } });
      await page.waitForSelector(view.includes('xray') ? '.embedding' : '.samples');
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      await close(page);
    }
  },
);

it('shows bars, and where one is, in the colours of a reader who has chosen their own', async () => {
  const page = await open('#/playground/runs/wild', { forcedColors: 'active' });
  const style = (selector: string, name: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${name}`);
  await page.waitForSelector('.written .here');
  const ground = await style('body', 'backgroundColor');
  for (const selector of ['.bar i', '.bar i.own', '.written .here'])
    expect([selector, await style(selector, 'backgroundColor')]).not.toEqual([selector, ground]);
  expect(await style('.tabs a:not([aria-current])', 'borderBottomColor')).toBe(ground);
  expect(await style('.tabs a[aria-current]', 'borderBottomColor')).not.toBe(ground);
  await close(page);
});

it.each(['f16', 'f32'] as const)(
  'opens an exported page from a file, which writes what its weights write: %s',
  async (precision) => {
    const out = join(folder, `wild-${precision}.html`);
    exportModel(join(folder, 'runs', 'wild'), { to: 'html', out, precision });
    if (precision === 'f16') expect(statSync(out).size).toBeLessThan(1e6);
    const context = await browser.newContext({ reducedMotion: 'reduce', offline: true });
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(file|blob|data):/.test(request.url())) problems.push(request.url());
    });
    await page.goto(`${pathToFileURL(out).href}#/playground?prompt=mayor&seed=2&temperature=0.8`);
    await page.waitForSelector('.bars');
    await page.click('text=Continue');
    const weights = encodeModel(model, {}, precision === 'f16' ? 'F16' : 'F32');
    const [expected] = LanguageModel.fromBytes(weights, model.backend).sample({
      prompt: 'mayor',
      seed: 2,
      temperature: 0.8,
    });
    await expect.poll(async () => (await page.textContent('.written'))?.replace('¶', '')).toBe(expected);
    await page.click('a:text-is("X-ray")');
    await page.waitForSelector('.embedding');
    // Dark on light on paper, whatever the screen prefers.
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const colours = await page.evaluate(
      '(({ color, colorScheme }) => [color, colorScheme])(getComputedStyle(document.body))',
    );
    expect(colours).toEqual(['rgb(29, 27, 25)', 'light']);
    await close(page);
    expect(readFileSync(out, 'utf8')).toContain('MIT');
  },
);
