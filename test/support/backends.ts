import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadNative, type NativeAddon } from '../../src/backend/native/index.js';
import { loadWasm } from '../../src/backend/wasm/index.js';
import { chooseBackend } from '../../src/backend/registry.js';
import type { Backend, ComputePrecision, FloatArray } from '../../src/backend/types.js';

/**
 * Always portable and wasm, and native where it is built: LETTERPRESS_REQUIRE_NATIVE=1 makes a missing one a failure.
 */
export function backendsUnderTest(): Backend[] {
  const backends = [chooseBackend({ choice: 'portable' }).backend, wasmBackend(2)];
  const required = process.env['LETTERPRESS_REQUIRE_NATIVE'] === '1';
  const best = chooseBackend({ choice: required ? 'native' : 'auto' }).backend;
  if (best.info.name === 'native') backends.push(best);
  return backends;
}

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
 * LETTERPRESS_REQUIRE_NATIVE=1 makes a missing native backend a failure.
 */
export function nativeInstructionSets(): readonly string[] {
  const native = withVariables({ LETTERPRESS_ISA: undefined }, () => loadNative(1));
  if (native.ok) return native.instructionSets;
  if (process.env['LETTERPRESS_REQUIRE_NATIVE'] === '1') throw new Error(native.why);
  return [];
}

/** Loaded once: to check the addon's sum takes longer than most tests of an operation. */
const natives = new Map<string, Backend>();

/**
 * The native backend with those kernels. The choice holds for the whole JavaScript thread: all native backends run the
 * kernels of the last one taken.
 */
export function nativeBackend(instructionSet: string, threads: number, precision?: ComputePrecision): Backend {
  const key = `${instructionSet} ${threads} ${precision}`;
  const known = natives.get(key);
  if (known !== undefined) {
    loadAddon().configure(instructionSet, threads);
    return known;
  }
  const native = withVariables({ LETTERPRESS_ISA: instructionSet }, () => loadNative(threads, undefined, precision));
  if (!native.ok) throw new Error(native.why);
  natives.set(key, native.backend);
  return native.backend;
}

/** The WebAssembly backend, which every build has. */
export function wasmBackend(threads: number, precision?: ComputePrecision): Backend {
  const wasm = loadWasm(threads, undefined, precision);
  if (!wasm.ok) throw new Error(wasm.why);
  return wasm.backend;
}

/** Everything that is compiled from native/kernels: the native backend with each instruction set, and WebAssembly. */
export function compiledBackends(): {
  readonly name: string;
  readonly take: (threads: number, precision?: ComputePrecision) => Backend;
}[] {
  const native = nativeInstructionSets().map((set) => ({
    name: `native ${set}`,
    take: (threads: number, precision?: ComputePrecision) => nativeBackend(set, threads, precision),
  }));
  return [...native, { name: 'wasm', take: wasmBackend }];
}

export const ADDON = fileURLToPath(new URL('../../native/build/letterpress.node', import.meta.url));

/** The functions of native/addon.cc, without the checks of TypeScript. */
export function loadAddon(): NativeAddon {
  return createRequire(import.meta.url)(ADDON) as NativeAddon;
}

export function sameBits(a: FloatArray, b: FloatArray): boolean {
  const bytes = (x: FloatArray) => Buffer.from(x.buffer, x.byteOffset, x.byteLength);
  return bytes(a).equals(bytes(b));
}
