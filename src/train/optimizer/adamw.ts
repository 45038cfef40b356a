import type { AdamW, Backend, FloatArray } from '../../backend/types.js';
import type { FlatParameter, Parameters } from '../../nn/parameters.js';
import { newFloats, precisionOf } from '../../tensor/arena.js';
import { decayOf, type Optimizer, type OptimizerOptions } from './optimizer.js';

/** Neighbouring parameters, which one call updates: its constant arguments. */
type Segment = Pick<
  AdamW,
  'length' | 'parameters' | 'gradients' | 'firstMoments' | 'secondMoments' | 'segmentEnds' | 'segmentDecay'
>;

/** AdamW (Loshchilov and Hutter, 2019) over the flat parameter buffer: one backend call per segment and step. */
export class AdamWOptimizer implements Optimizer {
  /** Of the updated parameters, in their order. */
  readonly firstMoments: FloatArray;
  readonly secondMoments: FloatArray;
  step = 0;
  private readonly segments: Segment[];

  /** @param isUpdated which parameters are updated; all by default */
  constructor(
    private readonly backend: Backend,
    private readonly parameters: Parameters,
    private readonly options: OptimizerOptions,
    isUpdated: (parameter: FlatParameter) => boolean = () => true,
  ) {
    const { values, gradients } = parameters;
    const groups = neighbours(parameters.specs, (each) => each.isFixed !== true && isUpdated(each));
    const count = groups.flat().reduce((sum, { length }) => sum + length, 0);
    this.firstMoments = newFloats(precisionOf(values), count, backend);
    this.secondMoments = newFloats(precisionOf(values), count, backend);
    let at = 0;
    this.segments = groups.map((group) => {
      const { offset } = group[0]!;
      const ends = group.map((parameter) => parameter.offset + parameter.length - offset);
      const length = ends.at(-1)!;
      const segment: Segment = {
        length,
        parameters: values.subarray(offset, offset + length),
        gradients: gradients.subarray(offset, offset + length),
        firstMoments: this.firstMoments.subarray(at, at + length),
        secondMoments: this.secondMoments.subarray(at, at + length),
        segmentEnds: Int32Array.from(ends),
        segmentDecay: Float64Array.from(group, ({ kind }) => decayOf(kind, options)),
      };
      at += length;
      return segment;
    });
  }

  gradientNorm(): number {
    return Math.sqrt(this.backend.sumOfSquares({ length: this.parameters.count, x: this.parameters.gradients }));
  }

  update(learningRate: number, gradientScale = 1): void {
    this.step++;
    const { beta1, beta2, epsilon } = this.options;
    const { step } = this;
    for (const segment of this.segments)
      this.backend.adamW({ learningRate, beta1, beta2, epsilon, step, gradientScale, ...segment });
  }

  state(): ReadonlyMap<string, FloatArray> {
    return new Map([
      ['optimizer.first_moments', this.firstMoments],
      ['optimizer.second_moments', this.secondMoments],
    ]);
  }
}

/** The updated parameters, neighbours together. */
function neighbours(
  all: readonly FlatParameter[],
  isUpdated: (parameter: FlatParameter) => boolean,
): FlatParameter[][] {
  const groups: FlatParameter[][] = [];
  let last: FlatParameter[] | undefined;
  for (const parameter of all) {
    if (!isUpdated(parameter)) last = undefined;
    else if (last) last.push(parameter);
    else groups.push((last = [parameter]));
  }
  return groups;
}
