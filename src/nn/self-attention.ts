import { precisionOf } from '../tensor/arena.js';
import { attention } from '../tensor/ops/attention.js';
import { queryKeyNorm } from '../tensor/ops/query-key-norm.js';
import { rotary } from '../tensor/ops/rotary.js';
import type { Tape } from '../tensor/tape.js';
import type { Tensor } from '../tensor/tensor.js';
import { headWidthOf, type ModelConfig } from './config.js';
import { Linear } from './modules.js';
import type { PackedBatch } from './packed-batch.js';
import type { ParameterBuilder } from './parameters.js';
import type { RotaryPositions } from './positions.js';

/** One block's attention, as shown to an observer; overwritten by the tape's next pass. */
export interface AttentionView {
  readonly block: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly causal: boolean;
  /** `[rows, 3 · heads · headWidth]`: keys, queries, values; each head after head, normalised and rotated. */
  readonly qkv: Tensor;
  /** `[rows, heads · headWidth]`: the attention output of each head, before the output projection. */
  readonly output: Tensor;
}

/** Called with each block's attention in turn, during a forward pass. */
export type AttentionObserver = (view: AttentionView) => void;

/**
 * Multi-head self-attention (docs/notebook.md, section 5, MSHA): each head mixes the values v of a row and the rows
 * before it in its text, Σ_j softmax_j(q · k_j / √headWidth) v_j; without the causal mask, of all rows of the text.
 *
 * For generation, see `cached-attention.ts`.
 */
export class SelfAttention {
  readonly qkv: Linear; // dModel to 3 * heads * headWidth: keys, queries, values
  readonly out: Linear; // heads * headWidth to dModel
  readonly headWidth: number;
  private readonly norms: { readonly key: Tensor; readonly query: Tensor } | undefined; // [headWidth]

  constructor(
    parameters: ParameterBuilder,
    readonly config: ModelConfig,
    private readonly block: number,
    private readonly rotary: RotaryPositions | undefined,
  ) {
    const { dModel, heads, attentionBias: bias } = config;
    const name = `transformer_blocks.${block}.msha`;
    this.headWidth = headWidthOf(config);
    const width = heads * this.headWidth;
    this.qkv = new Linear(parameters, [`${name}.w_k`, `${name}.w_q`, `${name}.w_v`], dModel, width, { bias });
    if (config.queryKeyNorm) {
      const norm = { shape: [this.headWidth], kind: 'norm', fanIn: this.headWidth } as const;
      const key = parameters.declare({ name: `${name}.k_norm.weight`, ...norm });
      this.norms = { key, query: parameters.declare({ name: `${name}.q_norm.weight`, ...norm }) };
    }
    this.out = new Linear(parameters, `${name}.w_c`, width, dModel, { bias });
  }

  /** `[rows, dModel]` in and out. */
  forward(
    tape: Tape,
    x: Tensor,
    { positions, offsets }: Pick<PackedBatch, 'positions' | 'offsets'>,
    observe?: AttentionObserver,
  ): Tensor {
    const { block, headWidth, norms } = this;
    const { heads, dropout, causal } = this.config;
    const qkv = this.qkv.forward(tape, x); // [rows, 3 * heads * headWidth]
    const table = this.rotary?.at(positions, precisionOf(qkv.data)).table;
    const options = { heads, headWidth, dropoutRate: dropout.attention, causal, norms, table };
    const output = attention(tape, qkv, offsets, options); // [rows, heads * headWidth]
    observe?.({ block, heads, headWidth, causal, qkv: this.prepare(tape, qkv, positions), output });
    return this.out.forward(tape, output); // [rows, dModel]
  }

  /** Keys, queries and values; keys and queries normalised and rotated, where the model does that. */
  project(tape: Tape, x: Tensor, positions: Int32Array): Tensor {
    return this.prepare(tape, this.qkv.forward(tape, x), positions); // [rows, 3 * heads * headWidth]
  }

  private prepare(tape: Tape, qkv: Tensor, positions: Int32Array): Tensor {
    const { norms, headWidth } = this;
    const { heads } = this.config;
    const rotation = this.rotary?.at(positions, precisionOf(qkv.data));
    if (norms) return queryKeyNorm(tape, qkv, norms.key, norms.query, heads, headWidth, rotation);
    if (rotation) rotary(tape, qkv, rotation, heads, headWidth);
    return qkv;
  }
}
