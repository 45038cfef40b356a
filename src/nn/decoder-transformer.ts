import type { Backend, FloatArray } from '../backend/types.js';
import { assertInternal } from '../errors.js';
import { precisionOf, type Precision } from '../tensor/arena.js';
import { add } from '../tensor/ops/add.js';
import { mlp } from '../tensor/ops/mlp.js';
import { swigluMlp } from '../tensor/ops/swiglu-mlp.js';
import type { Tape } from '../tensor/tape.js';
import { elementsOf, type Tensor } from '../tensor/tensor.js';
import { newCachedAttention, type CachedAttention, type CachedRows } from './cached-attention.js';
import { hiddenWidthOf, type ModelConfig } from './config.js';
import { Embedding, LayerNorm, Linear } from './modules.js';
import type { PackedBatch } from './packed-batch.js';
import { initializeParameters, ParameterBuilder, type Parameters, type ParameterSpec } from './parameters.js';
import { RotaryPositions } from './positions.js';
import { SelfAttention, type AttentionObserver } from './self-attention.js';

interface ModelOptions {
  readonly seed?: number;
  readonly precision?: Precision;
  readonly backend?: Backend | undefined;
  readonly values?: FloatArray;
}

/**
 * The model: a decoder-only transformer over characters (docs/notebook.md, section 5). Reads the tokens of each text
 * and gives, at every position, the logits of the next token.
 *
 * @example
 * const model = new DecoderTransformer(presetConfig('87k'), { seed: 42 });
 * const logits = model.forward(tape, batch); // [rows, vocabulary]
 */
export class DecoderTransformer {
  readonly parameters: Parameters;
  private readonly modules: Modules;

  /**
   * @param options.seed of the starting values; without it all are 0, to be loaded
   * @param options.backend in whose memory the parameters lie, where it has its own: no call copies them then
   * @param options.values of another model's parameters, to share them
   */
  constructor(
    readonly config: ModelConfig,
    { seed, precision = 'float32', backend, values }: ModelOptions = {},
  ) {
    const parameters = new ParameterBuilder();
    this.modules = declareModules(config, parameters);
    this.parameters = parameters.allocate(precision, backend, values);
    if (seed !== undefined) initializeParameters(this.parameters, config.initialization, seed);
  }

  /** The same model, whose weights are these and not copies, with gradients of its own. */
  withOwnGradients(backend: Backend): DecoderTransformer {
    const { values } = this.parameters;
    return new DecoderTransformer(this.config, { precision: precisionOf(values), backend, values });
  }

  /**
   * Logits of whole texts: a row for every position of every text of the batch.
   *
   * @param observe is shown each block's attention
   * @returns `[rows, vocabulary]`
   */
  forward(
    tape: Tape,
    batch: Pick<PackedBatch, 'tokens' | 'positions' | 'offsets'>,
    observe?: AttentionObserver,
  ): Tensor {
    return this.run(tape, batch, ({ attention }, x) => attention.forward(tape, x, batch, observe));
  }

  /** Caches for generating up to `slots` texts with {@link step}, of the weights as they are now; for causal models. */
  newCaches(slots: number, backend: Backend): readonly CachedAttention[] {
    assertInternal(this.config.causal, 'without the causal mask nothing can be cached');
    return this.modules.blocks.map(({ attention }) => newCachedAttention(attention, slots, backend));
  }

  /**
   * Logits after one new token of each of some texts, whose earlier tokens are in the caches.
   *
   * @returns `[rows, vocabulary]`
   */
  step(tape: Tape, rows: CachedRows & { readonly tokens: Int32Array }, caches: readonly CachedAttention[]): Tensor {
    return this.run(tape, rows, ({ index }, x) => caches[index]!.forward(tape, x, rows));
  }

  private run(
    tape: Tape,
    { tokens, positions }: Pick<PackedBatch, 'tokens' | 'positions'>,
    attend: (block: TransformerBlock, x: Tensor) => Tensor,
  ): Tensor {
    const { embedding, blocks, norm, logits } = this.modules;
    let x = embedding.forward(tape, tokens, positions); // [rows, dModel]
    for (const block of blocks) x = block.forward(tape, x, (y) => attend(block, y)); // [rows, dModel]
    if (norm) x = norm.forward(tape, x);
    return logits.forward(tape, x); // [rows, vocabulary]
  }
}

/** A model's modules; their order is that of their parameters in the flat buffer. */
function declareModules(config: ModelConfig, parameters: ParameterBuilder) {
  const { vocabulary, dModel, layers } = config;
  const rotary = config.positions === 'rotary' ? new RotaryPositions(config) : undefined;
  const embedding = new Embedding(parameters, config);
  const blocks = Array.from({ length: layers }, (_, i) => new TransformerBlock(parameters, config, i, rotary));
  const norm = config.norm === 'pre' ? new LayerNorm(parameters, 'layer_norm', dModel) : undefined;
  const tiedTo = config.tiedEmbeddings ? embedding.tokens : undefined;
  const logits = new Linear(parameters, 'logits.0', dModel, vocabulary, { tiedTo });
  return { embedding, blocks, norm, logits };
}
type Modules = ReturnType<typeof declareModules>;

/** One block: attention mixes positions, the MLP transforms each; both add to the residual stream. */
class TransformerBlock {
  readonly attention: SelfAttention;
  private readonly norm1: LayerNorm;
  private readonly mlp: GeluMlp | SwigluMlp;
  private readonly norm2: LayerNorm;

  constructor(
    parameters: ParameterBuilder,
    private readonly config: ModelConfig,
    readonly index: number,
    rotary: RotaryPositions | undefined,
  ) {
    const name = `transformer_blocks.${index}`;
    const Mlp = config.activation === 'swiglu' ? SwigluMlp : GeluMlp;
    this.attention = new SelfAttention(parameters, config, index, rotary);
    this.norm1 = new LayerNorm(parameters, `${name}.layer_norm1`, config.dModel);
    this.mlp = new Mlp(parameters, `${name}.mlp`, config);
    this.norm2 = new LayerNorm(parameters, `${name}.layer_norm2`, config.dModel);
  }

  /** `[rows, dModel]` in and out. @param attend the block's attention, over whole texts or with a cache */
  forward(tape: Tape, x: Tensor, attend: (x: Tensor) => Tensor): Tensor {
    const { norm1, mlp, norm2 } = this;
    const dropout = this.config.dropout.residual;
    if (this.config.norm === 'post') {
      // The notebook, as the first transformer (Vaswani et al., 2017): normalise after adding.
      x = norm1.forwardSum(tape, x, attend(x), dropout);
      return norm2.forwardSum(tape, x, mlp.forward(tape, x), dropout);
    }
    // GPT-2: normalise the input of each sub-layer, and leave the residual stream alone.
    x = add(tape, x, attend(norm1.forward(tape, x)), dropout);
    return add(tape, x, mlp.forward(tape, norm2.forward(tape, x)), dropout);
  }
}

/** Linear → GELU → linear on each position. */
class GeluMlp {
  private readonly up: Linear; // dModel to hidden
  private readonly down: Linear; // hidden to dModel

  constructor(parameters: ParameterBuilder, name: string, config: ModelConfig) {
    this.up = new Linear(parameters, `${name}.0`, config.dModel, hiddenWidthOf(config));
    this.down = new Linear(parameters, `${name}.2`, hiddenWidthOf(config), config.dModel);
  }

  /** `[rows, dModel]` in and out, in one operation: the hidden layer is never written to memory. */
  forward(tape: Tape, x: Tensor): Tensor {
    const { up, down } = this;
    return mlp(tape, x, up.weight, up.bias!, down.weight, down.bias!);
  }
}

/** (silu(x · W_gateᵀ) ∘ (x · W_upᵀ)) · W_downᵀ on each position, without biases (Shazeer, 2020). */
class SwigluMlp {
  private readonly gateAndUp: Linear; // dModel to 2 * hidden
  private readonly down: Linear; // hidden to dModel

  constructor(parameters: ParameterBuilder, name: string, config: ModelConfig) {
    const [width, hidden] = [config.dModel, hiddenWidthOf(config)];
    this.gateAndUp = new Linear(parameters, [`${name}.gate`, `${name}.up`], width, hidden, { bias: false });
    this.down = new Linear(parameters, `${name}.down`, hidden, width, { bias: false });
  }

  /** `[rows, dModel]` in and out. */
  forward(tape: Tape, x: Tensor): Tensor {
    return swigluMlp(tape, x, this.gateAndUp.weight, this.down.weight);
  }
}

/** Every parameter of a model, in flat order, without allocating them. */
export function parameterSpecs(config: ModelConfig): readonly ParameterSpec[] {
  const parameters = new ParameterBuilder();
  declareModules(config, parameters);
  return parameters.specs;
}

/** Number of parameters of a model, without allocating them. */
export function countParameters(config: ModelConfig): number {
  return parameterSpecs(config).reduce((sum, { shape }) => sum + elementsOf(shape), 0);
}
