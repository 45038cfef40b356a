// Before anything is timed: do both sides compute the same, from the same weights, on the same batch, without dropout?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crossEntropy, DecoderTransformer, encodeSafetensors, packBatch, Tape } from '../../dist/index.js';
import { backendOf } from './backend.mjs';
import { runPython } from './children.mjs';

/** Largest differences allowed: of the loss in nats per text, of the gradient in relative L2 norm. */
const TOLERANCES = {
  f32: { loss: 1e-4, gradient: 1e-4 },
  bf16: { loss: 0.1, gradient: 2e-2 },
};

/**
 * Compares the loss of a batch and every gradient with PyTorch's, and throws where the sides disagree.
 *
 * @param check plan (a training plan), batch (texts as tokens), backend, threads, precision, python, script, job (more
 *   for the script)
 */
export function checkTraining({ plan, batch, ...check }) {
  const model = new DecoderTransformer(plan.model, { seed: 1 });
  const ours = lossAndGradients(model, batch, plan.training, backendOf(check).backend);
  const theirs = pytorchLossAndGradients(model, { ...check, batch, padding: plan.training.padding });
  return compare(check.precision, {
    loss: Math.abs(ours.loss - theirs.loss),
    gradient: relativeDifference(ours.gradients, theirs.gradients),
  });
}

/** The same for writing: the loss of a batch that is read character by character, as texts are written. */
export function checkSampling({ plan, batch, ...check }) {
  const model = new DecoderTransformer(plan.model, { seed: 1 });
  const ours = lossCharacterByCharacter(model, batch, backendOf(check).backend);
  const theirs = pytorchLossAndGradients(model, { ...check, batch, padding: 'all' });
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
export function formatCheck({ precision, differences: { loss, gradient } }) {
  const gradients = gradient === undefined ? '' : `, gradients within ${gradient.toExponential(1)} (relative L2)`;
  const losses = `losses within ${loss.toExponential(1)} nats per text`;
  return `same weights, same batch, no dropout, ${precision}: ${losses}${gradients}`;
}

/** Loss in nats per text, and the gradient of what the recipe minimises. */
function lossAndGradients(model, batch, { padding, lossPer }, backend) {
  const packed = packBatch(batch, model.config, padding);
  const tape = new Tape(backend);
  tape.begin({ training: true });
  const logits = model.forward(tape, packed);
  const count = lossPer === 'text' ? packed.texts : packed.tokens.length;
  const loss = crossEntropy(tape, logits, packed.targets).mean(count);
  loss.backward();
  const perText = loss.nll.reduce((sum, x) => sum + x, 0) / packed.texts;
  return { loss: perText, gradients: model.parameters.gradients };
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

/** The same of PyTorch: loss in nats per text, and the gradient in the order of our parameters. */
function pytorchLossAndGradients(model, { python, script, job, batch, padding }) {
  const folder = mkdtempSync(join(tmpdir(), 'letterpress-check-'));
  try {
    const weights = join(folder, 'weights.safetensors');
    const gradients = join(folder, 'gradients.f32');
    const tensors = [...model.parameters.toMap()].map(([name, tensor]) => [name, { dtype: 'F32', ...tensor }]);
    writeFileSync(weights, encodeSafetensors(new Map(tensors)));
    const { loss } = runPython(python, script, { ...job, mode: 'check', weights, gradients, batch, padding });
    const bytes = new Uint8Array(readFileSync(gradients)); // a copy that begins where float32 numbers may
    return { loss, gradients: new Float32Array(bytes.buffer) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function relativeDifference(a, b) {
  if (a.length !== b.length) return Infinity;
  const norm = Math.sqrt(b.reduce((sum, v) => sum + v * v, 0));
  return Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0)) / norm;
}
