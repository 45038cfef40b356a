import { LAYER_NORM_EPSILON } from '../../backend/types.js';
import { headWidthOf, type ModelConfig } from '../../nn/config.js';
import type { DecoderTransformer } from '../../nn/decoder-transformer.js';
import type { Parameters } from '../../nn/parameters.js';
import { rotaryTable } from '../../nn/positions.js';
import { PAD_TOKEN } from '../../tokenizer/special-tokens.js';
import type { Tokenizer } from '../../tokenizer/tokenizer.js';
import { OnnxGraph, type Value } from './onnx-graph.js';

/**
 * A model as an ONNX file, of operators that every runtime has. Weights keep their state-dict names. Inputs:
 *
 *     input_ids                     int64    [batch, length]          cls and characters; padding on the left
 *     attention_mask                int64    [batch, past + length]   1 for tokens, 0 for padding
 *     position_ids                  int64    [batch, length]          cls is at 0
 *     past_key_values.N.key|value   float32  [batch, heads, past, headWidth]
 *
 * and outputs `logits` `[batch, length, vocabulary]` and `present.N.key|value`, which are the past of the next call.
 * These names are those of Hugging Face's exports. A text that fills the context length ends there.
 *
 * @param producerVersion version of Letterpress, to be stored in the file
 */
export function encodeOnnx(
  { config, parameters }: Pick<DecoderTransformer, 'config' | 'parameters'>,
  tokenizer: Tokenizer,
  producerVersion = '',
): Uint8Array {
  const graph = new OnnxGraph('letterpress');
  const heads = config.heads;
  const cacheShape = (length: string) => ['batch', heads, length, headWidthOf(config)];
  const ids = graph.input('input_ids', 'int64', ['batch', 'length']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'total']);
  const positionIds = graph.input('position_ids', 'int64', ['batch', 'length']);
  const pasts = Array.from({ length: config.layers }, (_, i) => ({
    key: graph.input(`past_key_values.${i}.key`, 'float32', cacheShape('past')),
    value: graph.input(`past_key_values.${i}.value`, 'float32', cacheShape('past')),
  }));
  for (const { name, shape, offset, length } of parameters.specs) {
    graph.initializer(name, shape, Float32Array.from(parameters.values.subarray(offset, offset + length)));
  }
  const onnx = new OnnxTransformer(graph, config, parameters);
  const { positions, isFull } = onnx.positions(positionIds);
  const rotation = onnx.rotation(positions);
  const visible = onnx.visible(ids, mask);
  let x = onnx.embed(ids, positions); // [batch, length, dModel]
  pasts.forEach((past, i) => {
    const name = `transformer_blocks.${i}`;
    const attend = (y: Value) => onnx.attention(y, `${name}.msha`, i, past, visible, rotation);
    if (config.norm === 'post') {
      x = onnx.layerNorm(onnx.add(x, attend(x)), `${name}.layer_norm1`);
      x = onnx.layerNorm(onnx.add(x, onnx.mlp(x, `${name}.mlp`)), `${name}.layer_norm2`);
    } else {
      x = onnx.add(x, attend(onnx.layerNorm(x, `${name}.layer_norm1`)));
      x = onnx.add(x, onnx.mlp(onnx.layerNorm(x, `${name}.layer_norm2`), `${name}.mlp`));
    }
  });
  if (config.norm === 'pre') x = onnx.layerNorm(x, 'layer_norm');
  const tied = config.tiedEmbeddings ? 'embedding.weight' : undefined;
  graph.output(onnx.end(onnx.linear(x, 'logits.0', tied), isFull), ['batch', 'length', config.vocabulary]);
  for (const i of pasts.keys()) {
    graph.output(`present.${i}.key`, cacheShape('total'));
    graph.output(`present.${i}.value`, cacheShape('total'));
  }
  return graph.encode(producerVersion, {
    tokenizer: JSON.stringify(tokenizer.toJSON()),
    model: JSON.stringify(config),
  });
}

/** Not −∞: a row of padding sees nothing, and would become NaN. */
const IMPOSSIBLE = -1e30;

/** Cosines and sines of some positions. `[batch, 1, length, half]` */
type Rotation = { readonly cosines: Value; readonly sines: Value } | undefined;

/** The parts of the transformer as nodes of a graph: each method adds some, and names their result. */
class OnnxTransformer {
  private readonly headWidth: number;
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly graph: OnnxGraph,
    private readonly config: ModelConfig,
    parameters: Parameters,
  ) {
    this.headWidth = headWidthOf(config);
    this.names = new Set(parameters.specs.map(({ name }) => name));
  }

  add(a: Value, b: Value): Value {
    return this.graph.node('Add', [a, b]);
  }

  /** `[batch, length, dModel]` */
  embed(ids: Value, positions: Value): Value {
    const tokens = this.graph.node('Gather', ['embedding.weight', ids]);
    if (this.config.positions !== 'learned') return tokens;
    return this.add(tokens, this.graph.node('Gather', ['positional_embedding.weight', positions]));
  }

  /** x · weightᵀ + bias, where there is one. @param weight of another module, for tied embeddings */
  linear(x: Value, name: string, weight = `${name}.weight`): Value {
    const product = this.graph.node('MatMul', [x, this.graph.node('Transpose', [weight], { perm: [1, 0] })]);
    return this.names.has(`${name}.bias`) ? this.add(product, `${name}.bias`) : product;
  }

  /** Positions within the context length, and which of them are its last: there a text is full. */
  positions(ids: Value): { positions: Value; isFull: Value } {
    const { graph } = this;
    const last = graph.initializer('last_position', [], BigInt64Array.of(BigInt(this.config.contextLength - 1)));
    const positions = graph.node('Min', [ids, last]);
    const isFull = graph.node('GreaterOrEqual', [ids, last]);
    return { positions, isFull: graph.node('Unsqueeze', [isFull, graph.integers(2)]) };
  }

  /** Logits, with the end of the text as the only outcome where it is full: so whoever generates stops there. */
  end(logits: Value, isFull: Value): Value {
    const { graph } = this;
    const { vocabulary } = this.config;
    const end = Float32Array.from({ length: vocabulary }, (_, token) => (token === PAD_TOKEN ? 0 : IMPOSSIBLE));
    return graph.node('Where', [isFull, graph.initializer('end', [vocabulary], end), logits], {}, 'logits');
  }

  layerNorm(x: Value, name: string): Value {
    const attributes = { axis: -1, epsilon: { float: LAYER_NORM_EPSILON } };
    return this.graph.node('LayerNormalization', [x, `${name}.weight`, `${name}.bias`], attributes);
  }

  mlp(x: Value, name: string): Value {
    const { graph } = this;
    if (this.config.activation === 'swiglu') {
      const gate = this.linear(x, `${name}.gate`);
      const silu = graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]);
      return this.linear(graph.node('Mul', [silu, this.linear(x, `${name}.up`)]), `${name}.down`);
    }
    const up = this.linear(x, `${name}.0`);
    const error = graph.node('Erf', [graph.node('Mul', [up, graph.scalar(Math.SQRT1_2)])]);
    const gate = graph.node('Mul', [graph.node('Add', [error, graph.scalar(1)]), graph.scalar(0.5)]);
    return this.linear(graph.node('Mul', [up, gate]), `${name}.2`);
  }

  /** Undefined without rotary positions. */
  rotation(positions: Value): Rotation {
    if (this.config.positions !== 'rotary') return undefined;
    const { graph, config } = this;
    const half = Math.floor(this.headWidth / 2);
    const rows = Float32Array.from(rotaryTable(config, 'float32'));
    graph.initializer('rotary_table', [config.contextLength, 2 * half], rows);
    const table = graph.node('Gather', ['rotary_table', positions]); // [batch, length, 2 * half]
    const [cosines, sines] = graph.split(graph.node('Unsqueeze', [table, graph.integers(1)]), [half, half], -1);
    return { cosines: cosines!, sines: sines! };
  }

  /** Which keys each query may see: neither later ones nor padding. `[batch, 1, length, total]` of booleans */
  visible(ids: Value, mask: Value): Value {
    const { graph } = this;
    const zero = graph.initializer('zero', [], BigInt64Array.of(0n));
    const one = graph.initializer('one', [], BigInt64Array.of(1n));
    const sizeOf = (value: Value) => graph.node('Gather', [graph.node('Shape', [value]), one]);
    const [length, total] = [sizeOf(ids), sizeOf(mask)];
    const keys = graph.node('Range', [zero, total, one]); // [total]
    const queries = graph.node('Range', [graph.node('Sub', [total, length]), total, one]); // [length]
    const column = graph.node('Unsqueeze', [queries, graph.integers(1)]); // [length, 1]
    const causal = graph.node('LessOrEqual', [keys, column]); // [length, total]
    const isToken = graph.node('Greater', [mask, zero]); // [batch, total]
    return graph.node('And', [causal, graph.node('Unsqueeze', [isToken, graph.integers(1, 2)])]);
  }

  /** `[batch, length, dModel]` in and out. @param past keys and values of earlier calls */
  attention(
    x: Value,
    name: string,
    block: number,
    past: { readonly key: Value; readonly value: Value },
    visible: Value,
    rotation: Rotation,
  ): Value {
    const { graph, headWidth } = this;
    const newKeys = this.rotate(this.normalize(this.heads(x, `${name}.w_k`), `${name}.k_norm.weight`), rotation);
    const queries = this.rotate(this.normalize(this.heads(x, `${name}.w_q`), `${name}.q_norm.weight`), rotation);
    const append = (a: Value, b: Value, output: string) => graph.node('Concat', [a, b], { axis: 2 }, output);
    const keys = append(past.key, newKeys, `present.${block}.key`); // [batch, heads, total, headWidth]
    const values = append(past.value, this.heads(x, `${name}.w_v`), `present.${block}.value`);
    const scaled = graph.node('Mul', [queries, graph.scalar(1 / Math.sqrt(headWidth))]);
    const transposed = graph.node('Transpose', [keys], { perm: [0, 1, 3, 2] });
    const scores = graph.node('MatMul', [scaled, transposed]); // [batch, heads, length, total]
    const masked = graph.node('Where', [visible, scores, graph.scalar(IMPOSSIBLE)]);
    const mixed = graph.node('MatMul', [graph.node('Softmax', [masked], { axis: -1 }), values]);
    const rows = graph.node('Transpose', [mixed], { perm: [0, 2, 1, 3] }); // [batch, length, heads, headWidth]
    const width = this.config.heads * headWidth;
    return this.linear(graph.node('Reshape', [rows, graph.integers(0, 0, width)]), `${name}.w_c`);
  }

  /** A projection, head by head. `[batch, length, dModel]` to `[batch, heads, length, headWidth]` */
  private heads(x: Value, name: string): Value {
    const { graph, headWidth } = this;
    const shape = graph.integers(0, 0, this.config.heads, headWidth); // 0: as it was
    return graph.node('Transpose', [graph.node('Reshape', [this.linear(x, name), shape])], { perm: [0, 2, 1, 3] });
  }

  /** RMSNorm of each head's rows, where the model has it. */
  private normalize(x: Value, weight: string): Value {
    if (!this.config.queryKeyNorm) return x;
    const { graph } = this;
    const squares = graph.node('ReduceMean', [graph.node('Mul', [x, x])], { axes: [-1], keepdims: 1 });
    const size = graph.node('Sqrt', [graph.node('Add', [squares, graph.scalar(LAYER_NORM_EPSILON)])]);
    return graph.node('Mul', [graph.node('Div', [x, size]), weight]);
  }

  /** Rotary positions: each pair (a, b) becomes (a cos − b sin, b cos + a sin); the last of an odd width stays. */
  private rotate(x: Value, rotation: Rotation): Value {
    if (rotation === undefined) return x;
    const { graph, headWidth } = this;
    const { cosines, sines } = rotation;
    const half = Math.floor(headWidth / 2);
    const sizes = headWidth % 2 === 0 ? [half, half] : [half, half, 1];
    const [a, b, ...rest] = graph.split(x, sizes, -1) as [Value, Value, ...Value[]];
    const times = (left: Value, right: Value) => graph.node('Mul', [left, right]);
    const first = graph.node('Sub', [times(a, cosines), times(b, sines)]);
    const second = graph.node('Add', [times(b, cosines), times(a, sines)]);
    return graph.node('Concat', [first, second, ...rest], { axis: -1 });
  }
}
