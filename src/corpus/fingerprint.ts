import { createHash } from 'node:crypto';
import { fingerprintParts, type Corpus } from './corpus.js';

/**
 * SHA-256 (hex) of the texts of all splits, in order: equal exactly when the texts are. Neither the name nor the
 * place of a corpus is part of it.
 */
export function fingerprint({ splits }: Pick<Corpus, 'splits'>): string {
  const hash = createHash('sha256');
  for (const part of fingerprintParts(splits)) hash.update(part);
  return hash.digest('hex');
}
