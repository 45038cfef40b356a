import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planTraining, type TrainingPlan } from '../../src/index.js';
import { lacksPython, PYTHON } from '../support/python.js';

interface Blas {
  readonly core: string | undefined;
  readonly isSlow: boolean;
  readonly environment: Record<string, string>;
}
interface Bench {
  readonly MODELS: Record<string, Parameters<typeof planTraining>[0]>;
  readonly pytorchOf: (name: string, plan: TrainingPlan) => object;
  readonly loadTexts: () => Promise<{ readonly texts: readonly Uint16Array[] }>;
  readonly textsForSteps: (plan: TrainingPlan, texts: readonly Uint16Array[], steps: number) => object;
  readonly checkTraining: (check: object) => { readonly differences: Record<string, number> };
  readonly chooseBlas: (options: { threadCounts: number[]; anyBlas?: boolean }, tools: object) => Blas;
}

// The scripts have no types: their paths are variables, so that nobody looks for some.
const scripts = ['models', 'texts', 'check', 'blas'].map((name) =>
  fileURLToPath(new URL(`../../bench/lib/${name}.mjs`, import.meta.url)),
);
const modules = await Promise.all(scripts.map((path) => import(path) as Promise<object>));
const { MODELS, pytorchOf, loadTexts, textsForSteps, checkTraining, chooseBlas } = Object.assign(
  {},
  ...modules,
) as Bench;

describe.skipIf(lacksPython('torch', 'numpy'))('the reference in PyTorch', () => {
  it.each(['modern-32x2', 'plain-48x3'])(
    'computes what %s computes, and trains it to the same weights',
    async (name) => {
      const plan = planTraining(MODELS[name]!, 29);
      const { texts } = await loadTexts();
      const environment = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
      const own = { backend: 'auto', threads: 1, precision: 'f32' };
      const side = { ...own, python: PYTHON, environment, ...pytorchOf(name, plan) };
      const { differences } = checkTraining({ plan, ...textsForSteps(plan, texts, 3), ...side });
      expect(Object.keys(differences)).toEqual(['loss', 'gradient', 'update', 'average']);
    },
  );
});

describe("the check of PyTorch's BLAS library", () => {
  const speeds: Record<string, number> = { old: 30, Haswell: 80, SkylakeX: 240 };
  const machine = (peak: number, ...coreTypes: string[]) => ({
    coreTypes,
    peak: () => peak,
    sgemm: (_threads: number, core = 'old') => speeds[core],
  });

  it('takes the fastest core type where the own choice is slow', () => {
    const blas = chooseBlas({ threadCounts: [1] }, machine(281, 'Haswell', 'SkylakeX'));
    expect(blas).toMatchObject({ isSlow: false, environment: { OPENBLAS_CORETYPE: 'SkylakeX' } });
  });

  it('leaves a fast choice alone', () => {
    const blas = chooseBlas({ threadCounts: [1, 2] }, machine(35, 'Haswell'));
    expect(blas).toMatchObject({ core: undefined, isSlow: false });
    expect(blas.environment).toEqual({});
  });

  it('refuses a comparison with a library that is slow in any case, unless told otherwise', () => {
    const slow = machine(281, 'Haswell');
    expect(() => chooseBlas({ threadCounts: [1] }, slow)).toThrow('--any-blas');
    expect(chooseBlas({ threadCounts: [1], anyBlas: true }, slow)).toMatchObject({ core: 'Haswell', isSlow: true });
  });
});
