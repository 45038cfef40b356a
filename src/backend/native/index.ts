import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { LetterpressError } from '../../errors.js';
import { packageFile } from '../../package-file.js';
import { letterpressVersion } from '../../version.js';
import { checkThreads } from '../check-threads.js';
import { defaultThreads } from '../threads.js';
import { ARGUMENT_ORDER, BF16_OPERATIONS, FLAGS, oneAfterAnother, OPERATIONS, type Operation } from '../operations.js';
import type { Backend, BackendInfo, MeasurePeak, ComputePrecision, PrecisionChoice } from '../types.js';

type NativeFunction = (...args: unknown[]) => unknown;

/** What native/addon.cc exports. Only {@link BF16_OPERATIONS} have a second function, whose name ends in `Bf16`. */
export interface NativeAddon extends Readonly<Record<Operation | `${Operation}Bf16`, NativeFunction>> {
  configure(instructionSet: string, threads: number): void;
  instructionSets(): string[];
  useLargePages(array: Float32Array): void;
  /** See native/parts.h. 0 where parts are better computed one after another. */
  openParts(count: number): number;
  nextPart(): void;
  closeParts(): void;
  peak(milliseconds: number): number;
  peakBf16(milliseconds: number): number;
}

/** The native backend, or why it is missing and what to do about it. */
export type NativeLoad =
  | {
      readonly ok: true;
      readonly backend: Backend;
      readonly instructionSets: readonly string[];
      /** Path of the addon. */
      readonly file: string;
      /** What multiplies bfloat16: a unit or instructions made for it, or code for float32 that gives such numbers. */
      readonly bf16: 'amx' | 'vectors' | 'emulated';
      readonly measurePeak: MeasurePeak;
    }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

const REMEDY =
  process.platform === 'win32'
    ? 'It cannot be built on Windows yet; the backend that runs computes the same.'
    : 'Install a C++ compiler (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install), then run ' +
      "'npx letterpress build-native'.";

/** Where `letterpress build-native` writes when the package's folder is read-only. */
export function nativeCacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'letterpress', `native-${letterpressVersion()}-${process.platform}-${process.arch}`);
}

/** Folders that may have an addon: built on this machine, or shipped with the package. */
function addonFolders(): URL[] {
  return [
    packageFile('native/build/'),
    pathToFileURL(`${nativeCacheFolder()}/`),
    packageFile(`native/prebuilt/${process.platform}-${process.arch}/`),
  ];
}

/**
 * Loads the first addon that works: one that was built on this machine, or else the prebuilt one of the package.
 *
 * @param threads 1 to 256
 * @param folder of letterpress.node; one is given in tests
 * @throws LetterpressError BAD_OPTION when there cannot be that many threads, or when LETTERPRESS_ISA names an
 *   instruction set that is not available
 */
export function loadNative(threads = defaultThreads(), folder?: URL, precision: PrecisionChoice = 'f32'): NativeLoad {
  checkThreads(threads, `got ${threads}`);
  const failures: string[] = [];
  for (const each of folder ? [folder] : addonFolders()) {
    const path = fileURLToPath(new URL('letterpress.node', each));
    if (!existsSync(path)) continue;
    const loaded = loadAddon(path, each);
    if (typeof loaded !== 'string') return configure(loaded, path, threads, precision);
    failures.push(loaded);
  }
  const why = failures[0] ?? `it was not built, and the package has none for ${process.platform}-${process.arch}`;
  return { ok: false, why, remedy: failures.length > 0 ? `Build it again: ${REMEDY}` : REMEDY };
}

/** The addon, or why it is not loaded. */
function loadAddon(path: string, folder: URL): NativeAddon | string {
  // Loading a file that is cut off would end the process.
  const expected = recordedSum(folder);
  if (expected === undefined) return `${path} has no record of its build`;
  const found = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (found !== expected) return `${path} is damaged: it is not the file that was built`;
  try {
    return createRequire(import.meta.url)(path) as NativeAddon;
  } catch (error) {
    // Node adds the path of the file, and for a C library that is too old or another one the linker says which.
    return `${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What the build script recorded; undefined when the record is missing or was cut off. */
function recordedSum(folder: URL): string | undefined {
  try {
    return (JSON.parse(readFileSync(new URL('build.json', folder), 'utf8')) as { readonly sha256?: string }).sha256;
  } catch {
    return undefined;
  }
}

const BF16_BY: Readonly<Record<string, 'amx' | 'vectors'>> = { amx: 'amx', avx512bf16: 'vectors' };

/**
 * The precision that trains fastest. AMD's vectors multiply twice as many bfloat16 numbers as float32 ones at a time;
 * Intel's as many, and its AMX unit many more.
 */
function fastestPrecision(instructionSet: string): ComputePrecision {
  const by = BF16_BY[instructionSet];
  return by === 'amx' || (by === 'vectors' && cpus()[0]?.model.includes('AMD')) ? 'bf16' : 'f32';
}

function configure(addon: NativeAddon, file: string, threads: number, choice: PrecisionChoice): NativeLoad {
  const instructionSets = addon.instructionSets();
  const asked = process.env['LETTERPRESS_ISA'] ?? '';
  if (asked !== '' && !instructionSets.includes(asked)) {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected one of ${instructionSets.join(', ')} in the variable LETTERPRESS_ISA, got '${asked}'`,
      'Those are the instruction sets that this processor and this build have.',
    );
  }
  const instructionSet = asked || instructionSets[0] || 'baseline';
  const precision = choice === 'auto' ? fastestPrecision(instructionSet) : choice;
  addon.configure(instructionSet, threads);
  return {
    ok: true,
    backend: nativeBackend(addon, { name: 'native', instructionSet, threads, precision }),
    instructionSets,
    file,
    bf16: BF16_BY[instructionSet] ?? 'emulated',
    measurePeak: (milliseconds, of) => (of === 'bf16' ? addon.peakBf16(milliseconds) : addon.peak(milliseconds)),
  };
}

/** Arguments that do not cross as they are. */
const WRITTEN: Readonly<Record<string, string>> = {
  dropout: 'a.dropout.rate, a.dropout.key0 >>> 0, a.dropout.key1 >>> 0, a.dropout.site >>> 0',
  ...Object.fromEntries(FLAGS.map((name) => [name, `a.${name} ? 1 : 0`])),
};

/** The calls of parts that are not computed yet: what they read and write must not be collected. */
interface Written {
  calls: unknown[] | undefined;
}

/**
 * Functions of the operations' arguments that cross into C++, which checks every array's type and length again. They
 * are compiled from {@link ARGUMENT_ORDER}: a loop over the names makes a crossing half as long again.
 */
function compileCrossings(): (
  calls: Readonly<Record<Operation, NativeFunction>>,
  written: Written,
) => Pick<Backend, Operation> {
  const crossings = OPERATIONS.map((name) => {
    const values = ARGUMENT_ORDER[name].map((argument) => WRITTEN[argument] ?? `a.${argument}`);
    return `${name}: (a) => { written.calls?.push(a); return ${name}(${values.join(', ')}); }`;
  });
  const body = `const { ${OPERATIONS.join(', ')} } = calls; return { ${crossings.join(', ')} };`;
  return compileFunction(body, ['calls', 'written']) as ReturnType<typeof compileCrossings>;
}

/** Bytes from which an array is worth large pages: a step reads and writes hundreds of megabytes. */
const LARGE_ARRAY = 1 << 22;

let makeCrossings: ReturnType<typeof compileCrossings> | undefined;

function nativeBackend(addon: NativeAddon, info: BackendInfo): Backend {
  makeCrossings ??= compileCrossings();
  const rounds = (name: Operation) => info.precision === 'bf16' && BF16_OPERATIONS.includes(name);
  const calls = OPERATIONS.map((name) => [name, rounds(name) ? addon[`${name}Bf16`] : addon[name]]);
  const newFloats = (length: number) => {
    const array = new Float32Array(length);
    if (array.byteLength >= LARGE_ARRAY) addon.useLargePages(array);
    return array;
  };
  const written: Written = { calls: undefined };
  const together = (parts: readonly (() => void)[]) => {
    if (parts.length < 2 || addon.openParts(parts.length) === 0) {
      oneAfterAnother(parts);
      return;
    }
    written.calls = [];
    try {
      for (const part of parts) {
        part();
        addon.nextPart();
      }
    } finally {
      addon.closeParts();
      written.calls = undefined;
    }
  };
  return { info, newFloats, together, ...makeCrossings(Object.fromEntries(calls) as NativeAddon, written) };
}
