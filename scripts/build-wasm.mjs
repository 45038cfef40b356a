// Builds native/wasm/letterpress.wasm, the kernels of native/ as one WebAssembly module, and its record. Both are
// committed, so that nobody needs a compiler to use them; the gate builds them again and compares. The compiler is
// clang, itself compiled to WebAssembly, from the npm package @yowasp/clang: the same bits on every machine.
//
//   node scripts/build-wasm.mjs            build, if sources, flags or compiler have changed
//   node scripts/build-wasm.mjs --check    build in any case; an error if the result is another than what is there
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

const native = fileURLToPath(new URL('../native/', import.meta.url));
const wasm = join(native, 'wasm', 'letterpress.wasm');
const record = join(native, 'wasm', 'build.json');

const SOURCES = ['kernels/kernels.cc', 'wasm/module.cc'];
const FLAGS = [
  '--target=wasm32-wasip1',
  '-std=c++17',
  '-O3',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-unknown-warning-option',
  '-fno-exceptions',
  '-fno-rtti',
  '-fno-threadsafe-statics',
  '-fvisibility=hidden',
  // As for the addon's kernels: sums keep their order.
  '-ffp-contract=fast',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-msimd128',
  '-matomics',
  '-mbulk-memory',
  '-mmutable-globals',
  '-msign-ext',
  '-mnontrapping-fptoint',
  '-DLETTERPRESS_ISA=baseline',
  '-nostartfiles',
];
const LINKER = [
  '--no-entry',
  '--import-memory',
  '--shared-memory',
  '--max-memory=4294967296',
  // Of C's library only mathematics and moves of memory are used, which know of no threads.
  '--no-check-features',
  '--stack-first',
  '-z',
  'stack-size=1048576',
  '--export=__heap_base',
  '--export=__stack_pointer',
  '--strip-all',
];

/** The sources and all that they include, by their paths in native/. */
function readSources() {
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    const text = readFileSync(join(native, path), 'utf8');
    files.set(path, text);
    for (const [, included] of text.matchAll(/^#include "(.*)"$/gm)) visit(normalize(join(dirname(path), included)));
  };
  SOURCES.forEach(visit);
  return files;
}

/** All in one folder, for the compiler's file system knows no `..`. */
function flatten(files) {
  const flat = (path) => path.replaceAll('/', '__');
  return Object.fromEntries(
    Array.from(files, ([path, text]) => [
      flat(path),
      text.replace(/^#include "(.*)"$/gm, (_, to) => `#include "${flat(normalize(join(dirname(path), to)))}"`),
    ]),
  );
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** The version in the lock file, since nobody but this script needs the package. */
function compilerVersion() {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  return lock.packages['node_modules/@yowasp/clang'].version;
}

async function compile(files) {
  const { commands } = await import('@yowasp/clang');
  const diagnostics = [];
  const collect = (bytes) => void (bytes && diagnostics.push(Buffer.from(bytes)));
  const linker = LINKER.flatMap((flag) => ['-Xlinker', flag]);
  const tree = flatten(files);
  const sources = Object.keys(tree).filter((name) => name.endsWith('.cc'));
  try {
    const built = await commands['clang++']([...FLAGS, ...linker, ...sources, '-o', 'letterpress.wasm'], tree, {
      fetchProgress: () => undefined,
      stdout: collect,
      stderr: collect,
    });
    return Buffer.from(built['letterpress.wasm']);
  } catch {
    // The error holds the compiler's whole file system.
    throw new Error(`the compiler failed:\n${Buffer.concat(diagnostics).toString('utf8').slice(0, 4000)}`);
  }
}

const files = readSources();
const parts = [...files].sort().map(([path, text]) => [path, sha256(text)]);
const sources = sha256(JSON.stringify([compilerVersion(), FLAGS, LINKER, parts]));
const check = process.argv.includes('--check');
const found = {
  ...(existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {}),
  file: existsSync(wasm) ? sha256(readFileSync(wasm)) : 'missing',
};

if (check || found.sources !== sources || found.sha256 !== found.file) {
  const built = await compile(files);
  const now = { sources, sha256: sha256(built), compiler: `@yowasp/clang ${compilerVersion()}` };
  if (!check) {
    writeFileSync(wasm, built);
    writeFileSync(record, `${JSON.stringify(now, null, 2)}\n`);
  } else if (now.sha256 !== found.file || now.sources !== found.sources || now.sha256 !== found.sha256) {
    console.error('native/wasm/letterpress.wasm is not what its sources give: run node scripts/build-wasm.mjs');
    process.exitCode = 1;
  }
}
