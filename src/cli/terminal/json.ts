/**
 * One JSON document, indented, ending in a line break. NaN and the infinities, which JSON cannot write, become `null`;
 * typed arrays become arrays, and maps become objects, so that results can be printed as they are.
 *
 * @example formatJson({ nll: NaN }); // '{\n  "nll": null\n}\n'
 */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, plain, 2)}\n`;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [...(value as Float64Array)];
  return value;
}
