/** Exported models in the ONNX runtime, against our own logits; and as Debian's onnx package judges them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { portable } from '../../../src/backend/portable/index.js';
import { encodeOnnx } from '../../../src/model/export/onnx-model.js';
import { predictNext } from '../../../src/model/inspect.js';
import { isAutoregressive, type ModelConfig } from '../../../src/nn/config.js';
import { DecoderTransformer } from '../../../src/nn/decoder-transformer.js';
import { presetConfig } from '../../../src/nn/presets.js';
import { Tape } from '../../../src/tensor/tape.js';
import { planTraining } from '../../../src/train/plan.js';
import { ALL_ARCHITECTURES, configOf, roughen } from '../../support/architectures.js';
import { OnnxSession } from '../../support/onnx-session.js';
import { tokenizerOf } from '../../support/run-of.js';
import { lacksPython, runPython } from '../../support/python.js';
import { fileFolder } from '../../support/temporary-folders.js';

/** Of the largest logit, or of 1: what the exports promise. */
const TOLERANCE = 1e-5;

const modern = planTraining({ recipe: 'modern', size: '87k' }, 29).model;
const MODELS: Readonly<Record<string, ModelConfig>> = {
  ...Object.fromEntries(
    Object.keys(ALL_ARCHITECTURES).flatMap((name) =>
      isAutoregressive(configOf(name)) ? [[name, configOf(name)]] : [],
    ),
  ),
  'odd heads': { ...modern, dModel: 15, heads: 3, layers: 2, positions: 'rotary' },
  'the notebook, 87k': presetConfig('87k'),
  'modern, 87k': modern,
};

describe.each(Object.keys(MODELS))('an exported model: %s', (name) => {
  const config = MODELS[name]!;
  const { vocabulary, contextLength } = config;
  const isSmall = vocabulary < 29;
  // The values of an initialisation for the large models: rough ones make logits of size 100.
  const model = new DecoderTransformer(config, { seed: 3 });
  if (isSmall) roughen(model.parameters, 4);
  const tokenizer = tokenizerOf(config);
  const bytes = encodeOnnx(model, tokenizer, '1.2.3');
  const cls = vocabulary - 1;
  const text = (length: number) => Array.from({ length }, (_, i) => 1 + ((i * i + i) % (vocabulary - 2)));
  let session: OnnxSession;
  beforeAll(async () => {
    session = await OnnxSession.open(bytes, config);
  });

  /** Our logits after cls and after each of the characters. */
  const ownLogits = (characters: readonly number[]): Float32Array =>
    Float32Array.from(predictNext(model, new Tape(portable), [characters]).logits);

  const expectClose = (got: ArrayLike<number>, expected: ArrayLike<number>) => {
    expect(got.length).toBe(expected.length);
    const size = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 1);
    for (let i = 0; i < expected.length; i++) {
      if (Math.abs(got[i]! - expected[i]!) > TOLERANCE * size) expect(got[i]).toBe(expected[i]);
    }
  };

  it('has our logits for whole texts, up to the full context length', async () => {
    for (const length of [0, 1, contextLength - 2]) {
      const rows = [text(length), text(length).reverse()];
      const tokens = rows.map((row) => [cls, ...row]);
      const { logits } = await session.run(
        tokens,
        tokens.map((row) => row.map(() => 1)),
      );
      expectClose(logits, [...ownLogits(rows[0]!), ...ownLogits(rows[1]!)]);
    }
  });

  it('has our logits when it reads texts in parts, with its cache', async () => {
    const tokens = [cls, ...text(10)];
    const expected = ownLogits(text(10));
    const ones = (count: number) => [Array.from({ length: count }, () => 1)];
    let step = await session.run([tokens.slice(0, 4)], ones(4));
    const logits = [...step.logits];
    for (const [from, to] of [
      [4, 5],
      [5, 6],
      [6, 9],
      [9, 11],
    ] as const) {
      step = await session.run([tokens.slice(from, to)], ones(to), step.past);
      logits.push(...step.logits);
    }
    expectClose(logits, expected);
  });

  it('has our logits for texts of different lengths, padded on the left, whole and with its cache', async () => {
    const rows = [text(9), text(4)];
    const width = 10;
    const padded = rows.map((row) => [...Array.from({ length: width - 1 - row.length }, () => 0), cls, ...row]);
    const mask = rows.map((row) => Array.from({ length: width }, (_, i) => Number(i >= width - 1 - row.length)));
    const first = await session.run(padded, mask);
    const next = await session.run(
      [[1], [2]],
      mask.map((row) => [...row, 1]),
      first.past,
    );
    rows.forEach((row, b) => {
      const expected = ownLogits([...row, b + 1]);
      const count = (row.length + 1) * vocabulary;
      const end = (b + 1) * width * vocabulary;
      expectClose(first.logits.slice(end - count, end), expected.slice(0, count));
      expectClose(next.logits.slice(b * vocabulary, (b + 1) * vocabulary), expected.slice(count));
    });
    expect([...first.logits, ...next.logits].every(Number.isFinite)).toBe(true);
  });

  it('ends a text that fills the context length, and reads on beyond it', async () => {
    const tokens = [[cls, ...text(contextLength - 1), 1]];
    const { logits } = await session.run(
      tokens,
      tokens.map((row) => row.map(() => 1)),
    );
    for (const row of [contextLength - 1, contextLength]) {
      const [end, ...others] = logits.slice(row * vocabulary, (row + 1) * vocabulary);
      expect(end).toBe(0);
      expect(others.every((logit) => logit <= -1e29)).toBe(true);
    }
  });

  it('has the same bytes when it is exported again', () => {
    expect(Buffer.compare(encodeOnnx(model, tokenizer, '1.2.3'), bytes)).toBe(0);
  });
});

describe.skipIf(lacksPython('onnx', 'numpy'))("Debian's onnx package", () => {
  const folder = fileFolder();

  it('accepts every exported model, infers its shapes, and reads weights and metadata', () => {
    const names = Object.keys(MODELS);
    names.forEach((name, i) => {
      const model = new DecoderTransformer(MODELS[name]!, { seed: 3 });
      writeFileSync(join(folder, `${i}.onnx`), encodeOnnx(model, tokenizerOf(model.config), '1.2.3'));
    });
    const program = `
import json, sys, onnx
from onnx import numpy_helper
for i in range(int(sys.argv[1])):
    model = onnx.load(f"{i}.onnx")
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    assert (model.ir_version, model.opset_import[0].version) == (8, 17)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    config, characters = json.loads(metadata["model"]), json.loads(metadata["tokenizer"])["characters"]
    assert len(characters) + 2 == config["vocabulary"]
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    print(weights["embedding.weight"].shape == (config["vocabulary"], config["dModel"]), model.producer_version)
`;
    expect(runPython(program, { cwd: folder, args: [String(names.length)] })).toBe('True 1.2.3\n'.repeat(names.length));
  });
});
