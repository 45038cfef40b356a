const NON_FINITE: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** Fields that hold texts, in which "NaN" is a text. */
const TEXTS: ReadonlySet<string> = new Set(['id', 'corpus', 'recipe', 'title', 'about', 'text', 'name', 'label']);

/** JSON whose numbers may be `"NaN"` and so on, as `toJson` writes them. */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (TEXTS.has(key) ? value : (NON_FINITE.get(value) ?? value)));
}
