import { spawnSync } from 'node:child_process';

/** Debian's Python, which finds Debian's packages; PYTHON names another one. */
export const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';

/** Runs a Python program, and returns what it printed. Throws with its error output when it fails. */
export function runPython(program: string, options: { readonly cwd?: string; readonly args?: readonly string[] } = {}) {
  const { cwd, args = [] } = options;
  const { status, stdout, stderr, error } = spawnSync(PYTHON, ['-c', program, ...args], {
    encoding: 'utf8',
    cwd,
    // Threads that wait for each other are slow where other tests run.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' },
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`Python failed:\n${stderr}`);
  return stdout;
}

/**
 * Whether tests that need these Python modules are left out: where they are not installed. LETTERPRESS_REQUIRE_PYTHON=1
 * makes missing ones a failure.
 */
export function lacksPython(...modules: readonly string[]): boolean {
  try {
    runPython(modules.map((name) => `import ${name}\n`).join(''));
    return false;
  } catch (error) {
    if (process.env['LETTERPRESS_REQUIRE_PYTHON'] === '1') throw error;
    process.stderr.write(`tests with Python are left out: ${PYTHON} lacks one of ${modules.join(', ')}\n`);
    return true;
  }
}
