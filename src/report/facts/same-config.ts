/** What two runs have in common, by their configurations. */
import { modelConfigSchema, type ModelConfig } from '../../nn/config.js';
import { agreeIn, hasSameTokens, isSame } from '../../runs/compare-configs.js';
import type { RunConfig } from '../../runs/schema.js';
import { completeConfig } from '../../train/run-settings.js';
import type { Difference } from './types.js';

const SHAPE = ['dModel', 'heads', 'layers', 'mlpRatio'] as const;

/** Settings of the training that {@link Difference} has a word for. */
const OWN_WORDS = ['padding', 'epochs'] as const;

/** The model of a run; undefined where its configuration has another form than this Letterpress knows. */
export function modelOf({ model }: Pick<RunConfig, 'model'>): ModelConfig | undefined {
  return modelConfigSchema.safeParse(model).data;
}

/** In what two runs differ beside their seeds. */
export function differencesOf(first: RunConfig, second: RunConfig): Difference[] {
  const [a, b] = [completeConfig(first), completeConfig(second)];
  const differs: Record<Difference, boolean> = {
    size: !agreeIn(a.model, b.model, SHAPE),
    texts: a.corpus.fingerprint !== b.corpus.fingerprint,
    padding: a.training.padding !== b.training.padding,
    recipe: !isSame(a.recipe, b.recipe),
    precision: a.backend.precision !== b.backend.precision,
    epochs: a.training.epochs !== b.training.epochs,
    settings:
      !isSame(without(a.model, SHAPE), without(b.model, SHAPE)) ||
      !isSame(without(a.training, OWN_WORDS), without(b.training, OWN_WORDS)) ||
      !isSame(a.tokenizer, b.tokenizer),
  };
  return (Object.keys(differs) as Difference[]).filter((name) => differs[name]);
}

/**
 * Whether NLLs per text of two runs compare: same validation and test texts, read in the same way. The fingerprint is of
 * the training texts as well; so where one of two runs was trained on fewer texts of the same corpus, its name, the
 * numbers of texts and their lengths have to do.
 *
 * @param characters predicted characters of a text on average, where they are known
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

/** What {@link sameHeldOutTexts} goes by. */
export interface HeldOutTexts {
  readonly config: RunConfig;
  readonly characters: { readonly val: number; readonly test: number } | undefined;
}

function without(object: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
