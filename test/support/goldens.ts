import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelConfig } from '../../src/nn/config.js';
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
  tensor(name: string): { shape: readonly number[]; data: Float32Array };
  /** Named without the prefix. */
  tensors(prefix: string): Map<string, { shape: readonly number[]; data: Float32Array }>;
}

/** The folder of goldens: the tests' own, or LETTERPRESS_GOLDENS. */
const GOLDENS_FOLDER = process.env['LETTERPRESS_GOLDENS'] ?? join(import.meta.dirname, '..', 'goldens');

export function readGoldens(folder = GOLDENS_FOLDER): Golden[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => file.slice(0, -'.safetensors'.length));
  if (names.length === 0) throw new Error(`no NAME.safetensors in ${folder}`);
  return names.map((name) => readGolden(folder, name));
}

function readGolden(folder: string, name: string): Golden {
  const scalars = schema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
  const { tensors } = decodeSafetensors(readFileSync(join(folder, `${name}.safetensors`)));
  const c = scalars.config;
  const float = (key: string) => {
    const tensor = tensors.get(key);
    if (tensor?.dtype !== 'F32') throw new Error(`${name}: no float32 tensor ${key}`);
    return { shape: tensor.shape, data: tensor.data };
  };
  const tokens = tensors.get('tokens');
  if (tokens?.dtype !== 'I64') throw new Error(`${name}: no int64 tensor tokens`);
  const flat = Array.from(tokens.data, Number);
  return {
    name,
    scalars,
    config: {
      vocabulary: c.num_token_vals,
      contextLength: c.num_tokens,
      dModel: c.num_emb,
      heads: c.num_heads,
      layers: c.num_blocks,
      mlpRatio: c.num_neurons,
      ...NOTEBOOK_ARCHITECTURE,
    },
    tokens: Array.from({ length: flat.length / c.num_tokens }, (_, b) =>
      flat.slice(b * c.num_tokens, (b + 1) * c.num_tokens),
    ),
    tensor: float,
    tensors: (prefix) => {
      const found = new Map<string, { shape: readonly number[]; data: Float32Array }>();
      for (const key of tensors.keys()) {
        if (key.startsWith(`${prefix}.`)) found.set(key.slice(prefix.length + 1), float(key));
      }
      return found;
    },
  };
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
