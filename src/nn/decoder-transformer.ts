import { precisionOf, type Precision } from '../tensor/arena.js';
import { embed } from '../tensor/ops/embed.js';
import { linear } from '../tensor/ops/linear.js';
import type { Tape } from '../tensor/tape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { AttentionCache } from './attention-cache.js';
import type { ModelConfig } from './config.js';
import type { PackedBatch } from './packed-batch.js';
import { initializeParameters, Parameters, parameterSpecs } from './parameters.js';
import { rotaryTable } from './positions.js';
import type { AttentionContext, AttentionObserver } from './self-attention.js';
import { normalize, normOf, TransformerBlock, type Norm } from './transformer-block.js';

/**
 * The model: a decoder-only transformer over characters (docs/notebook.md, section 5). Reads the tokens of each text and
 * gives, at every position, the logits of the token that comes next.
 *
 * @example
 * const model = new DecoderTransformer(presetConfig('87k'), { seed: 42 });
 * const logits = model.forward(tape, batch); // [rows, vocabulary]
 */
export class DecoderTransformer {
  readonly parameters: Parameters;
  private readonly tokenEmbedding: Tensor; // [vocabulary, dModel]
  private readonly positionEmbedding: Tensor | undefined; // [context length, dModel]
  private readonly layers: readonly TransformerBlock[];
  private readonly finalNorm: Norm | undefined;
  private readonly logitsWeight: Tensor; // [vocabulary, dModel]: the token embedding where they are tied
  private readonly logitsBias: Tensor; // [vocabulary]

  constructor(
    readonly config: ModelConfig,
    options: { seed?: number; precision?: Precision } = {},
  ) {
    this.parameters = new Parameters(parameterSpecs(config), options.precision);
    if (options.seed !== undefined) initializeParameters(this.parameters, config.initialization, options.seed);
    const tensor = (name: string) => this.parameters.tensor(name);
    this.tokenEmbedding = tensor('embedding.weight');
    if (config.positions === 'learned') this.positionEmbedding = tensor('positional_embedding.weight');
    const rotary = rotaryTable(config, precisionOf(this.parameters.values));
    this.layers = Array.from(
      { length: config.layers },
      (_, i) => new TransformerBlock(this.parameters, config, i, rotary),
    );
    if (config.norm === 'pre') {
      this.finalNorm = normOf(this.parameters, 'layer_norm');
    }
    this.logitsWeight = config.tiedEmbeddings ? this.tokenEmbedding : tensor('logits.0.weight');
    this.logitsBias = tensor('logits.0.bias');
  }

  /**
   * Logits of whole texts: `[rows, vocabulary]`, a row for every position of every text of the batch.
   *
   * @param observe is shown each block's attention on the way
   */
  forward(
    tape: Tape,
    { tokens, positions, offsets }: Pick<PackedBatch, 'tokens' | 'positions' | 'offsets'>,
    observe?: AttentionObserver,
  ): Tensor {
    return this.run(tape, tokens, positions, { kind: 'packed', positions, offsets, observe });
  }

  /**
   * Room for writing up to `slots` texts character by character with {@link step}. It goes with the weights as they are now:
   * make a new one when they have changed.
   */
  newCaches(slots: number): readonly AttentionCache[] {
    return this.layers.map((block) => block.newCache(slots));
  }

  /**
   * Logits after one new token for each of some texts, whose earlier tokens the caches know.
   *
   * @param tokens `[rows]` @param positions `[rows]` @param slots `[rows]` the texts' places in the caches
   * @returns `[rows, vocabulary]`
   */
  step(
    tape: Tape,
    tokens: Int32Array,
    positions: Int32Array,
    slots: Int32Array,
    caches: readonly AttentionCache[],
  ): Tensor {
    return this.run(tape, tokens, positions, { kind: 'cached', caches, slots, positions });
  }

  private run(tape: Tape, tokens: Int32Array, positions: Int32Array, context: AttentionContext): Tensor {
    const { dropout } = this.config;
    let x = embed(tape, tokens, positions, this.tokenEmbedding, this.positionEmbedding, dropout.embedding); // [rows, dModel]
    for (const block of this.layers) x = block.forward(tape, x, context);
    if (this.finalNorm) x = normalize(tape, x, this.finalNorm);
    return linear(tape, x, this.logitsWeight, this.logitsBias); // [rows, vocabulary]
  }
}
