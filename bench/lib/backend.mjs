// The backend of a worker, as its job says.
import { chooseBackend } from '../../dist/index.js';

/** The backend, or an error where this build has none of that precision: nothing is measured on another instead. */
export function backendOf({ backend: choice, threads, precision }) {
  const chosen = chooseBackend({ choice, threads, precision });
  const computesIn = chosen.backend.info.precision ?? 'f32';
  if (precision !== computesIn) throw new Error(`this build cannot compute in ${precision}`);
  return chosen;
}

/** Finds out before anything is measured. */
export const checkBackend = (job) => void backendOf(job);
