import { assertInternal } from '../../errors.js';
import type { ComputePrecision } from '../types.js';
import { WebAssembly, type CompiledModule, type SharedWasmMemory, type WasmGlobal } from './api.js';
import { WasmMemory } from './memory.js';

/** What native/wasm/module.cc exports. */
interface Exports {
  readonly __heap_base: WasmGlobal;
  readonly __stack_pointer: WasmGlobal;
  arguments(): number;
  operationName(index: number): number;
  call(index: number, count: number): number;
  start(threads: number, sleeps: number): void;
  stop(): void;
  peak(bf16: number): number;
}

/** What a thread of the pool needs; {@link WORKER_SOURCE} reads it. */
export interface WorkerStart {
  readonly module: CompiledModule;
  readonly memory: SharedWasmMemory;
  readonly thread: number;
  /** Where its stack begins; it grows downwards. */
  readonly stack: number;
}

/** How the engine's surroundings, Node or a page, start threads. */
export interface Host {
  /** Whether the calling thread may sleep until another has finished: not that of a page. */
  readonly sleeps: boolean;
  startWorker(start: WorkerStart): void;
}

/**
 * The body of a worker, a function of its {@link WorkerStart}: an instance of its own over the shared memory. Should it
 * fail, it says why to the thread that waits for it, which throws.
 */
export const WORKER_SOURCE = `({ module, memory, thread, stack }) => {
  const never = () => { throw new Error('it called back'); };
  const now = () => performance.now();
  const env = { memory, allocate: never, release: never, place: never, raise: never, now };
  const { exports } = new WebAssembly.Instance(module, { env });
  exports.__stack_pointer.value = stack;
  try {
    exports.work(thread);
  } catch (error) {
    const why = ('thread ' + thread + ' of the pool failed: ' + error).slice(0, 1000);
    const text = new Uint8Array(memory.buffer, exports.failure(), why.length);
    for (let i = 0; i < why.length; i++) text[i] = why.charCodeAt(i);
    exports.fail(thread, why.length);
  }
}`;

const STACK = 1 << 20;

type TypedArray = Float32Array | Int32Array | Float64Array;

// As in native/wasm/values.h and native/arguments.h.
const ELEMENTS = ['Float32Array', 'Int32Array', 'Float64Array'];
const [UNDEFINED, NUMBER, OTHER] = [-1, -2, -3];
const [SET, UPDATE] = [1, 2];

function kindOf(value: unknown): number {
  if (typeof value === 'number') return NUMBER;
  if (value === undefined) return UNDEFINED;
  if (!ArrayBuffer.isView(value)) return OTHER;
  const element = ELEMENTS.indexOf((value as TypedArray)[Symbol.toStringTag]);
  return element < 0 ? OTHER : element;
}

/** An array of the call that runs, and its copy. */
interface Placed {
  readonly array: TypedArray;
  readonly pointer: number;
  readonly elements: number;
  copiedIn: boolean;
  copiedOut: boolean;
}

/**
 * An instance of the module with its memory and threads. Arrays that are not in its memory are copied there for a call,
 * as far as the operation looks at them, and back where it changes them.
 */
export class Engine {
  private readonly heap = new WasmMemory();
  private readonly exports: Exports;
  private readonly numbers = new Map<string, number>();
  private readonly table: Float64Array;
  private values: readonly unknown[] = [];
  private readonly placed: Placed[] = [];
  /** Where the copies of a call lie: one block, and further ones where a call needs more than any before it. */
  private blocks: { readonly pointer: number; readonly bytes: number }[] = [];
  private used = 0; // of the last block

  constructor(module: CompiledModule, threads: number, host: Host) {
    const { memory } = this.heap;
    const env = {
      memory,
      allocate: (bytes: number) => this.heap.allocate(bytes >>> 0),
      release: (pointer: number, bytes: number) => this.heap.release(pointer >>> 0, bytes >>> 0),
      place: (index: number, elements: number, access: number) => this.place(index, elements, access),
      raise: (pointer: number, length: number) => {
        throw new Error(this.text(pointer, length));
      },
      now: () => performance.now(),
    };
    this.exports = new WebAssembly.Instance(module, { env }).exports as Exports;
    this.heap.begin(this.exports.__heap_base.value);
    for (let index = 0; this.exports.operationName(index) !== 0; index++) {
      const name = this.exports.operationName(index);
      this.numbers.set(this.text(name, new Uint8Array(memory.buffer).indexOf(0, name) - name), index);
    }
    this.table = new Float64Array(memory.buffer, this.exports.arguments(), 2 * 24);
    this.exports.start(threads, host.sleeps ? 1 : 0);
    for (let thread = 1; thread < threads; thread++) {
      const stack = this.heap.allocate(STACK);
      assertInternal(stack !== 0, 'expected memory for the stack of a thread');
      host.startWorker({ module, memory, thread, stack: stack + STACK });
    }
  }

  /** Lets the threads end. */
  stop(): void {
    this.exports.stop();
  }

  floats(length: number): Float32Array {
    return this.heap.floats(length);
  }

  /** Runs an operation; throws for wrong arguments. */
  call(name: string, values: readonly unknown[]): number {
    const index = this.numbers.get(name);
    assertInternal(index !== undefined, `expected an operation that the module has, got ${name}`);
    assertInternal(2 * values.length <= this.table.length, 'expected fewer arguments');
    values.forEach((value, i) => {
      const kind = kindOf(value);
      this.table[2 * i] = kind;
      this.table[2 * i + 1] = kind === NUMBER ? (value as number) : kind >= 0 ? (value as TypedArray).length : 0;
    });
    this.values = values;
    const stack = this.exports.__stack_pointer;
    const before = stack.value;
    try {
      const result = this.exports.call(index, values.length);
      for (const { array, pointer, elements, copiedOut } of this.placed) {
        if (copiedOut) array.set(this.view(array, pointer, elements));
      }
      return result;
    } finally {
      stack.value = before; // an error leaves it where it was thrown
      this.values = [];
      this.placed.length = 0;
      this.clearCopies();
    }
  }

  /** See {@link MeasurePeak}: the fastest of several spans of at least 5 ms. */
  measurePeak(milliseconds: number, precision: ComputePrecision): number {
    if (!(milliseconds > 0 && milliseconds <= 60_000)) {
      throw new Error(`expected milliseconds above 0, at most 60000, got ${milliseconds}`);
    }
    const run = () => this.exports.peak(precision === 'bf16' ? 1 : 0);
    run(); // wakes the threads, and fills the caches
    let best = 0;
    const start = performance.now();
    do {
      let operations = 0;
      const span = performance.now();
      do operations += run();
      while (performance.now() - span < 5);
      best = Math.max(best, (1000 * operations) / (performance.now() - span));
    } while (performance.now() - start < milliseconds);
    return best;
  }

  private place(index: number, elements: number, access: number): number {
    const array = this.values[index] as TypedArray;
    if (this.heap.owns(array)) return array.byteOffset;
    const copy = this.copyOf(array, elements);
    if (access !== SET && !copy.copiedIn) {
      this.view(array, copy.pointer, elements).set(elements === array.length ? array : array.subarray(0, elements));
      copy.copiedIn = true;
    }
    if (access === SET || access === UPDATE) copy.copiedOut = true;
    return copy.pointer;
  }

  /** The same copy for the same array, as an operation may work in place. */
  private copyOf(array: TypedArray, elements: number): Placed {
    for (const copy of this.placed) {
      const same = copy.array.buffer === array.buffer && copy.array.byteOffset === array.byteOffset;
      if (same && copy.elements >= elements) return copy;
    }
    const bytes = elements * array.BYTES_PER_ELEMENT;
    const copy = { array, pointer: this.takeCopy(bytes), elements, copiedIn: false, copiedOut: false };
    this.placed.push(copy);
    return copy;
  }

  private takeCopy(bytes: number): number {
    const size = Math.ceil(bytes / 64) * 64;
    let block = this.blocks.at(-1);
    if (block === undefined || this.used + size > block.bytes) {
      const wanted = Math.max(size, 1 << 16);
      block = { pointer: this.heap.allocate(wanted), bytes: wanted };
      if (block.pointer === 0) throw new Error('not enough memory');
      this.blocks.push(block);
      this.used = 0;
    }
    const pointer = block.pointer + this.used;
    this.used += size;
    return pointer;
  }

  private clearCopies(): void {
    this.used = 0;
    if (this.blocks.length <= 1) return;
    const bytes = this.blocks.reduce((sum, block) => sum + block.bytes, 0);
    for (const block of this.blocks) this.heap.release(block.pointer, block.bytes);
    const pointer = this.heap.allocate(bytes);
    this.blocks = pointer === 0 ? [] : [{ pointer, bytes }];
  }

  /** Of an array's type, onto the memory. */
  private view(array: TypedArray, pointer: number, elements: number): TypedArray {
    const View = array.constructor as Float32ArrayConstructor;
    return new View(this.heap.memory.buffer, pointer, elements);
  }

  private text(pointer: number, length: number): string {
    const bytes = new Uint8Array(this.heap.memory.buffer, pointer >>> 0, length);
    return String.fromCharCode(...bytes);
  }
}
