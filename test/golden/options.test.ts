/** Every backend, and the plain model of the tests, against PyTorch for models with other options than the notebook. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseModelConfig } from '../../src/nn/config.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { backendsUnderTest } from '../support/backends.js';
import { expectGradients, GOLDENS_FOLDER, namesOfGoldens, readGolden, relativeError } from '../support/goldens.js';
import { logSoftmax, plainForward } from '../support/plain-transformer.js';

const folder = join(GOLDENS_FOLDER, 'options');
const goldens = namesOfGoldens(folder).map((name) => {
  const { json, tokensOf, tensor, tensors } = readGolden(folder, name);
  const { config, nll_sum: nllSum } = z.object({ config: z.unknown(), nll_sum: z.number() }).parse(json);
  const model = parseModelConfig(config);
  /** `[rows, vocabulary]`, of all texts one after another */
  const logProbabilities = tensor('log_probs').data;
  const [weights, gradients] = [tensors('weights'), tensors('grads')];
  return { name, config: model, nllSum, tokens: tokensOf(model), logProbabilities, weights, gradients };
});

describe.each(goldens)('PyTorch golden $name', (golden) => {
  const { config, tokens, weights, gradients, logProbabilities } = golden;

  it('has the log-probabilities of the plain model', () => {
    const got = tokens.flatMap((text) => plainForward(config, weights, text.slice(0, -1)).logits.flatMap(logSoftmax));
    expect(got.length).toBe(logProbabilities.length);
    expect(relativeError(got, logProbabilities)).toBeLessThanOrEqual(1e-5);
  });

  it.each(backendsUnderTest())('has our log-probabilities, loss and every gradient on $info.name', (backend) => {
    const model = new DecoderTransformer(config);
    model.parameters.load(weights);
    const batch = packBatch(
      tokens.map((text) => text.slice(1)),
      config,
      'all',
    );
    const tape = new Tape(backend);
    tape.begin({ training: true });
    const logits = model.forward(tape, batch);
    const [rows, vocabulary] = logits.shape as [number, number];
    const out = tape.scratch(rows * vocabulary);
    backend.logSoftmax({ rows, vocabulary, logits: logits.data, temperature: 1, out });
    expect(relativeError(out, logProbabilities)).toBeLessThanOrEqual(1e-5);

    const loss = crossEntropy(tape, logits, batch.targets);
    expect(Math.abs(Array.from(loss.nll).reduce((a, b) => a + b, 0) / golden.nllSum - 1)).toBeLessThanOrEqual(1e-5);

    loss.backward();
    expect([...gradients.keys()].sort()).toEqual([...model.parameters.toMap().keys()].sort());
    expectGradients(model.parameters, gradients);
  });
});
