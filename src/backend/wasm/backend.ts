import { ARGUMENT_ORDER, BF16_OPERATIONS, FLAGS, makeBackend, type Operation } from '../operations.js';
import type { Backend, BackendInfo, Dropout, MeasurePeak } from '../types.js';
import type { CompiledModule } from './api.js';
import { Engine, type Host } from './engine.js';

/** Ends the threads of backends that nobody has any more. */
const unused = new FinalizationRegistry<Engine>((engine) => engine.stop());

/** An engine that starts when it is first used: with memory of its own, and threads. */
class Lazy {
  private engine: Engine | undefined;

  constructor(private readonly start: () => Engine) {}

  get(): Engine {
    if (!this.engine) {
      this.engine = this.start();
      unused.register(this, this.engine);
    }
    return this.engine;
  }
}

/** The arguments of an operation in the order of {@link ARGUMENT_ORDER}. */
function valuesOf(order: readonly string[], args: Readonly<Record<string, unknown>>): unknown[] {
  const values: unknown[] = [];
  for (const name of order) {
    if (name === 'dropout') {
      const { rate, key0, key1, site } = args[name] as Dropout;
      values.push(rate, key0 >>> 0, key1 >>> 0, site >>> 0);
    } else values.push(FLAGS.includes(name) ? Number(args[name]) : args[name]);
  }
  return values;
}

/**
 * The kernels of native/ as WebAssembly. Every backend has an instance of its own, so that its memory, which cannot
 * shrink, goes when the backend does.
 *
 * @param module of native/wasm/letterpress.wasm
 */
export function wasmBackend(
  module: CompiledModule,
  { threads, precision }: Pick<BackendInfo, 'threads' | 'precision'>,
  host: Host,
): { readonly backend: Backend; readonly measurePeak: MeasurePeak } {
  const lazy = new Lazy(() => new Engine(module, threads, host));
  const nameOf = (name: Operation) => (precision === 'bf16' && BF16_OPERATIONS.includes(name) ? `${name}Bf16` : name);
  const operation = (name: Operation) => {
    const [order, called] = [ARGUMENT_ORDER[name], nameOf(name)];
    return (args: object) => lazy.get().call(called, valuesOf(order, args as Readonly<Record<string, unknown>>));
  };
  const info = { name: 'wasm', instructionSet: 'simd128', threads, precision } as const;
  const newFloats = (length: number) => lazy.get().floats(length);
  return {
    backend: makeBackend({ info, newFloats }, operation),
    measurePeak: (milliseconds, of) => lazy.get().measurePeak(milliseconds, of),
  };
}
