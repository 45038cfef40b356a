import * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { parseOptions } from '../parse-options.js';
import { recipeSchema, SIZE_NAMES } from '../train/recipes/index.js';
import { settingsByPathSchema } from '../train/recipes/settings-by-path.js';
import { DEFAULT_SPACE, searchSpaceSchema } from './search-space.js';

const positive = z.int().min(1);

/** More would be a slip: every one is a training. */
const MAX_TRIALS = 10_000;

/** What tune.json holds under `options`. */
export const tuneOptionsSchema = z.strictObject({
  /** The starting point. */
  recipe: recipeSchema,
  size: z.enum(SIZE_NAMES).optional(),
  /** Settings that differ from the recipe's in every trial. */
  set: settingsByPathSchema.default({}),
  space: searchSpaceSchema.default(DEFAULT_SPACE).refine((space) => Object.keys(space).length > 0, 'something to vary'),
  /** Of the first rung. */
  trials: positive.max(MAX_TRIALS).default(18),
  /** Of the last rung. */
  epochs: positive,
  /** Fewest epochs of the first rung. */
  minEpochs: positive.default(4),
  /** The best 1 / eta of a rung's trials are trained for eta times the epochs in the next one. */
  eta: z.int().min(2).default(3),
  /** Of the draws, and of every training. */
  seed: z.int().min(0).default(0),
});

export type TuneOptions = Readonly<z.infer<typeof tuneOptionsSchema>>;

export type TuneOptionsInput = Readonly<z.input<typeof tuneOptionsSchema>>;

/** @throws LetterpressError BAD_OPTION naming the field, what was expected and what came */
export function parseTuneOptions(value: TuneOptionsInput): TuneOptions {
  const options = parseOptions(tuneOptionsSchema, value, "the search's options are");
  const varied = Object.keys(options.space).flatMap((paths) => paths.split('+').map((path) => path.trim()));
  if ([...varied, ...Object.keys(options.set)].includes('training.epochs'))
    throw new LetterpressError(
      'BAD_OPTION',
      'training.epochs cannot be varied or set: each round of a search trains for epochs of its own',
      'Give the epochs of the last round (epochs), and the fewest of the first (minEpochs).',
    );
  const both = varied.find((path) => Object.hasOwn(options.set, path));
  if (both !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      `${both} is set for all trials, and varied too${value.space === undefined ? ', as searches do by default' : ''}`,
      value.space === undefined ? 'Name what to vary instead (space).' : 'Leave one of them out (set, space).',
    );
  return options;
}
