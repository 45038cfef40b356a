// Kills commands at random moments until they have come to their end, and compares what they wrote, byte for byte, with
// what commands wrote that nobody disturbed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';

const KINDS = ['notebook', 'modern', 'study', 'tune', 'distill'];
const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: KINDS.join(',') },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    cli: { type: 'string', default: fileURLToPath(new URL('../bundle/cli.js', import.meta.url)) },
    backend: { type: 'string', default: 'native' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'Kills commands until they end, and compares what they wrote. See bench/README.md.\n\n' +
      `  --kinds LIST      some of ${KINDS.join(',')}\n` +
      '  --kills N         at least so many of each kind (200)\n' +
      '  --seed N          of the moments (1)\n' +
      '  --backend NAME    native or portable (native)\n' +
      '  --cli FILE        the command (bundle/cli.js)\n' +
      '  --keep            keep the folders',
  );
  process.exit(0);
}

const PRELOAD = fileURLToPath(new URL('lib/kill-inside.mjs', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'letterpress-kill-'));
const random = generator(Number(values.seed));
const WHEN = ['before', 'half', 'after'];
const recipePath = join(place, 'recipe.json');

writeTexts(join(place, 'texts'));
const data = ['--data', join(place, 'texts'), '--clean', 'none'];
const computing = ['--backend', values.backend, '--threads', '1'];
const shape = ['--d-model', '8', '--heads', '2', '--layers', '1', '--batch', '8'];

/** How each kind begins in a folder, goes on, and is known to be complete. */
const commands = {
  ...Object.fromEntries(
    ['notebook', 'modern'].map((recipe) => [
      recipe,
      {
        begin: (out) => ['train', ...data, ...computing, ...shape, '--recipe', recipe, '--epochs', '8', '--out', out],
        resume: (out) => ['train', ...computing, '--resume', out],
        isBegun: (out) => existsSync(join(out, 'config.json')),
        isComplete: (out) => existsSync(join(out, 'results.json')),
      },
    ]),
  ),
  study: {
    begin: (out) => [
      ...['study', ...data, ...computing, '--recipe', recipePath, '--sizes', '87k', '--epochs', '2'],
      ...['--few', '8', '--temperatures', '0.5,1', '--no-padding-check', '--out', out],
    ],
    resume: (out) => ['study', ...computing, '--resume', out],
    isBegun: (out) => existsSync(join(out, 'study.json')),
    isComplete: () => false,
  },
  tune: {
    begin: (out) => [
      ...[
        'tune',
        ...data,
        ...computing,
        '--set',
        'model.dModel=8',
        '--set',
        'model.heads=2',
        '--set',
        'model.layers=1',
      ],
      ...['--set', 'training.batch=8', '--vary', 'training.learningRate=1e-4..1e-2:log', '--trials', '6'],
      ...['--epochs', '4', '--min-epochs', '1', '--out', out],
    ],
    resume: (out) => ['tune', ...computing, '--resume', out],
    isBegun: (out) => existsSync(join(out, 'tune.json')),
    isComplete: () => false,
  },
  distill: {
    begin: (out) => ['distill', join(place, 'teacher'), ...computing, '--texts', '200', '--out', out],
    resume: (out) => commands.distill.begin(out),
    isBegun: () => false,
    isComplete: (out) => existsSync(join(out, 'distillation-set.json')),
  },
};

const failures = [];
for (const kind of values.kinds.split(',')) {
  if (!KINDS.includes(kind)) throw new Error(`--kinds expects some of ${KINDS.join(',')}, got ${kind}`);
  await tryKind(kind);
}
if (!values.keep) rmSync(place, { recursive: true });
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;

async function tryKind(kind) {
  const { begin, resume, isBegun, isComplete } = commands[kind];
  if (kind === 'study') await writeTinyRecipe();
  if (kind === 'distill') await undisturbed(commands.modern.begin(join(place, 'teacher')));
  const whole = join(place, kind);
  const duration = await undisturbed(begin(whole));
  const expected = contents(whole);
  const count = { kills: 0, inside: 0, ended: 0 };
  while (count.kills < Number(values.kills)) {
    const out = join(place, `${kind}-${count.ended}`);
    let tries = 0;
    for (;;) {
      // Each try may live longer than the one before, so that all end at last, however busy the machine.
      tries++;
      const isInside = random() < 0.5;
      const inside = isInside ? { at: 1 + Math.floor(random() * 10 * tries), when: pick(WHEN) } : {};
      const after = isInside ? undefined : random() * duration * (0.15 + tries / 20);
      const { code, signal, stderr } = await command(isBegun(out) ? resume(out) : begin(out), after, inside);
      if (signal === 'SIGKILL') {
        count.kills++;
        if (isInside) count.inside++;
        if (!isComplete(out)) continue;
      } else if (code !== 0) {
        failures.push(`${kind}: exit ${code} after ${count.kills} kills: ${stderr.trim()}`);
        rmSync(out, { recursive: true, force: true });
        break;
      }
      // Killed after its last file, a command is complete; a study or search does not know, and looks again.
      compare(kind, expected, contents(out), count.kills);
      rmSync(out, { recursive: true });
      break;
    }
    count.ended++;
    console.error(`${kind}: ${count.kills} kills, ${count.ended} came to their end`);
    if (failures.length > 5) break;
  }
  const { kills, inside, ended } = count;
  console.log(
    `${kind}: ${kills} kills, ${inside} of them inside a write; ${ended} came to their end, ` +
      `${failures.length === 0 ? 'all the same bytes' : `${failures.length} failures`}`,
  );
}

/** @returns milliseconds that the command took */
async function undisturbed(argv) {
  const started = performance.now();
  const { code, stderr } = await command(argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`);
  return performance.now() - started;
}

/** Runs a command, and kills it after so many milliseconds, or inside a write. */
async function command(argv, after, { at, when } = {}) {
  const inside = at === undefined ? [] : ['--import', PRELOAD];
  const env = { ...process.env, KILL_INSIDE: `${at},${when}` };
  const child = spawn(process.execPath, [...inside, values.cli, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
  const [code, signal] = await new Promise((resolve) => child.once('close', (...ended) => resolve(ended)));
  clearTimeout(timer);
  return { code, signal, stdout, stderr };
}

function compare(kind, expected, found, kills) {
  for (const file of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    if (expected[file] === found[file]) continue;
    const how = expected[file] === undefined ? 'too many' : found[file] === undefined ? 'missing' : 'different';
    failures.push(`${kind}: ${file} is ${how} after ${kills} kills`);
  }
}

/** All files of a folder, apart from what the clock says; PDFs have it all over, and reports show it. */
function contents(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    // The lock of a command that was killed after its last file ends with it.
    .filter((entry) => entry.isFile() && entry.name !== '.letterpress-lock')
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((path) => [relative(folder, path), isTimed(path, folder) ? '' : timeless(path)]));
}

function isTimed(path, folder) {
  const isReport = relative(folder, path) === basename(path) && /^(report|report-latex|results)\./.test(basename(path));
  return path.endsWith('.pdf') || (isReport && existsSync(join(folder, 'study.json')));
}

/** A file without the clock's and the place's traces. */
function timeless(path) {
  const bytes = readFileSync(path);
  if (basename(path) === 'steps.csv') return bytes.toString('latin1').replace(/,[\d.]+$/gm, '');
  if (basename(path) !== 'checkpoint.safetensors') return stopped(bytes.toString('latin1'));
  // The seconds change the checksum and the length of the header, which is padded.
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = stopped(bytes.toString('latin1', 8, end)).trimEnd();
  return header.replace(/"crc32":"[^"]*"/, '') + bytes.toString('latin1', end);
}

function stopped(text) {
  return text
    .replace(/(seconds\\?": ?)[\d.e+-]+/g, '$10')
    .replace(/("(?:createdAt|readAt)": ?)"[^"]+"/g, '$1""')
    .replaceAll(new RegExp(`${place}[^"]*`, 'g'), '');
}

/** The notebook's recipe with a smallest size of a few hundred parameters. */
async function writeTinyRecipe() {
  const { stdout } = await command(['recipes', 'notebook', '--json']);
  const recipe = JSON.parse(stdout);
  recipe.sizes['87k'].shape = { dModel: 8, heads: 2, layers: 1, mlpRatio: 2 };
  writeFileSync(recipePath, JSON.stringify(recipe));
}

function writeTexts(folder) {
  mkdirSync(folder);
  const words = ['a', 'tin', 'red', 'note', 'stone', 'tones', 'rode', 'in', 'tide', 'on'];
  const text = (n) => Array.from({ length: 4 }, (_, i) => words[(n * (i + 3) + i * i) % words.length]).join(' ');
  const splits = { train: 24, val: 6, test: 6 };
  let n = 0;
  for (const [split, count] of Object.entries(splits))
    writeFileSync(join(folder, `${split}.txt`), Array.from({ length: count }, () => `${text(n++)}\n`).join(''));
}

function pick(list) {
  return list[Math.floor(random() * list.length)];
}

/** mulberry32: numbers in [0, 1). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
