import { z } from 'zod';
import { LetterpressError } from '../../errors.js';
import { modelConfigSchema } from '../../nn/config.js';
import { PRESETS, type PresetName } from '../../nn/presets.js';
import { trainingSettingsSchema } from '../settings.js';
import { settingsByPathSchema } from './settings-by-path.js';

const shapeFields = { dModel: true, heads: true, layers: true, mlpRatio: true } as const;
const shapeSchema = modelConfigSchema.pick(shapeFields);
const architectureSchema = modelConfigSchema.omit({ ...shapeFields, vocabulary: true, contextLength: true });

/** Names of the sizes that a recipe may have a shape for: the notebook's, each an upper bound of parameters. */
export const SIZE_NAMES = Object.keys(PRESETS) as PresetName[];

/** Name of a size, e.g. `557k`. */
export type SizeName = PresetName;

/** Schema of {@link Recipe}: of the built-in ones, and of a user's JSON file. */
export const recipeSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name of small characters, digits and hyphens'),
  /** Raised when a default changes, so that runs can be significantly different. */
  version: z.int().positive(),
  /** What it is for, in a sentence. */
  summary: z.string().min(1),
  architecture: architectureSchema,
  /** Taken where the user gives neither a shape nor a size. */
  shape: shapeSchema,
  training: trainingSettingsSchema,
  /** By size: its shape, and what else differs from the recipe, by path. */
  sizes: z
    .partialRecord(z.enum(SIZE_NAMES), z.strictObject({ shape: shapeSchema, set: settingsByPathSchema.default({}) }))
    .default({}),
  /** What else differs where the model is distilled by a distillation set, by path; goes before what the size sets. */
  distilled: settingsByPathSchema.default({}),
  /** Why each setting is what it is, by path, e.g. `training.clipNorm`. A path speaks for all that is below it. */
  reasons: z.record(z.string(), z.string().min(1)).default({}),
});

/** A named way to build and train a model. */
export type Recipe = Readonly<z.infer<typeof recipeSchema>>;

/** The same as a file has it: fields with a default may be missing. */
export type RecipeInput = Readonly<z.input<typeof recipeSchema>>;

/**
 * Checks a recipe, and fills in what has a default.
 *
 * @param from where it comes from, for the error
 * @throws LetterpressError BAD_INPUT naming the field, what was expected and what came
 *
 * @example parseRecipe(JSON.parse(readFileSync('mine.json', 'utf8')), 'mine.json').training.epochs
 */
export function parseRecipe(value: unknown, from: string): Recipe {
  const parsed = recipeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new LetterpressError(
    'BAD_INPUT',
    `${from} is not a valid recipe: ${z.prettifyError(parsed.error)}`,
    '`letterpress recipes modern --json` prints a valid one to begin with.',
  );
}
