import { NO_DROPOUT } from '../backend/types.js';
import type { Backend, Dropout, FloatArray } from '../backend/types.js';
import { assertInternal } from '../errors.js';
import { Arena, type Precision } from './arena.js';
import { GradientPool } from './gradient-pool.js';
import { columnsOf, elementsOf, rowsOf, type Tensor } from './tensor.js';

/** The dropout stream of one training step; without it, dropout is off. */
export interface DropoutStream {
  readonly key0: number;
  readonly key1: number;
  readonly step: number;
}

/** Dropout sites are numbered step · SITES_PER_STEP + order of use. */
const SITES_PER_STEP = 256;

/** The output of an operation. Its gradient has memory from its first use in the backward pass until passed on. */
class Activation implements Tensor {
  private gradient: FloatArray | undefined;

  constructor(
    readonly shape: readonly number[],
    readonly data: FloatArray,
    private readonly backend: Backend,
    private readonly pool: GradientPool | undefined,
  ) {}

  get grad(): FloatArray | undefined {
    if (!this.gradient && this.pool) this.backend.clear({ length: elementsOf(this.shape), x: this.unsetGradient() });
    return this.gradient;
  }

  get hasGradient(): boolean {
    return this.gradient !== undefined;
  }

  /** Memory for a gradient that is to be set, not added to. */
  unsetGradient(): FloatArray {
    assertInternal(this.pool !== undefined, 'expected a tensor with a gradient');
    assertInternal(this.gradient === undefined, 'expected a gradient that nothing was added to');
    this.gradient = this.pool.take(rowsOf(this), columnsOf(this));
    return this.gradient;
  }

  /** Takes the gradient of an operation's output for its own. */
  adoptGradient(output: Activation): void {
    this.gradient = output.gradient;
    output.gradient = undefined;
  }

  release(): void {
    if (this.gradient) this.pool?.release(this.gradient, columnsOf(this));
    this.gradient = undefined;
  }
}

/**
 * One pass through a model: the backend, memory for activations and, in training, the gradient functions to run
 * backwards. Operations take the tape as their first argument.
 *
 * In the arguments of backend calls, what is spread stands last: of a literal that begins with `...`, V8 makes every
 * object a hidden class of its own, which takes 4 µs and makes its properties slow to read.
 *
 * @example
 * tape.begin({ training: true });
 * const logits = model.forward(tape, batch);
 * crossEntropy(tape, logits, batch.targets).mean(batch.texts).backward();
 */
export class Tape {
  private readonly arena: Arena;
  private readonly pool: GradientPool;
  private readonly steps: { readonly out: Activation | undefined; readonly gradient: () => void }[] = [];
  private training = false;
  private stream: DropoutStream | undefined;
  private sites = 0;

  constructor(
    readonly backend: Backend,
    precision: Precision = 'float32',
  ) {
    this.arena = new Arena(precision, backend);
    this.pool = new GradientPool(precision, backend);
  }

  /** Starts a pass; the tensors of the last one are overwritten. */
  begin(options: { training: boolean; dropout?: DropoutStream }): void {
    this.arena.reset();
    for (const { out } of this.steps) out?.release();
    this.steps.length = 0;
    this.training = options.training;
    this.stream = options.dropout;
    this.sites = 0;
  }

  /** Whether there will be a backward pass. */
  get isTraining(): boolean {
    return this.training;
  }

  /**
   * A new tensor of this pass, in memory of its own, values unset, or in that of another, which is read no more. In
   * training it has a gradient, zero until something is added.
   */
  tensor(shape: readonly number[], data?: FloatArray): Tensor {
    const { arena, backend, pool, training } = this;
    return new Activation(shape, data ?? arena.take(elementsOf(shape)), backend, training ? pool : undefined);
  }

  /** Scratch numbers of this pass, values unset. */
  scratch(length: number): FloatArray {
    return this.arena.take(length);
  }

  /**
   * Registers the gradient function of an operation; does nothing outside training. After it has run, the memory of the
   * gradient of `out`, the operation's output, is used again.
   */
  record(out: Tensor | undefined, gradient: () => void): void {
    if (!this.training) return;
    this.steps.push({ out: out instanceof Activation ? out : undefined, gradient });
  }

  /** The next dropout application, or none when dropout is off. */
  dropout(rate: number): Dropout {
    if (rate === 0 || !this.training || !this.stream) return NO_DROPOUT;
    assertInternal(this.sites < SITES_PER_STEP, `a step has at most ${SITES_PER_STEP} dropouts`);
    const { key0, key1, step } = this.stream;
    return { rate, key0, key1, site: (step * SITES_PER_STEP + this.sites++) >>> 0 };
  }

  /**
   * Gives the gradient of an operation's output to an input whose gradient is the same. Where nothing was added to the
   * input's yet, it moves there: what the output's memory holds is then the input's, to be read alone.
   */
  passGradientOn(out: Tensor, input: Tensor): void {
    if (out instanceof Activation && input instanceof Activation && out.hasGradient && !input.hasGradient) {
      input.adoptGradient(out);
      return;
    }
    const x = gradOf(input);
    this.backend.weightedSum({ length: elementsOf(out.shape), x, y: gradOf(out), scaleX: 1, scaleY: 1, out: x });
  }

  /** Runs the recorded gradient functions, last operation first. */
  backward(): void {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      step.gradient();
      step.out?.release();
    }
  }

  /** Bytes held for activations and their gradients. */
  get bytes(): number {
    return this.arena.bytes + this.pool.bytes;
  }
}

/** The gradient of a tensor that must have one. */
export function gradOf(tensor: Tensor): FloatArray {
  assertInternal(tensor.grad !== undefined, 'expected a tensor with a gradient');
  return tensor.grad;
}

/**
 * The gradients that an operation gives to its inputs, and whether it is to set them, since nothing was added to any of
 * them yet, or to add to them.
 */
export function gradientsOf(tensors: readonly Tensor[]): { readonly sets: boolean; readonly gradients: FloatArray[] } {
  const isNew = (tensor: Tensor) => tensor instanceof Activation && !tensor.hasGradient;
  const sets = new Set(tensors).size === tensors.length && tensors.every(isNew);
  return { sets, gradients: tensors.map(sets ? unsetGradOf : gradOf) };
}

/** Memory for the gradient of an activation, for an operation that alone uses the tensor, and so sets all of it. */
export function unsetGradOf(tensor: Tensor): FloatArray {
  return tensor instanceof Activation ? tensor.unsetGradient() : gradOf(tensor).fill(0);
}
