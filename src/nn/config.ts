import { z } from 'zod';
import { LetterpressError } from '../errors.js';

/** The longest window any backend supports, in tokens. */
export const MAX_WINDOW = 1024;

/** Deeper models would run out of the numbers by which a step tells its dropouts apart. */
export const MAX_BLOCKS = 64;

const positive = z.number().int().positive();
const rate = z.number().min(0).lt(1);

/** Schema of {@link ModelConfig}: what a run's config.json holds under `model`. */
export const modelConfigSchema = z.strictObject({
  /** Number of token values, pad and cls included: 29 for the default alphabet. */
  vocabulary: positive,
  /** Tokens a text may have, cls included: 150 in the notebook, for 149 letters. */
  window: positive.max(MAX_WINDOW),
  /** Width of the residual stream (the notebook's `num_emb`). */
  emb: positive,
  heads: positive,
  blocks: positive.max(MAX_BLOCKS),
  /** Width of the MLP's hidden layer as a multiple of `emb` (the notebook's `num_neurons`). */
  neurons: positive,
  /** LayerNorm after each residual addition (the notebook), or before each sub-layer and once at the end. */
  norm: z.enum(['post', 'pre']),
  /** `full`: every head is as wide as `emb` (the notebook); `standard`: emb / heads. */
  headWidth: z.enum(['full', 'standard']),
  /** Whether keys, queries, values and the attention's output projection have biases. */
  attentionBias: z.boolean(),
  /** Whether the token embedding is the matrix of the logits too (Press and Wolf, 2017). */
  tiedEmbeddings: z.boolean().default(false),
  /**
   * `pytorch`: PyTorch's defaults per layer; `normal`: matrices and embeddings N(0, 0.02²), biases 0; `scaled`: matrices
   * N(0, 1 / inputs), biases 0. See `initializeParameters`.
   */
  initialization: z.enum(['pytorch', 'normal', 'scaled']),
  dropout: z.strictObject({
    /** After the sum of embeddings: the notebook's only dropout. */
    embedding: rate,
    /** On the attention weights. */
    attention: rate,
    /** On what each sub-layer adds to the residual stream. */
    residual: rate,
  }),
});

/** Shape and options of one member of the model family; saved with every run. */
export type ModelConfig = Readonly<z.infer<typeof modelConfigSchema>>;

/** Width of one attention head. */
export function headWidthOf(config: ModelConfig): number {
  return config.headWidth === 'full' ? config.emb : config.emb / config.heads;
}

/**
 * Checks a config from outside (a file or options).
 *
 * @throws LetterpressError BAD_OPTION naming the field, what was expected and what came
 */
export function parseModelConfig(value: unknown): ModelConfig {
  const parsed = modelConfigSchema.safeParse(value);
  if (!parsed.success) {
    throw new LetterpressError(
      'BAD_OPTION',
      `the model's configuration is not valid: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { headWidth, emb, heads } = parsed.data;
  if (headWidth === 'standard' && emb % heads !== 0) {
    const fits = Array.from({ length: emb }, (_, i) => i + 1).filter((h) => emb % h === 0);
    throw new LetterpressError(
      'BAD_OPTION',
      `standard heads need a width that is a multiple of the number of heads: got --emb ${emb} --heads ${heads}`,
      `With --emb ${emb}, --heads may be ${fits.join(', ')}.`,
    );
  }
  return parsed.data;
}
