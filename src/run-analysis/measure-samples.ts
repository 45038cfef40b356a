import { evenlySpaced, sampleQuality } from '../texts/sample-quality.js';
import { TrainingIndex } from '../texts/training-index.js';
import { fitUnigram, sampleUnigram } from '../baselines/simple-models.js';
import type { KneserNey } from '../baselines/kneser-ney.js';
import type { SampleQualities } from '../runs/analysis-schema.js';
import type { SampleQuality } from '../texts/texts-schema.js';
import type { Run } from '../runs/reader.js';
import type { AnalysedTexts, AnalysisProgress } from './analysed-texts.js';

/** Measures texts of a run's model, or of its corpus: see {@link sampleQuality}. */
export type MeasureQuality = (texts: readonly string[], searchesNearest?: boolean) => SampleQuality;

/** Measures texts by a run's training texts and the best n-gram model of them. */
export function qualityMeasure(
  { read, chosen, tokenizer, shape }: AnalysedTexts,
  kneserNey: KneserNey,
): MeasureQuality {
  const index = new TrainingIndex(read.train, chosen.train);
  const ngram = (text: string) => kneserNey.nll(tokenizer.encode(text));
  const heldOut = { val: new Set(read.val), test: new Set(read.test) };
  const maxCharacters = shape.contextLength - 1;
  return (texts, searchesNearest = true) =>
    sampleQuality(texts, index, ngram, { maxCharacters, heldOut, searchesNearest });
}

/** Measures the samples in a run, as many test texts, and as many texts sampled from the character unigram. */
export function* measureSamples(
  run: Pick<Run, 'sampleEpochs' | 'readSamples'>,
  { read, chosen, tokens, tokenizer, shape }: AnalysedTexts,
  measure: MeasureQuality,
): Generator<AnalysisProgress, SampleQualities> {
  const epochs = run.sampleEpochs;
  const total = epochs.length + 3;
  const entries: SampleQualities['entries'] = [];
  const progress = (): AnalysisProgress => ({ part: 'samples', done: entries.length, total });
  yield progress();
  for (const epoch of epochs) {
    entries.push({ of: 'epoch', epoch, quality: measure(run.readSamples(epoch), false) });
    yield progress();
  }
  const final = run.readSamples('final');
  entries.push({ of: 'final', quality: measure(final) });
  yield progress();
  entries.push({ of: 'test', quality: measure(evenlySpaced(read.test, final.length)) });
  yield progress();
  const unigram = sampleUnigram(fitUnigram(tokens.train, shape), final.length);
  entries.push({ of: 'unigram', quality: measure(unigram.map((text) => tokenizer.decode(text))) });
  yield progress();
  return { searched: chosen.train.length, entries };
}
