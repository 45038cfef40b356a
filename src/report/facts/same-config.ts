/** What two runs have in common, by their configurations. */
import type { RunConfig } from '../../runs/schema.js';
import { completeSettings } from '../../train/run-settings.js';
import type { Difference, ShapeFacts } from './types.js';

const SHAPE = ['dModel', 'heads', 'layers', 'mlpRatio'] as const;

/** Settings of the training that {@link Difference} has a word for. */
const OWN_WORDS = ['padding', 'epochs'] as const;

/** The shape of a run's model; undefined where the configuration does not have it in full. */
export function shapeOf({ model }: Pick<RunConfig, 'model'>): ShapeFacts | undefined {
  const [dModel, heads, layers, mlpRatio] = SHAPE.map((name) => model[name]);
  return typeof dModel === 'number' &&
    typeof heads === 'number' &&
    typeof layers === 'number' &&
    typeof mlpRatio === 'number'
    ? { dModel, heads, layers, mlpRatio }
    : undefined;
}

/**
 * A text that is the same for two runs exactly if they differ by nothing but their seeds, when and where they were made.
 * Which processor and how many threads is where, and makes no difference to the results; precision does.
 */
export function configKey(config: RunConfig): string {
  const { corpus, tokenizer, recipe, backend } = config;
  const { model, training } = completeSettings(config);
  const { fingerprint, limit, cleaning } = corpus;
  return stableJson({
    fingerprint,
    limit,
    cleaning,
    tokenizer,
    model,
    recipe,
    training,
    precision: backend.precision,
  });
}

/** In what two runs differ beside their seeds. */
export function differencesOf(first: RunConfig, second: RunConfig): Difference[] {
  const [a, b] = [first, second].map((config) => ({ ...config, ...completeSettings(config) })) as [
    RunConfig,
    RunConfig,
  ];
  const differs: Record<Difference, boolean> = {
    size: !same(a.model, b.model, SHAPE),
    texts: a.corpus.fingerprint !== b.corpus.fingerprint,
    padding: a.training.padding !== b.training.padding,
    recipe: !same(a.recipe, b.recipe),
    precision: a.backend.precision !== b.backend.precision,
    epochs: a.training.epochs !== b.training.epochs,
    settings:
      !same(without(a.model, SHAPE), without(b.model, SHAPE)) ||
      !same(without(a.training, OWN_WORDS), without(b.training, OWN_WORDS)) ||
      !same(a.tokenizer, b.tokenizer),
  };
  return (Object.keys(differs) as Difference[]).filter((name) => differs[name]);
}

/**
 * Whether NLLs per text of two runs compare: same validation and test texts, read in the same way. The fingerprint is of the training
 * texts as well; so where one of two runs was trained on fewer texts of the same corpus, its name, the numbers of texts and
 * their lengths have to do.
 *
 * @param characters predicted characters of a text on average, where they are known
 */
export function sameHeldOutTexts(a: HeldOutTexts, b: HeldOutTexts): boolean {
  const [x, y] = [a.config, b.config];
  if (!same(x.tokenizer, y.tokenizer) || x.model['contextLength'] !== y.model['contextLength']) return false;
  if (x.corpus.fingerprint === y.corpus.fingerprint) return true;
  const sizes = ['val', 'test'] as const;
  if (!same(x.corpus.sizes, y.corpus.sizes, sizes)) return false;
  if (!same(x.corpus, y.corpus, ['name', 'kind', 'cleaning', 'entropy'])) return false;
  if (a.characters !== undefined && b.characters !== undefined && !same(a.characters, b.characters, sizes))
    return false;
  return x.corpus.sizes.train !== y.corpus.sizes.train && (x.corpus.limit ?? y.corpus.limit) !== undefined;
}

/** What {@link sameHeldOutTexts} goes by. */
export interface HeldOutTexts {
  readonly config: RunConfig;
  readonly characters: { readonly val: number; readonly test: number } | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether two objects agree, in some of their fields or in all. */
function same(a: Fields, b: Fields, names?: readonly string[]): boolean {
  const pick = (object: Fields) => names?.map((name) => object[name] ?? null) ?? object;
  return stableJson(pick(a)) === stableJson(pick(b));
}

function without(object: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** JSON with the fields of every object in the order of their names. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
