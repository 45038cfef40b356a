/** Whole studies that nobody made, each with a known outcome. Run names, groups and roles are those of a real study. */
import type { PresetName } from '../../src/nn/presets.js';
import type { ReportInput, ReportMixture, ReportRun } from '../../src/report/input/report-input.js';
import { divergingAt, falling, madeUpRun, overfitting, stuckAt, type MadeUpRun } from './made-up-runs.js';

const SIZES: readonly PresetName[] = ['87k', '557k', '5m', '10m'];

type Entry = ReportInput['runs'][number];

/** What to make of a study; everything left out is as in {@link largerIsBetter}. */
export interface MadeUpStudy {
  readonly kind?: ReportInput['kind'];
  readonly sizes?: readonly PresetName[];
  /** Seeds 0 to this, without it. */
  readonly seeds?: number;
  /** A run of one of the sizes. */
  readonly size?: (preset: PresetName, seed: number) => MadeUpRun;
  /** The size with few texts, and with temperatures; `none` for a study without these. */
  readonly best?: PresetName | 'none';
  readonly fewTexts?: MadeUpRun;
  readonly padding?: MadeUpRun;
  /** A run of one of the sizes with the modern recipe; no run where it gives none, and none at all without it. */
  readonly secondRecipe?: (preset: PresetName, seed: number) => MadeUpRun | undefined;
}

/** A study: sizes, the smallest with all pads, the best on 1,000 texts and at several temperatures. */
export function madeUpStudy(wanted: MadeUpStudy = {}): ReportInput {
  const { kind = 'study', sizes = SIZES, seeds = 1, best = '10m', size = () => ({}) } = wanted;
  const runs: Entry[] = sizes.flatMap((preset) =>
    Array.from({ length: seeds }, (_, seed) => ({
      role: 'size' as const,
      group: preset,
      run: madeUpRun({ preset, seed, temperatures: preset === best && seed === 0, ...size(preset, seed) }),
    })),
  );
  if (best !== 'none') {
    const name = `${best}-first1000-seed0`;
    const few: MadeUpRun = {
      name,
      preset: best,
      limit: 1000,
      curve: overfitting(256, 118, 8),
      ...wanted.fewTexts,
    };
    runs.push({ role: 'few-texts', group: `${best}, first 1,000 texts`, run: madeUpRun(few) });
    const [smallest = '87k'] = sizes;
    const allPads: MadeUpRun = {
      name: `${smallest}-padding-all-seed0`,
      preset: smallest,
      ...size(smallest, 0),
    };
    const slow: MadeUpRun = { ...allPads, padding: 'all', secondsPerEpoch: 40, ...wanted.padding };
    runs.push({ role: 'padding', group: `${smallest}, all pads`, run: madeUpRun(slow) });
  }
  const besides = sizes.flatMap((preset) =>
    Array.from({ length: seeds }, (_, seed): Entry[] => {
      const made = wanted.secondRecipe?.(preset, seed);
      if (made === undefined) return [];
      const name = `modern-${preset}-seed${seed}`;
      const run = madeUpRun({
        name,
        plan: { recipe: 'modern', size: preset },
        seed,
        secondsPerEpoch: 6,
        ...made,
      });
      return [{ role: 'second-recipe', group: `modern ${preset}`, secondRecipe: preset, run }];
    }).flat(),
  );
  return { title: 'A study of headlines', kind, runs: [...runs, ...besides] };
}

const FLOORS: Readonly<Record<PresetName, number>> = { '87k': 96, '557k': 91, '5m': 87, '10m': 84 };

/** Every size is better than the next smaller one by more than the margin of single runs. */
export const largerIsBetter = (): ReportInput =>
  madeUpStudy({ size: (preset) => ({ curve: falling(256, FLOORS[preset]) }) });

/** The other way round: 87k is the best. */
export const largerIsWorse = (): ReportInput =>
  madeUpStudy({ best: '87k', size: (preset) => ({ curve: falling(256, 180 - FLOORS[preset]) }) });

/** All sizes do the same. */
export const nothingChanges = (): ReportInput =>
  madeUpStudy({ best: '87k', size: () => ({ curve: falling(256, 95) }) });

/** No run has a finite NLL to the end; from the first epoch on there is none. */
export const allDiverged = (): ReportInput => madeUpStudy({ best: 'none', size: () => ({ curve: divergingAt(0) }) });

/** As in the source: the largest size stays at the unigram that knows the end, and the third is the best. */
export const largestStuck = (): ReportInput =>
  madeUpStudy({
    best: '5m',
    size: (preset) => ({
      curve: preset === '10m' ? stuckAt(164.5) : falling(256, FLOORS[preset]),
      epochs: preset === '10m' ? 14 : 40,
      stoppedBecause: 'patience',
    }),
  });

/** The larger, the more it overfits. */
export const allOverfit = (): ReportInput =>
  madeUpStudy({
    best: '557k',
    size: (preset) => ({
      curve: overfitting(256, FLOORS[preset] + (preset === '557k' ? 0 : 8), 10),
      stoppedBecause: 'patience',
    }),
  });

/** 557k has not ended, 5m has no epoch, 10m has not been begun. */
export const missingRuns = (): ReportInput => {
  const study = madeUpStudy({
    sizes: ['87k', '557k', '5m'],
    best: 'none',
    size: (preset) => (preset === '87k' ? {} : { ended: false, epochs: preset === '557k' ? 7 : 0 }),
  });
  return {
    ...study,
    planned: [
      { role: 'size', group: '10m' },
      { role: 'few-texts', group: 'best, first 1,000 texts' },
    ],
  };
};

/** Runs of an older Letterpress: curves, results and samples, and no analysis. */
export const missingAnalysis = (): ReportInput =>
  madeUpStudy({
    best: 'none',
    size: (preset) => ({
      curve: falling(256, FLOORS[preset]),
      without: ['baselines', 'sampleQualities', 'inspection', 'corpusReport'],
    }),
  });

/** One run that was given by its user. */
export const singleRun = (): ReportInput => madeUpComparison([madeUpRun()]);

/** Three seeds of each size, which spread by 0.5 nats; each size is clearly better than the next smaller one. */
export const threeSeeds = (): ReportInput =>
  madeUpStudy({
    seeds: 3,
    size: (preset, seed) => ({
      curve: falling(256, FLOORS[preset] + 0.5 * (seed - 1)),
      epochs: 30 + 5 * seed,
    }),
  });

/** A mixture of two sizes and counting, of the texts of these runs; test NLLs of the members are 97.5, 92.5 and 93. */
export function madeUpMixture({ run: { config } }: Entry, wanted: Partial<ReportMixture> = {}): ReportMixture {
  return {
    name: 'all-mixed',
    corpus: { fingerprint: config.corpus.fingerprint },
    runs: [
      { path: '../87k-seed0', parameters: 87_289, valNll: 96, testNll: 97.5 },
      { path: '../557k-seed0', parameters: 556_919, valNll: 91, testNll: 92.5 },
    ],
    ngram: { order: 7, valNll: 91.5, testNll: 93 },
    mixing: { kind: 'geometric' },
    validation: { nll: 86.5, crossValidatedNll: 86.75 },
    test: { nll: 88.5, top1: 0.82 },
    ...wanted,
  };
}

/** {@link largerIsBetter} beside a mixture of two of its models, one that is worse than its members, one without test texts, and one of other texts. */
export const mixed = (): ReportInput => {
  const study = largerIsBetter();
  const of = (wanted?: Partial<ReportMixture>) => madeUpMixture(study.runs[0]!, wanted);
  return {
    ...study,
    mixtures: [
      of({
        name: 'worse',
        ngram: undefined,
        mixing: { kind: 'linear' },
        validation: { nll: 92, crossValidatedNll: 92.1 },
        test: { nll: 93, top1: 0.81 },
      }),
      of(),
      of({ name: 'untested', test: undefined }),
      of({ name: 'elsewhere', corpus: { fingerprint: 'other' } }),
    ],
  };
};

const TWO: readonly PresetName[] = ['87k', '557k'];

/** Two sizes that end at 96 and 91 nats per text, and the modern recipe, which comes from 256 to these floors in a few epochs. */
const secondRecipeOf = (
  floors: Readonly<Record<string, number>>,
  more: Pick<MadeUpStudy, 'seeds' | 'kind'> = {},
): ReportInput =>
  madeUpStudy({
    sizes: TWO,
    best: '557k',
    size: (preset, seed) => ({ curve: falling(256, FLOORS[preset] + 0.5 * seed) }),
    secondRecipe: (preset, seed) => ({
      curve: falling(256, floors[preset]! + 0.3 * seed, { pace: 1 }),
      epochs: 20,
      secondsPerEpoch: 6 + seed,
    }),
    ...more,
  });

/** The modern recipe is better at both sizes. */
export const secondRecipeBetter = (): ReportInput => secondRecipeOf({ '87k': 92, '557k': 86 });

/** It is worse at both. */
export const secondRecipeWorse = (): ReportInput => secondRecipeOf({ '87k': 102, '557k': 97 });

/** It is better at the smaller size, worse at the larger one, and so gets worse with size. */
export const secondRecipeMixed = (): ReportInput => secondRecipeOf({ '87k': 90, '557k': 94 });

/** Both recipes do the same, epoch by epoch. */
export const secondRecipeEqual = (): ReportInput =>
  madeUpStudy({
    sizes: TWO,
    best: '557k',
    size: () => ({ curve: falling(256, 95) }),
    secondRecipe: () => ({ curve: falling(256, 95) }),
  });

/** With the modern recipe both sizes diverge from the first epoch on. */
export const secondRecipeDiverged = (): ReportInput =>
  madeUpStudy({ sizes: TWO, best: '557k', secondRecipe: () => ({ curve: divergingAt(0) }) });

/** One size with the modern recipe has not ended, the other has not begun. */
export const secondRecipeMissing = (): ReportInput => {
  const study = madeUpStudy({
    sizes: TWO,
    best: 'none',
    secondRecipe: (preset) => (preset === '87k' ? { ended: false, epochs: 3 } : undefined),
  });
  return { ...study, planned: [{ role: 'second-recipe', group: 'modern 557k' }] };
};

/** {@link besideBetter} with three seeds, which spread by some tenths of a nat. */
export const secondRecipeSeeds = (): ReportInput => secondRecipeOf({ '87k': 92, '557k': 86 }, { seeds: 3 });

/** {@link besideBetter} as a quick study. */
export const secondRecipeQuick = (): ReportInput => secondRecipeOf({ '87k': 92, '557k': 86 }, { kind: 'quick' });

/** Given runs, each its own group. */
export function madeUpComparison(runs: readonly ReportRun[]): ReportInput {
  return {
    title: 'A comparison',
    kind: 'comparison',
    runs: runs.map((run) => ({ role: 'given', group: run.name, run })),
  };
}

/** All of the above by name, for tests that must hold of any study. */
export const SCENARIOS: Readonly<Record<string, () => ReportInput>> = {
  largerIsBetter,
  largerIsWorse,
  nothingChanges,
  allDiverged,
  largestStuck,
  mixed,
  allOverfit,
  missingRuns,
  missingAnalysis,
  singleRun,
  threeSeeds,
  secondRecipeBetter,
  secondRecipeWorse,
  secondRecipeMixed,
  secondRecipeEqual,
  secondRecipeDiverged,
  secondRecipeMissing,
  secondRecipeSeeds,
  secondRecipeQuick,
};
