import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { float32Tensor } from '../../src/runs/safetensors.js';
import type { TensorData } from '../../src/runs/safetensors.js';
import type { CheckpointMeta, MetricsLine, RunConfig, RunResults } from '../../src/runs/schema.js';

/** A function that makes empty folders, all of which are removed after each test. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'letterpress-test-'));
    made.push(folder);
    return folder;
  };
}

export { errorOf } from '../support/error-of.js';

export const config: RunConfig = {
  schemaVersion: 1,
  letterpress: '0.1.0',
  createdAt: '2026-01-02T03:04:05.000Z',
  seed: 7,
  node: 'v20.19.2',
  platform: 'linux-x64',
  backend: { name: 'native', isa: 'avx2', threads: 2, precision: 'f32' },
  corpus: {
    name: 'gazette',
    kind: 'builtin',
    fingerprint: 'sha256:0123',
    sizes: { train: 8664, val: 1084, test: 1084 },
    cleaning: 'none',
    entropy: 45.25,
  },
  tokenizer: { alphabet: 'abc ' },
  model: { emb: 48, heads: 4, blocks: 3 },
  recipe: { name: 'modern', warmup: 100 },
  training: { epochs: 10, batch: 64, padding: 'first', learningRate: 5e-3 },
};

/** Metrics of an epoch; the lowest validation NLL is at epoch 3. */
export function metricsLine(epoch: number): MetricsLine {
  return {
    epoch,
    step: (epoch + 1) * 136,
    trainNll: 100 - epoch,
    valNll: 90 + (epoch - 3) ** 2,
    valTop1: 0.7 + 0.01 * epoch,
    learningRate: 1e-3,
    gradNorm: 0.5,
    seconds: 1.25,
    tokens: 1000,
    best: epoch <= 3,
  };
}

export function checkpointMeta(epoch: number): CheckpointMeta {
  return { schemaVersion: 1, epoch, step: (epoch + 1) * 136, bestEpoch: 0, bestValNll: 99, patience: epoch };
}

export const results: RunResults = {
  schemaVersion: 1,
  bestEpoch: 3,
  bestValNll: 90,
  valTop1: 0.73,
  testNll: 91.5,
  testTop1: 0.72,
  epochsRun: 5,
  stoppedBecause: 'epochs',
  parameters: 94397,
  seconds: 60,
  texts: { train: 8664, val: 1084, test: 1084 },
};

export function tensorsOf(value: number): Map<string, TensorData> {
  return new Map([
    ['embedding.weight', float32Tensor([2, 3], new Float32Array(6).fill(value))],
    ['logits.0.bias', float32Tensor([2], Float32Array.of(value, -value))],
  ]);
}
