import { loadNative } from '../../src/backend/native/index.js';
import type { Backend, ComputePrecision } from '../../src/backend/types.js';

/** Runs `work` with environment variables set to those values, or unset, and puts them back. */
export function withVariables<T>(variables: Readonly<Record<string, string | undefined>>, work: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  };
  try {
    for (const [name, value] of Object.entries(variables)) set(name, value);
    return work();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

/**
 * Instruction sets that the native backend has here, the best first; none where it is not built.
 * LETTERPRESS_REQUIRE_NATIVE=1 makes a missing native backend a failure instead.
 */
export function nativeInstructionSets(): readonly string[] {
  const native = withVariables({ LETTERPRESS_ISA: undefined }, () => loadNative(1));
  if (native.ok) return native.instructionSets;
  if (process.env['LETTERPRESS_REQUIRE_NATIVE'] === '1') throw new Error(native.why);
  return [];
}

/**
 * The native backend with those kernels. They are chosen for the whole process thread: the last one taken is what
 * all of them run.
 */
export function nativeBackend(instructionSet: string, threads: number, precision?: ComputePrecision): Backend {
  const native = withVariables({ LETTERPRESS_ISA: instructionSet }, () => loadNative(threads, undefined, precision));
  if (!native.ok) throw new Error(native.why);
  return native.backend;
}
