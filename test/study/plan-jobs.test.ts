import { describe, expect, it } from 'vitest';
import { chooseBest, planFewJobs, planJobs, recipeOf, titleOf } from '../../src/study/plan-jobs.js';
import { ABLATION_NAMES, ABLATIONS, ablationEpochs } from '../../src/study/ablations.js';
import { planTraining } from '../../src/train/plan.js';
import { checkFew, defaultFew, parseStudyOptions, QUICK_STUDY } from '../../src/study/study-options.js';
import { countSizes, planSize, usualEpochs } from '../../src/study/study-sizes.js';
import { RECIPES } from '../../src/train/recipes/index.js';
import { parseTuneOptions } from '../../src/tune/tune-options.js';

describe('the jobs of a study', () => {
  const names = (options: Parameters<typeof parseStudyOptions>[0]) =>
    planJobs(parseStudyOptions(options)).map(({ name }) => name);

  it('are refused where a slip asks for millions of them', () => {
    expect(() => parseStudyOptions({ seeds: 1e6 })).toThrow(/seeds: expected a number of at most 1000/);
    const recipe = RECIPES.modern;
    expect(() => parseTuneOptions({ recipe, epochs: 1, trials: 1e6 })).toThrow(/trials: .*at most 10000/);
  });

  it('are the four sizes, and the smallest with all pads', () => {
    expect(planJobs(parseStudyOptions({ ablations: false }))).toMatchObject([
      { name: '87k-seed0', role: 'size', group: '87k', size: '87k', seed: 0, padding: 'first' },
      { name: '557k-seed0', role: 'size', group: '557k', padding: 'first' },
      { name: '5m-seed0', role: 'size', group: '5m', padding: 'first' },
      { name: '10m-seed0', role: 'size', group: '10m', padding: 'first' },
      { name: '87k-padding-all-seed0', role: 'padding', group: '87k, all pads', size: '87k', padding: 'all' },
    ]);
  });

  it('are repeated for every seed, but for that with all pads', () => {
    const two = ['557k-seed0', '557k-seed1', '87k-seed0', '87k-seed1', '87k-padding-all-seed0'];
    expect(names({ sizes: ['557k', '87k'], seeds: 2 })).toEqual(two);
    expect(names({ sizes: ['5m', '557k'] })).toContain('557k-padding-all-seed0');
    expect(names({ sizes: ['5m'], paddingCheck: false })).toEqual(['5m-seed0']);
  });

  it('are those of a second recipe as well, where one is asked for: every size with every seed', () => {
    const options = parseStudyOptions({ sizes: ['557k', '87k'], seeds: 2, secondRecipe: 'modern' });
    const jobs = planJobs(options);
    const secondRecipe = jobs.filter(({ role }) => role === 'second-recipe');
    expect(jobs.slice(0, 5).map(({ name }) => name)).toEqual(names({ sizes: ['557k', '87k'], seeds: 2 }));
    expect(jobs.slice(5)).toEqual(secondRecipe);
    expect(secondRecipe).toMatchObject([
      { name: 'modern-557k-seed0', group: 'modern 557k', size: '557k', seed: 0, padding: 'first' },
      { name: 'modern-557k-seed1', group: 'modern 557k', size: '557k', seed: 1, padding: 'first' },
      { name: 'modern-87k-seed0', group: 'modern 87k', size: '87k', seed: 0, padding: 'first' },
      { name: 'modern-87k-seed1', group: 'modern 87k', size: '87k', seed: 1, padding: 'first' },
    ]);
    expect(new Set(secondRecipe.map((job) => recipeOf(job, options)))).toEqual(new Set(['modern']));
    const others = [...jobs, ...planFewJobs(options, '87k')].filter(({ role }) => role !== 'second-recipe');
    expect(new Set(others.map((job) => recipeOf(job, options)))).toEqual(new Set(['notebook']));
  });

  it('may have a recipe of the user as the second one', () => {
    const mine = { ...RECIPES.modern, name: 'mine' };
    const options = parseStudyOptions({ sizes: ['87k'], secondRecipe: mine });
    const secondRecipe = planJobs(options).at(-1)!;
    expect(secondRecipe).toMatchObject({ name: 'mine-87k-seed0', group: 'mine 87k', role: 'second-recipe' });
    expect(recipeOf(secondRecipe, options)).toEqual(mine);
    // Runs would get the same names.
    expect(() => parseStudyOptions({ recipe: mine, secondRecipe: { ...mine, version: 2 } })).toThrow(/another name/);
  });

  it('have a second recipe only where one of another name is asked for', () => {
    expect(parseStudyOptions({}).secondRecipe).toBeNull();
    expect(() => parseStudyOptions({ secondRecipe: 'notebook' })).toThrow(/another name/);
    expect(parseStudyOptions({ recipe: 'modern', secondRecipe: 'notebook' }).secondRecipe).toBe('notebook');
    expect(names(QUICK_STUDY)).toEqual(['87k-seed0', '557k-seed0', 'notebook-87k-seed0', 'notebook-557k-seed0']);
    expect(names({ ...QUICK_STUDY, secondRecipe: null })).toEqual(['87k-seed0', '557k-seed0']);
  });

  it('on few texts follow from the best size', () => {
    expect(planFewJobs(parseStudyOptions({ seeds: 2 }), '557k')).toMatchObject([
      { name: '557k-first1000-seed0', role: 'few-texts', group: '557k, first 1,000 texts', seed: 0, few: 1000 },
      { name: '557k-first1000-seed1', group: '557k, first 1,000 texts', seed: 1, padding: 'first' },
    ]);
  });

  it('have titles with the seed where there are several', () => {
    expect(titleOf({ group: '5m', seed: 0 }, 1)).toBe('5m');
    expect(titleOf({ group: '5m', seed: 0 }, 3)).toBe('5m, seed 0');
  });

  const ablationsOf = (options: Parameters<typeof parseStudyOptions>[0]) =>
    planJobs(parseStudyOptions(options)).filter(({ role }) => role === 'ablation');

  it('take parts away from the smallest size by default where another is at least twenty times as large', () => {
    expect(ablationsOf({})).toHaveLength(ABLATION_NAMES.length);
    expect(ablationsOf({ recipe: 'modern', sizes: ['5m', '87k'] })[0]).toMatchObject({ size: '87k' });
    expect(ablationsOf({ sizes: ['87k', '557k'] })).toEqual([]);
    expect(ablationsOf({ ...QUICK_STUDY, sizes: ['87k', '10m'] })).toEqual([]);
    expect(ablationsOf({ ablations: false })).toEqual([]);
    expect(ablationsOf({ sizes: ['557k'], ablations: true })[0]).toMatchObject({ size: '557k' });
  });

  it('take parts away from the smallest size where that is asked for', () => {
    const options = parseStudyOptions({ sizes: ['557k', '87k'], ablations: true, epochs: { '87k': 4 } });
    const ablations = ablationsOf(options);
    expect(ablations.map(({ ablation }) => ablation)).toEqual(ABLATION_NAMES);
    expect(ablations[2]).toMatchObject({ name: '87k-no-mask-seed0', group: '87k, no mask', size: '87k', seed: 0 });
    expect([ablationEpochs(4), ablationEpochs(1000), ablationEpochs()]).toEqual([4, 10, 10]);
    for (const set of Object.values(ABLATIONS)) planTraining({ recipe: 'notebook', size: '87k', set }, 29);
  });
});

describe('a size that is a shape', () => {
  it('is a width, a number of layers and, unless they are the recipe’s, of heads', () => {
    expect(planSize('128x4', { recipe: 'modern' }, 29).model).toMatchObject({ dModel: 128, layers: 4, heads: 4 });
    expect(planSize('130x6x5', { recipe: 'modern' }, 29).model).toMatchObject({ dModel: 130, layers: 6, heads: 5 });
  });

  it('is a job like any other, and the smallest is found by its parameters', () => {
    const options = parseStudyOptions({ recipe: 'modern', sizes: ['87k', '128x4', '16x1'], epochs: { '16x1': 3 } });
    expect(planJobs(options).map(({ name }) => name)).toEqual([
      ...['87k-seed0', '128x4-seed0', '16x1-seed0', '16x1-padding-all-seed0'],
      ...ABLATION_NAMES.map((name) => `16x1-${name}-seed0`),
    ]);
    expect(countSizes(['128x4', '87k', '16x1'], 'modern').map(({ size }) => size)).toEqual(['16x1', '87k', '128x4']);
    expect(planFewJobs(options, '128x4')[0]!.name).toBe('128x4-first1000-seed0');
    expect(usualEpochs({ role: 'size', size: '128x4' })).toBe(50);
  });

  it('is refused by its name where it is none', () => {
    for (const size of ['0x4', '128x', 'x4', '128', '128×4', '5M'])
      expect(() => parseStudyOptions({ sizes: [size] }), size).toThrow(/sizes.*shape such as 128x4/);
    expect(() => planSize('130x4', { recipe: 'modern' }, 29)).toThrow(/size 130x4 .* multiple of heads: got 130 and 4/);
  });
});

describe('the number of few texts', () => {
  it.each([
    [8664, 1000],
    [2000, 1000],
    [1999, 250],
    [640, 80],
    [3, 1],
  ])('is, of %i, %i', (train, few) => expect(defaultFew(train)).toBe(few));

  it('must be less than all', () => {
    checkFew(999, 1000);
    expect(() => checkFew(1000, 1000)).toThrow(/fewer than the 1000/);
  });
});

describe('the best size', () => {
  const run = (name: string, size: string, valNll: number) => ({ name, size, valNll });

  it('has the lowest mean over its seeds, whatever its best run', () => {
    const runs = [run('a', '87k', 90), run('b', '87k', 92), run('c', '557k', 80), run('d', '557k', 110)];
    expect(chooseBest(runs)).toEqual({ size: '87k', meanValNll: 91, run: 'a' });
    expect(chooseBest([run('e', '87k', 97), ...runs])).toEqual({ size: '87k', meanValNll: 93, run: 'a' });
    expect(chooseBest([run('e', '87k', 108), ...runs])).toEqual({ size: '557k', meanValNll: 95, run: 'c' });
  });

  it('is not chosen by runs that are not finite', () => {
    const runs = [run('a', '87k', NaN), run('b', '557k', 95), run('c', '557k', NaN), run('d', '5m', Infinity)];
    expect(chooseBest(runs)).toEqual({ size: '557k', meanValNll: 95, run: 'b' });
    expect(chooseBest([run('a', '87k', NaN)])).toBeUndefined();
    expect(chooseBest([])).toBeUndefined();
  });

  it('is the first of equal ones', () => {
    expect(chooseBest([run('a', '5m', 90), run('b', '87k', 90)])?.run).toBe('a');
  });
});
