// The studio's figures: time to a usable page, frames while a run of 100,000 steps is zoomed and moved, the delay and
// processor time with 20 open pages while a run grows, a tab's memory after the events of an hour (20 steps a second,
// sent as fast as the page shows them), and the speed of a training with and without the pages.
// Needs `npm run build` and a Chromium.
//
//   node bench/studio.mjs [--steps 100000] [--pages 20]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    steps: { type: 'string', default: '100000' },
    pages: { type: 'string', default: '20' },
  },
});
if (values.help) {
  console.log('node bench/studio.mjs [--steps 100000] [--pages 20]');
  process.exit(0);
}
const { chromium } = await import('playwright-core');
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const steps = Number(values.steps);
const folder = mkdtempSync(join(tmpdir(), 'letterpress-bench-'));
const run = join(folder, 'runs', 'long');
/** Seconds for which a training's speed is measured. */
const WATCH = 15;
/** Seconds after which tabs that were opened are at rest. */
const SETTLE = 12;
/** Of the wheel. */
const EVENTS = 240;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const EPOCH = { trainNll: 50, valTop1: 0.9, learningRate: 0.001, seconds: 50, tokens: 2.4e6, best: true };

/** A run of so many steps, with a line of the metrics every 1,000. */
function writeRun() {
  mkdirSync(join(run, 'samples'), { recursive: true });
  const config = {
    schemaVersion: 2,
    letterpress: '0.1.0',
    createdAt: new Date().toISOString(),
    seed: 0,
    node: process.version,
    platform: 'linux-x64',
    backend: { name: 'native', threads: 1, precision: 'f32' },
    corpus: {
      name: 'made-up',
      kind: 'builtin',
      fingerprint: 'none',
      sizes: { train: 64000, val: 10, test: 10 },
      cleaning: 'none',
    },
    tokenizer: {},
    model: {},
    recipe: { name: 'modern' },
    training: { epochs: 1000, batch: 64, padding: 'first' },
  };
  writeFileSync(join(run, 'config.json'), JSON.stringify(config));
  writeFileSync(join(run, 'steps.csv'), 'step,epoch,nll,gradNorm,learningRate,tokens,seconds\n');
  writeFileSync(join(run, 'metrics.jsonl'), '');
  addSteps(steps);
}

let written = 0;

function addSteps(count) {
  const lines = [];
  const to = written + count;
  for (let n = written + 1; n <= to; n++) {
    const nll = (40 + 100 / Math.sqrt(n) + 8 * Math.sin(n * n)).toFixed(4);
    lines.push(
      `${n},${Math.floor((n - 1) / 1000)},${nll},${(1 + Math.abs(Math.sin(n))).toFixed(4)},0.001,2400,${n / 20}\n`,
    );
    if (n % 1000 === 0)
      appendFileSync(
        join(run, 'metrics.jsonl'),
        `${JSON.stringify({ ...EPOCH, epoch: n / 1000 - 1, step: n, valNll: 45 + 1000 / n })}\n`,
      );
  }
  appendFileSync(join(run, 'steps.csv'), lines.join(''));
  written = to;
}

writeRun();
// In the lock's place: whoever writes a folder is looked at four times a second.
const lock = { token: 'bench', host: hostname(), pid: process.pid, system: '', since: '', inode: '0' };
writeFileSync(join(run, '.letterpress-lock'), JSON.stringify(lock));

const started = performance.now();
const studio = spawn(process.execPath, [join(ROOT, 'bundle/cli.js'), 'studio', folder, '--no-open'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise((resolve) =>
  studio.stdout.on('data', (data) => {
    const [found] = /http:\S+/.exec(String(data)) ?? [];
    if (found) resolve(found);
  }),
);
const listening = performance.now() - started;
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath });
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const opened = performance.now();
  await page.goto(url);
  await page.waitForSelector('tbody tr');
  console.log(
    `usable page: ${(listening / 1000).toFixed(2)} s to the address, ` +
      `${((performance.now() - opened) / 1000).toFixed(2)} s to the table`,
  );
  const files = readdirSync(join(ROOT, 'bundle/web')).filter((name) => /\.(js|css|html)$/.test(name));
  const sizes = files.map((name) => [name, gzipSync(readFileSync(join(ROOT, 'bundle/web', name))).length]);
  console.log(`compressed: ${sizes.map(([name, size]) => `${name} ${(size / 1000).toFixed(1)} kB`).join(', ')}`);

  await page.goto(`${url}#/run/runs/long?x=step&smooth=0.9`);
  await page.waitForFunction(
    (count) => document.body.textContent.includes(`of ${count} points`),
    steps.toLocaleString('en'),
  );
  const cdp = await threadOf(page);
  const before = await cdp.seconds();
  console.log(`frames: ${await frames(page)}`);
  console.log(`processor time: ${((1000 * ((await cdp.seconds()) - before)) / EVENTS).toFixed(1)} ms an event`);
  await context.close();
  await follow(Number(values.pages));
  await remember();
  await slowDown(Number(values.pages));
} finally {
  await browser.close();
  studio.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true });
}

/** Processor time of a page's main thread. */
async function threadOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const seconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime').value;
  };
  return { seconds };
}

/** Zooms and moves the step loss by the wheel, an event a frame. */
async function frames(page) {
  const { work, all } = await page.evaluate(async (events) => {
    const over = [...document.querySelectorAll('figure')]
      .find((each) => each.textContent.includes('Step loss'))
      .querySelector('.u-over');
    over.scrollIntoView({ block: 'center' });
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const found = { work: [], all: [] };
    let last = await frame();
    for (let i = 0; i < events; i++) {
      const zoom = i < 60 || (i >= 150 && i < 200);
      const delta = i < 60 ? -40 : i < 150 ? 60 : 40;
      const before = performance.now();
      over.dispatchEvent(
        new WheelEvent('wheel', {
          deltaX: zoom ? 0 : delta,
          deltaY: zoom ? delta : 0,
          ctrlKey: zoom,
          offsetX: 100,
          bubbles: true,
          cancelable: true,
          clientX: over.getBoundingClientRect().left + 200,
        }),
      );
      const now = await frame();
      // What runs before the next frame: handlers, rendering of components, drawing.
      await new Promise((resolve) => setTimeout(resolve));
      found.work.push(performance.now() - before);
      found.all.push(now - last);
      last = now;
    }
    return found;
  }, EVENTS);
  const over = all.filter((each) => each > 50).length;
  return (
    `median ${median(all).toFixed(1)} ms, longest ${Math.max(...all).toFixed(1)} ms, ` +
    `${over} of ${all.length} over 50 ms; ` +
    `event to drawn: median ${median(work).toFixed(1)} ms`
  );
}

/** So many tabs of one browser on a run; all are seen, as on many screens, or one, as in one window. */
async function openTabs(pages, name, seen = pages) {
  const context = await browser.newContext();
  const tabs = [];
  for (let i = 0; i < pages; i++) {
    const tab = await context.newPage();
    // A browser without a window takes all for seen.
    if (i >= seen) await tab.addInitScript(() => Object.defineProperty(document, 'hidden', { value: true }));
    await tab.goto(`${url}#/run/runs/${name}?x=step`);
    tabs.push(tab);
  }
  await Promise.all(tabs.map((tab) => tab.waitForSelector('figure')));
  return { context, tabs };
}

/** Waits until a tab shows so many steps, which it looks at when something in it changes. */
function shows(tab, count) {
  const wanted = `of ${count.toLocaleString('en')} points`;
  const shown = tab.evaluate(
    (text) =>
      new Promise((resolve) => {
        const observer = new MutationObserver(look);
        function look() {
          if (![...document.querySelectorAll('.shown')].some((each) => each.textContent.includes(text))) return;
          observer.disconnect();
          resolve(true);
        }
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      }),
    wanted,
  );
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`a page did not show ${wanted} within a minute`)), 60_000).unref();
  });
  return Promise.race([shown, late]);
}

/** Tabs follow a run that gains 20 steps every half second. */
async function follow(pages) {
  const { context, tabs } = await openTabs(pages, 'long');
  const thread = await threadOf(tabs[0]);
  const inPage = await thread.seconds();
  const before = processorTime();
  const began = performance.now();
  const delays = [];
  for (let round = 0; round < 10; round++) {
    addSteps(20);
    const since = performance.now();
    await Promise.all(tabs.map((tab) => shows(tab, written).then(() => delays.push(performance.now() - since))));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const share = (processorTime() - before) / ((performance.now() - began) / 1000);
  console.log(
    `${pages} pages: event to page median ${median(delays).toFixed(0)} ms, ` +
      `longest ${Math.max(...delays).toFixed(0)} ms; ` +
      `the studio used ${(100 * share).toFixed(1)} % of a core, a page ` +
      `${((1000 * ((await thread.seconds()) - inPage)) / 10).toFixed(1)} ms of processor time an event`,
  );
  await context.close();
}

/** The memory of a tab while a run gains an hour of steps, a minute at a time. */
async function remember() {
  const { context, tabs } = await openTabs(1, 'long');
  const session = await context.newCDPSession(tabs[0]);
  await session.send('Performance.enable');
  const megabytes = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 1e6).toFixed(1);
  };
  await shows(tabs[0], written);
  const found = [await megabytes()];
  const began = performance.now();
  for (let minute = 1; minute <= 60; minute++) {
    addSteps(1200);
    await shows(tabs[0], written);
    if (minute % 20 === 0) found.push(await megabytes());
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `memory of a tab: ${found.join(', ')} MB after 0, 20, 40 and 60 minutes of 20 steps a second (in ${seconds} s); ` +
      `${written.toLocaleString('en')} steps are kept`,
  );
  await context.close();
}

/** Tokens a second of a training on one thread, without and with pages on it in one window, three times in turn. */
async function slowDown(pages) {
  const out = join(folder, 'runs', 'trained');
  const options = ['--size', '87k', '--threads', '1', '--epochs', '1000', '--set', 'training.patience=1000'];
  const training = spawn(process.execPath, [join(ROOT, 'bundle/cli.js'), 'train', '--out', out, ...options], {
    stdio: 'ignore',
  });
  const lines = () => {
    const text = existsSync(join(out, 'steps.csv')) ? readFileSync(join(out, 'steps.csv'), 'utf8') : '';
    const [, ...rows] = text.trim().split('\n');
    return rows.map((line) => line.split(',').map(Number));
  };
  const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  /** By the run's own clock. */
  const speed = async () => {
    const before = lines().length;
    await sleep(WATCH);
    const steps = lines().slice(before - 1);
    const tokens = steps.slice(1).reduce((sum, [, , , , , count]) => sum + count, 0);
    return tokens / (steps.at(-1)[6] - steps[0][6]);
  };
  try {
    while (lines().length < 100) await sleep(0.5);
    const [alone, watched, shares] = [[], [], []];
    for (let i = 0; i < 3; i++) {
      alone.push(await speed());
      const { context } = await openTabs(pages, 'trained', 1);
      await sleep(SETTLE);
      const before = [processorTime(), browserTime()];
      watched.push(await speed());
      shares.push([processorTime() - before[0], browserTime() - before[1]].map((seconds) => seconds / WATCH));
      await context.close();
      await sleep(1);
    }
    const [a, b] = [median(alone), median(watched)];
    const share = (which) => (100 * median(shares.map((each) => each[which]))).toFixed(1);
    console.log(
      `training: ${a.toFixed(0)} tokens/s alone, ${b.toFixed(0)} with ${pages} tabs of a window on it: ` +
        `${(100 * (1 - b / a)).toFixed(1)} % slower; meanwhile of a core, the studio used ${share(0)} %, ` +
        `the browser ${share(1)} %`,
    );
  } finally {
    training.kill('SIGKILL');
    await once(training, 'exit');
  }
}

/** Seconds of processor time of a process. */
function processorTime(pid = studio.pid) {
  return processes().find((each) => each.pid === pid)?.seconds ?? 0;
}

/** Seconds of processor time of the browser, all its processes together. */
function browserTime() {
  const all = processes();
  const sumOf = (parent) =>
    all
      .filter((each) => each.parent === parent && each.pid !== studio.pid && each.name !== 'node')
      .reduce((sum, { pid, seconds }) => sum + seconds + sumOf(pid), 0);
  return sumOf(process.pid);
}

function processes() {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const [, name, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      const fields = rest.split(' ');
      return [
        { pid: Number(pid), name, parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 },
      ];
    } catch {
      return []; // no process, or one that has ended
    }
  });
}
