// Builds the native backend from native/: the same kernels once for each instruction set, and the glue. Needs a C++17
// compiler (g++ or clang++; the variable CXX names another) and nothing from the network: Node-API's headers come from
// the npm package node-api-headers. What has not changed is not compiled again.
//
//   node scripts/build-native.mjs                  for this machine, into native/build; an error if that fails
//   node scripts/build-native.mjs --out FOLDER     into another folder
//   node scripts/build-native.mjs --if-possible    for a clone's `npm ci`: a note if that fails (WebAssembly runs)
//   node scripts/build-native.mjs --force          build even if nothing changed
//   node scripts/build-native.mjs --all            every instruction set; else those that this machine can run
//   node scripts/build-native.mjs --wide           also `wide`, for tests: the AVX-512 code on a processor with AVX2
//   node scripts/build-native.mjs --prebuilt       what the package ships: native/prebuilt/linux-x64 and linux-arm64
//
// sanitize-native.mjs imports parts of it.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const native = join(dirname(fileURLToPath(import.meta.url)), '..', 'native');
const ifPossible = process.argv.includes('--if-possible');
const force = process.argv.includes('--force');
const all = process.argv.includes('--all');
const wide = process.argv.includes('--wide');
const outAt = process.argv.indexOf('--out');
const build = outAt < 0 ? join(native, 'build') : resolve(process.argv[outAt + 1] ?? '.');

/** What prebuilt addons may need: that of Debian 12, Ubuntu 22.04, RHEL 9. */
const MAX_GLIBC = 34; // 2.34

export const SHARED_FLAGS = ['-std=c++17', '-fPIC', '-Wall', '-Wextra', '-fvisibility=hidden'];
// Sums keep their order (no -ffast-math): results must not depend on how a loop was compiled around them.
export const KERNEL_FLAGS = ['-O3', '-ffp-contract=fast', '-fno-math-errno', '-fno-trapping-math'];
// GCC's own headers for AVX-512 have functions that warn of themselves.
const AVX512 = [
  '-Wno-uninitialized',
  '-mavx512f',
  '-mavx512dq',
  '-mavx512bw',
  '-mavx512vl',
  '-mfma',
  '-mprefer-vector-width=512',
];
const INSTRUCTION_SETS = {
  x64: {
    baseline: [],
    avx2: ['-mavx2', '-mfma'],
    avx512: AVX512,
    avx512bf16: [...AVX512, '-mavx512bf16'],
    amx: [...AVX512, '-mavx512bf16', '-mamx-tile', '-mamx-bf16'],
  },
};

const GNU_NAMES = { x64: 'x86_64', arm64: 'aarch64' };

/** Processor features that each set needs, by Linux's names; without a list of features, all sets are built. */
const NEEDS = {
  baseline: [],
  avx2: ['avx2', 'fma'],
  avx512: ['avx512f', 'avx512dq', 'avx512bw', 'avx512vl'],
  avx512bf16: ['avx512f', 'avx512dq', 'avx512bw', 'avx512vl', 'avx512_bf16'],
  amx: ['avx512f', 'avx512dq', 'avx512bw', 'avx512vl', 'avx512_bf16', 'amx_tile', 'amx_bf16'],
  wide: ['avx2', 'fma'],
};

/** Something that building needs is not here, or failed. */
export class Unavailable extends Error {}

/** The C++ compiler, its words: $CXX (such as `ccache g++`), else the first of the usual ones that is installed. */
export function findCompiler(arch = process.arch) {
  if (process.platform === 'win32') throw new Unavailable('building on Windows is not supported yet');
  const asked = process.env.CXX?.trim();
  const own = asked ? [asked] : ['g++', 'clang++', 'c++'];
  const candidates = arch === process.arch ? own : [`${GNU_NAMES[arch]}-linux-gnu-g++`];
  for (const candidate of candidates) {
    const compiler = candidate.split(/\s+/);
    const version = firstLine(compiler, '--version');
    if (version !== undefined) return { compiler, version };
  }
  throw new Unavailable(`no C++ compiler found (looked for ${candidates.join(', ')})`);
}

/** What a command prints first; undefined where it cannot be run. */
function firstLine([command, ...first], argument) {
  const { status, stdout } = spawnSync(command, [...first, argument], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

function headers() {
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch {
    throw new Unavailable('the npm package node-api-headers is not installed');
  }
}

/** Whether the compiler takes those flags: AMX came with GCC 11 and Clang 11, and is for Linux here. */
function knows(compiler, flags) {
  const probe = spawnSync(compiler[0], [...compiler.slice(1), ...flags, '-x', 'c++', '-fsyntax-only', '-'], {
    input: '#include <immintrin.h>\n',
  });
  return probe.status === 0;
}

/** Features of this machine's processor by Linux's names; undefined where nothing lists them. */
function processorFeatures() {
  const cpuinfo = '/proc/cpuinfo';
  const flags = existsSync(cpuinfo) && /^flags\s*:(.*)$/m.exec(readFileSync(cpuinfo, 'utf8'))?.[1];
  return flags ? new Set(flags.trim().split(/\s+/)) : undefined;
}

/** Instruction sets to build and the compiler's flags for each: those that this machine can run, or every one. */
export function setsToBuild(compiler, every = all, arch = process.arch) {
  const sets = { ...(INSTRUCTION_SETS[arch] ?? { baseline: [] }) };
  // GCC warns that such vectors are passed otherwise without AVX-512; they never leave their own object file.
  if (wide && sets.avx2) sets.wide = [...sets.avx2, '-DLETTERPRESS_VECTOR_BYTES=64', '-Wno-psabi', '-O1'];
  const features = every ? undefined : processorFeatures();
  const wanted = Object.fromEntries(
    Object.entries(sets).filter(([name]) => NEEDS[name].every((feature) => features?.has(feature) ?? true)),
  );
  if (wanted.amx && (process.platform !== 'linux' || !knows(compiler, wanted.amx))) delete wanted.amx;
  return wanted;
}

/** A source and all that it includes, by their texts. */
function textsOf(path, texts = new Map()) {
  if (texts.has(path)) return texts;
  const text = readFileSync(path, 'utf8');
  texts.set(path, text);
  for (const [, included] of text.matchAll(/^\s*#include "(.*)"$/gm)) textsOf(join(dirname(path), included), texts);
  return texts;
}

const hashOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Runs a command, given as its words, with its error output passed on; rejects when it fails. */
export function run([command, ...first], args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
    let output = '';
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (status) => {
      if (output) process.stderr.write(output);
      if (status === 0) resolve();
      else reject(new Unavailable(`${command} failed:\n${output.split('\n').slice(0, 12).join('\n')}`));
    });
  });
}

/** Runs jobs, one on each core at a time. */
export async function inParallel(jobs) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

function readRecord(folder) {
  const path = join(folder, 'build.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** Writes a file whole or not at all, also when several builds run at once. */
async function replaceFile(path, write) {
  const fresh = `${path}.${process.pid}.new`;
  try {
    await write(fresh);
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/**
 * Builds one addon.
 *
 * @param target.name of the platform, e.g. `linux-x64`
 * @param target.portable whether it must run on other machines: then it brings its C++ library
 */
async function buildAddon({ name, arch, sets, portable }, { compiler, version }, folder) {
  const addon = join(folder, 'letterpress.node');
  const kernels = Object.entries(sets).map(([set, flags]) => ({
    object: `kernels-${set}`,
    source: 'kernels/kernels.cc',
    flags: [...KERNEL_FLAGS, `-DLETTERPRESS_ISA=${set}`, ...flags],
  }));
  const parts = [
    ...kernels.reverse(), // the widest vectors take longest to compile: start with them
    { object: 'thread_pool', source: 'thread_pool.cc', flags: ['-O2'] },
    {
      object: ['dispatch', ...Object.keys(sets)].join('_'),
      source: 'dispatch.cc',
      flags: ['-O2', ...Object.keys(sets).map((set) => `-DLETTERPRESS_HAS_${set}`)],
    },
    { object: 'addon', source: 'addon.cc', flags: ['-O2', `-I${headers()}`] },
  ].map((part) => {
    const texts = [...textsOf(join(native, part.source)).values()];
    return { ...part, key: hashOf([version, SHARED_FLAGS, part.flags, texts]).slice(0, 16) };
  });
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-pthread'];
  if (portable) link.push('-static-libstdc++', '-Wl,--exclude-libs,ALL', '-Wl,--gc-sections', '-s');
  const sources = hashOf([name, version, link, parts.map(({ key }) => key)]);
  const last = readRecord(folder);
  if (!force && existsSync(addon) && last.sources === sources && last.sha256 === sha256(addon)) return;

  mkdirSync(folder, { recursive: true });
  // Prebuilt addons and this machine's own have most objects in common.
  const objects = join(build, 'objects', arch);
  mkdirSync(objects, { recursive: true });
  const known = new Set(readdirSync(objects));
  const files = parts.map(({ object, key }) => `${object}-${key}.o`);
  const missing = parts.filter((_, i) => force || !known.has(files[i]));
  let done = 0;
  await inParallel(
    missing.map((part) => async () => {
      const object = `${part.object}-${part.key}.o`;
      const args = [...SHARED_FLAGS, ...part.flags, '-c', join(native, part.source), '-o'];
      await replaceFile(join(objects, object), (path) => run(compiler, [...args, path]));
      console.error(`Letterpress: compiled ${part.object} for ${name} (${++done} of ${missing.length})`);
    }),
  );
  const paths = files.map((file) => join(objects, file));
  await replaceFile(addon, async (path) => {
    await run(compiler, [...link, ...paths, '-o', path]);
    if (portable) checkGlibc(path);
  });
  // The loader compares the file with its checksum: loading one that is cut off ends the process.
  const built = { sources, sha256: sha256(addon), compiler: version };
  await replaceFile(join(folder, 'build.json'), (path) => writeFileSync(path, `${JSON.stringify(built, null, 2)}\n`));
  const older = (file) =>
    parts.some(({ object }) => file.startsWith(`${object}-`) && file.length === object.length + 19);
  for (const file of known) if (older(file) && !files.includes(file)) rmSync(join(objects, file), { force: true });
}

/** Refuses an addon that needs a newer C library than the documents say. */
function checkGlibc(path) {
  const needed = [...readFileSync(path, 'latin1').matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
  const newest = Math.max(...needed);
  if (newest > MAX_GLIBC) throw new Unavailable(`the addon needs glibc 2.${newest}, expected 2.${MAX_GLIBC} at most`);
}

async function buildOwn() {
  const found = findCompiler();
  const { platform, arch } = process;
  await buildAddon({ name: `${platform}-${arch}`, arch, sets: setsToBuild(found.compiler) }, found, build);
}

/** Builds what the package ships, as far as there are compilers for it: `npm publish` demands all. */
async function buildPrebuilt() {
  for (const arch of Object.keys(GNU_NAMES)) {
    const name = `linux-${arch}`;
    const folder = join(native, 'prebuilt', name);
    try {
      if (process.platform !== 'linux') throw new Unavailable('it is built on Linux');
      const found = findCompiler(arch);
      const sets = setsToBuild(found.compiler, true, arch);
      await buildAddon({ name, arch, sets, portable: true }, found, folder);
    } catch (error) {
      if (!(error instanceof Unavailable) || process.env.npm_command === 'publish') throw error;
      rmSync(folder, { recursive: true, force: true }); // an older one is of other sources
      console.error(`Letterpress: the package is without ${name}: ${error.message}`);
    }
  }
}

async function mainOrNote() {
  try {
    await (process.argv.includes('--prebuilt') ? buildPrebuilt() : buildOwn());
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.error(`Letterpress: the native backend was not built: ${error.message}`);
    console.error(
      'Letterpress runs on WebAssembly without it, several times slower. To build it, install a C++ compiler',
    );
    console.error('(Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install), then run');
    console.error("'letterpress build-native', or 'npm run build:native' in a clone of the project.");
    if (!ifPossible) process.exitCode = 1;
  }
}

// As a program, not when imported
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await mainOrNote();
