import type { Splits } from '../corpus/corpus.js';
import { fingerprint } from '../corpus/fingerprint.js';
import { LetterpressError } from '../errors.js';
import type { RunConfig } from './schema.js';

const RESTORE_TEXTS = 'Restore the texts as they were: a run is continued and measured on its own.';

/** @throws LetterpressError BAD_INPUT when the texts are not those of the run */
export function checkFingerprint(config: RunConfig, splits: Splits, fix = RESTORE_TEXTS): void {
  if (fingerprint({ splits }) === config.corpus.fingerprint) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `the texts of ${config.corpus.path ?? config.corpus.name} are not those that the run was trained on`,
    fix,
  );
}
