import { LetterpressError } from '../errors.js';
import { checkNames } from '../parse-options.js';
import { loadNative, nativeCacheFolder } from './native/index.js';
import { portable } from './portable/index.js';
import { loadWasm } from './wasm/index.js';
import { PRECISION_CHOICES, type Backend, type MeasurePeak, type PrecisionChoice } from './types.js';

/** `auto` takes the first of `native`, `wasm` and `portable` that is available. */
export const BACKEND_CHOICES = ['auto', 'native', 'wasm', 'portable'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

export interface BackendRequest {
  /** LETTERPRESS_BACKEND, or else `auto`, by default. */
  readonly choice?: BackendChoice | undefined;
  /** Threads of the native and the WebAssembly backend; LETTERPRESS_THREADS, or else all cores, by default. */
  readonly threads?: number | undefined;
  /** `f32` by default. */
  readonly precision?: PrecisionChoice | undefined;
}

/** A backend that `auto` would rather have taken. */
export interface MissingBackend {
  readonly name: 'native' | 'wasm';
  readonly why: string;
  readonly remedy: string;
}

export interface ChosenBackend {
  readonly backend: Backend;
  /** Why it was chosen, for `letterpress doctor`. */
  readonly reason: string;
  /** What `auto` passed over, the best first, and what to do about it. */
  readonly missing: readonly MissingBackend[];
  /** Not of the portable backend. */
  readonly measurePeak?: MeasurePeak;
}

/**
 * Chooses the backend: the option, else the variable LETTERPRESS_BACKEND, else the fastest there is.
 *
 * @throws LetterpressError NO_BACKEND when one is asked for but not available: there is no silent fallback
 * @throws LetterpressError BAD_OPTION for an unknown name, number of threads or precision, and for `bf16` where only
 *   the portable backend could run
 */
export function chooseBackend(
  options: {
    choice?: string | undefined;
    threads?: number | undefined;
    precision?: string | undefined;
  } = {},
): ChosenBackend {
  checkNames(options, { choice: true, threads: true, precision: true }, 'chooseBackend');
  return chooseFromBuilds(options);
}

/**
 * {@link chooseBackend} from other builds than the package's own, for tests.
 *
 * @param options.nativeBuild folder of the native addon, and `wasmBuild` of the WebAssembly module
 */
export function chooseFromBuilds(
  options: NonNullable<Parameters<typeof chooseBackend>[0]> & {
    readonly nativeBuild?: URL;
    readonly wasmBuild?: URL;
  },
): ChosenBackend {
  const fromVariable = process.env['LETTERPRESS_BACKEND'];
  const asked = checkChoice(options.choice ?? (fromVariable === '' ? undefined : fromVariable) ?? 'auto');
  const because = options.choice ? 'asked for' : fromVariable ? 'LETTERPRESS_BACKEND says so' : '';
  const precision = checkPrecision(options.precision ?? 'f32');
  const missing: MissingBackend[] = [];
  if (asked === 'auto' || asked === 'native') {
    const native = loadNative(options.threads, options.nativeBuild, precision);
    if (native.ok) {
      const { backend, measurePeak } = native;
      return { backend, reason: because || 'the fastest one here', missing, measurePeak };
    }
    missing.push({ name: 'native', why: native.why, remedy: native.remedy });
  }
  if (asked === 'auto' || asked === 'wasm') {
    const wasm = loadWasm(options.threads, options.wasmBuild, precision === 'auto' ? 'f32' : precision);
    if (wasm.ok) {
      const { backend, measurePeak } = wasm;
      return { backend, reason: because || 'the native backend is not available', missing, measurePeak };
    }
    missing.push({ name: 'wasm', why: wasm.why, remedy: wasm.remedy });
  }
  const [first] = missing;
  if (asked !== 'auto' && first) {
    throw new LetterpressError('NO_BACKEND', `the ${asked} backend is not available: ${first.why}`, first.remedy);
  }
  if (precision === 'bf16') {
    throw new LetterpressError(
      'BAD_OPTION',
      `only the native and the wasm backend compute in ${precision}, but the portable one would run`,
      first
        ? missing.map(({ name, why, remedy }) => `${name} is not available: ${why}. ${remedy}`).join(' ')
        : 'Choose another backend (backend, or the variable LETTERPRESS_BACKEND), or compute in f32 (precision).',
    );
  }
  return { backend: portable, reason: because || 'no other backend is available', missing };
}

function checkChoice(asked: string): BackendChoice {
  for (const choice of BACKEND_CHOICES) if (choice === asked) return choice;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a backend (${BACKEND_CHOICES.join(', ')}), got '${asked}'`,
    'Change the backend or the variable LETTERPRESS_BACKEND.',
  );
}

function checkPrecision(option: string): PrecisionChoice {
  const asked = option === 'auto' ? process.env['LETTERPRESS_PRECISION'] || option : option;
  for (const precision of PRECISION_CHOICES) if (precision === asked) return precision;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a precision (${PRECISION_CHOICES.join(', ')}), got '${asked}'`,
    'Change the precision or the variable LETTERPRESS_PRECISION.',
  );
}

/** The WebAssembly backend or why it is missing, whichever backend is chosen. */
export const inspectWasm = loadWasm;

/** The native backend or why it is missing, whichever backend is chosen. */
export const inspectNative = loadNative;

export { nativeCacheFolder };
