/**
 * JSON for numbers as they come out of training. JSON has no NaN and no infinities, and a diverged run has both:
 * they are written as the texts "NaN", "Infinity" and "-Infinity", which `Number(…)` in JavaScript and `float(…)`
 * in Python turn back, so that nothing is lost (null would make a diverged run look like a missing value).
 * Safe for browsers.
 */

/** A value as JSON text, with non-finite numbers as texts wherever they stand. */
export function toJson(value: object, indent?: number): string {
  const replacer = (_key: string, item: unknown): unknown =>
    typeof item === 'number' && !Number.isFinite(item) ? String(item) : item;
  return JSON.stringify(value, replacer, indent);
}

/** Whether a value is an object with fields, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a text says as JSON; undefined where it is none. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
