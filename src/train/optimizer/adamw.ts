import type { Backend, FloatArray } from '../../backend/types.js';
import type { Parameters, Place } from '../../nn/parameters.js';
import { newFloats, precisionOf } from '../../tensor/arena.js';
import { decayOf, type Optimizer, type OptimizerOptions } from './optimizer.js';

/** Parameters that lie side by side, and so are updated by one call. */
interface Run {
  /** Where it begins in the flat buffers, and in the moments. */
  readonly offset: number;
  readonly momentsOffset: number;
  readonly length: number;
  readonly segmentEnds: Int32Array;
  readonly segmentDecay: Float64Array;
}

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
    moves: (place: Place) => boolean = () => true,
  ) {
    this.runs = runsOf([...parameters.entries()], moves, (place) => decayOf(place.kind, options));
    const count = this.runs.reduce((sum, { length }) => sum + length, 0);
    this.firstMoments = newFloats(precisionOf(parameters.values), count);
    this.secondMoments = newFloats(precisionOf(parameters.values), count);
  }

  gradientNorm(): number {
    return Math.sqrt(this.backend.sumOfSquares(this.parameters.gradients, this.parameters.count));
  }

  update(learningRate: number, gradientScale = 1): void {
    this.step++;
    const { beta1, beta2, epsilon } = this.options;
    for (const { offset, momentsOffset, length, segmentEnds, segmentDecay } of this.runs) {
      this.backend.adamW({
        length,
        parameters: this.parameters.values.subarray(offset, offset + length),
        gradients: this.parameters.gradients.subarray(offset, offset + length),
        firstMoments: this.firstMoments.subarray(momentsOffset, momentsOffset + length),
        secondMoments: this.secondMoments.subarray(momentsOffset, momentsOffset + length),
        segmentEnds,
        segmentDecay,
        learningRate,
        beta1,
        beta2,
        epsilon,
        step: this.step,
        gradientScale,
      });
    }
  }

  state(): ReadonlyMap<string, FloatArray> {
    return new Map([
      ['optimizer.first_moments', this.firstMoments],
      ['optimizer.second_moments', this.secondMoments],
    ]);
  }
}

/** The parameters that are updated, neighbours together. */
function runsOf(
  places: readonly Place[],
  moves: (place: Place) => boolean,
  decay: (place: Place) => number,
): Run[] {
  const groups: Place[][] = [];
  let last: Place[] | undefined;
  for (const place of places) {
    if (!moves(place)) last = undefined;
    else if (last) last.push(place);
    else groups.push((last = [place]));
  }
  let momentsOffset = 0;
  return groups.map((group) => {
    const { offset } = group[0]!;
    const ends = group.map((place) => place.offset + place.length - offset);
    const length = ends.at(-1)!;
    const run: Run = {
      offset,
      momentsOffset,
      length,
      segmentEnds: Int32Array.from(ends),
      segmentDecay: Float64Array.from(group, decay),
    };
    momentsOffset += length;
    return run;
  });
}
