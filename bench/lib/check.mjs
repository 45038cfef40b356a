// Before anything is timed: do both sides compute the same, from the same weights, on the same batch, without dropout?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crossEntropy, DecoderTransformer, encodeSafetensors, packBatch, Tape } from '../../dist/index.js';
import { backendOf } from './backend.mjs';
import { runPython } from './children.mjs';
import { Trainer } from './internals.mjs';

/**
 * Largest differences allowed: of the loss in nats per text; of the gradient, and of what some steps add to the weights
 * and to their EMA, in relative L2 norm.
 */
const TOLERANCES = {
  f32: { loss: 1e-4, gradient: 1e-4, update: 2e-4, average: 2e-4 },
  bf16: { loss: 0.1, gradient: 2e-2, update: 0.1, average: 0.1 },
};

/** Steps of which the weights are compared. */
const STEPS = 3;

/**
 * Compares the loss of a batch and every gradient with PyTorch's; and, where the script trains as the plan says, the
 * weights and their EMA after some steps. Throws where the sides disagree.
 *
 * @param check plan (a training plan), data (texts as tokens) and its batches in the first epoch of seed 0, backend,
 *   threads, precision; of PyTorch python, environment, script, job (more for the script)
 */
export function checkTraining({ plan, data, batches, ...check }) {
  const { backend } = backendOf(check);
  const model = freshModel(plan);
  const ours = lossAndGradients(model, batches[0], plan.training, backend);
  const isNotebook = check.script === 'notebook_step'; // its script has an optimiser of its own
  const trained = isNotebook ? { learningRates: [] } : trainedWeights(plan, data, backend);
  const { learningRates } = trained;
  const names = isNotebook ? ['gradients'] : ['gradients', 'updated', 'average'];
  const more = { batch: batches[0], padding: plan.training.padding, batches: batches.slice(0, STEPS), learningRates };
  const theirs = askPytorch(model, { ...check, job: { ...check.job, ...more } }, names);
  const start = model.parameters.values;
  const change = (name) => relativeDifference(minus(trained[name], start), minus(theirs[name], start));
  return compare(check.precision, {
    loss: Math.abs(ours.loss - theirs.loss),
    gradient: relativeDifference(ours.gradients, theirs.gradients),
    ...(!isNotebook && { update: change('updated'), average: change('average') }),
  });
}

/** The same for writing: the loss of a batch that is read character by character, as texts are written. */
export function checkSampling({ plan, batch, ...check }) {
  const model = freshModel(plan);
  const ours = lossCharacterByCharacter(model, batch, backendOf(check).backend);
  const theirs = askPytorch(model, { ...check, job: { ...check.job, batch, padding: 'all' } }, ['gradients']);
  return compare(check.precision, { loss: Math.abs(ours - theirs.loss) });
}

/** Throws where one of the differences is too large. */
function compare(precision, differences) {
  const most = TOLERANCES[precision];
  const disagree = Object.entries(differences).filter(([what, difference]) => !(difference <= most[what]));
  if (disagree.length > 0) {
    const found = disagree.map(([what, x]) => `${what} differs by ${x.toExponential(1)}, at most ${most[what]}`);
    throw new Error(`Letterpress and PyTorch disagree, so nothing is timed: ${found.join('; ')}`);
  }
  return { precision, differences };
}

/** What was compared, in one line. */
export function formatCheck({ precision, differences: { loss, gradient, update, average } }) {
  const within = (what, x) => (x === undefined ? [] : [`${what} within ${x.toExponential(1)}`]);
  const relative = [
    ...within('gradients', gradient),
    ...within(`the updates of ${STEPS} steps`, update),
    ...within('their EMA', average),
  ];
  const norm = relative.length > 0 ? ' (relative L2)' : '';
  const all = [...within('losses per text', loss), ...relative].join(', ');
  return `same weights, same batches, no dropout, ${precision}: ${all}${norm}`;
}

/** Without dropout, the same in every call. */
function freshModel({ model }) {
  return new DecoderTransformer({ ...model, dropout: { embedding: 0, attention: 0, residual: 0 } }, { seed: 1 });
}

/** Loss in nats per text, and the gradient of what the recipe minimises. */
function lossAndGradients(model, batch, { padding, lossPer, labelSmoothing }, backend) {
  const packed = packBatch(batch, model.config, padding);
  const tape = new Tape(backend);
  tape.begin({ training: true });
  const logits = model.forward(tape, packed);
  const count = lossPer === 'text' ? packed.texts : packed.tokens.length;
  const loss = crossEntropy(tape, logits, packed.targets, { fraction: labelSmoothing }).mean(count);
  loss.backward();
  const perText = loss.nll.reduce((sum, x) => sum + x, 0) / packed.texts;
  return { loss: perText, gradients: model.parameters.gradients };
}

/** The weights and their EMA after some steps, and the learning rates of those. */
function trainedWeights(plan, data, backend) {
  const texts = data.map((text) => Uint16Array.from(text));
  const trainer = new Trainer(freshModel(plan), backend, plan.training, { train: texts, val: [] }, 0);
  const events = trainer.run();
  const learningRates = Array.from({ length: STEPS }, () => events.next().value.report.learningRate);
  return {
    learningRates,
    updated: trainer.model.parameters.values,
    average: trainer.evaluated.parameters.values,
  };
}

/** Loss in nats per text over the whole context length, from one position of all texts at a time. */
function lossCharacterByCharacter(model, batch, backend) {
  const { contextLength, vocabulary } = model.config;
  const tape = new Tape(backend);
  const caches = model.newCaches(batch.length, backend);
  const slots = Int32Array.from(batch.keys());
  let tokens = new Int32Array(batch.length).fill(vocabulary - 1);
  let loss = 0;
  for (let position = 0; position < contextLength - 1; position++) {
    tape.begin({ training: false });
    const positions = new Int32Array(batch.length).fill(position);
    const { data } = model.step(tape, { tokens, positions, slots }, caches);
    tokens = Int32Array.from(batch, (text) => text[position] ?? 0);
    tokens.forEach((token, i) => (loss -= logSoftmax(data, i * vocabulary, vocabulary, token)));
  }
  return loss / batch.length;
}

function logSoftmax(logits, at, vocabulary, token) {
  let sum = 0;
  for (let v = 0; v < vocabulary; v++) sum += Math.exp(logits[at + v] - logits[at + token]);
  return -Math.log(sum);
}

/** PyTorch's loss in nats per text, and by name the numbers that it writes, in the order of our parameters. */
function askPytorch(model, { python, environment, script, job }, names) {
  const folder = mkdtempSync(join(tmpdir(), 'letterpress-check-'));
  try {
    const weights = join(folder, 'weights.safetensors');
    const files = Object.fromEntries(names.map((name) => [name, join(folder, `${name}.f32`)]));
    const tensors = [...model.parameters.toMap()].map(([name, tensor]) => [name, { dtype: 'F32', ...tensor }]);
    writeFileSync(weights, encodeSafetensors(new Map(tensors)));
    const { loss } = runPython(python, script, { ...job, ...files, mode: 'check', weights }, environment);
    const floats = (file) => new Float32Array(new Uint8Array(readFileSync(file)).buffer); // a copy, aligned
    return { loss, ...Object.fromEntries(names.map((name) => [name, floats(files[name])])) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const minus = (a, b) => a.map((v, i) => v - b[i]);

function relativeDifference(a, b) {
  if (a.length !== b.length) return Infinity;
  const norm = Math.sqrt(b.reduce((sum, v) => sum + v * v, 0));
  return Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0)) / norm;
}
