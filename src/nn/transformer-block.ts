import { add } from '../tensor/ops/add.js';
import { addLayerNorm } from '../tensor/ops/add-layer-norm.js';
import { mlp } from '../tensor/ops/mlp.js';
import type { Tape } from '../tensor/tape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { AttentionCache } from './attention-cache.js';
import type { ModelConfig } from './config.js';
import type { Parameters } from './parameters.js';
import { SelfAttention, type AttentionContext } from './self-attention.js';

/** Scale and shift of a LayerNorm. */
export interface Norm {
  readonly weight: Tensor; // [emb]
  readonly bias: Tensor; // [emb]
}

/** One block: attention mixes letters, the MLP transforms each; both add to the residual stream. */
export class TransformerBlock {
  private readonly attention: SelfAttention;
  private readonly norm1: Norm;
  private readonly norm2: Norm;
  private readonly mlp: readonly [weight1: Tensor, bias1: Tensor, weight2: Tensor, bias2: Tensor];

  constructor(
    parameters: Parameters,
    private readonly config: ModelConfig,
    index: number,
  ) {
    const name = `transformer_blocks.${index}`;
    const tensor = (part: string) => parameters.tensor(`${name}.${part}`);
    this.attention = new SelfAttention(parameters, config, index);
    this.norm1 = { weight: tensor('layer_norm1.weight'), bias: tensor('layer_norm1.bias') };
    this.norm2 = { weight: tensor('layer_norm2.weight'), bias: tensor('layer_norm2.bias') };
    this.mlp = [tensor('mlp.0.weight'), tensor('mlp.0.bias'), tensor('mlp.2.weight'), tensor('mlp.2.bias')];
  }

  /** `[rows, emb]` in and out. */
  forward(tape: Tape, x: Tensor, context: AttentionContext): Tensor {
    const dropout = this.config.dropout.residual;
    if (this.config.norm === 'post') {
      // The notebook, as in the first transformer (Vaswani et al., 2017): normalise after adding.
      x = this.addThenNorm(tape, x, this.attention.forward(tape, x, context), this.norm1);
      return this.addThenNorm(tape, x, mlp(tape, x, ...this.mlp), this.norm2);
    }
    // GPT-2: normalise what goes into a sub-layer, and leave the residual stream alone.
    x = add(tape, x, this.attention.forward(tape, layerNorm(tape, x, this.norm1), context), dropout);
    return add(tape, x, mlp(tape, layerNorm(tape, x, this.norm2), ...this.mlp), dropout);
  }

  /** An empty cache of this block's attention: see {@link SelfAttention.newCache}. */
  newCache(slots: number): AttentionCache {
    return this.attention.newCache(slots);
  }

  private addThenNorm(tape: Tape, x: Tensor, update: Tensor, norm: Norm): Tensor {
    return addLayerNorm(tape, x, update, norm.weight, norm.bias, this.config.dropout.residual);
  }
}

/** Plain LayerNorm. `[rows, emb]` in and out. */
export function layerNorm(tape: Tape, x: Tensor, norm: Norm): Tensor {
  return addLayerNorm(tape, x, undefined, norm.weight, norm.bias, 0);
}
