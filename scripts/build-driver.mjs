// Builds native/test/driver.cc, which runs the kernels and the thread pool without Node.js. Used by sanitize-native.mjs
// and emulate-native.mjs.
import { join } from 'node:path';
import { inParallel, KERNEL_FLAGS, native, run, SHARED_FLAGS } from './build-native.mjs';

/** Returns the program's path. `sets` as of setsToBuild; `compile` are flags that override the usual ones. */
export async function buildDriver(compiler, folder, sets, { compile = [], link = [] }) {
  const objects = [];
  const part = (source, name, flags) => {
    const object = join(folder, `${name}.o`);
    objects.push(object);
    return () => run(compiler, [...SHARED_FLAGS, ...flags, ...compile, '-c', join(native, source), '-o', object]);
  };
  const has = Object.keys(sets).map((set) => `-DLETTERPRESS_HAS_${set}`);
  await inParallel([
    ...Object.entries(sets).map(([set, flags]) =>
      part('kernels/kernels.cc', `kernels-${set}`, [...KERNEL_FLAGS, `-DLETTERPRESS_ISA=${set}`, ...flags]),
    ),
    part('test/driver.cc', 'driver', ['-O2']),
    part('thread_pool.cc', 'thread_pool', ['-O2']),
    part('dispatch.cc', 'dispatch', ['-O2', ...has]),
  ]);
  const program = join(folder, 'driver');
  await run(compiler, [...link, '-pthread', ...objects, '-o', program]);
  return program;
}
