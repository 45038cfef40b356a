import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { LetterpressError } from '../../errors.js';
import { packageFile } from '../../package-file.js';
import { checkThreads, defaultThreads } from '../threads.js';
import { ARGUMENT_ORDER, BF16_OPERATIONS, OPERATIONS, type Operation } from '../operations.js';
import type { Backend, BackendInfo, MeasurePeak, ComputePrecision } from '../types.js';

type NativeFunction = (...args: unknown[]) => unknown;

/** What native/addon.cc exports. Only {@link BF16_OPERATIONS} have a second function, whose name ends in `Bf16`. */
export interface NativeAddon extends Readonly<Record<Operation | `${Operation}Bf16`, NativeFunction>> {
  configure(instructionSet: string, threads: number): void;
  instructionSets(): string[];
  peak(milliseconds: number): number;
  peakBf16(milliseconds: number): number;
}

/** The native backend, or why it is missing and what to do about it. */
export type NativeLoad =
  | {
      readonly ok: true;
      readonly backend: Backend;
      readonly instructionSets: readonly string[];
      readonly measurePeak: MeasurePeak;
    }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

const BUILD = packageFile('native/build/');

const REMEDY =
  'Install a C++ compiler (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install), then run ' +
  "'npm rebuild letterpress', or 'npm run build:native' in a clone of the project.";

/**
 * Loads native/build/letterpress.node, which the install step builds where there is a C++ compiler.
 *
 * @param threads 1 to 256
 * @param build the folder of letterpress.node; another than the package's own is for tests
 * @param precision of this backend alone: another in the same process may have the other
 * @throws LetterpressError BAD_OPTION when there cannot be that many threads, or when LETTERPRESS_ISA names an
 *   instruction set that is not available
 */
export function loadNative(threads = defaultThreads(), build = BUILD, precision: ComputePrecision = 'f32'): NativeLoad {
  checkThreads(threads, `got ${threads}`);
  const path = fileURLToPath(new URL('letterpress.node', build));
  if (!existsSync(path)) return { ok: false, why: whyNotBuilt(build), remedy: REMEDY };
  const damage = damageOf(path, build);
  if (damage !== undefined) return { ok: false, why: damage, remedy: `Build it again: ${REMEDY}` };
  let addon: NativeAddon;
  try {
    addon = createRequire(import.meta.url)(path) as NativeAddon;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, why: `${path} cannot be loaded: ${why}`, remedy: `Build it again: ${REMEDY}` };
  }
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
  addon.configure(instructionSet, threads);
  return {
    ok: true,
    backend: nativeBackend(addon, { name: 'native', instructionSet, threads, precision }),
    instructionSets,
    measurePeak: (milliseconds, of) => (of === 'bf16' ? addon.peakBf16(milliseconds) : addon.peak(milliseconds)),
  };
}

/** What the build script recorded; nothing when the record is missing or was cut off. */
function readRecord(build: URL): { readonly failed?: string; readonly sha256?: string } | undefined {
  try {
    return JSON.parse(readFileSync(new URL('build.json', build), 'utf8')) as ReturnType<typeof readRecord>;
  } catch {
    return undefined;
  }
}

function whyNotBuilt(build: URL): string {
  if (!existsSync(new URL('build.json', build))) return 'it was not built (were install scripts turned off?)';
  return readRecord(build)?.failed ?? 'its build is incomplete';
}

/** Whether the file is another than the one that was built. Loading one that is cut off would end the process. */
function damageOf(path: string, build: URL): string | undefined {
  const expected = readRecord(build)?.sha256;
  if (expected === undefined) return `${path} has no record of its build`;
  const found = createHash('sha256').update(readFileSync(path)).digest('hex');
  return found === expected ? undefined : `${path} is damaged: it is not the file that was built`;
}

/** Arguments that do not cross as they are. */
const WRITTEN: Readonly<Record<string, string>> = {
  dropout: 'a.dropout.rate, a.dropout.key0 >>> 0, a.dropout.key1 >>> 0, a.dropout.site >>> 0',
  causal: 'a.causal ? 1 : 0',
};

/**
 * Functions of the operations' arguments that cross into C++, which checks every array's type and length again. They
 * are compiled from {@link ARGUMENT_ORDER}: a loop over the names makes a crossing half as long again.
 */
function compileCrossings(): (calls: Readonly<Record<Operation, NativeFunction>>) => Pick<Backend, Operation> {
  const crossings = OPERATIONS.map((name) => {
    const values = ARGUMENT_ORDER[name].map((argument) => WRITTEN[argument] ?? `a.${argument}`);
    return `${name}: (a) => ${name}(${values.join(', ')})`;
  });
  const body = `const { ${OPERATIONS.join(', ')} } = calls; return { ${crossings.join(', ')} };`;
  return compileFunction(body, ['calls']) as ReturnType<typeof compileCrossings>;
}

let makeCrossings: ReturnType<typeof compileCrossings> | undefined;

function nativeBackend(addon: NativeAddon, info: BackendInfo): Backend {
  makeCrossings ??= compileCrossings();
  const rounds = (name: Operation) => info.precision === 'bf16' && BF16_OPERATIONS.includes(name);
  const calls = OPERATIONS.map((name) => [name, rounds(name) ? addon[`${name}Bf16`] : addon[name]]);
  return { info, ...makeCrossings(Object.fromEntries(calls) as NativeAddon) };
}
