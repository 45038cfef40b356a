/**
 * One counter-based generator for everything random: Threefry-2x32
 * (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). A draw is a pure function of
 * a key (seed and purpose) and a counter (which draw), so results do not depend on the order of work,
 * the number of threads, or on what else was drawn before. The native kernels compute the same bits.
 */
import { LetterpressError } from './errors.js';

const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** What its authors recommend. */
const ROUNDS = 20;

/** The fewest that pass all tests of BigCrush, as they say: for dropout, which takes more numbers than all else. */
export const DROPOUT_ROUNDS = 13;

/**
 * The 64 random bits for one (key, counter) pair, as two unsigned 32-bit integers written to `out`.
 *
 * @param out receives `[x0, x1]`; passed in so that hot loops allocate nothing
 */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
  rounds = ROUNDS,
): void {
  const keys = [key0 | 0, key1 | 0, PARITY ^ key0 ^ key1] as const;
  let x0 = (counter0 + keys[0]) | 0;
  let x1 = (counter1 + keys[1]) | 0;
  for (let i = 0; i < rounds; i++) {
    const r = ROTATIONS[i & 7] as number;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    if ((i & 3) < 3) continue;
    // Key injection after every four rounds.
    const group = (i >> 2) + 1;
    x0 = (x0 + (keys[group % 3] as number)) | 0;
    x1 = (x1 + (keys[(group + 1) % 3] as number) + group) | 0;
  }
  out[0] = x0;
  out[1] = x1;
}

/** What a stream of random numbers is for. Streams of different purposes never overlap. */
export const PURPOSES = {
  init: 1,
  shuffle: 2,
  dropout: 3,
  sampling: 4,
  corpus: 5,
  bootstrap: 6,
  test: 7,
  augmentation: 8,
  tune: 10,
  distillationSet: 11,
  unigramTexts: 12,
} as const;
export type Purpose = keyof typeof PURPOSES;

/**
 * The two 32-bit key words of a stream: the first holds the low seed bits, the second mixes seed and purpose.
 *
 * @throws LetterpressError BAD_OPTION for a seed that is no whole number of at least 0: its bits would be another's
 */
export function streamKey(seed: number, purpose: Purpose): readonly [number, number] {
  checkWholeNumber('seed', seed);
  const low = seed >>> 0;
  const high = Math.floor(seed / 0x1_0000_0000) >>> 0;
  const out = new Uint32Array(2);
  threefry(low, high, PURPOSES[purpose], 0, out);
  return [out[0] as number, out[1] as number];
}

/** Uniform in [0, 1) from 53 bits: the usual `(a >> 5, b >> 6)` construction. */
function toUniform(x0: number, x1: number): number {
  return ((x0 >>> 5) * 0x4000000 + (x1 >>> 6)) / 0x20000000000000;
}

/**
 * A sequence of draws from one stream. `stream` and `counter` address it: two generators with the same
 * seed, purpose and stream give the same numbers.
 *
 * @example
 * const random = new Random(42, 'shuffle', epoch);
 * random.uniform(); // in [0, 1)
 */
export class Random {
  private readonly key0: number;
  private readonly key1: number;
  private readonly bits = new Uint32Array(2);
  private counter = 0;

  constructor(
    seed: number,
    purpose: Purpose,
    private readonly stream = 0,
  ) {
    [this.key0, this.key1] = streamKey(seed, purpose);
  }

  /** The draw number `counter` of this stream, without advancing: uniform in [0, 1). */
  uniformAt(counter: number): number {
    threefry(this.key0, this.key1, counter, this.stream, this.bits);
    return toUniform(this.bits[0] as number, this.bits[1] as number);
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.uniformAt(this.counter++);
  }

  /** Integer in [0, n), without noticeable bias for n below 2^32. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal, by Box and Muller (1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A permutation of 0 … n−1, by Fisher and Yates. */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const t = order[i] as number;
      order[i] = order[j] as number;
      order[j] = t;
    }
    return order;
  }
}

/** @throws LetterpressError BAD_OPTION for anything but whole numbers from `least` on */
export function checkWholeNumber(name: string, value: number, least = 0): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new LetterpressError('BAD_OPTION', `expected a whole number of at least ${least} for ${name}, got ${value}`);
}
