import { WebAssembly, type SharedWasmMemory } from './api.js';

const PAGE = 1 << 16;
/** All that 32-bit addresses reach; systems that grant less get less. */
const MAX_PAGES = 1 << 16;
const MIN_PAGES = 1 << 11;
/** Arrays begin below; the rest is for copies of those that find no place, as in a long loop that never yields. */
const MAX_FLOATS = 3.5e9;
/** Bytes that memory grows by at least. */
const GROWTH = 1 << 24;

function newMemory(initial: number): SharedWasmMemory {
  for (let maximum = MAX_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError) || maximum <= MIN_PAGES) throw error;
    }
  }
}

/** Eight sizes between two powers of two, so that what was given back fits others. */
function roundedSize(bytes: number): number {
  const step = 2 ** Math.max(9, Math.floor(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

/**
 * The memory that the module computes in, shared: so that threads see it, and so that growing it leaves existing views
 * alone, which growing memory of one thread does not. It never shrinks; what is given back is handed out again.
 */
export class WasmMemory {
  readonly memory: SharedWasmMemory;
  private readonly free = new Map<number, number[]>();
  private top = 0;
  /**
   * Buffers over this memory that arrays were made on, each with an untouched one of its size: engines do not see how
   * large a clone is, and would collect none before all of this memory is taken.
   */
  private readonly own = new WeakMap<ArrayBufferLike, ArrayBuffer>();
  private readonly collected: FinalizationRegistry<{ readonly pointer: number; readonly bytes: number }>;

  /** @param initialPages that the module wants at least */
  constructor(initialPages = 64) {
    this.memory = newMemory(initialPages);
    this.collected = new FinalizationRegistry(({ pointer, bytes }) => this.release(pointer, bytes));
  }

  /** Keeps what lies below to the module. */
  begin(heapBase: number): void {
    this.top = Math.ceil(heapBase / 64) * 64;
  }

  /** So many bytes, aligned to 64, contents undefined; 0 where there is no more memory. */
  allocate(bytes: number): number {
    return this.reuse(bytes) ?? this.extend(bytes);
  }

  release(pointer: number, bytes: number): void {
    if (bytes === 0) return;
    const size = roundedSize(bytes);
    const list = this.free.get(size);
    if (list) list.push(pointer);
    else this.free.set(size, [pointer]);
  }

  owns(array: { readonly buffer: ArrayBufferLike }): boolean {
    return this.own.has(array.buffer);
  }

  /**
   * A zeroed array here, or elsewhere where that cannot be. Each has a buffer object of its own over the one memory, a
   * clone, which its views keep alive: once no view is left, its place is handed out again.
   */
  floats(length: number): Float32Array {
    const bytes = length * Float32Array.BYTES_PER_ELEMENT;
    const used = this.reuse(bytes);
    const pointer = used ?? (this.top < MAX_FLOATS ? this.extend(bytes) : 0);
    if (pointer !== 0) {
      const buffer = this.cloneBuffer(bytes);
      if (buffer) {
        this.collected.register(buffer, { pointer, bytes });
        const array = new Float32Array(buffer, pointer, length);
        return used ? array.fill(0) : array;
      }
      this.release(pointer, bytes);
    }
    return new Float32Array(length);
  }

  private reuse(bytes: number): number | undefined {
    return this.free.get(roundedSize(bytes))?.pop();
  }

  private extend(bytes: number): number {
    const end = this.top + roundedSize(bytes);
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0 && !this.grow(Math.max(missing, GROWTH)) && !this.grow(missing)) return 0;
    const pointer = this.top;
    this.top = end;
    return pointer;
  }

  private grow(bytes: number): boolean {
    try {
      this.memory.grow(Math.ceil(bytes / PAGE));
      return true;
    } catch {
      return false;
    }
  }

  /** Nothing in a page that is not cross-origin isolated: there shared memory cannot be cloned. */
  private cloneBuffer(bytes: number): ArrayBufferLike | undefined {
    try {
      const buffer = structuredClone(this.memory.buffer);
      this.own.set(buffer, new ArrayBuffer(bytes));
      return buffer;
    } catch {
      return undefined;
    }
  }
}
