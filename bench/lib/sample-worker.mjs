// Samples texts, and answers with figures: the seconds of `count` texts at once, and of a character of a single text.
// The job: preset (an untrained model, texts of full length) or run (a trained one, whose texts end), count, repeats,
// threads, backend, precision.
import { DecoderTransformer, loadModel, presetConfig } from '../../dist/index.js';
import { backendOf } from './backend.mjs';
import { answer, readJob } from './children.mjs';
import { median, peakMemoryBytes, transformerSource, writeTexts } from './internals.mjs';

const job = await readJob();
const { backend } = backendOf(job);
const model = job.run === undefined ? untrained(job.preset) : (await loadModel(job.run, { backend })).transformer;

/** A model whose texts never end: the pad has almost no probability. */
function untrained(preset) {
  const fresh = new DecoderTransformer(presetConfig(preset), { seed: 0 });
  fresh.parameters.tensor('logits.0.bias').data[0] = -1e9;
  return fresh;
}

/** Samples texts: seconds, characters, and the seconds of each position. */
function sample(count, seed) {
  const characters = writeTexts(transformerSource(model, backend), { count, seed, temperature: 1 });
  const positions = [];
  const start = performance.now();
  let last = start;
  let step = characters.next();
  for (; !step.done; step = characters.next()) {
    const now = performance.now();
    positions.push((now - last) / 1000);
    last = now;
  }
  const sampled = step.value.reduce((sum, text) => sum + text.length, 0);
  return { seconds: (performance.now() - start) / 1000, characters: sampled, positions };
}

/** Of single texts: enough for a 95th percentile. */
const CHARACTERS = 600;

function latency() {
  const positions = [];
  for (let seed = 1; positions.length < CHARACTERS; seed++) positions.push(...sample(1, seed).positions);
  positions.sort((a, b) => a - b);
  return { median: median(positions), p95: positions[Math.floor(0.95 * positions.length)] };
}

sample(job.count, 0); // allocates memory, compiles code
const runs = Array.from({ length: job.repeats }, (_, i) => sample(job.count, i));
const full = model.config.contextLength - 1;
if (job.run === undefined && !runs.every(({ characters }) => characters === job.count * full)) {
  throw new Error(`expected texts of ${full} characters`);
}
answer({
  parameters: model.parameters.count,
  seconds: median(runs.map(({ seconds }) => seconds)),
  charactersPerText: median(runs.map(({ characters }) => characters)) / job.count,
  latency: latency(),
  peakMemoryBytes: peakMemoryBytes(),
});
