import type { Backend, FloatArray } from '../backend/types.js';
import type { Parameters } from '../nn/parameters.js';
import type { ParameterKind } from '../nn/parameters.js';

/** Constants of AdamW (Loshchilov and Hutter, 2019). */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Which parameters shrink: `all` as in PyTorch's default, or matrices and embeddings only. */
  readonly decayOn: 'all' | 'matrices';
}

/** PyTorch's defaults. */
export const PYTORCH_ADAMW: AdamWOptions = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  decayOn: 'all',
};

const DECAYS: Readonly<Record<ParameterKind, boolean>> = {
  matrix: true,
  embedding: true,
  bias: false,
  norm: false,
};

/** AdamW over a model's flat parameter buffer: state, and one backend call a step. */
export class AdamWOptimizer {
  readonly firstMoments: FloatArray;
  readonly secondMoments: FloatArray;
  private readonly segmentEnds: Int32Array;
  private readonly segmentDecay: Float64Array;
  /** Updates done. */
  step = 0;

  constructor(
    private readonly backend: Backend,
    private readonly parameters: Parameters,
    private readonly options: AdamWOptions,
  ) {
    this.firstMoments = parameters.values.slice().fill(0);
    this.secondMoments = parameters.values.slice().fill(0);
    const entries = [...parameters.entries()];
    this.segmentEnds = Int32Array.from(entries, ({ offset, length }) => offset + length);
    this.segmentDecay = Float64Array.from(entries, ({ kind }) =>
      options.decayOn === 'all' || DECAYS[kind] ? options.weightDecay : 0,
    );
  }

  /** √Σ g²: the norm of the whole gradient. */
  gradientNorm(): number {
    return Math.sqrt(this.backend.sumOfSquares(this.parameters.gradients, this.parameters.count));
  }

  /** One update with the gradients as they are, times `gradientScale`. */
  update(learningRate: number, gradientScale = 1): void {
    this.step++;
    const { beta1, beta2, epsilon } = this.options;
    this.backend.adamW({
      length: this.parameters.count,
      parameters: this.parameters.values,
      gradients: this.parameters.gradients,
      firstMoments: this.firstMoments,
      secondMoments: this.secondMoments,
      segmentEnds: this.segmentEnds,
      segmentDecay: this.segmentDecay,
      learningRate,
      beta1,
      beta2,
      epsilon,
      step: this.step,
      gradientScale,
    });
  }
}
