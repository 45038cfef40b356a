// Builds native/build/letterpress.node from native/: the same kernels once for each instruction set, and the glue.
// Needs a C++17 compiler (g++ or clang++; the variable CXX names another) and nothing from the network: Node-API's
// headers come from the npm package node-api-headers.
//
//   node scripts/build-native.mjs                  build; an error if that fails
//   node scripts/build-native.mjs --if-possible    at install: a note if that fails, for Letterpress also runs without
//   node scripts/build-native.mjs --force          build even if nothing changed
//   node scripts/build-native.mjs --all            every instruction set; else those that this machine can run
//   node scripts/build-native.mjs --wide           also `wide`, for tests: the AVX-512 code on a processor with AVX2
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
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const native = join(dirname(fileURLToPath(import.meta.url)), '..', 'native');
const build = join(native, 'build');
const addon = join(build, 'letterpress.node');
const record = join(build, 'build.json');
const ifPossible = process.argv.includes('--if-possible');
const force = process.argv.includes('--force');
const all = process.argv.includes('--all');
const wide = process.argv.includes('--wide');

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
    amx: [...AVX512, '-mavx512bf16', '-mamx-tile', '-mamx-bf16'],
  },
};

/** Processor features that each set needs, by Linux's names; without a list of features, all sets are built. */
const NEEDS = {
  baseline: [],
  avx2: ['avx2', 'fma'],
  avx512: ['avx512f', 'avx512dq', 'avx512bw', 'avx512vl'],
  amx: ['avx512f', 'avx512dq', 'avx512bw', 'avx512vl', 'avx512_bf16', 'amx_tile', 'amx_bf16'],
  wide: ['avx2', 'fma'],
};

/** Something that building needs is not here, or failed. */
export class Unavailable extends Error {}

/** The C++ compiler, its words: $CXX (such as `ccache g++`), else the first of the usual ones that is installed. */
export function findCompiler() {
  if (process.platform === 'win32') throw new Unavailable('building on Windows is not supported yet');
  const asked = process.env.CXX?.trim();
  const candidates = asked ? [asked] : ['g++', 'clang++', 'c++'];
  for (const candidate of candidates) {
    const compiler = candidate.split(/\s+/);
    const version = spawnSync(compiler[0], [...compiler.slice(1), '--version'], { encoding: 'utf8' });
    if (version.status === 0) return { compiler, version: version.stdout.split('\n')[0] };
  }
  throw new Unavailable(`no C++ compiler found (looked for ${candidates.join(', ')})`);
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
export function setsToBuild(compiler, every = all) {
  const sets = { ...(INSTRUCTION_SETS[process.arch] ?? { baseline: [] }) };
  // GCC warns that such vectors are passed otherwise without AVX-512; they never leave their own object file.
  if (wide && sets.avx2) sets.wide = [...sets.avx2, '-DLETTERPRESS_VECTOR_BYTES=64', '-Wno-psabi', '-O1'];
  const features = every ? undefined : processorFeatures();
  const wanted = Object.fromEntries(
    Object.entries(sets).filter(([name]) => NEEDS[name].every((feature) => features?.has(feature) ?? true)),
  );
  if (wanted.amx && (process.platform !== 'linux' || !knows(compiler, wanted.amx))) delete wanted.amx;
  return wanted;
}

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return ['build', 'test'].includes(entry.name) ? [] : sourcesIn(path);
      return /\.(cc|h)$/.test(entry.name) ? [path] : [];
    })
    .sort();
}

function fingerprint(parts) {
  const hash = createHash('sha256').update(JSON.stringify(parts));
  for (const file of sourcesIn(native)) hash.update(readFileSync(file));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  return hash.digest('hex');
}

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

async function main() {
  const { compiler, version } = findCompiler();
  const include = headers();
  const sets = setsToBuild(compiler);
  const sources = fingerprint({ version, sets, platform: process.platform, arch: process.arch });
  const last = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  if (!force && existsSync(addon) && last.sources === sources && last.sha256 === sha256(addon)) return;

  mkdirSync(build, { recursive: true });
  const objects = [];
  const compile = (source, name, flags) => {
    const object = join(build, `${name}.o`);
    objects.push(object);
    return () => run(compiler, [...SHARED_FLAGS, ...flags, '-c', join(native, source), '-o', object]);
  };
  const jobs = Object.entries(sets).map(([name, flags]) =>
    compile('kernels/kernels.cc', `kernels-${name}`, [...KERNEL_FLAGS, `-DLETTERPRESS_ISA=${name}`, ...flags]),
  );
  jobs.reverse(); // the widest vectors take longest to compile: start with them
  jobs.push(compile('thread_pool.cc', 'thread_pool', ['-O2']));
  jobs.push(
    compile('dispatch.cc', 'dispatch', ['-O2', ...Object.keys(sets).map((name) => `-DLETTERPRESS_HAS_${name}`)]),
  );
  jobs.push(compile('addon.cc', 'addon', ['-O2', `-I${include}`]));
  await inParallel(jobs);
  const fresh = `${addon}.new`;
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-pthread'];
  await run(compiler, [...link, ...objects, '-o', fresh]);
  renameSync(fresh, addon);
  for (const object of objects) rmSync(object, { force: true });
  // The loader compares the file with its checksum: loading one that is cut off ends the process.
  const built = { sources, sha256: sha256(addon), compiler: version };
  writeFileSync(record, `${JSON.stringify(built, null, 2)}\n`);
}

async function mainOrNote() {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    mkdirSync(build, { recursive: true });
    // What works, or worked, stays with its record: whether it still fits is seen when it is loaded.
    if (!existsSync(addon)) writeFileSync(record, `${JSON.stringify({ failed: error.message }, null, 2)}\n`);
    console.error(`Letterpress: the native backend was not built: ${error.message}`);
    console.error('Letterpress works without it, but many times slower. To build it, install a C++ compiler');
    console.error(
      "(Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install), then run 'npm rebuild letterpress'",
    );
    console.error("or, in a clone of the project, 'npm run build:native'.");
    if (!ifPossible) process.exitCode = 1;
  }
}

// As a program, not when imported
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await mainOrNote();
