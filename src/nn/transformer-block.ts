import type { FloatArray } from '../backend/types.js';
import { add } from '../tensor/ops/add.js';
import { addLayerNorm } from '../tensor/ops/add-layer-norm.js';
import type { Tape } from '../tensor/tape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { AttentionCache } from './attention-cache.js';
import type { ModelConfig } from './config.js';
import { FeedForward } from './feed-forward.js';
import type { Parameters } from './parameters.js';
import { SelfAttention, type AttentionContext } from './self-attention.js';

/** Scale and shift of a LayerNorm. */
export interface Norm {
  readonly weight: Tensor; // [dModel]
  readonly bias: Tensor; // [dModel]
}

/** The norm of that name. */
export function normOf(parameters: Parameters, name: string): Norm {
  return { weight: parameters.tensor(`${name}.weight`), bias: parameters.tensor(`${name}.bias`) };
}

/** One block: attention mixes characters, the MLP transforms each; both add to the residual stream. */
export class TransformerBlock {
  private readonly attention: SelfAttention;
  private readonly norm1: Norm;
  private readonly norm2: Norm;
  private readonly mlp: FeedForward;

  constructor(
    parameters: Parameters,
    private readonly config: ModelConfig,
    index: number,
    rotaryTable: FloatArray | undefined,
  ) {
    const name = `transformer_blocks.${index}`;
    this.attention = new SelfAttention(parameters, config, index, rotaryTable);
    this.norm1 = normOf(parameters, `${name}.layer_norm1`);
    this.norm2 = normOf(parameters, `${name}.layer_norm2`);
    this.mlp = new FeedForward(parameters, config, index);
  }

  /** `[rows, dModel]` in and out. */
  forward(tape: Tape, x: Tensor, context: AttentionContext): Tensor {
    const dropout = this.config.dropout.residual;
    if (this.config.norm === 'post') {
      // The notebook, as in the first transformer (Vaswani et al., 2017): normalise after adding.
      x = this.addThenNorm(tape, x, this.attention.forward(tape, x, context), this.norm1);
      return this.addThenNorm(tape, x, this.mlp.forward(tape, x), this.norm2);
    }
    // GPT-2: normalise what goes into a sub-layer, and leave the residual stream alone.
    x = add(tape, x, this.attention.forward(tape, normalize(tape, x, this.norm1), context), dropout);
    return add(tape, x, this.mlp.forward(tape, normalize(tape, x, this.norm2)), dropout);
  }

  /** An empty cache of this block's attention: see {@link SelfAttention.newCache}. */
  newCache(slots: number): AttentionCache {
    return this.attention.newCache(slots);
  }

  private addThenNorm(tape: Tape, x: Tensor, update: Tensor, norm: Norm): Tensor {
    return addLayerNorm(tape, x, update, norm.weight, norm.bias, this.config.dropout.residual);
  }
}

/** Plain LayerNorm. `[rows, dModel]` in and out. */
export function normalize(tape: Tape, x: Tensor, norm: Norm): Tensor {
  return addLayerNorm(tape, x, undefined, norm.weight, norm.bias, 0);
}
