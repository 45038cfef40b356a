import type { AdamW, Backend, FloatArray } from '../../backend/types.js';
import type { FlatParameter, Parameters } from '../../nn/parameters.js';
import { newFloats, precisionOf } from '../../tensor/arena.js';
import { decayOf, type Optimizer, type OptimizerOptions } from './optimizer.js';

/** Parameters that lie side by side, and so are updated by one call: what of its arguments stays the same. */
type Run = Pick<
  AdamW,
  'length' | 'parameters' | 'gradients' | 'firstMoments' | 'secondMoments' | 'segmentEnds' | 'segmentDecay'
>;

/** AdamW over a model's flat parameter buffer: state, and one backend call a step (or one for each run of parameters). */
export class AdamWOptimizer implements Optimizer {
  /** Of the parameters that are updated, in their order. */
  readonly firstMoments: FloatArray;
  readonly secondMoments: FloatArray;
  step = 0;
  private readonly runs: Run[];

  /** @param moves which parameters are updated; all of them if left out */
  constructor(
    private readonly backend: Backend,
    private readonly parameters: Parameters,
    private readonly options: OptimizerOptions,
    moves: (place: FlatParameter) => boolean = () => true,
  ) {
    const { values, gradients } = parameters;
    const groups = neighbours(parameters.specs, moves);
    const count = groups.flat().reduce((sum, { length }) => sum + length, 0);
    this.firstMoments = newFloats(precisionOf(values), count);
    this.secondMoments = newFloats(precisionOf(values), count);
    let at = 0;
    this.runs = groups.map((group) => {
      const { offset } = group[0]!;
      const ends = group.map((place) => place.offset + place.length - offset);
      const length = ends.at(-1)!;
      const run: Run = {
        length,
        parameters: values.subarray(offset, offset + length),
        gradients: gradients.subarray(offset, offset + length),
        firstMoments: this.firstMoments.subarray(at, at + length),
        secondMoments: this.secondMoments.subarray(at, at + length),
        segmentEnds: Int32Array.from(ends),
        segmentDecay: Float64Array.from(group, ({ kind }) => decayOf(kind, options)),
      };
      at += length;
      return run;
    });
  }

  gradientNorm(): number {
    return Math.sqrt(this.backend.sumOfSquares({ length: this.parameters.count, x: this.parameters.gradients }));
  }

  update(learningRate: number, gradientScale = 1): void {
    this.step++;
    const { beta1, beta2, epsilon } = this.options;
    const { step } = this;
    for (const run of this.runs)
      this.backend.adamW({ ...run, learningRate, beta1, beta2, epsilon, step, gradientScale });
  }

  state(): ReadonlyMap<string, FloatArray> {
    return new Map([
      ['optimizer.first_moments', this.firstMoments],
      ['optimizer.second_moments', this.secondMoments],
    ]);
  }
}

/** The parameters that are updated, neighbours together. */
function neighbours(places: readonly FlatParameter[], moves: (place: FlatParameter) => boolean): FlatParameter[][] {
  const groups: FlatParameter[][] = [];
  let last: FlatParameter[] | undefined;
  for (const place of places) {
    if (!moves(place)) last = undefined;
    else if (last) last.push(place);
    else groups.push((last = [place]));
  }
  return groups;
}
