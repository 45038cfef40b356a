/** What of WebAssembly's JavaScript API is used: neither the types of the language nor those of Node have it. */

/** A compiled module, which may be posted to workers. */
export type CompiledModule = object;

export interface SharedWasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

export interface WasmGlobal {
  value: number;
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Instance: new (
    module: CompiledModule,
    imports: { readonly env: Readonly<Record<string, unknown>> },
  ) => { readonly exports: unknown };
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: boolean }) => SharedWasmMemory;
  compile(bytes: Uint8Array): Promise<CompiledModule>;
}

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
