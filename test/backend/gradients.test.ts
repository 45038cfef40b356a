/**
 * Every gradient against finite differences, in float64 on the portable backend, which is the specification.
 *
 * Central differences with a step of h = 1e-5 are off by f‴h²/6, about 1e-10 here, and by rounding, 1e-16 · loss / h,
 * about 1e-10 too for losses of about 10. Gradients are of size 0.1 to 10, so 1e-7 of their norm leaves a margin of
 * ten or more, and a wrong term or factor anywhere is larger by orders of magnitude.
 */
import { describe, expect, it } from 'vitest';
import { portable } from '../../src/backend/portable/index.js';
import type { CrossEntropyGradient, FloatArray } from '../../src/backend/types.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { add } from '../../src/tensor/ops/add.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { ALL_ARCHITECTURES, configOf, roughen } from '../support/architectures.js';
import { relativeError } from '../support/goldens.js';
import { testRandom, type OpCall } from '../support/op-call.js';
import * as ops from '../support/op-cases.js';

const H = 1e-5;
const BOUND = 1e-7;

/** (f(x + h) − f(x − h)) / 2h for the i-th element of an array that `loss` reads. */
function difference(array: FloatArray, i: number, loss: () => number): number {
  const before = array[i]!;
  array[i] = before + H;
  const above = loss();
  array[i] = before - H;
  const below = loss();
  array[i] = before;
  return (above - below) / (2 * H);
}

const sum = (x: FloatArray) => Array.from(x).reduce((total, value) => total + value, 0);
const dot = (x: FloatArray, y: FloatArray) => sum(x.map((value, i) => value * y[i]!));

/** Σ gradOut · out of a forward call, or scale · Σ nll: the loss whose gradient the gradient call gives. */
function lossOf(forward: OpCall, gradient: OpCall): () => number {
  const gradOut = gradient.args['gradOut'] as FloatArray | undefined;
  return () => {
    const outputs = forward.run(portable);
    if (gradOut) return dot(gradOut, outputs.get('out')!);
    return (gradient.args['scale'] as number) * sum(outputs.get('nll')!);
  };
}

/** A gradient that is to be set, not added to: it starts as no number. */
const isSet = (start: FloatArray) => start.every(Number.isNaN);

/** Each gradient call must add to each array, or set it to, what finite differences of the forward call give. */
function checkGradients(opCase: ops.OpCase): void {
  const [forward, ...gradients] = opCase.calls('float64') as [OpCall, OpCall];
  for (const gradient of gradients) checkGradient(forward, gradient);
}

function checkGradient(forward: OpCall, gradient: OpCall): void {
  const loss = lossOf(forward, gradient);
  const outputs = gradient.outputs.filter((name) => name.startsWith('grad'));
  const starts = outputs.map((name) => (gradient.args[name] as FloatArray).slice());
  const results = gradient.run(portable);
  outputs.forEach((name, k) => {
    const start = starts[k]!;
    expect(start.some((x) => x !== 0)).toBe(true); // so that adding differs from overwriting
    const added = results.get(name)!.map((x, i) => (isSet(start) ? x : x - start[i]!));
    const input = forward.args[ops.inputOf(name)] as FloatArray;
    expect(input.length).toBe(added.length);
    const expected = Float64Array.from(input, (_, i) => difference(input, i, loss));
    expect(relativeError(added, expected), name).toBeLessThanOrEqual(BOUND);
  });
}

describe('a gradient operation', () => {
  for (const opCase of [
    ops.embedCase(7, 3, 0),
    ops.embedCase(40, 3, 0.4),
    ops.linearCase(5, 4, 3, true),
    ops.linearCase(3, 2, 6, false),
    ops.attentionCase([1], 1, 3, 0),
    ops.attentionCase([4, 1, 3], 2, 3, 0),
    ops.attentionCase([1, 5, 2], 2, 2, 0.4),
    ops.attentionCase([9], 1, 1, 0.2),
    ops.attentionCase([4, 1, 3], 2, 3, 0, { causal: false }),
    ops.attentionCase([1, 5, 2], 2, 2, 0.4, { causal: false }),
    ops.attentionCase([4, 2, 1], 2, 3, 0, { norms: true }),
    ops.attentionCase([3, 5], 1, 5, 0.3, { norms: true, rotated: true }),
    ops.attentionCase([2, 4], 2, 4, 0, { rotated: true, causal: false }),
    ops.addCase(25, 0),
    ops.addCase(25, 0.4),
    ops.addLayerNormCase(4, 5, undefined),
    ops.addLayerNormCase(4, 5, 0),
    ops.addLayerNormCase(4, 5, 0.4),
    ops.embedCase(40, 3, 0.4, false),
    ops.swigluMlpCase(4, 3, 5),
    ops.mlpCase(4, 3, 7),
    ops.crossEntropyCase(6, 5, 1),
    ops.crossEntropyCase(3, 29, 3),
  ]) {
    it(`gives the derivative of the forward one: ${opCase.name}`, () => checkGradients(opCase));
  }
});

describe('crossEntropyGradient with soft targets', () => {
  for (const opCase of [
    ops.softTargetsCase(6, 5, 0.1, 'even'),
    ops.softTargetsCase(6, 5, 0.6, 'rows'),
    ops.softTargetsCase(3, 29, 1, 'rows'),
  ]) {
    it(`gives the derivative of the loss: ${opCase.name}`, () => {
      const call = opCase.calls('float64')[0]!;
      const { rows, vocabulary, logits, targets, scale, softShare, soft } =
        call.args as unknown as CrossEntropyGradient;
      // scale · Σ −q · log softmax, by its definition
      const loss = () => {
        const out = new Float64Array(rows * vocabulary);
        portable.logSoftmax({ rows, vocabulary, logits, temperature: 1, out });
        const q = out.map((_, i) => softShare * (soft?.[i] ?? 1 / vocabulary));
        targets.forEach((target, r) => (q[r * vocabulary + target]! += 1 - softShare));
        return -scale * dot(q, out);
      };
      const got = call.run(portable).get('gradLogits')!;
      const expected = Float64Array.from(logits, (_, i) => difference(logits, i, loss));
      expect(relativeError(got, expected)).toBeLessThanOrEqual(BOUND);
    });
  }
});

describe('the gradient of a whole model', () => {
  const paddings = ['first', 'all'] as const;
  const models = Object.keys(ALL_ARCHITECTURES).flatMap((name) => paddings.map((padding) => [name, padding] as const));
  it.each(models)('is the derivative of its loss, dropout on: %s, padding %s', (name, padding) => {
    const dropout = { embedding: 0.2, attention: 0.15, residual: 0.1 };
    const config = { ...configOf(name), contextLength: 9, dropout };
    const model = new DecoderTransformer(config, { precision: 'float64' });
    const { values, gradients } = model.parameters;
    roughen(model.parameters, 3);
    const random = testRandom(8);
    const texts = [[1, 2, 3, 2, 1], [4], [], [5, 1, 1, 4, 2, 3, 1, 2, 2, 5]];
    const batch = packBatch(texts, config, padding);
    const tape = new Tape(portable, 'float64');
    const loss = () => {
      tape.begin({ training: true, dropout: { key0: 11, key1: 12, step: 5 } });
      return crossEntropy(tape, model.forward(tape, batch), batch.targets);
    };
    gradients.fill(0);
    loss().backward();
    // Three elements of every parameter
    const picked = model.parameters.specs.flatMap(({ offset, length }) =>
      Array.from({ length: 3 }, () => offset + random.integer(length)),
    );
    const got = picked.map((i) => gradients[i]!);
    const expected = picked.map((i) => difference(values, i, () => sum(loss().nll)));
    expect(relativeError(got, expected)).toBeLessThanOrEqual(BOUND);
    // Elements of tokens and positions that no text has stay at 0, and hardly any others.
    expect(got.filter((x) => x === 0).length).toBeLessThan(picked.length / 10);
  });
});

describe('add', () => {
  it.each([0, 0.3])('gives gradients to an input that is used more than once, dropout %d', (rate) => {
    const tape = new Tape(portable, 'float64');
    const [a, b] = [testRandom(1), testRandom(2)].map((random) =>
      Float64Array.from({ length: 10 }, () => random.normal()),
    );
    const targets = Int32Array.of(3, 0);
    const run = () => {
      tape.begin({ training: true, dropout: { key0: 1, key1: 2, step: 0 } });
      const [x, y] = [a, b].map((values) => {
        const tensor = tape.tensor([2, 5]);
        tensor.data.set(values!);
        return tensor;
      });
      const logits = add(tape, x!, add(tape, x!, y!, rate), rate);
      return { x: x!, y: y!, loss: crossEntropy(tape, logits, targets) };
    };
    const { x, y, loss } = run();
    loss.backward();
    const got = [x, y].flatMap(({ grad }) => [...grad!.subarray(0, 10)]);
    const expected = [a, b].flatMap((values) =>
      Array.from(values!, (_, i) => difference(values!, i, () => sum(run().loss.nll))),
    );
    expect(relativeError(Float64Array.from(got), Float64Array.from(expected))).toBeLessThanOrEqual(BOUND);
  });
});
