import { LetterpressError } from '../errors.js';
import { loadNative, type MeasurePeak, type NativeLoad } from './native/index.js';
import { portable } from './portable/index.js';
import { COMPUTE_PRECISIONS, type Backend, type ComputePrecision } from './types.js';

/** What the user may ask for; `auto` takes `native` where it is there. */
export const BACKEND_CHOICES = ['auto', 'portable', 'native'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** Which backend is wanted, for {@link chooseBackend}. */
export interface BackendRequest {
  /** LETTERPRESS_BACKEND, or else `auto`, by default. */
  readonly choice?: BackendChoice | undefined;
  /** Threads of the native backend; LETTERPRESS_THREADS, or else all cores, by default. */
  readonly threads?: number | undefined;
  /** `f32` by default. */
  readonly precision?: ComputePrecision | undefined;
}

/** A backend and why it was taken. */
export interface ChosenBackend {
  readonly backend: Backend;
  /** One sentence for `letterpress doctor`. */
  readonly reason: string;
  /** Why `native` could not be had, and what to do, when `auto` fell to `portable`. */
  readonly missing?: { readonly why: string; readonly remedy: string };
  /** What the backend's products are compared with; the portable backend has no such measure. */
  readonly measurePeak?: MeasurePeak;
}

/**
 * Chooses the backend: the option, else the variable LETTERPRESS_BACKEND, else the fastest there is.
 *
 * @param options.threads threads of the native backend; all cores by default
 * @param options.precision `bf16` rounds the operands of large matrix products; `f32` by default
 * @param options.nativeBuild folder of the native addon; another than the package's own is for tests
 * @throws LetterpressError NO_BACKEND when `native` is asked for and cannot be had: there is no silent fallback
 * @throws LetterpressError BAD_OPTION for an unknown name, number of threads or precision, and for `bf16` without the native backend
 */
export function chooseBackend(
  options: {
    choice?: string | undefined;
    threads?: number | undefined;
    precision?: string | undefined;
    nativeBuild?: URL;
  } = {},
): ChosenBackend {
  const fromVariable = process.env['LETTERPRESS_BACKEND'];
  const asked = options.choice ?? (fromVariable === '' ? undefined : fromVariable) ?? 'auto';
  const because = options.choice ? 'asked for' : fromVariable ? 'LETTERPRESS_BACKEND says so' : '';
  const precision = checkPrecision(options.precision ?? 'f32');
  if (asked === 'portable') {
    if (precision !== 'f32')
      throw onlyNative(precision, 'Leave --backend and the variable LETTERPRESS_BACKEND out, or compute in f32.');
    return { backend: portable, reason: because };
  }
  if (asked !== 'auto' && asked !== 'native') {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a backend (${BACKEND_CHOICES.join(', ')}), got '${asked}'`,
      'Change --backend or the variable LETTERPRESS_BACKEND.',
    );
  }
  const native = loadNative(options.threads, options.nativeBuild, precision);
  if (native.ok) {
    const { backend, measurePeak } = native;
    return { backend, reason: because || 'the fastest one here', measurePeak };
  }
  if (asked === 'native') {
    throw new LetterpressError('NO_BACKEND', `the native backend is not available: ${native.why}`, native.remedy);
  }
  if (precision !== 'f32') throw onlyNative(precision, `It is not available: ${native.why}. ${native.remedy}`);
  return {
    backend: portable,
    reason: 'the native backend is not available',
    missing: { why: native.why, remedy: native.remedy },
  };
}

function checkPrecision(asked: string): ComputePrecision {
  const found = COMPUTE_PRECISIONS.find((precision) => precision === asked);
  if (found !== undefined) return found;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a precision (${COMPUTE_PRECISIONS.join(', ')}), got '${asked}'`,
    'Change --precision.',
  );
}

function onlyNative(precision: ComputePrecision, fix: string): LetterpressError {
  return new LetterpressError(
    'BAD_OPTION',
    `only the native backend computes in ${precision}, but the portable one would run`,
    fix,
  );
}

/** What the native backend is here, whichever backend is chosen: for `letterpress doctor`. */
export function inspectNative(threads?: number): NativeLoad {
  return loadNative(threads);
}
