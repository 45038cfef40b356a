// Each measurement in a process of its own, so that its memory and its warm code are its own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs bench/lib/NAME.mjs with a job, and returns its answer. */
export function runWorker(name, job) {
  const script = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  return run(process.execPath, [script], job, {});
}

/**
 * Runs bench/pytorch/NAME.py with a job, and returns its answer. The job's `threads` are PyTorch's own: OpenBLAS, where
 * PyTorch is built on it, takes all cores unless the environment says otherwise.
 */
export function runPython(python, name, job, environment = {}) {
  const script = fileURLToPath(new URL(`../pytorch/${name}.py`, import.meta.url));
  return run(python, [script], job, { PYTHONDONTWRITEBYTECODE: '1', ...environment });
}

function run(command, args, job, environment) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    input: JSON.stringify(job),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...environment },
  });
  if (error) throw new Error(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${args[0]} failed:\n${stderr.trim()}`);
  return JSON.parse(stdout);
}

/** The job of a worker, from standard input. */
export async function readJob() {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
}

export function answer(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** The measurement with the smallest `key`. */
export function smallest(measurements, key) {
  return measurements.toSorted((a, b) => a[key] - b[key])[0];
}

/** Tries each number of threads, and returns the measurement with the smallest `key`, `threads` added. */
export function fastest(threadCounts, key, measure) {
  return smallest(
    threadCounts.map((threads) => ({ ...measure(threads), threads })),
    key,
  );
}
