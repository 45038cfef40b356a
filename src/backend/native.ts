import type { Backend } from './types.js';
export type NativeLoad =
  | { readonly ok: true; readonly backend: Backend }
  | { readonly ok: false; readonly why: string; readonly remedy: string };
export function loadNative(_threads?: number): NativeLoad {
  return { ok: false, why: 'not built', remedy: 'build it' };
}
