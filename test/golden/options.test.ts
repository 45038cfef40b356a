/** Every backend, and the plain model of the tests, against PyTorch for models with other options than the notebook. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseModelConfig, type ModelConfig } from '../../src/nn/config.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { decodeSafetensors } from '../../src/runs/safetensors.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { backendsUnderTest } from '../support/backends.js';
import { norm, relativeError } from '../support/goldens.js';
import { logSoftmax, plainForward, type NamedTensors } from '../support/plain-transformer.js';

const FOLDER = join(import.meta.dirname, '..', 'goldens', 'options');
const scalarsSchema = z.object({ config: z.unknown(), nll_sum: z.number() });

interface OptionsGolden {
  readonly name: string;
  readonly config: ModelConfig;
  readonly nllSum: number;
  /** Of each text, cls first. */
  readonly tokens: readonly (readonly number[])[];
  /** `[rows, vocabulary]`, of all texts one after another */
  readonly logProbabilities: Float32Array;
  readonly weights: NamedTensors;
  readonly gradients: NamedTensors;
}

function readGolden(name: string): OptionsGolden {
  const scalars = scalarsSchema.parse(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')));
  const config = parseModelConfig(scalars.config);
  const { tensors } = decodeSafetensors(readFileSync(join(FOLDER, `${name}.safetensors`)));
  const floats = (prefix: string): NamedTensors =>
    new Map(
      [...tensors].flatMap(([key, tensor]) =>
        key.startsWith(prefix) && tensor.dtype === 'F32'
          ? [[key.slice(prefix.length), { shape: tensor.shape, data: tensor.data }] as const]
          : [],
      ),
    );
  const flat = Array.from(tensors.get('tokens')!.data, Number);
  return {
    name,
    config,
    nllSum: scalars.nll_sum,
    tokens: Array.from({ length: flat.length / config.contextLength }, (_, b) =>
      flat.slice(b * config.contextLength, (b + 1) * config.contextLength),
    ),
    logProbabilities: Float32Array.from(floats('log_probs').get('')!.data),
    weights: floats('weights.'),
    gradients: floats('grads.'),
  };
}

const goldens = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => readGolden(file.slice(0, -'.json'.length)));

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
    for (const [name, { data }] of gradients) {
      const got = model.parameters.tensor(name).grad!;
      if (name.endsWith('msha.w_k.bias')) {
        // Its true gradient is 0, softmax being blind to a shift of all scores: both are rounding noise.
        const weight = norm(model.parameters.tensor(name.replace('bias', 'weight')).grad!);
        expect(norm(got), name).toBeLessThanOrEqual(1e-5 * weight);
      } else expect(relativeError(got, data), name).toBeLessThanOrEqual(1e-4);
    }
  });
});
