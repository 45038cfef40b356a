import { NO_DROPOUT } from '../backend/types.js';
import type { Backend, Dropout, FloatArray } from '../backend/types.js';
import { assertInternal } from '../errors.js';
import { Arena, type Precision } from './arena.js';
import { elementsOf, type Tensor } from './tensor.js';

/** The dropout stream of one training step; without it, dropout is off. */
export interface DropoutStream {
  readonly key0: number;
  readonly key1: number;
  readonly step: number;
}

/** Dropout sites are numbered step · SITES_PER_STEP + order of use. */
const SITES_PER_STEP = 256;

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
  private readonly gradients: (() => void)[] = [];
  private training = false;
  private stream: DropoutStream | undefined;
  private sites = 0;

  constructor(
    readonly backend: Backend,
    precision: Precision = 'float32',
  ) {
    this.arena = new Arena(precision);
  }

  /** Starts a pass: everything that the last pass computed is forgotten. */
  begin(options: { training: boolean; dropout?: DropoutStream }): void {
    this.arena.reset();
    this.gradients.length = 0;
    this.training = options.training;
    this.stream = options.dropout;
    this.sites = 0;
  }

  /** A new tensor of this pass, values unset; with a zeroed gradient while training. */
  tensor(shape: readonly number[]): Tensor {
    const length = elementsOf(shape);
    return {
      shape,
      data: this.arena.take(length),
      grad: this.training ? this.arena.take(length).fill(0) : undefined,
    };
  }

  /** Scratch numbers of this pass, values unset. */
  scratch(length: number): FloatArray {
    return this.arena.take(length);
  }

  /** Registers the gradient of the operation just done; does nothing outside training. */
  record(gradient: () => void): void {
    if (this.training) this.gradients.push(gradient);
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
    for (let i = this.gradients.length - 1; i >= 0; i--) this.gradients[i]!();
    this.gradients.length = 0;
  }

  /** Bytes of activation memory held. */
  get bytes(): number {
    return this.arena.bytes;
  }
}

/** The gradient of a tensor that must have one. */
export function gradOf(tensor: Tensor): FloatArray {
  assertInternal(tensor.grad !== undefined, 'a gradient was asked of a tensor that has none');
  return tensor.grad;
}
