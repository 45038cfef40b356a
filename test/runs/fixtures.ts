import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusReport } from '../../src/texts/corpus-report.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { float32Tensor } from '../../src/runs/safetensors.js';
import type { RunAnalysis } from '../../src/runs/analysis-files.js';
import type { TensorData } from '../../src/runs/safetensors.js';
import {
  SCHEMA_VERSION,
  type CheckpointMeta,
  type MetricsLine,
  type RunConfig,
  type RunResults,
} from '../../src/runs/schema.js';

/** Every file below a folder with its bytes, to compare folders. */
export function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(folder, file), 'latin1')]));
}

export { errorOf } from '../support/error-of.js';

export const config: RunConfig = {
  schemaVersion: SCHEMA_VERSION,
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
  model: { dModel: 48, heads: 4, layers: 3 },
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
  return {
    schemaVersion: SCHEMA_VERSION,
    epoch,
    step: (epoch + 1) * 136,
    bestEpoch: 0,
    bestValNll: 99,
    patience: epoch,
  };
}

export const results: RunResults = {
  schemaVersion: SCHEMA_VERSION,
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

export const quality = {
  texts: 64,
  meanCharacters: 41.5,
  knownWords: { words: 300, share: 0.9, standardError: 0.02 },
  copied: 0.25,
  longestCopy: { mean: 12.5, max: 40 },
  nearest: 0.5,
  distinct: { words: 0.5, pairs: 0.75, triples: 1 },
  ngramNll: 88,
  ngramNllPerCharacter: 2,
};

/** Every analysis file of a run. */
export const analysis: RunAnalysis = {
  baselines: {
    texts: { train: 8664, val: 1084, test: 1084 },
    charactersPerText: { val: 42.5, test: 43 },
    baselines: [
      {
        id: 'kneser-ney',
        label: 'Kneser–Ney, order 7',
        order: 7,
        contextFree: false,
        valNll: 90,
        testNll: 91,
        testTop1: 0.75,
      },
      { id: 'gzip', label: 'gzip', contextFree: false, testNll: Infinity },
    ],
    kneserNeyByOrder: [{ order: 7, valNll: 90 }],
  },
  corpusReport: corpusReport({ train: ['ábc!', 'ábc', ''], val: ['abd'], test: [''] }, defaultTokenizer()),
  sampleQualities: {
    searched: 8664,
    entries: [
      { of: 'epoch', epoch: 3, quality },
      { of: 'test', quality: { ...quality, ngramNll: NaN } },
    ],
  },
  inspection: {
    tokens: ['pad', 'a', 'cls'],
    embedding: [
      [0.25, -1],
      [0, 1e-7],
      [1, 2],
    ],
    texts: [
      {
        split: 'test',
        text: 'a',
        nll: 1.5,
        distributions: [
          [0.25, 0.75, 0],
          [1, 0, 0],
        ],
        attention: [[[[1], [0.5, 0.5]]]],
      },
    ],
  },
  temperatures: {
    seed: 7,
    entries: [
      {
        temperature: 0.5,
        texts: ['a text', ''],
        entropyPerCharacter: 1,
        modelNll: 50,
        modelNllPerCharacter: 1.25,
        quality,
      },
    ],
  },
};
