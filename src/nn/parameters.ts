import type { Backend, FloatArray } from '../backend/types.js';
import { assertInternal, LetterpressError } from '../errors.js';
import { Random } from '../random.js';
import { newFloats, type Precision } from '../tensor/arena.js';
import { elementsOf, type Tensor } from '../tensor/tensor.js';
import type { ModelConfig } from './config.js';

/** Decides how a parameter is initialised, and whether its weight decays. */
export type ParameterKind = 'embedding' | 'matrix' | 'bias' | 'norm';

/** A parameter as its module declares it; the name is the notebook's state-dict name. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: ParameterKind;
  /** Inputs of its layer: PyTorch samples weights and biases within ±1/√fanIn. */
  readonly fanIn: number;
  /** Whether it keeps its initial value. */
  readonly isFixed?: boolean;
}

/** A parameter, and where it lies in the flat buffers. */
export interface FlatParameter extends ParameterSpec {
  readonly offset: number;
  readonly length: number;
}

/**
 * What modules declare their parameters to, one after another as they lie in the flat buffer. The tensors that they get
 * have no memory before {@link allocate}: so a model's parameters can be counted without making them.
 */
export class ParameterBuilder {
  readonly specs: FlatParameter[] = [];
  private readonly views: ParameterView[] = [];
  private end = 0;

  declare(spec: ParameterSpec): Tensor {
    return this.stacked([spec]);
  }

  /**
   * The next parameters, neighbours, as one tensor stacked along their first axis: for instance the weights of keys,
   * queries and values as one `[3 · inner, dModel]` matrix.
   */
  stacked(specs: readonly ParameterSpec[]): Tensor {
    const offset = this.end;
    for (const spec of specs) {
      const length = elementsOf(spec.shape);
      this.specs.push({ ...spec, offset: this.end, length });
      this.end += length;
    }
    const rows = specs.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
    const view = new ParameterView([rows, ...specs[0]!.shape.slice(1)], offset);
    this.views.push(view);
    return view;
  }

  /** @param values of other parameters, to share them */
  allocate(precision: Precision, backend?: Backend, values?: FloatArray): Parameters {
    const parameters = new Parameters(this.specs, precision, backend, values);
    for (const view of this.views) view.lookInto(parameters);
    return parameters;
  }
}

const NO_MEMORY = new Float32Array(0);

/** A view into the flat buffers. */
class ParameterView implements Tensor {
  data: FloatArray = NO_MEMORY;
  grad: FloatArray = NO_MEMORY;

  constructor(
    readonly shape: readonly number[],
    private readonly offset: number,
  ) {}

  lookInto({ values, gradients }: Pick<Parameters, 'values' | 'gradients'>): this {
    const end = this.offset + elementsOf(this.shape);
    this.data = values.subarray(this.offset, end);
    this.grad = gradients.subarray(this.offset, end);
    return this;
  }
}

/** All parameters of a model in one flat buffer, and their gradients in another, with views by name. */
export class Parameters {
  readonly gradients: FloatArray;
  private readonly byName: ReadonlyMap<string, FlatParameter>;

  /** @param specs in flat order @param backend in whose memory they lie */
  constructor(
    readonly specs: readonly FlatParameter[],
    precision: Precision,
    backend?: Backend,
    readonly values: FloatArray = newFloats(precision, lengthOf(specs), backend),
  ) {
    this.byName = new Map(specs.map((spec) => [spec.name, spec]));
    this.gradients = newFloats(precision, this.count, backend);
  }

  get count(): number {
    return lengthOf(this.specs);
  }

  /** The parameter of that name, as a view into the flat buffers. */
  tensor(name: string): Tensor {
    const found = this.byName.get(name);
    assertInternal(found !== undefined, `no parameter is called ${name}`);
    return new ParameterView(found.shape, found.offset).lookInto(this);
  }

  /** Sets the gradients of parameters that are not trained to 0. */
  clearFixedGradients(): void {
    for (const { isFixed, offset, length } of this.specs) if (isFixed) this.gradients.fill(0, offset, offset + length);
  }

  /** Copies of all values by name, e.g. to save them. @param values other ones, in flat order */
  toMap(values = this.values): Map<string, { shape: readonly number[]; data: Float32Array }> {
    const map = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const { name, shape, offset, length } of this.specs) {
      map.set(name, { shape, data: Float32Array.from(values.subarray(offset, offset + length)) });
    }
    return map;
  }

  /**
   * Sets all values from tensors by name.
   *
   * @throws LetterpressError BAD_RUN as {@link checkTensorsFit} does
   */
  load(tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>): void {
    checkTensorsFit(this.specs, tensors);
    for (const { name, offset } of this.specs) this.values.set(tensors.get(name)!.data, offset);
  }
}

function lengthOf(specs: readonly FlatParameter[]): number {
  const last = specs.at(-1);
  return last === undefined ? 0 : last.offset + last.length;
}

/**
 * Whether the tensors of a file are the parameters of a model.
 *
 * @throws LetterpressError BAD_RUN as {@link checkShapesFit} does, and when a number is not finite
 */
export function checkTensorsFit(
  specs: readonly ParameterSpec[],
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>,
): void {
  checkShapesFit(specs, tensors);
  for (const [name, { data }] of tensors) {
    const bad = firstNonFinite(data);
    if (bad === undefined) continue;
    throw new LetterpressError(
      'BAD_RUN',
      `${name} has a weight that is ${data[bad]!}: number ${bad + 1} of ${data.length}`,
      'The training diverged, or the file is damaged: train again, with a lower learning rate.',
    );
  }
}

/**
 * The part of {@link checkTensorsFit} that reads no numbers: to be asked before memory is taken for a model.
 *
 * @throws LetterpressError BAD_RUN when a name is missing, unknown, or has another shape
 */
export function checkShapesFit(
  specs: readonly ParameterSpec[],
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): void {
  const names = new Set(specs.map(({ name }) => name));
  for (const name of tensors.keys()) {
    if (!names.has(name)) throw new LetterpressError('BAD_RUN', `the weights have an unknown tensor: ${name}`);
  }
  for (const { name, shape } of specs) {
    const tensor = tensors.get(name);
    if (!tensor) throw new LetterpressError('BAD_RUN', `the weights lack the tensor ${name}`);
    if (tensor.shape.join() !== shape.join()) {
      const message = `${name} should have shape [${shape.join(', ')}], but has [${tensor.shape.join(', ')}]`;
      throw new LetterpressError('BAD_RUN', message, 'Do the weights belong to this configuration?');
    }
  }
}

/** Index of the first value that is NaN or infinite. */
function firstNonFinite(values: ArrayLike<number>): number | undefined {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return undefined;
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
  for (const { kind, fanIn, offset, length } of parameters.specs) {
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
