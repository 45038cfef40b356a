import type { Recipe, RecipeName } from '../train/recipes/index.js';
import { ABLATION_NAMES, type Ablation } from './ablations.js';
import type { RecordedJob, Study } from './study-file.js';
import { hasAblations, nameOfRecipe, type StudyOptions } from './study-options.js';
import { countSizes, type StudySize } from './study-sizes.js';

export type StudyJob = Readonly<Omit<RecordedJob, 'folder' | 'state'>>;

/**
 * The trainings that are known from the start: every size with every seed, the smallest of them once with all padding,
 * every size with every seed with the second recipe, where there is one, and the smallest with each part taken away,
 * where that is asked for or costs little.
 */
export function planJobs(options: StudyOptions): StudyJob[] {
  const { sizes, recipe, secondRecipe, paddingCheck } = options;
  const jobs = planSizes(options, 'size', []);
  const { size } = countSizes(sizes, recipe)[0]!;
  if (paddingCheck)
    jobs.push({
      name: `${size}-padding-all-seed0`,
      role: 'padding',
      group: `${size}, all pads`,
      size,
      seed: 0,
      padding: 'all',
    });
  if (secondRecipe !== null) jobs.push(...planSizes(options, 'second-recipe', [nameOfRecipe(secondRecipe)]));
  if (hasAblations(options)) jobs.push(...ABLATION_NAMES.map((name) => planAblation(name, size)));
  return jobs;
}

function planAblation(ablation: Ablation, size: StudySize): StudyJob {
  const group = `${size}, ${ablation.replace('-', ' ')}`;
  return { name: `${size}-${ablation}-seed0`, role: 'ablation', group, size, seed: 0, padding: 'first', ablation };
}

/** @param prefix the recipe's name, where names and groups are to say it */
function planSizes(options: StudyOptions, role: StudyJob['role'], prefix: readonly string[]): StudyJob[] {
  return options.sizes.flatMap((size) =>
    seedsOf(options).map((seed) => ({
      name: [...prefix, size, `seed${seed}`].join('-'),
      role,
      group: [...prefix, size].join(' '),
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

/** A finished run on all the texts. */
export interface SizeRun {
  readonly name: string;
  readonly size: StudySize;
  /** Lowest validation NLL, nats per text; NaN for a run that diverged. */
  readonly valNll: number;
}

export type BestSize = Readonly<NonNullable<Study['best']>>;

/**
 * The size with the lowest mean of best validation NLLs over its seeds, the first of equal ones. Runs whose NLL is not
 * finite are left out; undefined where there are no others.
 */
export function chooseBest(runs: readonly SizeRun[]): BestSize | undefined {
  const finite = runs.filter(({ valNll }) => Number.isFinite(valNll));
  let best: BestSize | undefined;
  for (const size of new Set(finite.map((run) => run.size))) {
    const own = finite.filter((run) => run.size === size);
    const meanValNll = own.reduce((sum, { valNll }) => sum + valNll, 0) / own.length;
    if (best !== undefined && meanValNll >= best.meanValNll) continue;
    const lowest = own.reduce((a, b) => (b.valNll < a.valNll ? b : a));
    best = { size, meanValNll, run: lowest.name };
  }
  return best;
}
