// Compiles the kernels, the thread pool and native/test/driver.cc with the compiler's sanitizers and runs them:
// once for bad memory accesses and undefined behaviour, once for data races. For developers and the gate.
//
//   node scripts/sanitize-native.mjs                     all
//   node scripts/sanitize-native.mjs memory | threads    one of them
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { buildDriver } from './build-driver.mjs';
import { findCompiler, setsToBuild, Unavailable } from './build-native.mjs';

const SANITIZERS = {
  memory: {
    flags: ['-fsanitize=address,undefined,float-cast-overflow', '-fno-sanitize-recover=all'],
    runtime: 'AddressSanitizer and UndefinedBehaviorSanitizer (Debian: libasan, libubsan)',
    environment: {
      // New memory is all ones, which is NaN: a kernel that uses scratch memory before it writes it gives itself away.
      ASAN_OPTIONS: `max_malloc_fill_size=1073741824:malloc_fill_byte=255:${process.env.ASAN_OPTIONS ?? ''}`,
      UBSAN_OPTIONS: `print_stacktrace=1:${process.env.UBSAN_OPTIONS ?? ''}`,
    },
  },
  threads: {
    flags: ['-fsanitize=thread'],
    runtime: 'ThreadSanitizer (Debian: libtsan)',
    environment: { TSAN_OPTIONS: `halt_on_error=1:${process.env.TSAN_OPTIONS ?? ''}` },
  },
};

/** How to run a program: without address randomisation where that can be, for old sanitizers stumble over it. */
function runner() {
  const fixed = spawnSync('setarch', ['-R', 'true']);
  return fixed.status === 0 ? ['setarch', '-R'] : [];
}

/** Whether programs can be built with a sanitizer and run here. */
async function checkRuntime(compiler, folder, { flags, runtime, environment }) {
  const source = join(folder, 'empty.cc');
  const program = join(folder, 'empty');
  writeFileSync(source, 'int main() { return 0; }\n');
  const built = spawnSync(compiler[0], [...compiler.slice(1), ...flags, source, '-o', program], { encoding: 'utf8' });
  const [command, ...args] = [...runner(), program];
  const ran =
    built.status === 0 && spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...environment } });
  if (ran && ran.status === 0) return;
  const why = (ran ? ran.stderr : built.stderr).trim().split('\n').slice(0, 4).join('\n');
  throw new Unavailable(`${compiler.join(' ')} cannot build and run programs with ${runtime}:\n${why}`);
}

async function sanitize(compiler, folder, name) {
  const sanitizer = SANITIZERS[name];
  mkdirSync(folder);
  await checkRuntime(compiler, folder, sanitizer);
  const start = performance.now();
  const program = await buildDriver(compiler, folder, setsToBuild(compiler), {
    compile: ['-Og', '-g1', '-fno-omit-frame-pointer', ...sanitizer.flags],
    link: sanitizer.flags,
  });
  const built = performance.now();
  const [command, ...args] = [...runner(), program];
  const { status, signal } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...sanitizer.environment },
  });
  const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
  const times = `built in ${seconds(start, built)} s, ran in ${seconds(built, performance.now())} s`;
  if (status !== 0) throw new Unavailable(`${name}: the driver failed (${signal ?? `exit code ${status}`}); ${times}`);
  console.log(`${name}: nothing found; ${times}`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in SANITIZERS));
const folder = mkdtempSync(join(tmpdir(), 'letterpress-sanitize-'));
try {
  if (unknown) throw new Unavailable(`expected ${Object.keys(SANITIZERS).join(' or ')}, got '${unknown}'`);
  const { compiler } = findCompiler();
  for (const name of wanted.length > 0 ? wanted : Object.keys(SANITIZERS)) {
    await sanitize(compiler, join(folder, name), name);
  }
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`sanitize: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
