import type { Padding } from '../nn/packed-batch.js';
import type { Recipe, RecipeName } from '../train/recipes/index.js';
import { nameOfRecipe, type StudyOptions } from './study-options.js';
import { STUDY_SIZES, type StudySize } from './study-sizes.js';

/** One training of a study. */
export interface StudyJob {
  /** Also the name of its folder in `runs/`. */
  readonly name: string;
  readonly role: 'size' | 'padding' | 'few-texts' | 'second-recipe';
  /** Jobs of one group differ by their seeds alone. */
  readonly group: string;
  readonly size: StudySize;
  readonly seed: number;
  readonly padding: Padding;
  /** Only the first so many training texts. */
  readonly few?: number | undefined;
}

/**
 * The trainings that are known from the start: every size with every seed, the smallest of them once with
 * `--padding all`, and every size with every seed with the second recipe, where there is one.
 */
export function planJobs(options: StudyOptions): StudyJob[] {
  const { secondRecipe } = options;
  const jobs = jobsOfSizes(options, 'size', []);
  const size = STUDY_SIZES.find((each) => options.sizes.includes(each));
  if (options.paddingCheck && size !== undefined)
    jobs.push({
      name: `${size}-padding-all-seed0`,
      role: 'padding',
      group: `${size}, all pads`,
      size,
      seed: 0,
      padding: 'all',
    });
  if (secondRecipe !== null) jobs.push(...jobsOfSizes(options, 'second-recipe', [nameOfRecipe(secondRecipe)]));
  return jobs;
}

/** Every size with every seed. @param recipe its name, where names and groups are to say it */
function jobsOfSizes(
  options: StudyOptions,
  role: StudyJob['role'],
  recipe: readonly [] | readonly [string],
): StudyJob[] {
  return options.sizes.flatMap((size) =>
    seedsOf(options).map((seed) => ({
      name: [...recipe, size, `seed${seed}`].join('-'),
      role,
      group: [...recipe, size].join(' '),
      size,
      seed,
      padding: 'first',
    })),
  );
}

/** The trainings of the best size on few texts, known once there is a best one. */
export function planFewJobs(options: StudyOptions, best: StudySize): StudyJob[] {
  const { few } = options;
  return seedsOf(options).map((seed) => ({
    name: `${best}-first${few}-seed${seed}`,
    role: 'few-texts',
    group: `${best}, first ${few.toLocaleString('en-US')} texts`,
    size: best,
    seed,
    padding: 'first',
    few,
  }));
}

/** The recipe that a job is trained with. */
export function recipeOf(
  { role }: Pick<StudyJob, 'role'>,
  { recipe, secondRecipe }: StudyOptions,
): RecipeName | Recipe {
  return role === 'second-recipe' && secondRecipe !== null ? secondRecipe : recipe;
}

/** A job for tables and legends: its group, and its seed where there are several. */
export function titleOf({ group, seed }: Pick<StudyJob, 'group' | 'seed'>, seeds: number): string {
  return seeds === 1 ? group : `${group}, seed ${seed}`;
}

function seedsOf({ seeds }: StudyOptions): number[] {
  return Array.from({ length: seeds }, (_, seed) => seed);
}
