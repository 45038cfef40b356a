import { isRecord } from '../json.js';
import type { RunConfig } from './schema.js';

/** Whether two values are the same as JSON; the order of fields does not matter, nor do those that are undefined. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

export function agreeIn(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
  names: readonly string[],
): boolean {
  return names.every((name) => isSame(a[name], b[name]));
}

/** Whether the same text gives the same tokens in two runs. */
export function hasSameTokens(a: RunConfig, b: RunConfig): boolean {
  return isSame(a.tokenizer, b.tokenizer) && a.model['contextLength'] === b.model['contextLength'];
}

/**
 * Whether NLLs per text of two runs compare: same validation and test texts, read in the same way. The fingerprint
 * includes the training texts; so where one of two runs was trained on fewer texts of the same corpus, its name, the
 * numbers of texts and their lengths decide.
 */
export function sameHeldOutTexts(a: HeldOutTexts, b: HeldOutTexts): boolean {
  const [x, y] = [a.config, b.config];
  if (!hasSameTokens(x, y)) return false;
  if (x.corpus.fingerprint === y.corpus.fingerprint) return true;
  const sizes = ['val', 'test'] as const;
  if (!agreeIn(x.corpus.sizes, y.corpus.sizes, sizes)) return false;
  if (!agreeIn(x.corpus, y.corpus, ['name', 'kind', 'cleaning', 'entropy'])) return false;
  if (a.characters !== undefined && b.characters !== undefined && !agreeIn(a.characters, b.characters, sizes))
    return false;
  return x.corpus.sizes.train !== y.corpus.sizes.train && (x.corpus.limit ?? y.corpus.limit) !== undefined;
}

export interface HeldOutTexts {
  readonly config: RunConfig;
  readonly characters: { readonly val: number; readonly test: number } | undefined;
}

/**
 * A text that is the same for two runs exactly if they differ by nothing but their seeds, and when and where they were
 * made. The processor and the number of threads do not change the results; the precision does.
 *
 * @param config complete, see `completeConfig`
 */
export function configKey({ corpus, tokenizer, model, recipe, training, backend, distillationSet }: RunConfig): string {
  const { fingerprint, limit, cleaning } = corpus;
  const { precision } = backend;
  // Its path does not matter, its texts do.
  const distilled = distillationSet?.fingerprint;
  return canonicalJson({ fingerprint, limit, cleaning, tokenizer, model, recipe, training, precision, distilled });
}

/** A field with its path, and its two values. */
export interface FieldDifference {
  /** E.g. `training.epochs`. */
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** The first field of `expected` that differs in `found`; fields that only `found` has do not matter. */
export function firstDifference(expected: unknown, found: unknown, path = ''): FieldDifference | undefined {
  if (!isRecord(expected)) return isSame(expected, found) ? undefined : { path, expected, found };
  for (const [key, value] of Object.entries(expected)) {
    const there = isRecord(found) ? found[key] : undefined;
    const difference = firstDifference(value, there, path === '' ? key : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** Numbers that are not finite are texts, as in files: JSON itself would make null of them all. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item);
    return isRecord(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item;
  });
}
