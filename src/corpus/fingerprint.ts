import { createHash } from 'node:crypto';
import type { Corpus } from './corpus.js';

/**
 * SHA-256 (hex) of the texts of all splits, in order: equal exactly when the texts are. Neither the name nor the
 * place of a corpus is part of it.
 */
export function fingerprint(corpus: Pick<Corpus, 'splits'>): string {
  const hash = createHash('sha256');
  for (const split of ['train', 'val', 'test'] as const) {
    hash.update(`${split} ${corpus.splits[split].length}\n`);
    // JSON keeps line ends inside a text apart from those between texts.
    for (const text of corpus.splits[split]) hash.update(`${JSON.stringify(text)}\n`);
  }
  return hash.digest('hex');
}
