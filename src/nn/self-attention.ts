import { attention } from '../tensor/ops/attention.js';
import { linear } from '../tensor/ops/linear.js';
import type { Tape } from '../tensor/tape.js';
import { rowsOf, type Tensor } from '../tensor/tensor.js';
import { headWidthOf, type ModelConfig } from './config.js';
import type { KvCache } from './kv-cache.js';
import type { Parameters } from './parameters.js';

/** What the rows attend to: the earlier rows of their own text, or what a cache holds of it. */
export type AttentionContext =
  | { readonly kind: 'packed'; readonly offsets: Int32Array }
  | {
      readonly kind: 'cached';
      readonly cache: KvCache;
      readonly slots: Int32Array;
      readonly positions: Int32Array;
    };

/** Multi-head causal self-attention (SPEC section 5, MSHA). */
export class SelfAttention {
  private readonly heads: number;
  private readonly headWidth: number;
  private readonly kqvWeight: Tensor; // [3 * heads * headWidth, emb]
  private readonly kqvBias: Tensor | undefined;
  private readonly outWeight: Tensor; // [emb, heads * headWidth]
  private readonly outBias: Tensor | undefined;

  constructor(
    parameters: Parameters,
    private readonly config: ModelConfig,
    private readonly block: number,
  ) {
    const name = `transformer_blocks.${block}.msha`;
    const all = ['w_k', 'w_q', 'w_v'].map((part) => `${name}.${part}`);
    this.heads = config.heads;
    this.headWidth = headWidthOf(config);
    this.kqvWeight = parameters.stacked(all.map((part) => `${part}.weight`));
    this.outWeight = parameters.tensor(`${name}.w_c.weight`);
    if (config.attentionBias) {
      this.kqvBias = parameters.stacked(all.map((part) => `${part}.bias`));
      this.outBias = parameters.tensor(`${name}.w_c.bias`);
    }
  }

  forward(tape: Tape, x: Tensor, context: AttentionContext): Tensor {
    const kqv = linear(tape, x, this.kqvWeight, this.kqvBias); // [rows, 3 * heads * headWidth]
    const mixed =
      context.kind === 'packed'
        ? this.attend(tape, kqv, context.offsets)
        : this.attendCached(tape, kqv, context);
    return linear(tape, mixed, this.outWeight, this.outBias); // [rows, emb]
  }

  private attend(tape: Tape, kqv: Tensor, offsets: Int32Array): Tensor {
    return attention(tape, kqv, offsets, this.heads, this.headWidth, this.config.dropout.attention);
  }

  private attendCached(tape: Tape, kqv: Tensor, context: AttentionContext & { kind: 'cached' }): Tensor {
    const { heads, headWidth } = this;
    const out = tape.tensor([rowsOf(kqv), heads * headWidth]);
    tape.backend.cachedAttention({
      rows: rowsOf(kqv),
      heads,
      headWidth,
      window: this.config.window,
      slots: context.slots,
      positions: context.positions,
      kqv: kqv.data,
      keys: context.cache.keys[this.block]!,
      values: context.cache.values[this.block]!,
      out: out.data,
    });
    return out;
  }
}
