// Before anything is timed: do both sides compute the same? The loss of one batch and every gradient, from the same weights,
// without dropout.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crossEntropy, DecoderTransformer, encodeSafetensors, packBatch, Tape } from '../../dist/index.js';
import { backendOf } from './backend.mjs';
import { runPython } from './children.mjs';

/** Most that may differ: the loss in nats per text, the gradient in the relative L2 norm of all of it. */
const TOLERANCES = {
  f32: { loss: 1e-4, gradient: 1e-4 },
  bf16: { loss: 0.1, gradient: 2e-2 },
};

/**
 * Compares with PyTorch, and throws where the sides disagree.
 *
 * @param check plan (a training plan), batch (texts as tokens), backend, threads, precision, python, script, job (more
 *   for the script)
 * @returns what was found
 */
export function checkAgainstPyTorch({ plan, batch, python, script, job, ...choice }) {
  const { precision } = choice;
  const folder = mkdtempSync(join(tmpdir(), 'letterpress-check-'));
  try {
    const model = new DecoderTransformer(plan.model, { seed: 1 });
    const weights = join(folder, 'weights.safetensors');
    writeFileSync(weights, encodeSafetensors(tensorsOf(model)));
    const ours = lossAndGradients(model, batch, plan.training, backendOf(choice).backend);
    const gradients = join(folder, 'gradients.f32');
    const theirs = runPython(python, script, {
      ...job,
      mode: 'check',
      weights,
      gradients,
      batch,
      padding: plan.training.padding,
    });
    const bytes = readFileSync(gradients);
    const theirGradient = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    );
    const found = {
      precision,
      loss: ours.loss,
      lossDifference: Math.abs(ours.loss - theirs.loss),
      gradientNorm: norm(theirGradient),
      gradientDifference: relativeDifference(ours.gradient, theirGradient),
    };
    const most = TOLERANCES[precision];
    if (!(found.lossDifference <= most.loss && found.gradientDifference <= most.gradient)) {
      throw new Error(
        `Letterpress and PyTorch disagree, so nothing is timed: the losses differ by ${found.lossDifference.toExponential(1)} ` +
          `nats per text (at most ${most.loss}), the gradients by ${found.gradientDifference.toExponential(1)} (at most ${most.gradient})`,
      );
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was compared, in one line. */
export function formatCheck({ precision, lossDifference, gradientDifference }) {
  return `same weights, same batch, no dropout, ${precision}: losses within ${lossDifference.toExponential(1)} nats per text, gradients within ${gradientDifference.toExponential(1)} (relative L2)`;
}

function tensorsOf(model) {
  const tensors = new Map();
  for (const [name, { shape, data }] of model.parameters.toMap())
    tensors.set(name, { dtype: 'F32', shape, data });
  return tensors;
}

/** Loss in nats per text, and the gradient of what the recipe minimises. */
function lossAndGradients(model, batch, { padding, lossPer }, backend) {
  const { window, vocabulary } = model.config;
  const packed = packBatch(batch, window, vocabulary - 1, padding);
  const tape = new Tape(backend);
  tape.begin({ training: true });
  const logits = model.forward(tape, packed);
  const scale = 1 / (lossPer === 'text' ? packed.texts : packed.tokens.length);
  const { nll } = crossEntropy(tape, logits, packed.targets, scale);
  const loss = nll.reduce((sum, x) => sum + x, 0) / packed.texts;
  tape.backward();
  return { loss, gradient: model.parameters.gradients };
}

const norm = (x) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

function relativeDifference(a, b) {
  if (a.length !== b.length) return Infinity;
  return Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0)) / norm(b);
}
