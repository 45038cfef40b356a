import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod';
import type { ModelConfig } from '../../src/nn/config.js';
import type { Parameters } from '../../src/nn/parameters.js';
import { NOTEBOOK_ARCHITECTURE } from '../../src/nn/presets.js';
import { decodeSafetensors } from '../../src/runs/safetensors.js';

const schema = z.object({
  nll_sum: z.number(),
  nll_mean: z.number(),
  top1_rec_sum: z.number(),
  adamw_losses: z.array(z.number()),
  adamw: z.object({
    lr: z.number(),
    betas: z.tuple([z.number(), z.number()]),
    eps: z.number(),
    weight_decay: z.number(),
  }),
  config: z.object({
    num_neurons: z.number(),
    num_heads: z.number(),
    num_blocks: z.number(),
    num_emb: z.number(),
    num_tokens: z.number(),
    num_token_vals: z.number(),
  }),
  parameters: z.number(),
});

export interface Golden {
  readonly name: string;
  readonly scalars: z.infer<typeof schema>;
  readonly config: ModelConfig;
  /** `[batch, context length]`, cls first */
  readonly tokens: readonly (readonly number[])[];
  tensor(name: string): GoldenTensor;
  /** Named without the prefix. */
  tensors(prefix: string): Map<string, GoldenTensor>;
}

interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tests' own folder, or LETTERPRESS_GOLDENS. */
export const GOLDENS_FOLDER = join(import.meta.dirname, '..', 'goldens');

/** Reads every NAME.json + NAME.safetensors pair of a folder. */
export function readGoldens(folder = process.env['LETTERPRESS_GOLDENS'] ?? GOLDENS_FOLDER): Golden[] {
  return namesOfGoldens(folder).map((name) => {
    const { json, ...tensors } = readGolden(folder, name);
    const scalars = schema.parse(json);
    const { config: c } = scalars;
    const config = {
      vocabulary: c.num_token_vals,
      contextLength: c.num_tokens,
      dModel: c.num_emb,
      heads: c.num_heads,
      layers: c.num_blocks,
      mlpRatio: c.num_neurons,
      ...NOTEBOOK_ARCHITECTURE,
    };
    return { name, scalars, config, ...tensors, tokens: tensors.tokensOf(config) };
  });
}

export function namesOfGoldens(folder: string): string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => file.slice(0, -'.safetensors'.length));
  if (names.length === 0) throw new Error(`no NAME.safetensors in ${folder}`);
  return names;
}

export function readGolden(folder: string, name: string) {
  const { tensors } = decodeSafetensors(readFileSync(join(folder, `${name}.safetensors`)));
  const tensor = (key: string): GoldenTensor => {
    const found = tensors.get(key);
    if (found?.dtype !== 'F32') throw new Error(`${name}: no float32 tensor ${key}`);
    return { shape: found.shape, data: found.data };
  };
  return {
    json: JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as unknown,
    tensor,
    tensors: (prefix: string) => {
      const keys = [...tensors.keys()].filter((key) => key.startsWith(`${prefix}.`));
      return new Map(keys.map((key) => [key.slice(prefix.length + 1), tensor(key)]));
    },
    tokensOf: ({ contextLength }: ModelConfig) => {
      const tokens = tensors.get('tokens');
      if (tokens?.dtype !== 'I64') throw new Error(`${name}: no int64 tensor tokens`);
      const flat = Array.from(tokens.data, Number);
      return Array.from({ length: flat.length / contextLength }, (_, b) =>
        flat.slice(b * contextLength, (b + 1) * contextLength),
      );
    },
  };
}

/** Compares each gradient with PyTorch's, but for those that are 0 but for rounding. */
export function expectGradients(parameters: Parameters, expected: ReadonlyMap<string, GoldenTensor>): void {
  for (const [name, { data }] of expected) {
    const got = parameters.tensor(name).grad!;
    if (name.endsWith('msha.w_k.bias')) {
      // Its true gradient is 0, softmax being blind to a shift of all scores: both are rounding noise.
      const weight = norm(parameters.tensor(name.replace('bias', 'weight')).grad!);
      expect(norm(got), name).toBeLessThanOrEqual(1e-5 * weight);
    } else expect(relativeError(got, data), name).toBeLessThanOrEqual(1e-4);
  }
}

/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}

/** √Σ a² */
export function norm(a: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! ** 2;
  return Math.sqrt(sum);
}
