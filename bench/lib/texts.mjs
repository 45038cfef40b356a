// The texts that both sides are trained on.
import { cleanTexts, defaultTokenizer, encodeSplit, gazette, loadCorpus } from '../../dist/index.js';

/** Training texts as tokens: of a folder or file, cleaned as headlines, or of the built-in corpus. */
export async function loadTexts(data) {
  const corpus = data === undefined ? gazette() : await loadCorpus({ path: data });
  const train = data === undefined ? corpus.splits.train : cleanTexts(corpus.splits.train, 'headlines');
  const { encoded } = encodeSplit(train, defaultTokenizer(), { maxCharacters: 149 });
  return { name: corpus.name, texts: encoded };
}

/** Batches as plain arrays of tokens, for other processes. */
export function plainBatches({ data, batches }) {
  return batches.map((batch) => Array.from(batch, (i) => [...data[i]]));
}
