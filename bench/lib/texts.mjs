// The texts that both sides are trained on.
import { cleanTexts, defaultTokenizer, encodeSplit, gazette, loadCorpus } from '../../dist/index.js';
import { epochBatches } from './internals.mjs';

/** Training texts as tokens: of a folder or file, cleaned as headlines, or of the built-in corpus. */
export async function loadTexts(data) {
  const corpus = data === undefined ? gazette() : await loadCorpus({ path: data });
  const train = data === undefined ? corpus.splits.train : cleanTexts(corpus.splits.train, 'headlines');
  const { encoded } = encodeSplit(train, defaultTokenizer(), { maxCharacters: 149 });
  return { name: corpus.name, texts: encoded };
}

/**
 * Texts for some steps, repeated as often as needed, and their batches as arrays of tokens: as TrainingUnderTest has
 * them, all steps in the first epoch of seed 0.
 */
export function textsForSteps(plan, texts, steps) {
  const data = Array.from({ length: steps * plan.training.batch }, (_, i) => texts[i % texts.length]);
  const lengths = data.map((text) => text.length);
  const batches = epochBatches(lengths, plan.training, 0, 0);
  return { data, batches: batches.map((batch) => Array.from(batch, (i) => [...data[i]])) };
}
