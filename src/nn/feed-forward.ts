import { linear } from '../tensor/ops/linear.js';
import { mlp } from '../tensor/ops/mlp.js';
import { swiglu } from '../tensor/ops/swiglu.js';
import type { Tape } from '../tensor/tape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { ModelConfig } from './config.js';
import type { Parameters } from './parameters.js';

/**
 * A block's MLP, which works on each position by itself: linear → GELU → linear, or with SwiGLU
 * (silu(x · W_gateᵀ) ∘ (x · W_upᵀ)) · W_downᵀ, without biases (Shazeer, 2020).
 */
export class FeedForward {
  private readonly weight1: Tensor; // [hidden, dModel], or gate and up [2 * hidden, dModel]
  private readonly weight2: Tensor; // [dModel, hidden]
  private readonly biases: readonly [Tensor, Tensor] | undefined; // [hidden] and [dModel]

  constructor(parameters: Parameters, config: ModelConfig, block: number) {
    const name = `transformer_blocks.${block}.mlp`;
    if (config.activation === 'swiglu') {
      // Neighbours, so that one product computes both.
      this.weight1 = parameters.stacked([`${name}.gate.weight`, `${name}.up.weight`]);
      this.weight2 = parameters.tensor(`${name}.down.weight`);
    } else {
      this.weight1 = parameters.tensor(`${name}.0.weight`);
      this.weight2 = parameters.tensor(`${name}.2.weight`);
      this.biases = [parameters.tensor(`${name}.0.bias`), parameters.tensor(`${name}.2.bias`)];
    }
  }

  /** `[rows, dModel]` in and out. */
  forward(tape: Tape, x: Tensor): Tensor {
    const { weight1, weight2, biases } = this;
    if (biases) return mlp(tape, x, weight1, biases[0], weight2, biases[1]); // never writes the hidden layer
    return linear(tape, swiglu(tape, linear(tape, x, weight1)), weight2);
  }
}
