import type { Backend, FloatArray, Muon } from '../../backend/types.js';
import type { FlatParameter, Parameters } from '../../nn/parameters.js';
import { newFloats, precisionOf } from '../../tensor/arena.js';
import { AdamWOptimizer } from './adamw.js';
import { decayOf, type Optimizer, type OptimizerOptions } from './optimizer.js';

/** Decay of the momentum per step. */
const MOMENTUM_DECAY = 0.95;

/** Root mean square of AdamW's updates, about; Muon's are scaled to it, so that both share one learning rate. */
const UPDATE_SIZE = 0.2;

/** Whether Muon updates a parameter: the matrices inside blocks, where keys, queries and values are three. */
function isMuons({ kind, name }: FlatParameter): boolean {
  return kind === 'matrix' && name.startsWith('transformer_blocks.');
}

/**
 * Muon (Jordan et al., 2024): the matrices inside blocks move along their orthogonalised momentum, so that directions
 * with small gradients are not left behind. Embeddings, logits, biases and norms are updated by AdamW.
 *
 * With gradient g: m ← μ·m + g, u = g + μ·m (Nesterov), and
 * weights ← (1 − rate · decay) · weights − rate · 0.2 · √max(out, in) · orthogonal(u).
 * The factor gives the update the root mean square of AdamW's, so that both share the learning rate and weight decay
 * (Liu et al., "Muon is scalable for LLM training", 2025).
 */
export class MuonOptimizer implements Optimizer {
  private readonly rest: AdamWOptimizer;
  /** One call's constant arguments. */
  private readonly call: Pick<Muon, 'length' | 'parameters' | 'gradients' | 'momentum' | 'matrices' | 'weightDecay'>;

  constructor(
    private readonly backend: Backend,
    parameters: Parameters,
    options: OptimizerOptions,
  ) {
    const { values, gradients, specs } = parameters;
    this.rest = new AdamWOptimizer(backend, parameters, options, (parameter) => !isMuons(parameter));
    const matrices = specs.filter(isMuons);
    const length = matrices.reduce((sum, matrix) => sum + matrix.length, 0);
    this.call = {
      length: parameters.count,
      parameters: values,
      gradients,
      momentum: newFloats(precisionOf(values), length, backend),
      matrices: Int32Array.from(matrices.flatMap(({ offset, shape }) => [offset, shape[0]!, shape[1]!])),
      weightDecay: decayOf('matrix', options),
    };
  }

  get step(): number {
    return this.rest.step;
  }

  set step(step: number) {
    this.rest.step = step;
  }

  gradientNorm(): number {
    return this.rest.gradientNorm();
  }

  update(learningRate: number, gradientScale = 1): void {
    this.rest.update(learningRate, gradientScale);
    if (this.call.matrices.length === 0) return;
    const sizes = { momentumDecay: MOMENTUM_DECAY, updateSize: UPDATE_SIZE };
    this.backend.muon({ learningRate, gradientScale, ...sizes, ...this.call });
  }

  state(): ReadonlyMap<string, FloatArray> {
    return new Map([...this.rest.state(), ['optimizer.momentum', this.call.momentum]]);
  }
}
