/**
 * Every backend against what PyTorch computed. Point LETTERPRESS_GOLDENS at another folder of
 * NAME.json + NAME.safetensors pairs to check those instead.
 */
import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch, type PackedBatch } from '../../src/nn/packed-batch.js';
import { scoreTexts } from '../../src/model/evaluate.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { AdamWOptimizer } from '../../src/train/optimizer/adamw.js';
import { backendsUnderTest } from '../support/backends.js';
import { expectGradients, readGoldens, relativeError, type Golden } from '../support/goldens.js';

/** Whole rows of the context length, the last position included: what PyTorch's log_probs gives. */
function fullContext(golden: Golden): Pick<PackedBatch, 'tokens' | 'positions' | 'offsets'> {
  const { contextLength } = golden.config;
  const tokens = Int32Array.from(golden.tokens.flat());
  return {
    tokens,
    positions: Int32Array.from(tokens, (_, i) => i % contextLength),
    offsets: Int32Array.from({ length: golden.tokens.length + 1 }, (_, b) => b * contextLength),
  };
}

function charactersOf(golden: Golden): number[][] {
  return golden.tokens.map((row) => row.slice(1));
}

function build(golden: Golden): DecoderTransformer {
  // Gradients and optimiser steps of the goldens are without dropout; a tape without a stream has none.
  const model = new DecoderTransformer(golden.config);
  model.parameters.load(golden.tensors('weights'));
  return model;
}

/** The portable backend takes a minute or two over models of some million parameters. */
const PATIENCE = { timeout: 1_200_000 };

describe.each(backendsUnderTest())('PyTorch goldens on $info.name', PATIENCE, (backend) => {
  describe.each(readGoldens())('$name', (golden) => {
    const { config, scalars } = golden;
    const batch = packBatch(charactersOf(golden), config, 'all');

    /** One forward pass with its loss, the mean over texts, and the backward pass if asked. */
    function pass(model: DecoderTransformer, training: boolean): { texts: number; nll: number; top1: number } {
      const tape = new Tape(backend);
      tape.begin({ training });
      const logits = model.forward(tape, batch);
      const loss = crossEntropy(tape, logits, batch.targets).mean(batch.texts);
      const scores = scoreTexts(batch, config.contextLength, loss);
      if (training) {
        model.parameters.gradients.fill(0);
        loss.backward();
      }
      const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
      return { texts: batch.texts, nll: sum(scores.nll), top1: sum(scores.top1) };
    }

    it('has the same number of parameters', () => {
      expect(build(golden).parameters.count).toBe(scalars.parameters);
    });

    it.each([
      ['log_probs', 1],
      ['log_probs.temperature_0.5', 0.5],
    ])('%s', (name, temperature) => {
      const tape = new Tape(backend);
      tape.begin({ training: false });
      const model = build(golden);
      const logits = model.forward(tape, fullContext(golden));
      const out = tape.scratch(logits.data.length);
      const [rows, vocabulary] = logits.shape as [number, number];
      backend.logSoftmax({ rows, vocabulary, logits: logits.data, temperature, out });
      const expected = golden.tensor(name).data;
      expect(expected.length).toBe(rows * vocabulary);
      expect(relativeError(out, expected)).toBeLessThanOrEqual(1e-5);
      // Log-probabilities reach −20 or so here: this bounds every one of them to float32's accuracy.
      let worst = 0;
      expected.forEach((x, i) => (worst = Math.max(worst, Math.abs(out[i]! - x) / Math.max(1, Math.abs(x)))));
      expect(worst).toBeLessThanOrEqual(5e-5);
    });

    it('NLL (sum and mean) and top-1', () => {
      const total = pass(build(golden), false);
      expect(Math.abs(total.nll / scalars.nll_sum - 1)).toBeLessThanOrEqual(1e-5);
      expect(Math.abs(total.nll / total.texts / scalars.nll_mean - 1)).toBeLessThanOrEqual(1e-5);
      expect(Math.abs(total.top1 - scalars.top1_rec_sum)).toBeLessThanOrEqual(1e-6);
    });

    it('every gradient', () => {
      const model = build(golden);
      pass(model, true);
      expectGradients(model.parameters, golden.tensors('grads'));
    });

    it('five AdamW steps', () => {
      const { lr, betas, eps, weight_decay: weightDecay } = scalars.adamw;
      const model = build(golden);
      const optimizer = new AdamWOptimizer(backend, model.parameters, {
        beta1: betas[0],
        beta2: betas[1],
        epsilon: eps,
        weightDecay,
        decayOn: 'all',
      });
      const losses = scalars.adamw_losses.map(() => {
        const total = pass(model, true);
        optimizer.update(lr);
        return total.nll / total.texts;
      });
      losses.forEach((loss, i) => {
        expect(Math.abs(loss / scalars.adamw_losses[i]! - 1), `step ${i}`).toBeLessThanOrEqual(1e-5);
      });
      for (const [name, expected] of golden.tensors('weights_after_5_adamw_steps')) {
        const got = model.parameters.tensor(name).data;
        if (name.endsWith('msha.w_k.bias')) {
          // Adam divides noise by its own size: each element may move by up to about lr a step.
          const start = golden.tensor(`weights.${name}`).data;
          got.forEach((x, i) => expect(Math.abs(x - start[i]!), name).toBeLessThanOrEqual(5 * lr));
        } else expect(relativeError(got, expected.data), name).toBeLessThanOrEqual(1e-4);
      }
    });
  });
});
