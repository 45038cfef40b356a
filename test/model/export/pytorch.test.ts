/** modeling.py in Debian's PyTorch, against our own logits. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portable } from '../../../src/backend/portable/index.js';
import { exportModel } from '../../../src/model/export/export-model.js';
import { predictNext } from '../../../src/model/inspect.js';
import { isAutoregressive } from '../../../src/nn/config.js';
import { presetConfig } from '../../../src/nn/presets.js';
import { Tape } from '../../../src/tensor/tape.js';
import { planTraining } from '../../../src/train/plan.js';
import { ALL_ARCHITECTURES, configOf } from '../../support/architectures.js';
import { tokenizerOf, writeRunOf } from '../../support/run-of.js';
import { lacksPython, runPython } from '../../support/python.js';
import { temporaryFolders } from '../../support/temporary-folders.js';

const newFolder = temporaryFolders();
const MODELS = {
  ...Object.fromEntries(
    Object.keys(ALL_ARCHITECTURES).flatMap((name) =>
      isAutoregressive(configOf(name)) ? [[name, configOf(name)]] : [],
    ),
  ),
  'odd heads': { ...configOf('all of today'), dModel: 15, heads: 3, mlpRatio: 4 },
  'the notebook, 87k': presetConfig('87k'),
  'modern, 87k': planTraining({ recipe: 'modern', size: '87k' }, 29).model,
};

it('modeling.py has at most 100 lines, and none is longer than 120 characters', () => {
  const lines = readFileSync(join(import.meta.dirname, '../../../data/modeling.py'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.length).toBeLessThanOrEqual(100);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
});

describe.skipIf(lacksPython('torch'))("Debian's PyTorch", () => {
  it('computes our logits with modeling.py, and generates texts, for every option of the model', () => {
    const folder = newFolder();
    const cases = Object.entries(MODELS).map(([name, config], i) => {
      const model = writeRunOf(config, join(folder, `run-${i}`), { rough: config.vocabulary < 29 });
      exportModel(join(folder, `run-${i}`), { to: 'pytorch', out: join(folder, `model-${i}`) });
      const tokenizer = tokenizerOf(config);
      // As long as may be, and shorter.
      const texts = [config.contextLength - 2, 6, 0].map((length) =>
        Array.from({ length }, (_, t) => tokenizer.characters[(t * t + t) % tokenizer.characters.length]!).join(''),
      );
      const encoded = texts.map((text) => tokenizer.encode(text));
      const { batch, logits } = predictNext(model, new Tape(portable), encoded);
      const rows = texts.map((_, b) =>
        Array.from(logits.slice(batch.offsets[b]! * config.vocabulary, batch.offsets[b + 1]! * config.vocabulary)),
      );
      return { name, texts, logits: rows };
    });
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
    const program = `
import importlib.util, json, torch
for i, case in enumerate(json.load(open("cases.json"))):
    spec = importlib.util.spec_from_file_location("modeling", f"model-{i}/modeling.py")
    modeling = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(modeling)
    model = modeling.load(f"model-{i}/model.safetensors")
    logits = model(model.encode(case["texts"]))
    for b, expected in enumerate(case["logits"]):
        expected = torch.tensor(expected).view(-1, logits.shape[-1])
        error = (logits[b, : len(expected)] - expected).abs().max() / expected.abs().max().clamp(min=1)
        assert error <= 1e-5, (case["name"], b, error)
    alone = model(model.encode(case["texts"][1:2]))
    assert torch.allclose(alone, logits[1:2, : alone.shape[1]], atol=1e-4)
    texts = model.generate(count=3, temperature=0.9)
    assert len(texts) == 3 and all(len(text) < model.c["contextLength"] for text in texts)
    assert all(c in model.characters for text in texts for c in text)
    print(case["name"])
`;
    expect(runPython(program, { cwd: folder })).toBe(cases.map(({ name }) => `${name}\n`).join(''));
  });
});
