import { addLayerNorm } from '../tensor/ops/add-layer-norm.js';
import { embed } from '../tensor/ops/embed.js';
import { linear } from '../tensor/ops/linear.js';
import type { Tape } from '../tensor/tape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { ModelConfig } from './config.js';
import type { ParameterBuilder } from './parameters.js';

/** x · weightᵀ + bias, as torch.nn.Linear. */
export class Linear {
  readonly weight: Tensor; // [outputs, inputs], or [names * outputs, inputs]
  readonly bias: Tensor | undefined; // [outputs], or [names * outputs]

  /**
   * @param name a state-dict name; or several, of layers that one product computes, with one output after another
   * @param options.tiedTo the weight of another module `[outputs, inputs]`, used instead of one of its own
   */
  constructor(
    parameters: ParameterBuilder,
    name: string | readonly string[],
    inputs: number,
    outputs: number,
    { bias = true, tiedTo }: { readonly bias?: boolean; readonly tiedTo?: Tensor | undefined } = {},
  ) {
    const names = [name].flat();
    const matrix = { shape: [outputs, inputs], kind: 'matrix', fanIn: inputs } as const;
    const vector = { shape: [outputs], kind: 'bias', fanIn: inputs } as const;
    this.weight = tiedTo ?? parameters.stacked(names.map((each) => ({ name: `${each}.weight`, ...matrix })));
    if (bias) this.bias = parameters.stacked(names.map((each) => ({ name: `${each}.bias`, ...vector })));
  }

  /** `[rows, inputs]` to `[rows, outputs]`. */
  forward(tape: Tape, x: Tensor): Tensor {
    return linear(tape, x, this.weight, this.bias);
  }
}

/** LayerNorm over the last axis (Ba, Kiros and Hinton, 2016), as torch.nn.LayerNorm. */
export class LayerNorm {
  private readonly weight: Tensor; // [width]
  private readonly bias: Tensor; // [width]

  constructor(parameters: ParameterBuilder, name: string, width: number) {
    this.weight = parameters.declare({ name: `${name}.weight`, shape: [width], kind: 'norm', fanIn: width });
    this.bias = parameters.declare({ name: `${name}.bias`, shape: [width], kind: 'bias', fanIn: 0 });
  }

  /** LayerNorm(x). `[rows, width]` in and out. */
  forward(tape: Tape, x: Tensor): Tensor {
    return addLayerNorm(tape, x, undefined, this.weight, this.bias, 0);
  }

  /** LayerNorm(x + dropout(update)) in one operation. `[rows, width]` in and out. */
  forwardSum(tape: Tape, x: Tensor, update: Tensor, dropoutRate: number): Tensor {
    return addLayerNorm(tape, x, update, this.weight, this.bias, dropoutRate);
  }
}

/** Embedding of the tokens plus, where positions are learned, one of the positions; with dropout. */
export class Embedding {
  readonly tokens: Tensor; // [vocabulary, dModel]
  private readonly positions: Tensor | undefined; // [context length, dModel]
  private readonly dropoutRate: number;

  constructor(parameters: ParameterBuilder, config: ModelConfig) {
    const { vocabulary, contextLength, dModel, positions, fixedEmbeddings, dropout } = config;
    const table = (name: string, rows: number, isFixed = false) =>
      parameters.declare({ name: `${name}.weight`, shape: [rows, dModel], kind: 'embedding', fanIn: dModel, isFixed });
    this.tokens = table('embedding', vocabulary, fixedEmbeddings);
    if (positions === 'learned') this.positions = table('positional_embedding', contextLength);
    this.dropoutRate = dropout.embedding;
  }

  /** `tokens` and `positions` of `[rows]` to `[rows, dModel]`. */
  forward(tape: Tape, tokens: Int32Array, positions: Int32Array): Tensor {
    return embed(tape, tokens, positions, this.tokens, this.positions, this.dropoutRate);
  }
}
