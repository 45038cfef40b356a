import { chooseBackend } from '../../dist/index.js';

/** The backend of a job. Throws where this build has none of that precision. */
export function backendOf({ backend: choice, threads, precision }) {
  const chosen = chooseBackend({ choice, threads, precision });
  const computesIn = chosen.backend.info.precision ?? 'f32';
  if (precision !== computesIn) throw new Error(`this build cannot compute in ${precision}`);
  return chosen;
}

/** Throws before anything is measured. */
export const checkBackend = (job) => void backendOf(job);
