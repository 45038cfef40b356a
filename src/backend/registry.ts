import { LetterpressError } from '../errors.js';
import { loadNative, type NativeLoad } from './native.js';
import { portable } from './portable/index.js';
import type { Backend } from './types.js';

/** What the user may ask for; `auto` takes `native` where it is there. */
export type BackendChoice = 'auto' | 'portable' | 'native';

/** The choices, for help texts and checks. */
export const BACKEND_CHOICES: readonly BackendChoice[] = ['auto', 'portable', 'native'];

/** A backend and why it was taken. */
export interface ChosenBackend {
  readonly backend: Backend;
  /** One sentence for `letterpress doctor`. */
  readonly reason: string;
  /** Why `native` could not be had, and what to do, when `auto` fell to `portable`. */
  readonly missing?: { readonly why: string; readonly remedy: string };
}

/**
 * Chooses the backend: the option, else the variable LETTERPRESS_BACKEND, else the fastest there is.
 *
 * @param options.threads threads of the native backend; all cores by default
 * @param options.nativeBuild folder of the native addon; another than the package's own is for tests
 * @throws LetterpressError NO_BACKEND when `native` is asked for and cannot be had: there is no silent fallback
 * @throws LetterpressError BAD_OPTION for an unknown name or number of threads
 */
export function chooseBackend(
  options: { choice?: string | undefined; threads?: number | undefined; nativeBuild?: URL } = {},
): ChosenBackend {
  const fromVariable = process.env['LETTERPRESS_BACKEND'];
  const asked = options.choice ?? (fromVariable === '' ? undefined : fromVariable) ?? 'auto';
  const because = options.choice ? 'asked for' : fromVariable ? 'LETTERPRESS_BACKEND says so' : '';
  if (asked === 'portable') return { backend: portable, reason: because };
  if (asked !== 'auto' && asked !== 'native') {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a backend (${BACKEND_CHOICES.join(', ')}), got '${asked}'`,
      'Change --backend or the variable LETTERPRESS_BACKEND.',
    );
  }
  const native = loadNative(options.threads, options.nativeBuild);
  if (native.ok) return { backend: native.backend, reason: because || 'the fastest one here' };
  if (asked === 'native') {
    throw new LetterpressError(
      'NO_BACKEND',
      `the native backend is not available: ${native.why}`,
      native.remedy,
    );
  }
  return {
    backend: portable,
    reason: 'the native backend is not available',
    missing: { why: native.why, remedy: native.remedy },
  };
}

/** What the native backend is here, whichever backend is chosen: for `letterpress doctor`. */
export function inspectNative(threads?: number): NativeLoad {
  return loadNative(threads);
}
