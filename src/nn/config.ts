import * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { parseOptions } from '../parse-options.js';

/** The longest context length any backend supports, in tokens: cls, and 1,024 predictions. */
export const MAX_CONTEXT_LENGTH = 1025;

/** A step numbers up to 256 dropouts, and each block has three. */
const MAX_LAYERS = 64;

/** Far above what any machine holds: what is computed from sizes stays exact. */
const MAX_WIDTH = 2 ** 20;

const positive = z.number().int().positive();
const width = positive.max(MAX_WIDTH);
const rate = z.number().min(0).lt(1);

/** Schema of {@link ModelConfig}: what a run's config.json holds under `model`. */
export const modelConfigSchema = z.strictObject({
  /** Number of token values, pad and cls included: 29 for the default alphabet. */
  vocabulary: positive.max(2 ** 16),
  /** Tokens a text may have, cls included: 150 in the notebook, for 149 characters. */
  contextLength: positive.min(2).max(MAX_CONTEXT_LENGTH),
  /** Width of the residual stream (the notebook's `num_emb`). */
  dModel: width,
  heads: width,
  layers: positive.max(MAX_LAYERS),
  /**
   * Width of the MLP's hidden layer as a multiple of `dModel` (the notebook's `num_neurons`); SwiGLU, which has three
   * matrices, takes two thirds of it: see {@link hiddenWidthOf}.
   */
  mlpRatio: width,
  /** A LayerNorm after each residual addition (the notebook), or before each sub-layer and once at the end. */
  norm: z.enum(['post', 'pre']),
  /**
   * `learned`: an embedding of each position is added to that of the character (the notebook). `rotary`: keys and
   * queries are rotated by angles that grow with the position (Su et al., 2021). `none`: only the causal mask tells
   * positions (Haviv et al., 2022).
   */
  positions: z.enum(['learned', 'rotary', 'none']).default('learned'),
  /** `full`: every head is as wide as `dModel` (the notebook); `standard`: dModel / heads. */
  headWidth: z.enum(['full', 'standard']),
  /** Whether keys, queries, values and the attention's output projection have biases. */
  attentionBias: z.boolean(),
  /** Whether each head's keys and queries are normalised, before rotation (Dehghani et al., 2023). */
  queryKeyNorm: z.boolean().default(false),
  /** Of the MLP: GELU (the notebook), or the gated SwiGLU (Shazeer, 2020), which has no biases. */
  activation: z.enum(['gelu', 'swiglu']).default('gelu'),
  /** Whether the token embedding is also the weight of the logits (Press and Wolf, 2017). */
  tiedEmbeddings: z.boolean().default(false),
  /** Whether the token embedding keeps its random initial values. */
  fixedEmbeddings: z.boolean().default(false),
  /** Whether attention has the causal mask; without it, a position also sees the characters that it predicts. */
  causal: z.boolean().default(true),
  /** Whether a position predicts the token after its own; without the shift, it predicts its own. */
  shift: z.boolean().default(true),
  /**
   * `pytorch`: PyTorch's defaults per layer; `normal`: matrices and embeddings N(0, 0.02²), biases 0. See
   * `initializeParameters`.
   */
  initialization: z.enum(['pytorch', 'normal']),
  dropout: z.strictObject({
    /** After the sum of embeddings: the notebook's only dropout. */
    embedding: rate,
    /** On the attention weights. */
    attention: rate,
    /** On each sub-layer's output, before it is added to the residual stream. */
    residual: rate,
  }),
});

/** Shape and options of a model; saved with every run. */
export type ModelConfig = Readonly<z.infer<typeof modelConfigSchema>>;

/**
 * Whether the probability of a text is the product of the model's predictions: not where they see what they predict.
 * The NLL of other models is no likelihood.
 */
export function isAutoregressive({ causal, shift }: Pick<ModelConfig, 'causal' | 'shift'>): boolean {
  return causal && shift;
}

/** @throws LetterpressError BAD_OPTION where a model's NLL is no likelihood @param use what it was to be used for */
export function checkAutoregressive(config: Pick<ModelConfig, 'causal' | 'shift'>, use: string): void {
  if (isAutoregressive(config)) return;
  const lacks = config.causal ? 'shift' : 'causal mask';
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a model with causal mask and shift for ${use}, got one without the ${lacks}`,
    'Such a model sees what it predicts: it is there to be compared with others, sampled and scored.',
  );
}

export function headWidthOf(config: ModelConfig): number {
  return config.headWidth === 'full' ? config.dModel : config.dModel / config.heads;
}

/** Width of the MLP's hidden layer; SwiGLU's gives its three matrices about as many weights as GELU's two. */
export function hiddenWidthOf({ activation, mlpRatio, dModel }: ModelConfig): number {
  return activation === 'swiglu' ? Math.ceil((2 * mlpRatio * dModel) / 3 / 8) * 8 : mlpRatio * dModel;
}

/**
 * Checks a config from outside (a file or options).
 *
 * @throws LetterpressError BAD_OPTION naming the field, what was expected and what came
 */
export function parseModelConfig(value: unknown): ModelConfig {
  const config = parseOptions(modelConfigSchema, value, "the model's configuration is");
  const { headWidth, dModel, heads } = config;
  if (headWidth === 'standard' && dModel % heads !== 0) {
    const fits = Array.from({ length: dModel }, (_, i) => i + 1).filter((h) => dModel % h === 0);
    throw new LetterpressError(
      'BAD_OPTION',
      `dModel must be a multiple of heads: got ${dModel} and ${heads}`,
      `With dModel ${dModel}, heads may be ${fits.join(', ')}.`,
    );
  }
  if (config.positions === 'rotary' && headWidthOf(config) < 2) {
    throw new LetterpressError(
      'BAD_OPTION',
      `rotary positions need dModel / heads of at least 2: got ${dModel} and ${heads}`,
      'Take fewer heads, or a larger dModel.',
    );
  }
  if (config.fixedEmbeddings && config.tiedEmbeddings) {
    throw new LetterpressError(
      'BAD_OPTION',
      'expected fixedEmbeddings or tiedEmbeddings, got both: the weight of the logits has to be trained',
      'Turn one of them off.',
    );
  }
  return config;
}
