import type { ArgumentsOf, Operation } from '../../src/backend/operations.js';
import type { Backend, Dropout, FloatArray } from '../../src/backend/types.js';
import { Random, threefry } from '../../src/random.js';
import type { Precision } from '../../src/tensor/arena.js';

export type Op = Exclude<Operation, 'sumOfSquares'>;

/** A call of an operation that can be repeated on any backend. */
export interface OpCall {
  readonly op: Op;
  readonly args: Readonly<Record<string, unknown>>;
  readonly outputs: readonly string[];
  /** Runs it from the same start and returns copies of what it wrote; throws if it wrote elsewhere too. */
  run(backend: Backend): Map<string, FloatArray>;
  /** Runs it with some arguments replaced, perhaps by wrong ones. */
  runWith(backend: Backend, changed: Readonly<Record<string, unknown>>): void;
}

const CANARY = 12345.678;
const MARGIN = 5; // odd, so that no array starts at an address that suits vectors

/**
 * Makes the arguments of calls: arrays of exactly the size asked for, each between two margins that no operation may
 * write to. The numbers are a function of the seed, and the same float32 numbers in both precisions.
 */
export class ArgumentMaker {
  private readonly bits = new Uint32Array(2);
  private counter = 0;
  private readonly guarded: FloatArray[] = [];
  private readonly written = new Set<unknown>();
  private readonly used = new Set<unknown>();

  constructor(
    readonly precision: Precision,
    readonly seed: number,
  ) {}

  /** Uniform in [0, 1). */
  uniform(): number {
    threefry(this.seed, 0, this.counter++, 0, this.bits);
    return this.bits[0]! / 0x1_0000_0000;
  }

  /** `length` numbers of mean 0 and standard deviation `size`. */
  floats(length: number, size = 1): FloatArray {
    return this.fill(length, () => Math.fround((this.uniform() - 0.5) * size * Math.sqrt(12)));
  }

  constant(length: number, value: number): FloatArray {
    return this.fill(length, () => value);
  }

  /** To be overwritten by a forward operation. */
  blank(length: number): FloatArray {
    return this.output(this.constant(length, NaN));
  }

  /** To be added to by a gradient operation. */
  grad(length: number): FloatArray {
    return this.output(this.floats(length, 0.25));
  }

  output(array: FloatArray): FloatArray {
    this.written.add(array);
    return array;
  }

  /** To be read by an operation that may leave anything there. */
  usedUp(array: FloatArray): FloatArray {
    this.used.add(array);
    return array;
  }

  fill(length: number, value: (i: number) => number): FloatArray {
    const type = this.precision === 'float32' ? Float32Array : Float64Array;
    const whole = new type(length + 2 * MARGIN).fill(CANARY);
    this.guarded.push(whole);
    const array = whole.subarray(MARGIN, MARGIN + length);
    for (let i = 0; i < length; i++) array[i] = value(i);
    return array;
  }

  /** `length` integers from 0 to `end` − 1. */
  integers(length: number, end: number): Int32Array {
    return Int32Array.from({ length }, () => Math.floor(this.uniform() * end));
  }

  /** Dropout of that rate, with key words and a site that use all 32 bits. */
  dropout(rate: number): Dropout {
    const word = () => Math.floor(this.uniform() * 0x1_0000_0000);
    return { rate, key0: word(), key1: word(), site: word() };
  }

  /** The call of `op`, which writes the arguments made by `blank`, `grad` and `output`. */
  call<K extends Op>(op: K, args: ArgumentsOf<K>): OpCall {
    const within = (set: ReadonlySet<unknown>) =>
      Object.keys(args).filter((name) => set.has(args[name as keyof ArgumentsOf<K>]));
    const arraysOf = (names: readonly string[]) =>
      names.map((name) => args[name as keyof ArgumentsOf<K>] as FloatArray);
    const outputs = within(this.written);
    const arrays = arraysOf(outputs);
    const changed = [...arrays, ...arraysOf(within(this.used))];
    const starts = changed.map((array) => array.slice());
    const guarded = this.guarded;
    return {
      op,
      args: args as unknown as Readonly<Record<string, unknown>>,
      outputs,
      run(backend) {
        changed.forEach((array, i) => array.set(starts[i]!));
        (backend[op] as (args: ArgumentsOf<K>) => void)(args);
        for (const whole of guarded) checkMargins(whole, op);
        return new Map(outputs.map((name, i) => [name, arrays[i]!.slice()]));
      },
      runWith(backend, changed) {
        (backend[op] as (args: ArgumentsOf<K>) => void)({ ...args, ...changed });
      },
    };
  }
}

function checkMargins(whole: FloatArray, op: string): void {
  const canary = whole instanceof Float32Array ? Math.fround(CANARY) : CANARY;
  for (let i = 0; i < MARGIN; i++) {
    if (whole[i] !== canary || whole[whole.length - 1 - i] !== canary) {
      throw new Error(`${op} wrote outside of an array of ${whole.length - 2 * MARGIN} elements`);
    }
  }
}

export function testRandom(stream: number): Random {
  return new Random(20200401, 'test', stream);
}
