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

/**
 * Parameters by kind of layer, in the order in which a letter passes them. Linear layers count their weights and biases.
 *
 * @example layerParameters(shape).find(({ layer }) => layer === 'MLPs')!.parameters;
 */
export function layerParameters(shape: ModelShape): LayerParameters[] {
  const { vocabulary, window, emb, heads, blocks, neurons, norm, attentionBias } = shape;
  const inner = heads * headWidth(shape); // of keys, of queries and of values
  const hidden = neurons * emb;
  const linear = (inputs: number, outputs: number, bias = true) => inputs * outputs + (bias ? outputs : 0);
  const attention = 3 * linear(emb, inner, attentionBias) + linear(inner, emb, attentionBias);
  const mlp = linear(emb, hidden) + linear(hidden, emb);
  const norms = 2 * blocks + (norm === 'pre' ? 1 : 0);
  return [
    { layer: 'letter embedding', parameters: vocabulary * emb },
    { layer: 'position embedding', parameters: window * emb },
    { layer: 'attention', parameters: blocks * attention },
    { layer: 'MLPs', parameters: blocks * mlp },
    { layer: 'LayerNorms', parameters: norms * 2 * emb },
    { layer: 'logits', parameters: linear(emb, vocabulary) },
  ];
}
