import type { Backend, FloatArray } from '../../backend/types.js';
import type { FlatParameter, Parameters } from '../../nn/parameters.js';
import { newFloats, precisionOf } from '../../tensor/arena.js';
import { AdamWOptimizer } from './adamw.js';
import { NewtonSchulz } from './newton-schulz.js';
import { decayOf, type Optimizer, type OptimizerOptions } from './optimizer.js';

/** Decay of the momentum per step. */
const MUON_MOMENTUM = 0.95;

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
  private readonly matrices: readonly FlatParameter[];
  /** Of Muon's matrices, in their order. */
  private readonly momentum: FloatArray;
  private readonly direction: FloatArray;
  private readonly newtonSchulz: NewtonSchulz;

  constructor(
    private readonly backend: Backend,
    private readonly parameters: Parameters,
    private readonly options: OptimizerOptions,
  ) {
    const precision = precisionOf(parameters.values);
    this.rest = new AdamWOptimizer(backend, parameters, options, (parameter) => !isMuons(parameter));
    this.matrices = parameters.specs.filter(isMuons);
    const lengths = this.matrices.map(({ length }) => length);
    this.momentum = newFloats(
      precision,
      lengths.reduce((a, b) => a + b, 0),
      backend,
    );
    this.direction = newFloats(precision, Math.max(0, ...lengths), backend);
    this.newtonSchulz = new NewtonSchulz(backend, precision, this.matrices.map(sidesOf));
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
    let at = 0;
    for (const matrix of this.matrices) {
      this.move(matrix, this.momentum.subarray(at, at + matrix.length), learningRate, gradientScale);
      at += matrix.length;
    }
  }

  state(): ReadonlyMap<string, FloatArray> {
    return new Map([...this.rest.state(), ['optimizer.momentum', this.momentum]]);
  }

  private move(matrix: FlatParameter, momentum: FloatArray, learningRate: number, gradientScale: number): void {
    const { offset, length, kind } = matrix;
    const { backend, direction } = this;
    const gradients = this.parameters.gradients.subarray(offset, offset + length);
    const ofGradients = { length, x: gradients, scaleX: gradientScale, y: momentum, scaleY: MUON_MOMENTUM };
    backend.weightedSum({ ...ofGradients, out: momentum });
    backend.weightedSum({ ...ofGradients, out: direction });
    const [rows, columns] = sidesOf(matrix);
    const orthogonal = this.newtonSchulz.orthogonalize(direction, rows, columns);
    const kept = 1 - learningRate * decayOf(kind, this.options);
    const rate = learningRate * UPDATE_SIZE * Math.sqrt(Math.max(rows, columns));
    const weights = this.parameters.values.subarray(offset, offset + length);
    backend.weightedSum({ length, x: weights, scaleX: kept, y: orthogonal, scaleY: -rate, out: weights });
  }
}

function sidesOf({ shape }: FlatParameter): [rows: number, columns: number] {
  return [shape[0]!, shape[1]!];
}
