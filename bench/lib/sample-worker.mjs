// Draws texts, and answers with figures: seconds of so many texts at once, and what a character of a single text takes. The job:
// preset (an untrained model of full-length texts) or run (a trained one, whose texts end where it says), count, repeats,
// threads, backend, precision.
import { median } from '../../dist/profile/measure-training.js';
import { peakMemoryBytes } from '../../dist/profile/memory.js';
import { DecoderTransformer, loadModel, presetConfig } from '../../dist/index.js';
import { generate } from '../../dist/model/generate.js';
import { backendOf } from './backend.mjs';
import { answer, readJob } from './children.mjs';

const job = await readJob();
const { backend } = backendOf(job);
const model = job.run === undefined ? untrained(job.preset) : loadModel(job.run, backend).transformer;

/** A model whose texts never end: the pad is all but impossible. */
function untrained(preset) {
  const fresh = new DecoderTransformer(presetConfig(preset), { seed: 0 });
  fresh.parameters.tensor('logits.0.bias').data[0] = -1e9;
  return fresh;
}

/** Draws texts: [seconds, characters drawn, seconds of each position]. */
function draw(count, seed) {
  const characters = generate(model, backend, { count, seed, temperature: 1 });
  const positions = [];
  const start = performance.now();
  let last = start;
  let step = characters.next();
  for (; !step.done; step = characters.next()) {
    const now = performance.now();
    positions.push((now - last) / 1000);
    last = now;
  }
  const drawn = step.value.reduce((sum, text) => sum + text.length, 0);
  return { seconds: (performance.now() - start) / 1000, characters: drawn, positions };
}

/** Single texts until there are so many characters: enough for a 95th percentile. */
const CHARACTERS = 600;

function latency() {
  const positions = [];
  for (let seed = 1; positions.length < CHARACTERS; seed++) positions.push(...draw(1, seed).positions);
  positions.sort((a, b) => a - b);
  return { median: median(positions), p95: positions[Math.floor(0.95 * positions.length)] };
}

draw(job.count, 0); // takes memory, compiles code
const runs = Array.from({ length: job.repeats }, (_, i) => draw(job.count, i));
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
