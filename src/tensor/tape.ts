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

/** A tensor that an operation made. Its gradient is there from its first use on the way back until it has been passed on. */
class Activation implements Tensor {
  private gradient: FloatArray | undefined;

  constructor(
    readonly shape: readonly number[],
    readonly data: FloatArray,
    private readonly pool: GradientPool | undefined,
  ) {}

  get grad(): FloatArray | undefined {
    if (!this.gradient && this.pool) this.unsetGradient().fill(0, 0, elementsOf(this.shape));
    return this.gradient;
  }

  /** Memory for the gradient, of which nothing has been computed yet. */
  unsetGradient(): FloatArray {
    assertInternal(this.pool !== undefined, 'a gradient was asked of a tensor that has none');
    assertInternal(this.gradient === undefined, 'a gradient was to be set that had already been added to');
    this.gradient = this.pool.take(rowsOf(this), columnsOf(this));
    return this.gradient;
  }

  release(): void {
    if (this.gradient) this.pool?.release(this.gradient, columnsOf(this));
    this.gradient = undefined;
  }
}

/**
 * What one pass through a model is run with: the backend, memory for activations and, while training, the
 * list of gradient functions to run backwards. Operations take the tape as their first argument.
 *
 * @example
 * tape.begin({ training: true });
 * const loss = model.forward(tape, batch);
 * tape.backward();
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
    this.arena = new Arena(precision);
    this.pool = new GradientPool(precision);
  }

  /** Starts a pass: everything that the last pass computed is forgotten. */
  begin(options: { training: boolean; dropout?: DropoutStream }): void {
    this.arena.reset();
    for (const { out } of this.steps) out?.release();
    this.steps.length = 0;
    this.training = options.training;
    this.stream = options.dropout;
    this.sites = 0;
  }

  /** A new tensor of this pass, values unset; while training it has a gradient, zero until something adds to it. */
  tensor(shape: readonly number[]): Tensor {
    return new Activation(shape, this.arena.take(elementsOf(shape)), this.training ? this.pool : undefined);
  }

  /** Scratch numbers of this pass, values unset. */
  scratch(length: number): FloatArray {
    return this.arena.take(length);
  }

  /**
   * Registers the gradient of the operation just done; does nothing outside training. When it has run, the gradient of
   * `out`, what the operation made, is not needed any more.
   */
  record(out: Tensor | undefined, gradient: () => void): void {
    if (!this.training) return;
    this.steps.push({ out: out instanceof Activation ? out : undefined, gradient });
  }

  /** The next dropout application, or none when dropout is off. */
  dropout(rate: number): Dropout {
    if (rate === 0 || !this.training || !this.stream) return NO_DROPOUT;
    assertInternal(this.sites < SITES_PER_STEP, 'more dropout sites in a step than are numbered');
    const { key0, key1, step } = this.stream;
    return { rate, key0, key1, site: (step * SITES_PER_STEP + this.sites++) >>> 0 };
  }

  /** Runs the recorded gradients, last operation first. */
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
  assertInternal(tensor.grad !== undefined, 'a gradient was asked of a tensor that has none');
  return tensor.grad;
}

/**
 * Memory for the gradient of an activation, for the one operation that sets all of it instead of adding: the only
 * operation that uses the tensor.
 */
export function unsetGradOf(tensor: Tensor): FloatArray {
  return tensor instanceof Activation ? tensor.unsetGradient() : gradOf(tensor).fill(0);
}
