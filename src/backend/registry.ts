import { LetterpressError } from '../errors.js';
import { loadNative, type MeasurePeak } from './native/index.js';
import { portable } from './portable/index.js';
import { COMPUTE_PRECISIONS, type Backend, type ComputePrecision } from './types.js';

/** `auto` takes `native` where it is available. */
export const BACKEND_CHOICES = ['auto', 'portable', 'native'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

export interface BackendRequest {
  /** LETTERPRESS_BACKEND, or else `auto`, by default. */
  readonly choice?: BackendChoice | undefined;
  /** Threads of the native backend; LETTERPRESS_THREADS, or else all cores, by default. */
  readonly threads?: number | undefined;
  /** `f32` by default. */
  readonly precision?: ComputePrecision | undefined;
}

export interface ChosenBackend {
  readonly backend: Backend;
  /** Why it was chosen, for `letterpress doctor`. */
  readonly reason: string;
  /** Why `auto` fell back to `portable`, and what to do about it. */
  readonly missing?: { readonly why: string; readonly remedy: string };
  /** Of the native backend only. */
  readonly measurePeak?: MeasurePeak;
}

/**
 * Chooses the backend: the option, else the variable LETTERPRESS_BACKEND, else the fastest there is.
 *
 * @param options.nativeBuild folder of the native addon; another than the package's own is for tests
 * @throws LetterpressError NO_BACKEND when `native` is asked for but not available: there is no silent fallback
 * @throws LetterpressError BAD_OPTION for an unknown name, number of threads or precision, and for `bf16` without the
 *   native backend
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
      throw onlyNative(
        precision,
        'Do not choose the portable one (backend, or the variable LETTERPRESS_BACKEND), or compute in f32 (precision).',
      );
    return { backend: portable, reason: because };
  }
  if (asked !== 'auto' && asked !== 'native') {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a backend (${BACKEND_CHOICES.join(', ')}), got '${asked}'`,
      'Change the backend or the variable LETTERPRESS_BACKEND.',
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
  for (const precision of COMPUTE_PRECISIONS) if (precision === asked) return precision;
  throw new LetterpressError('BAD_OPTION', `expected a precision (${COMPUTE_PRECISIONS.join(', ')}), got '${asked}'`);
}

function onlyNative(precision: ComputePrecision, fix: string): LetterpressError {
  return new LetterpressError(
    'BAD_OPTION',
    `only the native backend computes in ${precision}, but the portable one would run`,
    fix,
  );
}

/** The native backend or why it is missing, whichever backend is chosen. */
export const inspectNative = loadNative;
