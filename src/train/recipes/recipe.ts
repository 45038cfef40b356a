import * as z from 'zod';
import { describeIssues } from '../../describe-issues.js';
import { LetterpressError } from '../../errors.js';
import { modelConfigSchema } from '../../nn/config.js';
import { PRESETS, type PresetName } from '../../nn/presets.js';
import { suggest } from '../../suggest.js';
import { trainingSettingsSchema } from '../settings.js';
import { hasSetting, settingPaths, settingsByPathSchema, type SettingsByPath } from './settings-by-path.js';

const shapeFields = { dModel: true, heads: true, layers: true, mlpRatio: true } as const;
const shapeSchema = modelConfigSchema.pick(shapeFields);
const architectureSchema = modelConfigSchema.omit({ ...shapeFields, vocabulary: true, contextLength: true });

/** Names of the sizes that a recipe may have, each an upper bound of parameters: the notebook's. */
export const SIZE_NAMES = Object.keys(PRESETS) as PresetName[];

export type SizeName = PresetName;

const DROPOUTS = ['embedding', 'attention', 'residual'] as const;
type DropoutName = (typeof DROPOUTS)[number];

/** Schema of {@link Recipe}: of the built-in ones, and of a user's JSON file. */
export const recipeSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name of lower-case letters, digits and hyphens'),
  /** Raised when a setting changes, so that runs of both can be distinguished. */
  version: z.int().positive(),
  /** In a sentence. */
  summary: z.string().min(1),
  architecture: architectureSchema,
  /** Used without a shape or a size of the user's. */
  shape: shapeSchema,
  training: trainingSettingsSchema,
  /** Where its models have dropout: what the option `dropout` sets the rate of. */
  dropouts: z.array(z.enum(DROPOUTS)).default([...DROPOUTS]),
  /** `notebook`: with its alphabet, whatever characters they have, and the empty ones of a folder or of the Hub. */
  texts: z.enum(['any', 'notebook']).default('any'),
  /** By size: its shape, and other settings that differ from the recipe's, by path. */
  sizes: z
    .partialRecord(z.enum(SIZE_NAMES), z.strictObject({ shape: shapeSchema, set: settingsByPathSchema.default({}) }))
    .default({}),
  /** Settings that differ with a distillation set, by path; they take precedence over the size's. */
  distilled: settingsByPathSchema.default({}),
  /** The reason for each setting, by path, e.g. `training.clipNorm`. A path covers all below it. */
  reasons: z.record(z.string(), z.string().min(1)).default({}),
});

export type Recipe = Readonly<z.infer<typeof recipeSchema>>;

/** A recipe as a file has it: fields with a default may be missing. */
export type RecipeInput = Readonly<z.input<typeof recipeSchema>>;

/**
 * Checks a recipe, and fills in defaults.
 *
 * @param from its source, for the error
 * @throws LetterpressError BAD_INPUT naming the field, what was expected and what came
 *
 * @example parseRecipe(JSON.parse(readFileSync('mine.json', 'utf8')), 'mine.json').training.epochs
 */
export function parseRecipe(value: unknown, from: string): Recipe {
  const parsed = recipeSchema.safeParse(value, { jitless: true }); // to compile it takes longer than to check a few
  const problem = parsed.success ? unknownField(parsed.data, value) : describeIssues(parsed.error, value);
  if (parsed.success && problem === undefined) return parsed.data;
  throw new LetterpressError(
    'BAD_INPUT',
    `${from} is not a valid recipe: ${problem}`,
    '`letterpress recipes modern --json` prints a valid one.',
  );
}

/** Of the training's settings, whose schema reads those of newer runs too. */
function unknownField({ training }: Recipe, value: unknown): string | undefined {
  const known = { training };
  const given = settingPaths({ training: (value as RecipeInput).training });
  const unknown = given.find((path) => !hasSetting(known, path));
  if (unknown === undefined) return undefined;
  const nearest = suggest(unknown, settingPaths(known));
  return `unknown field "${unknown}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
}

/**
 * One rate for some dropouts, all by default.
 *
 * @example setDropouts(0.1, ['residual']) // { 'model.dropout.residual': 0.1 }
 */
export function setDropouts(rate: number, names: readonly DropoutName[] = DROPOUTS): SettingsByPath {
  return Object.fromEntries(names.map((name) => [`model.dropout.${name}`, rate]));
}
