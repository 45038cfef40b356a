import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { gazette } from '../../src/corpus/gazette/index.js';
import { MAX_ROWS } from '../../web/data/table.js';
import { writeFixtureStudy } from '../study/write-fixture-study.js';
import { writeRun } from '../studio/serve.js';
import { ROOT, startStudio, stopStudio, StudioInBrowser } from './studio-in-browser.js';

const PAGE = join(ROOT, 'bundle', 'web');
/** Kilobytes of the page, compressed, without the engine. */
const MAX_PAGE = 150;
const STEPS = 20_000;

const studio = new StudioInBrowser((folder) => {
  const long = writeRun(join(folder, 'runs', 'long'), 10);
  const steps = Array.from(
    { length: STEPS },
    (_, n) => `${n + 1},${Math.floor(n / 2000)},${n === 12_345 ? 999 : 50},1,${1e-4 * (1 + (n % 200))},90,${n / 50}\n`,
  );
  appendFileSync(join(long, 'steps.csv'), `step,epoch,nll,gradNorm,learningRate,tokens,seconds\n${steps.join('')}`);
  const endless = writeRun(join(folder, 'runs', 'endless'), 10);
  const more = Array.from(
    { length: 150_000 },
    (_, n) => `${n + 1},${Math.floor(n / 15_000)},${50 + (n % 9)},1,0.001,90,${n / 50}\n`,
  );
  appendFileSync(join(endless, 'steps.csv'), `step,epoch,nll,gradNorm,learningRate,tokens,seconds\n${more.join('')}`);
  writeRun(join(folder, 'runs', 'short'), 1);
  writeRun(join(folder, 'runs', '<script>alert(1)<∕script>\u202e'));
  const study = join(folder, 'studies', 'small');
  mkdirSync(study, { recursive: true });
  writeFixtureStudy(study, {}, []);
  writeFileSync(
    join(study, 'report.html'),
    '<!doctype html><html lang="en"><title>Report</title><h1>The report</h1><script>document.title = "run"</script>',
  );
  const { splits } = gazette({ sizes: { train: 1500, val: 10, test: 10 } });
  writeFileSync(join(folder, 'my texts.txt'), `${splits.train.join('\n')}\n`);
});
const { folder, problems } = studio;
const open = studio.open.bind(studio);
const close = studio.close.bind(studio);

/** Starts a training in the page, as a newcomer does, and waits until epochs are shown. */
async function startTraining(page: Page, name: string, epochs: number): Promise<void> {
  await page.setInputFiles('#texts-file', join(folder, 'my texts.txt'));
  await page.waitForURL(/texts=file/);
  await page.fill('#name', name);
  await page.fill('#option-epochs', String(epochs));
  for (const group of ['model', 'training']) await page.click(`summary:has-text("More options: ${group}")`);
  for (const [option, value] of [
    ['d-model', 16],
    ['heads', 2],
    ['layers', 1],
  ] as const)
    await page.fill(`#option-${option}`, String(value));
  await page.click('text=Check and measure');
  await page.click('button:text-is("Start the training")');
  await page.waitForSelector('.diagnosis');
}

describe('the studio', () => {
  it('trains on a dropped file, shows it live, stops, and resumes', async () => {
    const page = await open('#/start');
    await startTraining(page, 'mine', 100_000);
    expect(decodeURIComponent(page.url())).toContain('#/run/runs/mine');
    expect(page.url()).not.toContain('token');
    const epoch = async (): Promise<number> => Number((await page.getAttribute('.scrub input', 'max')) ?? 0);
    const before = await epoch();
    await expect.poll(epoch).toBeGreaterThan(before);

    const latest = await open('#/latest');
    expect(await latest.textContent('h1')).toBe('runs/mine');
    await close(latest);

    await page.click('button:text-is("Stop")');
    await page.waitForSelector('button:text-is("Resume")');
    const stopped = await epoch();
    await page.click('button:text-is("Resume")');
    await page.waitForSelector('button:text-is("Stop")');
    await expect.poll(epoch).toBeGreaterThan(stopped);
    // Closing the page stops nothing.
    await close(page);
  });

  const VIEWS = [
    '#/runs',
    '#/run/runs/mine',
    '#/run/runs/long?x=step&smooth=0.9',
    '#/run/runs/long?log=1',
    '#/compare?run=runs/long&run=runs/mine',
    '#/start',
    '#/novelty/runs/mine',
    '#/report/studies/small',
  ];

  it.each([
    ['#/run/runs/gone', 'there is no such run'],
    ['#/novelty/runs/gone', 'there is no such run'],
    ['#/report/studies/none', 'there is no report here'],
  ])('says that there is nothing, without a fault: %s', async (view, message) => {
    const page = await open(view);
    await page.waitForSelector('[role=alert]');
    expect(await page.textContent('[role=alert]')).toContain(message);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run({ iframes: false })');
    expect(violations.map(({ id }) => id)).toEqual([]);
    // Browsers say of each answer of 400 and more that it failed.
    const others = problems.splice(0).filter((problem) => !problem.includes('Failed to load resource'));
    expect(others).toEqual([]);
    await close(page);
  });

  it('says of a comparison which runs are missing, and compares the others', async () => {
    const page = await open('#/compare?run=runs/long&run=runs/gone&run=runs/endless');
    await page.waitForSelector('[role=alert]');
    expect(await page.textContent('[role=alert]')).toContain('runs/gone: there is no such run');
    await expect.poll(() => page.textContent('main')).toContain('None: the runs have the same settings.');
    problems.splice(0);
    await close(page);
  });

  it('says of a comparison which runs were measured on other texts', async () => {
    const apart = writeRun(join(folder, 'runs', 'apart'), 10);
    const config = join(apart, 'config.json');
    const { corpus, ...rest } = JSON.parse(readFileSync(config, 'utf8')) as { corpus: object };
    writeFileSync(config, JSON.stringify({ ...rest, corpus: { ...corpus, fingerprint: 'e'.repeat(64) } }));
    const said = 'runs/apart was measured on other texts than runs/long, or encodes them differently';
    const page = await open('#/compare?run=runs/long&run=runs/apart&run=runs/endless');
    await expect.poll(() => page.textContent('main')).toContain(said);
    await close(page);
    const alike = await open('#/compare?run=runs/long&run=runs/endless');
    await expect.poll(() => alike.textContent('main')).toContain('None: the runs have the same settings.');
    expect(await alike.textContent('main')).not.toContain('other texts');
    await close(alike);
    rmSync(apart, { recursive: true });
  });

  it.each(VIEWS)('has no accessibility fault, light and dark, while something is trained: %s', async (view) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(view, { colorScheme });
      await page.waitForTimeout(500);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run({ iframes: false })');
      expect(
        violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]),
      ).toEqual([]);
      await close(page);
    }
  });

  const WIDTHS = [390, 768, 1280, 2560];
  const expectWidth = async (view: string, width: number) => {
    const page = await open(view, { viewport: { width, height: 900 } });
    await page.waitForTimeout(300);
    expect([view, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([view, width]);
    await close(page);
  };

  it('shows a run that is trained no wider than a screen, and stops it', async () => {
    for (const width of WIDTHS) await expectWidth('#/run/runs/mine', width);
    // The tests that follow need no training beside them.
    const page = await open('#/run/runs/mine');
    await page.click('button:text-is("Stop")');
    await page.waitForSelector('button:text-is("Resume")');
    await close(page);
  });

  it('keeps saying what was refused when the list of runs is read again', async () => {
    const page = await open('#/run/runs/mine');
    await page.route('**/api/trainings/resume?**', (route) =>
      route.fulfill({ status: 409, json: { error: 'another program has the run', fix: 'Wait for it.' } }),
    );
    await page.route('**/api/list', async (route) => {
      const list = (await (await route.fetch()).json()) as { readonly runs: readonly object[] };
      await route.fulfill({ json: { ...list, runs: list.runs.map((run) => ({ ...run, state: 'training' })) } });
    });
    await page.click('button:text-is("Resume")');
    await page.waitForSelector('.dot'); // the list is read
    expect(await page.textContent('.problem')).toBe('another program has the run. Wait for it.');
    problems.splice(0); // the refused request
    await close(page);
  });

  it.each(WIDTHS)('is no wider than a screen of %i pixels', async (width) => {
    for (const view of VIEWS) await expectWidth(view, width);
  });

  it('shows all columns of the runs on a screen of 1280 pixels', async () => {
    const page = await open('#/runs', { viewport: { width: 1280, height: 900 } });
    const [all, shown] = await page.evaluate<number[]>(
      '((table) => [table.scrollWidth, table.clientWidth])(document.querySelector(".runs"))',
    );
    expect(all).toBeLessThanOrEqual(shown! + 1);
    await close(page);
  });

  it('sorts, filters and chooses runs by the keyboard, and keeps that in the address', async () => {
    const page = await open('#/runs');
    await page.focus('th button:has-text("Run")');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    const names = () => page.locator('tbody td.name a').allTextContents();
    await page.waitForURL(/sort=name\.ascending/);
    expect(await names()).toEqual([...(await names())].sort());
    await page.fill('input[type=search]', 'long');
    await expect.poll(names).toEqual(['runs/long']);
    await page.locator('tbody input[type=checkbox]').press('Space');
    // A reload before that would load the address of before.
    await page.waitForURL(/run=runs%2Flong/);
    await page.reload();
    await expect.poll(names).toEqual(['runs/long']);
    await page.click('a:text-is("Compare")');
    await expect.poll(() => page.textContent('h1')).toBe('1 run compared');
    await close(page);
  });

  it('shows a hostile name as text', async () => {
    const page = await open('#/runs?filter=script');
    expect(await page.textContent('tbody td.name a')).toBe('runs/<script>alert(1)<∕script>\\u{202e}');
    await page.click('tbody td.name a');
    await page.waitForSelector('.tiles');
    await close(page);
  });

  it('keeps the peak among many steps, and says how many points it shows', async () => {
    const page = await open('#/run/runs/long?x=step&smooth=0');
    const chart = page.locator('figure', { hasText: 'Step loss' });
    await expect.poll(() => chart.locator('.shown').textContent()).toMatch(/showing [\d,]+ of 20,000 points/);
    const cursor = chart.locator('input.cursor');
    const spoken = () => cursor.getAttribute('aria-valuetext');
    await cursor.press('Home');
    await expect.poll(spoken).toBe('step 1: batch 50.00');
    await cursor.fill('12345');
    await expect.poll(spoken).toBe('step 12,346: batch 999.00');
    await close(page);
  });

  it('asks for all steps of a part of a very long run, and keeps few of the others', async () => {
    const page = await open('#/run/runs/endless?x=step&smooth=0');
    const chart = page.locator('figure', { hasText: 'Step loss' });
    const shown = () => chart.locator('.shown').textContent();
    await expect.poll(shown).toMatch(/of 150,\d{3} points/);
    const kept = Number(await chart.locator('input.cursor').getAttribute('max'));
    expect(kept).toBeLessThan(MAX_ROWS);
    const asked = page.waitForRequest(/api\/steps/);
    await page.goto(`${page.url()}&range=70000~70200`);
    await page.reload();
    await asked;
    await expect.poll(shown).toMatch(/^201 points/);
    const cursor = chart.locator('input.cursor');
    expect(Number(await cursor.getAttribute('max'))).toBeGreaterThan(kept);
    await cursor.focus();
    await page.keyboard.press('+');
    await page.waitForURL(/range=70100%7E70200/);
    await expect.poll(shown).toMatch(/^101 points/);
    await page.click('button:text-is("Show all")');
    await expect.poll(shown).toMatch(/of 150,\d{3} points/);
    await close(page);
  });

  it('begins a view at its top, and goes back to where one was', async () => {
    const page = await open('#/run/runs/long', { viewport: { width: 390, height: 300 } });
    const y = () => page.evaluate<number>('scrollY');
    await page.waitForSelector('.chart canvas');
    await page.evaluate('scrollTo(0, 900)');
    await page.evaluate('document.querySelector("header a").click()');
    await page.waitForSelector('tbody');
    await expect.poll(y).toBe(0);
    await page.evaluate('scrollTo(0, 150)');
    await page.locator('tbody a[href$="endless"]').dispatchEvent('click');
    await page.waitForSelector('.tiles');
    await expect.poll(y).toBe(0);
    await page.goBack();
    await page.waitForSelector('tbody');
    await expect.poll(y).toBe(150);
    // What arrives late is waited for, also when the page is read again; a reader who moves is not moved back.
    await page.route('**/api/run?**', async (route) => {
      await sleep(500);
      await route.continue();
    });
    await page.goBack();
    await expect.poll(y).toBe(900);
    await page.reload();
    await expect.poll(y).toBe(900);
    await page.goForward();
    await expect.poll(y).toBe(150);
    await page.goBack();
    await page.waitForSelector('text=Reading the run');
    await page.keyboard.press('Tab');
    await page.waitForSelector('.chart canvas');
    expect(await y()).toBe(0);
    await close(page);
  });

  it('asks again for what it was refused when the studio answers again', async () => {
    const first = await startStudio(folder);
    const { port } = new URL(first.url);
    const page = await (await studio.browser.newContext()).newPage();
    await page.goto(`${first.url}#/run/runs/long`);
    await page.waitForSelector('.chart canvas');
    await stopStudio(first);
    await page.waitForSelector('.problem');
    await page.locator('.scrub input').fill('2');
    // That it does not answer, the samples, and what the page had not been given yet.
    const problems = () => page.locator('.problem').count();
    await expect.poll(problems).toBeGreaterThan(1);
    const second = await startStudio(folder, '--port', port);
    // Which gives the browser the new key.
    await (await page.context().newPage()).goto(second.url);
    await page.waitForSelector('text=mayor opens bridge');
    await expect.poll(problems).toBe(0);
    await page.context().close();
    await stopStudio(second);
  });

  it.each([
    ['#/run/runs/long?epoch=2', 'Newest epoch', 'Epoch'],
    ['#/run/runs/long?range=2~5', 'Show all', 'radio'],
    ['#/runs?run=runs/long', 'Choose none', 'Table of runs'],
  ])('leaves the focus near a button that goes: %s', async (view, button, next) => {
    const page = await open(view);
    await page.focus(`button:text-is("${button}")`);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`button:text-is("${button}")`, { state: 'detached' });
    expect(await page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.type')).toBe(next);
    await close(page);
  });

  it('reads no curve aloud by itself while it grows', async () => {
    const page = await open('#/run/runs/long');
    await page.waitForSelector('.legend .value');
    expect(await page.locator('.chart :is(output, [aria-live], [role=status])').count()).toBe(0);
    await close(page);
  });

  it('says that it opens, until the studio has answered', async () => {
    const page = await open('');
    const asked = new Promise<Route>((resolve) => void page.route('**/api/info', resolve));
    await page.reload();
    const info = await asked;
    expect(await page.textContent('#app')).toBe('Opening the studio…');
    await info.continue();
    await page.waitForSelector('h1');
    expect(await page.textContent('#app')).not.toContain('Opening');
    await close(page);
  });

  it('offers to play no run of one epoch', async () => {
    const page = await open('#/run/runs/short');
    await page.waitForSelector('text=Validation NLL');
    expect(await page.textContent('.scrub')).toBe('epoch 1 of 1');
    expect(await page.locator('.scrub :is(button, input)').count()).toBe(0);
    expect(await page.textContent('main')).not.toMatch(/Drag through|Newest epoch/);
    await close(page);
  });

  it('shows the words of a right-to-left text in their order, on either side of a tab too', async () => {
    const page = await open('#/run/runs/long');
    await page.route('**/api/samples**', (route) => route.fulfill({ json: { texts: ['שלום\tעולם', 'left\tright'] } }));
    await page.locator('.scrub input').fill('2');
    await page.waitForSelector('text=left');
    const places = await page.evaluate<
      number[]
    >(`[...document.querySelectorAll('ol.texts bdi')].map(({ firstChild }) => {
      const x = (at) => {
        const range = new Range();
        range.setStart(firstChild, at);
        range.setEnd(firstChild, at + 1);
        return range.getBoundingClientRect().x;
      };
      return x(5) - x(0);
    })`);
    expect(places.map(Math.sign)).toEqual([-1, 1]);
    await close(page);
  });

  it('draws the swatches of curves and of baselines in one line', async () => {
    const page = await open('#/run/runs/long', { viewport: { width: 390, height: 800 } });
    await page.route('**/api/run?**', async (route) => {
      const details = (await (await route.fetch()).json()) as object;
      const baselines = ['unigram', 'bigram'].map((id) => ({ id, label: `the ${id} model of characters`, valNll: 60 }));
      await route.fulfill({ json: { ...details, baselines } });
    });
    await page.reload();
    const lefts = () =>
      page.evaluate(`[...document.querySelector('.legend').querySelectorAll('.swatch')].reduce(
        (lefts, each) => lefts.add(each.getBoundingClientRect().x - each.closest('li').getBoundingClientRect().x),
        new Set()).size`);
    await page.waitForSelector('text=the bigram model');
    expect(await lefts()).toBe(1);
    await close(page);
  });

  it.each(['#/run/runs/long', '#/xray/runs/mine?text=mayor+opens'])(
    'prints light what a dark screen shows dark: %s',
    async (view) => {
      const [light, dark] = [await open(view, { colorScheme: 'light' }), await open(view, { colorScheme: 'dark' })];
      for (const page of [light, dark]) {
        await page.waitForSelector('canvas');
        await page.waitForSelector('.nothing', { state: 'detached' });
        await page.evaluate(`addEventListener('beforeprint', () => {
          window.printed = [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL());
        })`);
      }
      const printed = async (page: Page) => {
        await page.pdf();
        return page.evaluate<readonly string[]>('window.printed');
      };
      await expect.poll(async () => isDeepStrictEqual(await printed(dark), await printed(light))).toBe(true);
      for (const page of [light, dark]) await close(page);
    },
  );

  it('follows a slider that is dragged for long, though browsers allow few changes of the address', async () => {
    const page = await open('#/run/runs/short');
    await page.waitForSelector('.settings .value');
    const wrong = await page.evaluate(`(async () => {
      const [slider, value] = document.querySelector('.settings .knob').querySelectorAll('input, .value');
      let wrong = 0;
      for (let i = 0; i < 300; i++) {
        slider.value = String(0.01 + (i % 90) / 100);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve));
        if (Number(value.textContent) !== Number(slider.value)) wrong++;
      }
      return wrong;
    })()`);
    expect(wrong).toBe(0);
    await page.waitForURL(/smooth=0\.3(&|$)/);
    await close(page);
  });

  it('drags through epochs, whose samples it shows', async () => {
    const page = await open('#/run/runs/long');
    await page.locator('.scrub input').fill('2');
    await page.waitForSelector('text=mayor opens bridge');
    expect(page.url()).toContain('epoch=2');
    await close(page);
  });

  it('plays on from where one has dragged to, not from where it was before', async () => {
    const page = await open('#/run/runs/long?epoch=1');
    await page.click('button:text-is("Play")');
    await page.waitForSelector('button:text-is("Pause")');
    // The next frame is due before the page has followed.
    const shown = await page.evaluate(`(async () => {
      const slider = document.querySelector('.scrub input');
      slider.value = '8';
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      for (const end = performance.now() + 500; performance.now() < end;);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return slider.value;
    })()`);
    expect(Number(shown)).toBeGreaterThanOrEqual(8);
    await close(page);
  });

  it('marks how samples differ from the nearest training texts, and says where those are gone', async () => {
    const page = await open('#/novelty/runs/mine?order=copied');
    await page.waitForSelector('.novelty li');
    expect(await page.textContent('.tiles')).toMatch(/of 1,200 training texts/);
    expect(await page.locator('.novelty :is(mark, ins, del)').count()).toBeGreaterThan(10);
    await close(page);
    const [mine, moved] = ['mine', 'moved'].map((name) => join(folder, 'runs', name)) as [string, string];
    cpSync(mine, moved, { recursive: true, filter: (path) => !path.endsWith('lock') });
    const config = readFileSync(join(mine, 'config.json'), 'utf8').replace('my-texts.txt', 'gone.txt');
    writeFileSync(join(moved, 'config.json'), config);
    const other = await open('#/novelty/runs/moved');
    await expect.poll(() => other.textContent('.problem')).toMatch(/no such file or folder: .*gone\.txt/);
    problems.splice(0); // the refused request
    await close(other);
  });

  it.each([390, 1280])(
    'shows all of the attention to a long text, and names no smaller than can be read: %i',
    async (width) => {
      const text = 'mayor opens bridge '.repeat(7);
      const page = await open(`#/xray/runs/mine?text=${encodeURIComponent(text)}`, {
        viewport: { width, height: 900 },
      });
      const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
      await page.waitForSelector('.triangle canvas');
      expect((await box('.triangle canvas')).width).toBeLessThanOrEqual((await box('.triangle')).width);
      await page.fill('textarea', text.slice(0, 46));
      await expect.poll(async () => (await box('.triangle canvas')).width).toBeGreaterThanOrEqual(480);
      const map = await box('.embedding');
      for (const name of await page.locator('.embedding text').all()) {
        const { x, width: length } = (await name.boundingBox())!;
        expect(x).toBeGreaterThanOrEqual(map.x);
        expect(x + length).toBeLessThanOrEqual(map.x + map.width);
      }
      await close(page);
    },
  );

  it('gives a model away as one file, which opens without a network', async () => {
    const page = await open('#/playground/runs/mine');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("Give it away")')]);
    const path = join(folder, file.suggestedFilename());
    expect(path).toBe(join(folder, 'mine.html'));
    await file.saveAs(path);
    await close(page);
    const given = await (await studio.browser.newContext({ offline: true })).newPage();
    await given.goto(pathToFileURL(path).href);
    await given.waitForSelector('.bars');
    expect(await given.textContent('h1')).toBe('mine');
    await close(given);
  });

  it('shows the report of a study without its scripts', async () => {
    const page = await open('#/report/studies/small');
    await expect.poll(() => page.frames()[1]?.textContent('h1')).toBe('The report');
    expect(await page.frames()[1]!.title()).toBe('Report');
    await close(page);
  });

  it('is cross-origin isolated, for threads of WebAssembly', async () => {
    const page = await open('#/runs');
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    await close(page);
  });

  it(`has at most ${MAX_PAGE} kB, compressed, without the workers that compute`, () => {
    const files = new Set(['index.html', 'style.css', 'changes-worker.js', 'main.js']);
    for (const name of files)
      for (const [, chunk] of readFileSync(join(PAGE, name), 'utf8').matchAll(/["']\.\/([\w-]+\.js)["']/g))
        files.add(chunk!);
    expect(files.size).toBeGreaterThan(5);
    const bytes = [...files].reduce((sum, name) => sum + gzipSync(readFileSync(join(PAGE, name))).length, 0);
    expect(bytes / 1000).toBeLessThan(MAX_PAGE);
  });
});
