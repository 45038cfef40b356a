import type { FloatArray } from '../backend/types.js';
import { attention } from '../tensor/ops/attention.js';
import { linear } from '../tensor/ops/linear.js';
import { queryKeyNorm } from '../tensor/ops/query-key-norm.js';
import { rotary } from '../tensor/ops/rotary.js';
import type { Tape } from '../tensor/tape.js';
import { rowsOf, type Tensor } from '../tensor/tensor.js';
import { attentionCache, type AttentionCache } from './attention-cache.js';
import { headWidthOf, type ModelConfig } from './config.js';
import type { Parameters } from './parameters.js';

/** What one block's attention computes, for who wants to look at it. It is overwritten by the tape's next pass. */
export interface AttentionView {
  readonly block: number;
  readonly heads: number;
  readonly headWidth: number;
  /** `[rows, 3 · heads · headWidth]`: keys, queries and values of each row, head after head, normalised and turned. */
  readonly qkv: Tensor;
  /** `[rows, heads · headWidth]`: what each head makes of them, before the output projection. */
  readonly mixed: Tensor;
}

/** Called with each block's attention in turn, as a forward pass goes through them. */
export type AttentionObserver = (view: AttentionView) => void;

/** What the rows attend to: the earlier rows of their own text, or what a cache holds of it. */
export type AttentionContext =
  | {
      readonly kind: 'packed';
      readonly positions: Int32Array;
      readonly offsets: Int32Array;
      readonly observe?: AttentionObserver | undefined;
    }
  | {
      readonly kind: 'cached';
      /** One for each block. */
      readonly caches: readonly AttentionCache[];
      readonly slots: Int32Array;
      readonly positions: Int32Array;
    };

type CachedContext = AttentionContext & { kind: 'cached' };

/** Multi-head causal self-attention (docs/notebook.md, section 5, MSHA). */
export class SelfAttention {
  private readonly heads: number;
  private readonly headWidth: number;
  private readonly qkvWeight: Tensor; // [3 * heads * headWidth, dModel]
  private readonly qkvBias: Tensor | undefined;
  private readonly keyNorm: Tensor | undefined; // [headWidth]
  private readonly queryNorm: Tensor | undefined; // [headWidth]
  private readonly outWeight: Tensor; // [dModel, heads * headWidth]
  private readonly outBias: Tensor | undefined;

  constructor(
    parameters: Parameters,
    private readonly config: ModelConfig,
    private readonly block: number,
    /** See `rotaryTable`. */
    private readonly rotaryTable: FloatArray | undefined,
  ) {
    const name = `transformer_blocks.${block}.msha`;
    const all = ['w_k', 'w_q', 'w_v'].map((part) => `${name}.${part}`);
    this.heads = config.heads;
    this.headWidth = headWidthOf(config);
    this.qkvWeight = parameters.stacked(all.map((part) => `${part}.weight`));
    this.outWeight = parameters.tensor(`${name}.w_c.weight`);
    if (config.queryKeyNorm) {
      this.keyNorm = parameters.tensor(`${name}.k_norm.weight`);
      this.queryNorm = parameters.tensor(`${name}.q_norm.weight`);
    }
    if (config.attentionBias) {
      this.qkvBias = parameters.stacked(all.map((part) => `${part}.bias`));
      this.outBias = parameters.tensor(`${name}.w_c.bias`);
    }
  }

  forward(tape: Tape, x: Tensor, context: AttentionContext): Tensor {
    if (context.kind === 'cached') return this.step(tape, x, context);
    const { block, heads, headWidth } = this;
    const rate = this.config.dropout.attention;
    const qkv = this.keysQueriesValues(tape, x, context.positions);
    const mixed = attention(tape, qkv, context.offsets, heads, headWidth, rate);
    context.observe?.({ block, heads, headWidth, qkv, mixed });
    return linear(tape, mixed, this.outWeight, this.outBias); // [rows, dModel]
  }

  /** `[rows, 3 * heads * headWidth]`, keys and queries normalised and turned where the model does that. */
  private keysQueriesValues(tape: Tape, x: Tensor, positions: Int32Array): Tensor {
    const { heads, headWidth, keyNorm, queryNorm, rotaryTable } = this;
    let qkv = linear(tape, x, this.qkvWeight, this.qkvBias);
    if (keyNorm && queryNorm) qkv = queryKeyNorm(tape, qkv, keyNorm, queryNorm, heads, headWidth);
    if (rotaryTable) rotary(tape, qkv, positions, rotaryTable, heads, headWidth);
    return qkv;
  }

  /** An empty cache for {@link forward} to write characters with; it goes with the weights as they are now. */
  newCache(slots: number): AttentionCache {
    const qkv = { weight: this.qkvWeight, bias: this.qkvBias };
    return attentionCache(this.config, qkv, { weight: this.outWeight, bias: this.outBias }, slots);
  }

  /** One character more for each of some texts: `[rows, dModel]` in and out. */
  private step(tape: Tape, x: Tensor, context: CachedContext): Tensor {
    const { heads, headWidth } = this;
    const { dModel, contextLength } = this.config;
    const { slots, positions } = context;
    const cache = context.caches[this.block]!;
    const rows = rowsOf(x);
    const scale = 1 / Math.sqrt(headWidth);
    if (cache.kind === 'inputs') {
      const { queryWeight, queryBias, outWeight, outBias } = cache.absorbed;
      const queries = linear(tape, x, queryWeight, queryBias).data; // [rows, heads * dModel]
      const mixed = tape.tensor([rows, heads * dModel]);
      const data = { queries, inputs: x.data, cache: cache.inputs, out: mixed.data };
      tape.backend.cachedInputAttention({
        rows,
        heads,
        width: dModel,
        contextLength,
        scale,
        slots,
        positions,
        ...data,
      });
      return linear(tape, mixed, outWeight, outBias);
    }
    const group = heads * headWidth;
    const qkv = this.keysQueriesValues(tape, x, positions).data; // [rows, 3 * group]
    const mixed = tape.tensor([rows, group]);
    tape.backend.cachedAttention({
      rows,
      heads,
      headWidth,
      contextLength,
      scale,
      slots,
      positions,
      queries: qkv.subarray(group),
      queryStride: 3 * group,
      newKeys: qkv,
      newValues: qkv.subarray(2 * group),
      newStride: 3 * group,
      keys: cache.keys,
      values: cache.values,
      out: mixed.data,
    });
    return linear(tape, mixed, this.outWeight, this.outBias);
  }
}
