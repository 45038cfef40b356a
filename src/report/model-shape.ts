/** What a report says of a model's architecture, from `model` in a run's config.json; the model itself is never loaded. */
import { z } from 'zod';
import type { RunConfig } from '../runs/schema.js';

const size = z.int().positive();

const schema = z.object({
  /** Token values, pad and cls included. */
  vocabulary: size,
  /** Tokens a text may have, cls included. */
  window: size,
  /** Width of the model. */
  emb: size,
  heads: size,
  blocks: size,
  /** Width of the MLP's hidden layer as a multiple of `emb`. */
  neurons: size,
  norm: z.enum(['post', 'pre']),
  headWidth: z.enum(['full', 'standard']),
  attentionBias: z.boolean(),
  // Runs of earlier versions have none of these, and had what the defaults say.
  positions: z.enum(['learned', 'rotary']).default('learned'),
  queryKeyNorm: z.boolean().default(false),
  activation: z.enum(['gelu', 'swiglu']).default('gelu'),
  tiedEmbeddings: z.boolean().default(false),
  dropout: z.looseObject({ embedding: z.number() }),
});

/** Sizes and options of a model that a report explains. */
export type ModelShape = Readonly<z.infer<typeof schema>>;

/** A kind of layer and its parameters. */
export interface LayerParameters {
  readonly layer: string;
  /** All of this kind, over all blocks. */
  readonly parameters: number;
}

/** The shape of a run's model; undefined where the config has another form than this report knows. */
export function modelShape(config: Pick<RunConfig, 'model'>): ModelShape | undefined {
  return schema.safeParse(config.model).data;
}

/** Width of one attention head. */
export function headWidth({ headWidth: kind, emb, heads }: ModelShape): number {
  return kind === 'full' ? emb : emb / heads;
}

/** Width of the MLP's hidden layer; SwiGLU has three matrices and two thirds of the width, up to a multiple of 8. */
export function mlpWidth({ activation, neurons, emb }: ModelShape): number {
  return activation === 'swiglu' ? Math.ceil((2 * neurons * emb) / 3 / 8) * 8 : neurons * emb;
}

/**
 * Parameters by kind of layer, in the order in which a letter passes them. Linear layers count their weights and biases.
 *
 * @example layerParameters(shape).find(({ layer }) => layer === 'MLPs')!.parameters;
 */
export function layerParameters(shape: ModelShape): LayerParameters[] {
  const { vocabulary, window, emb, heads, blocks, norm, attentionBias } = shape;
  const inner = heads * headWidth(shape); // of keys, of queries and of values
  const hidden = mlpWidth(shape);
  const linear = (inputs: number, outputs: number, bias = true) => inputs * outputs + (bias ? outputs : 0);
  const attention = 3 * linear(emb, inner, attentionBias) + linear(inner, emb, attentionBias);
  const mlp = shape.activation === 'swiglu' ? 3 * emb * hidden : linear(emb, hidden) + linear(hidden, emb);
  const norms = (2 * blocks + (norm === 'pre' ? 1 : 0)) * 2 * emb;
  const headNorms = shape.queryKeyNorm ? 2 * blocks * headWidth(shape) : 0;
  return [
    { layer: 'letter embedding', parameters: vocabulary * emb },
    { layer: 'position embedding', parameters: shape.positions === 'learned' ? window * emb : 0 },
    { layer: 'attention', parameters: blocks * attention },
    { layer: 'MLPs', parameters: blocks * mlp },
    { layer: 'norms', parameters: norms + headNorms },
    { layer: 'logits', parameters: shape.tiedEmbeddings ? vocabulary : linear(emb, vocabulary) },
  ];
}
