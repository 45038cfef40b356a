import type { CurveEpoch, DiagnosisBaseline } from '../../src/diagnosis/types.js';
import { Random } from '../../src/random.js';

/** Of the kind that the headlines have, in nats per text. */
export const BASELINES: readonly DiagnosisBaseline[] = [
  { id: 'flat-unigram', label: 'flat unigram', contextFree: true, valNll: 256 },
  { id: 'unigram', label: 'unigram that knows the end', contextFree: true, valNll: 165 },
  { id: 'bigram', label: 'bigram', contextFree: false, valNll: 140 },
];

type Shape = (epoch: number) => number;

/** NLLs by epoch, with independent normal noise: training NLL is a mean over more texts, and so has less. */
export function curveOf(epochs: number, val: Shape, train: Shape = val, noise = 0, seed = 0): CurveEpoch[] {
  const random = new Random(seed, 'test');
  return Array.from({ length: epochs }, (_, epoch) => ({
    epoch,
    trainNll: train(epoch) + (noise / 3) * random.normal(),
    valNll: val(epoch) + noise * random.normal(),
  }));
}

export const flat = (level: number) => () => level;

/** From `start` down to `floor`, a fraction e⁻¹ of the way left after `pace` epochs. */
export const falling = (start: number, floor: number, pace: number) => (epoch: number) =>
  floor + (start - floor) * Math.exp(-epoch / pace);
