import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestRunOf } from '../../../src/report/facts/comparisons.js';
import { computeFacts } from '../../../src/report/facts/compute-facts.js';
import { Random } from '../../../src/random.js';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { FEW_TEXTS_LOSS, CHARACTERS_PER_TEXT, BASELINE_NLLS } from '../fixtures/fixture-analysis.js';
import { falling, fixtureRun, type FixtureFile, type FixtureRun } from '../fixtures/fixture-runs.js';
import * as studies from '../fixtures/fixture-studies.js';

const groupOf = (facts: ReturnType<typeof computeFacts>, name: string) =>
  facts.groups.find((group) => group.name === name)!;

const factsOfSeeds = (seeds: readonly FixtureRun[]) =>
  computeFacts({
    title: '',
    kind: 'study',
    runs: seeds.map((wanted, seed) => ({ role: 'size', group: '87k', run: fixtureRun({ seed, ...wanted }) })),
  }).groups[0]!;

const flat = (valNll: number) => () => ({ trainNll: valNll, valNll });

describe('groups', () => {
  it('orders groups by role, size and name, and their runs by seed', () => {
    const { groups } = computeFacts(studies.threeSeeds());
    expect(groups.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['87k', 87_289],
      ['557k', 556_919],
      ['5m', 5_097_821],
      ['10m', 10_122_749],
      ['87k, all pads', 87_289],
      ['10m, first 1,000 texts', 10_122_749],
    ]);
    expect(groups[0]!.runs.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  });

  it('summarises figures over seeds by mean, spread and Student interval', () => {
    const nlls = [98, 99, 100.5];
    const { testNll, bitsPerCharacter, perplexityPerCharacter } = factsOfSeeds(
      nlls.map((nll) => ({ curve: flat(nll), testExcess: 0 })),
    ).figures;
    // By hand: mean 99.1667, deviations −1.1667, −0.1667, 1.3333, s = √(3.16667 / 2) = 1.25831, t(0.975, 2) = 4.30265.
    expect(testNll).toMatchObject({ values: nlls, count: 3, leftOut: 0, missing: 0 });
    expect(testNll.mean).toBeCloseTo(99.16667, 4);
    expect(testNll.standardDeviation).toBeCloseTo(1.25831, 4);
    expect(testNll.high - testNll.mean).toBeCloseTo((4.30265 * 1.25831) / Math.sqrt(3), 4);
    expect(bitsPerCharacter.values[0]).toBeCloseTo(98 / CHARACTERS_PER_TEXT / Math.LN2, 9);
    expect(perplexityPerCharacter.values[0]).toBeCloseTo(Math.exp(98 / CHARACTERS_PER_TEXT), 9);
  });

  it('takes figures from the curve of a run', () => {
    const nlls = [100, 50, 52, 40.2, 40, 43];
    const run = fixtureRun({ epochs: 6, curve: (epoch) => ({ valNll: nlls[epoch]!, trainNll: nlls[epoch]! - epoch }) });
    expect(computeFacts(studies.fixtureComparison([run])).groups[0]!.runs[0]!.figures).toMatchObject({
      bestValNll: 40,
      bestEpoch: 4,
      epochsRun: 6,
      gapAtBest: 4,
      lastValNll: 43,
      lastTrainNll: 38,
      seconds: 72,
      secondsPerEpoch: 12,
    });
    const slow = run.metrics.map((line, epoch) => ({ ...line, seconds: [31, 12.5, 12, 600, 13, 13][epoch]! }));
    const [group] = computeFacts(studies.fixtureComparison([{ ...run, metrics: slow }])).groups;
    expect(group!.figures.secondsPerEpoch.mean).toBe(12); // the fastest
  });

  it('compares a model with baselines fitted on its own texts', () => {
    const facts = computeFacts(studies.largerIsBetter());
    const few = groupOf(facts, '10m, first 1,000 texts');
    const kneserNey = (name: string) => groupOf(facts, name).againstBaselines.find(({ id }) => id === 'kneser-ney')!;
    expect(few.baselines?.texts.train).toBe(1000);
    expect(kneserNey('10m, first 1,000 texts').baselineNll).toBe(BASELINE_NLLS['kneser-ney'] + FEW_TEXTS_LOSS + 1);
    expect(kneserNey('10m').baselineNll).toBe(BASELINE_NLLS['kneser-ney'] + 1);
    expect(kneserNey('10m').verdict).toBe('better'); // 85.6 against 93
    expect(kneserNey('557k').verdict).toBe('undecided'); // 92.6 against 93: one run, less than 2 %
    expect(kneserNey('87k').verdict).toBe('worse'); // 97.6 against 93
    expect(facts.baselines?.strongest?.id).toBe('kneser-ney');
  });

  it('compares several seeds with baselines by the interval of their mean', () => {
    const group = factsOfSeeds([93.4, 93.5, 93.6].map((nll) => ({ curve: flat(nll), testExcess: 0 })));
    // 93.5 ± 4.30 · 0.1 / √3 = 93.25 … 93.75 against 93: less than 2 %, and yet significant.
    expect(group.againstBaselines.find(({ id }) => id === 'kneser-ney')!.verdict).toBe('worse');
  });
});

describe('the mean curve of several seeds', () => {
  it('has the epochs that all seeds reached, with the lowest and highest value as a band', () => {
    const seeds = [3, 5, 4].map((epochs, seed) => ({
      epochs,
      curve: (epoch: number) => ({ trainNll: 1, valNll: 100 - epoch + 2 * seed }),
    }));
    expect(factsOfSeeds(seeds).curves.valNll).toEqual({
      epochs: [0, 1, 2],
      mean: [102, 101, 100],
      low: [100, 99, 98],
      high: [104, 103, 102],
      seconds: [12, 24, 36],
      runs: 3,
      leftOut: 0,
      longest: 5,
    });
  });

  it('leaves out diverged seeds, and unfinished ones if others have ended', () => {
    const { curves, figures, ended } = factsOfSeeds([
      { epochs: 4, curve: flat(10) },
      { epochs: 4, curve: (epoch) => ({ trainNll: 9, valNll: epoch < 2 ? 20 : NaN }) },
      { epochs: 1, ended: false, curve: flat(30) },
    ]);
    expect(curves.valNll).toMatchObject({ epochs: [0, 1, 2, 3], mean: [10, 10, 10, 10], runs: 1, leftOut: 2 });
    expect(ended).toBe(2);
    expect(figures.bestValNll).toMatchObject({ values: [10, 20], missing: 1 });
    expect(figures.lastValNll).toMatchObject({ values: [10, NaN], leftOut: 1, count: 1, mean: 10 });
  });

  it('is NaN, which figures show as a gap, where one of several diverged seeds is not finite', () => {
    const seeds = [2, 3].map((broken) => ({
      epochs: 5,
      curve: (epoch: number) => ({ trainNll: 9, valNll: epoch < broken ? 20 : NaN }),
    }));
    const { epochs, mean, runs } = factsOfSeeds(seeds).curves.valNll;
    expect({ epochs, runs, known: mean.map(Number.isFinite) }).toEqual({
      epochs: [0, 1, 2, 3, 4],
      runs: 2,
      known: [true, true, false, false, false],
    });
  });
});

describe('the best model and comparisons', () => {
  it('are found by the lowest mean best validation NLL, with its best run', () => {
    const { best } = computeFacts(studies.threeSeeds());
    expect(best).toMatchObject({ group: '10m', run: '10m-seed0', next: '5m' });
    expect(best?.againstNext?.basis).toBe('both-spreads');
  });

  it('tell whether larger models are better, worse, or the same', () => {
    const steps = (input: ReportInput) => {
      const { sizes, comparisons } = computeFacts(input);
      expect(sizes).toEqual(['87k', '557k', '5m', '10m']);
      return comparisons.filter(({ kind }) => kind === 'next-size').map(({ testNll }) => testNll.better);
    };
    expect(steps(studies.largerIsBetter())).toEqual(['second', 'second', 'second']);
    expect(steps(studies.largerIsWorse())).toEqual(['first', 'first', 'first']);
    expect(steps(studies.nothingChanges())).toEqual([undefined, undefined, undefined]);
    expect(computeFacts(studies.nothingChanges()).best).toMatchObject({ group: '87k' });
  });

  it('compare neighbours, the best with every other, few texts and all padding with their counterparts', () => {
    const { comparisons } = computeFacts(studies.largestStuck());
    expect(comparisons.map(({ kind, first, second, differs }) => [kind, first, second, differs])).toEqual([
      ['next-size', '87k', '557k', ['size']],
      ['next-size', '557k', '5m', ['size']],
      ['next-size', '5m', '10m', ['size']],
      ['best', '5m', '87k', ['size']],
      ['best', '5m', '557k', ['size']],
      ['best', '5m', '10m', ['size']],
      ['padding', '87k, all pads', '87k', ['padding']],
      ['few-texts', '5m, first 1,000 texts', '5m', ['texts']],
    ]);
    expect(comparisons[2]!.testNll.better).toBe('first');
    expect(comparisons[6]!.timeRatio).toBeCloseTo(40 / 12, 9);
    expect(comparisons[7]!.testNll.better).toBe('second');
  });

  it('of given runs say in what they differ, and are of sizes only if they differ by size alone', () => {
    const runs = [
      fixtureRun({ name: 'a' }),
      fixtureRun({ name: 'b', padding: 'all' }),
      fixtureRun({ name: 'c', preset: '557k', curve: falling(256, 90) }),
      fixtureRun({ name: 'd', preset: '5m', precision: 'bf16', curve: falling(256, 95) }),
    ];
    const { comparisons, sizes, best } = computeFacts(studies.fixtureComparison(runs));
    expect(best?.group).toBe('c');
    expect(sizes).toEqual(['a', 'c']);
    expect(comparisons.slice(0, 3).map(({ kind, first, second, differs }) => [kind, first, second, differs])).toEqual([
      ['padding', 'b', 'a', ['padding']],
      ['neighbours', 'b', 'c', ['size', 'padding']],
      ['neighbours', 'c', 'd', ['size', 'precision']],
    ]);
  });

  it('are of sizes also if other numbers of epochs were planned', () => {
    const wanted = [
      { name: 'a', plan: { recipe: 'notebook', dModel: 20, epochs: 30 } },
      { name: 'b', plan: { recipe: 'notebook', dModel: 20, epochs: 60 } },
      { name: 'c', plan: { recipe: 'notebook', dModel: 30, epochs: 90 } },
    ] as const;
    const { comparisons, sizes, best } = computeFacts(studies.fixtureComparison(wanted.map(fixtureRun)));
    expect(best?.group).toBe('a');
    expect(sizes).toEqual(['a', 'c']);
    expect(comparisons.slice(0, 2).map(({ kind, differs }) => [kind, differs])).toEqual([
      ['neighbours', ['epochs']],
      ['next-size', ['size', 'epochs']],
    ]);
  });

  it('leave out what was measured on other texts', () => {
    const other = fixtureRun({ name: 'poems', corpus: 'poems', curve: falling(100, 20) });
    const runs = [fixtureRun({ name: 'a' }), fixtureRun({ name: 'b', preset: '557k', curve: falling(256, 90) }), other];
    const facts = computeFacts(studies.fixtureComparison(runs));
    expect(facts.best?.group).toBe('b');
    expect(facts.groups.map(({ name, comparable }) => [name, comparable])).toEqual([
      ['a', true],
      ['poems', false],
      ['b', true],
    ]);
    expect(facts.comparisons.every(({ first, second }) => first !== 'poems' && second !== 'poems')).toBe(true);
    expect(facts.pooledCorrelation.epochs).toBe(60);
    expect(facts.missing).toContainEqual(expect.objectContaining({ kind: 'other-texts', runs: ['poems'] }));
    expect(facts.data.name).toBe('headlines');
  });

  it('have the run with the lowest validation NLL, and the first where none has one', () => {
    const best = (...nlls: number[]) =>
      bestRunOf({ runs: nlls.map((bestValNll, i) => ({ name: 'abc'[i]!, figures: { bestValNll } })) });
    expect([best(2, 1, 3), best(NaN, 2, 1), best(2, NaN, 3), best(NaN, NaN, NaN)]).toEqual(['b', 'c', 'a', 'a']);
  });

  it('are without a best one if all runs diverged', () => {
    const facts = computeFacts(studies.allDiverged());
    expect(facts.best).toBeUndefined();
    expect(facts.groups.map(({ diagnosis }) => diagnosis)).toEqual(['diverged', 'diverged', 'diverged', 'diverged']);
    expect(facts.groups[0]!.figures.testNll).toMatchObject({ count: 0, leftOut: 1, missing: 0, mean: NaN });
    expect(facts.groups[0]!.againstBaselines.every(({ verdict }) => verdict === 'unknown')).toBe(true);
    expect(facts.comparisons.every(({ testNll }) => testNll.basis === 'nothing')).toBe(true);
  });
});

describe('what runs show', () => {
  it('calls a model at the unigram failed, and one that rises again overfitting', () => {
    expect(groupOf(computeFacts(studies.largestStuck()), '10m').runs[0]!.diagnosis).toMatchObject({
      kind: 'failed',
      stuckAt: 'unigram',
    });
    expect(computeFacts(studies.allOverfit()).groups.map(({ diagnosis }) => diagnosis)).toEqual(
      Array<string>(6).fill('overfitting'),
    );
  });

  it('correlates the epochs of each run, and of all sizes together', () => {
    const { groups, pooledCorrelation } = computeFacts(studies.threeSeeds());
    // Made-up top-1 is a straight line of NLL.
    for (const { runs } of groups) for (const { correlation } of runs) expect(correlation.pearson).toBeCloseTo(-1, 9);
    expect(pooledCorrelation).toMatchObject({ epochs: 4 * (30 + 35 + 40), leftOut: 0 });
  });

  it('takes temperatures from the best run, in order, with the most frequent text', () => {
    const { temperatures } = computeFacts(studies.largerIsBetter());
    expect(temperatures).toMatchObject({ group: '10m', run: '10m-seed0' });
    expect(temperatures!.uniformEntropy).toBeCloseTo(Math.log(29), 12);
    expect(temperatures!.entries.map(({ temperature }) => temperature)).toEqual([0.01, 0.1, 0.5, 0.8, 1]);
    expect(temperatures!.entries[0]).toMatchObject({
      differentTexts: 1,
      mostFrequent: { text: 'storm hits coast', times: 64 },
    });
  });

  it("compares with the notebook's figures, whose top-1 was too high", () => {
    const facts = computeFacts(studies.largerIsBetter());
    const { reference } = groupOf(facts, '10m');
    expect(reference?.preset).toBe('10m');
    expect(reference?.correctedTop1).toBeCloseTo(0.6712 - 1 / 1084, 12);
    expect(groupOf(facts, '10m, first 1,000 texts').reference).toBeUndefined();
    const other = fixtureRun({ plan: { dModel: 16, heads: 2, layers: 1 } });
    expect(computeFacts(studies.fixtureComparison([other])).groups[0]!.reference).toBeUndefined();
  });
});

describe('what is missing', () => {
  const kinds = (input: ReportInput) => computeFacts(input).missing.map(({ kind, group }) => [kind, group]);

  it('names runs that have not ended or begun', () => {
    const facts = computeFacts(studies.missingRuns());
    expect(kinds(studies.missingRuns())).toEqual([
      ['not-begun', '10m'],
      ['not-begun', 'best, first 1,000 texts'],
      ['no-epochs', '5m'],
      ['unfinished', '557k'],
      ['no-temperatures', '87k'],
    ]);
    expect(facts.best?.group).toBe('87k');
    expect(groupOf(facts, '557k')).toMatchObject({ ended: 0, parameters: 556_919, diagnosis: 'improving' });
    expect(groupOf(facts, '557k').figures.bestValNll.count).toBe(1); // of its epochs so far
    expect(groupOf(facts, '5m').figures.bestValNll).toMatchObject({ count: 0, missing: 1 });
  });

  it('names the analysis that runs of an older Letterpress lack', () => {
    expect(kinds(studies.missingAnalysis())).toEqual([
      ['no-baselines', undefined],
      ['no-sample-quality', undefined],
      ['no-inspection', undefined],
      ['no-corpus-report', undefined],
      ['not-begun', undefined], // few texts
      ['no-temperatures', '10m'],
    ]);
  });

  it('names the runs that lack the same in one sentence, unless another run with the same texts has it', () => {
    const wanted = (name: string, without: FixtureFile[]) =>
      fixtureRun({ name, seed: name.length, epochs: 2, without });
    const runs = [wanted('a', ['baselines', 'finalSamples']), wanted('bb', []), wanted('ccc', ['finalSamples'])];
    expect(computeFacts(studies.fixtureComparison(runs)).missing).toEqual([
      {
        kind: 'no-final-samples',
        group: undefined,
        runs: ['a', 'ccc'],
        sentence: 'a and ccc: the final samples are missing (samples/final.txt).',
      },
    ]);
  });

  it('is nothing in a whole study', () => {
    expect(kinds(studies.largerIsBetter())).toEqual([]);
    expect(kinds(studies.singleRun())).toEqual([]);
  });
});

describe('facts of any study', () => {
  it('do not depend on the order of the runs', () => {
    const scenario = fc.constantFrom(...Object.keys(studies.SCENARIOS));
    fc.assert(
      fc.property(scenario, fc.nat(), (name, seed) => {
        const input = studies.SCENARIOS[name]!();
        const order = new Random(seed, 'test').permutation(input.runs.length);
        const shuffled = Array.from(order, (place) => input.runs[place]!);
        expect(computeFacts({ ...input, runs: shuffled })).toEqual(computeFacts(input));
      }),
      { numRuns: 6 },
    );
  });

  it('need at least one run', () => {
    expect(() => computeFacts({ title: '', kind: 'comparison', runs: [] })).toThrow(/at least one run/);
  });
});

describe('mixtures', () => {
  const { mixtures, missing } = computeFacts(studies.mixed());

  it('have their members, the n-gram model last, and figures per character', () => {
    const [, mixture] = mixtures;
    expect(mixture).toMatchObject({
      name: 'all-mixed',
      members: [
        { label: '87k-seed0', testNll: 97.5 },
        { label: '557k-seed0', testNll: 92.5 },
        { label: 'Kneser–Ney, order 7', testNll: 93 },
      ],
      parameters: 87_289 + 556_919,
      ngramOrder: 7,
      crossValidatedNll: 86.75,
      testNll: 88.5,
      comparable: true,
    });
    expect(mixture!.bitsPerCharacter).toBeCloseTo(88.5 / CHARACTERS_PER_TEXT / Math.LN2, 9);
    expect(mixture!.perplexityPerCharacter).toBeCloseTo(Math.exp(88.5 / CHARACTERS_PER_TEXT), 9);
    expect(mixtures[0]).toMatchObject({ ngramOrder: undefined, members: [{}, {}] });
    expect(mixtures[2]).toMatchObject({ testNll: undefined, bitsPerCharacter: undefined });
  });

  it('of other texts do not compare, which is named as missing', () => {
    expect(mixtures.map(({ comparable }) => comparable)).toEqual([true, true, true, false]);
    expect(missing.filter(({ kind }) => kind === 'other-texts').map(({ sentence }) => sentence)).toEqual([
      'elsewhere was measured on other texts than these runs.',
    ]);
  });
});
