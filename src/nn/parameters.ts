import type { FloatArray } from '../backend/types.js';
import { assertInternal, LetterpressError } from '../errors.js';
import { Random } from '../random.js';
import { newFloats, type Precision } from '../tensor/arena.js';
import { elementsOf, type Tensor } from '../tensor/tensor.js';
import { headWidthOf, hiddenWidthOf, type ModelConfig } from './config.js';

/** What a parameter is, for initialisation and weight decay. */
export type ParameterKind = 'embedding' | 'matrix' | 'bias' | 'norm';

/** One named parameter: the notebook's state-dict name, its shape, and how PyTorch would start it. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: ParameterKind;
  /** Inputs of the layer it belongs to; PyTorch draws weights and biases within ±1/√fanIn. */
  readonly fanIn: number;
}

/**
 * Every parameter of a model, in the order in which they lie in the flat buffer. Keys, queries and values
 * are neighbours, so that one product computes all three; so are SwiGLU's gate and what it gates.
 */
export function parameterSpecs(config: ModelConfig): ParameterSpec[] {
  const { vocabulary, contextLength, dModel, heads, layers } = config;
  const headWidth = headWidthOf(config);
  const inner = heads * headWidth;
  const hidden = hiddenWidthOf(config);
  const specs: ParameterSpec[] = [];
  const matrix = (name: string, out: number, fanIn: number) =>
    specs.push({ name: `${name}.weight`, shape: [out, fanIn], kind: 'matrix', fanIn });
  const bias = (name: string, out: number, fanIn: number) =>
    specs.push({ name: `${name}.bias`, shape: [out], kind: 'bias', fanIn });
  const scale = (name: string, width: number) =>
    specs.push({ name: `${name}.weight`, shape: [width], kind: 'norm', fanIn: width });
  const norm = (name: string) => {
    scale(name, dModel);
    specs.push({ name: `${name}.bias`, shape: [dModel], kind: 'bias', fanIn: 0 });
  };

  specs.push({ name: 'embedding.weight', shape: [vocabulary, dModel], kind: 'embedding', fanIn: dModel });
  if (config.positions === 'learned')
    specs.push({
      name: 'positional_embedding.weight',
      shape: [contextLength, dModel],
      kind: 'embedding',
      fanIn: dModel,
    });
  for (let i = 0; i < layers; i++) {
    const block = `transformer_blocks.${i}`;
    for (const name of ['w_k', 'w_q', 'w_v']) matrix(`${block}.msha.${name}`, inner, dModel);
    if (config.attentionBias) for (const name of ['w_k', 'w_q', 'w_v']) bias(`${block}.msha.${name}`, inner, dModel);
    if (config.queryKeyNorm) for (const name of ['k_norm', 'q_norm']) scale(`${block}.msha.${name}`, headWidth);
    matrix(`${block}.msha.w_c`, dModel, inner);
    if (config.attentionBias) bias(`${block}.msha.w_c`, dModel, inner);
    norm(`${block}.layer_norm1`);
    if (config.activation === 'swiglu') {
      for (const name of ['gate', 'up']) matrix(`${block}.mlp.${name}`, hidden, dModel);
      matrix(`${block}.mlp.down`, dModel, hidden);
    } else {
      matrix(`${block}.mlp.0`, hidden, dModel);
      bias(`${block}.mlp.0`, hidden, dModel);
      matrix(`${block}.mlp.2`, dModel, hidden);
      bias(`${block}.mlp.2`, dModel, hidden);
    }
    norm(`${block}.layer_norm2`);
  }
  if (config.norm === 'pre') norm('layer_norm');
  if (!config.tiedEmbeddings) matrix('logits.0', vocabulary, dModel);
  bias('logits.0', vocabulary, dModel);
  return specs;
}

/** Number of parameters of a model, without building it. */
export function countParameters(config: ModelConfig): number {
  return parameterSpecs(config).reduce((sum, spec) => sum + elementsOf(spec.shape), 0);
}

/** A parameter, and where it lies in the flat buffers. */
export interface Place extends ParameterSpec {
  readonly offset: number;
  readonly length: number;
}

/** All parameters of a model in one flat buffer, and their gradients in another, with views by name. */
export class Parameters {
  readonly values: FloatArray;
  readonly gradients: FloatArray;
  private readonly places = new Map<string, Place>();

  constructor(
    readonly specs: readonly ParameterSpec[],
    precision: Precision = 'float32',
  ) {
    let offset = 0;
    for (const spec of specs) {
      const length = elementsOf(spec.shape);
      this.places.set(spec.name, { ...spec, offset, length });
      offset += length;
    }
    this.values = newFloats(precision, offset);
    this.gradients = newFloats(precision, offset);
  }

  /** Number of parameters. */
  get count(): number {
    return this.values.length;
  }

  /** The parameter of that name, as a view into the flat buffers. */
  tensor(name: string): Tensor {
    const place = this.place(name);
    return this.view(place.offset, place.length, place.shape);
  }

  /**
   * Several neighbouring parameters as one tensor, stacked along their first axis: for instance the
   * weights of keys, queries and values as one `[3 · inner, dModel]` matrix.
   */
  stacked(names: readonly string[]): Tensor {
    const places = names.map((name) => this.place(name));
    const first = places[0]!;
    let end = first.offset;
    for (const place of places) {
      assertInternal(place.offset === end, `${place.name} does not lie next to its neighbour`);
      end += place.length;
    }
    const rows = places.reduce((sum, place) => sum + (place.shape[0] ?? 0), 0);
    return this.view(first.offset, end - first.offset, [rows, ...first.shape.slice(1)]);
  }

  /** Name and place of every parameter, in flat order. */
  entries(): IterableIterator<Place> {
    return this.places.values();
  }

  /** Copies of all values by name, e.g. to save them. */
  toMap(): Map<string, { shape: readonly number[]; data: Float32Array }> {
    const map = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const { name, shape, offset, length } of this.places.values()) {
      map.set(name, { shape, data: Float32Array.from(this.values.subarray(offset, offset + length)) });
    }
    return map;
  }

  /**
   * Sets all values from tensors by name.
   *
   * @throws LetterpressError BAD_RUN when a name is missing, unknown, or has another shape
   */
  load(tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>): void {
    for (const name of tensors.keys()) {
      if (!this.places.has(name)) {
        throw new LetterpressError('BAD_RUN', `the weights have a tensor that the model does not know: ${name}`);
      }
    }
    for (const { name, shape, offset } of this.places.values()) {
      const tensor = tensors.get(name);
      if (!tensor) throw new LetterpressError('BAD_RUN', `the weights lack the tensor ${name}`);
      if (tensor.shape.join() !== shape.join()) {
        const message = `${name} should have shape [${shape.join(', ')}], but has [${tensor.shape.join(', ')}]`;
        throw new LetterpressError('BAD_RUN', message, 'Do the weights belong to this configuration?');
      }
      this.values.set(tensor.data, offset);
    }
  }

  private place(name: string): Place {
    const place = this.places.get(name);
    assertInternal(place !== undefined, `no parameter is called ${name}`);
    return place;
  }

  private view(offset: number, length: number, shape: readonly number[]): Tensor {
    return {
      shape,
      data: this.values.subarray(offset, offset + length),
      grad: this.gradients.subarray(offset, offset + length),
    };
  }
}

/**
 * Starting values, a function of the seed alone.
 *
 * `pytorch`: Linear weights and biases U(−1/√fanIn, 1/√fanIn), embeddings N(0, 1), norms 1 and 0 (what torch.nn does).
 *
 * `normal`: matrices and embeddings N(0, 0.02²) as in GPT-2, biases 0, norms 1 and 0.
 */
export function initializeParameters(
  parameters: Parameters,
  initialization: ModelConfig['initialization'],
  seed: number,
): void {
  const deviation = initialization === 'normal' ? 0.02 : 1;
  let stream = 0;
  for (const { kind, fanIn, offset, length } of parameters.entries()) {
    const values = parameters.values.subarray(offset, offset + length);
    const random = new Random(seed, 'init', stream++);
    if (kind === 'norm') values.fill(1);
    else if (initialization === 'pytorch' && kind !== 'embedding') {
      const bound = fanIn === 0 ? 0 : 1 / Math.sqrt(fanIn);
      fill(values, () => (2 * random.uniform() - 1) * bound);
    } else if (kind === 'bias') values.fill(0);
    else fill(values, () => deviation * random.normal());
  }
}

function fill(values: FloatArray, draw: () => number): void {
  for (let i = 0; i < values.length; i++) values[i] = draw();
}
