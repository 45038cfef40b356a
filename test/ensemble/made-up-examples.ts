import fc from 'fast-check';
import type { Examples } from '../../src/ensemble/examples.js';
import { normalizeLogs } from '../../src/ensemble/mix.js';

/** One place: what each member says (log-probabilities), what came, where it is. */
export interface Place {
  readonly logs: readonly (readonly number[])[];
  readonly target: number;
  readonly bucket?: number;
  readonly text?: number;
}

export function examplesOf(places: readonly Place[], bucketCount = 1): Examples {
  return {
    members: places[0]!.logs.length,
    outcomes: places[0]!.logs[0]!.length,
    logProbabilities: Float64Array.from(places.flatMap(({ logs }) => logs.flat())),
    targets: Uint16Array.from(places, ({ target }) => target),
    buckets: Uint16Array.from(places, ({ bucket = 0 }) => bucket),
    bucketCount,
    textOf: Uint32Array.from(places, ({ text }, i) => text ?? i),
    texts: 1 + Math.max(...places.map(({ text }, i) => text ?? i)),
  };
}

export const all = ({ targets }: Examples): Int32Array => Int32Array.from(targets.keys());

/** Log-probabilities in proportion to e^scores. */
export function logsOf(scores: readonly number[]): number[] {
  const out = new Float64Array(scores.length);
  normalizeLogs(scores, 0, scores.length, out, 0);
  return [...out];
}

const distribution = (outcomes: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: outcomes, maxLength: outcomes }).map(logsOf);

export const placesOf = (members: number, outcomes: number, most = 30): fc.Arbitrary<Place[]> =>
  fc.array(
    fc.record({
      logs: fc.array(distribution(outcomes), { minLength: members, maxLength: members }),
      target: fc.nat({ max: outcomes - 1 }),
    }),
    { minLength: 1, maxLength: most },
  );
