/** What a report says of a model's architecture, from `model` in a run's config.json; the model itself is never loaded. */
import { z } from 'zod';
import type { RunConfig } from '../runs/schema.js';

const size = z.int().positive();

const schema = z.object({
  /** Token values, pad and cls included. */
  vocabulary: size,
  /** Tokens a text may have, cls included. */
  contextLength: size,
  /** Width of the model. */
  dModel: size,
  heads: size,
  layers: size,
  /** Width of the MLP's hidden layer as a multiple of `dModel`. */
  mlpRatio: size,
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
export function headWidth({ headWidth: kind, dModel, heads }: ModelShape): number {
  return kind === 'full' ? dModel : dModel / heads;
}

/** Width of the MLP's hidden layer; SwiGLU has three matrices and two thirds of the width, up to a multiple of 8. */
export function mlpWidth({ activation, mlpRatio, dModel }: ModelShape): number {
  return activation === 'swiglu' ? Math.ceil((2 * mlpRatio * dModel) / 3 / 8) * 8 : mlpRatio * dModel;
}

/**
 * Parameters by kind of layer, in the order in which a character passes them. Linear layers count their weights and biases.
 *
 * @example layerParameters(shape).find(({ layer }) => layer === 'MLPs')!.parameters;
 */
export function layerParameters(shape: ModelShape): LayerParameters[] {
  const { vocabulary, contextLength, dModel, heads, layers, norm, attentionBias } = shape;
  const inner = heads * headWidth(shape); // of keys, of queries and of values
  const hidden = mlpWidth(shape);
  const linear = (inputs: number, outputs: number, bias = true) => inputs * outputs + (bias ? outputs : 0);
  const attention = 3 * linear(dModel, inner, attentionBias) + linear(inner, dModel, attentionBias);
  const mlp = shape.activation === 'swiglu' ? 3 * dModel * hidden : linear(dModel, hidden) + linear(hidden, dModel);
  const norms = (2 * layers + (norm === 'pre' ? 1 : 0)) * 2 * dModel;
  const headNorms = shape.queryKeyNorm ? 2 * layers * headWidth(shape) : 0;
  return [
    { layer: 'character embedding', parameters: vocabulary * dModel },
    { layer: 'position embedding', parameters: shape.positions === 'learned' ? contextLength * dModel : 0 },
    { layer: 'attention', parameters: layers * attention },
    { layer: 'MLPs', parameters: layers * mlp },
    { layer: 'norms', parameters: norms + headNorms },
    { layer: 'logits', parameters: shape.tiedEmbeddings ? vocabulary : linear(dModel, vocabulary) },
  ];
}
