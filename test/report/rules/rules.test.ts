import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_RULES } from '../../../src/report/rules/all-rules.js';
import { falling, fixtureRun, fixtureConfig, overfitting, stuckAt } from '../fixtures/fixture-runs.js';
import { largerIsBetter, fixtureComparison, fixtureStudy, mixed } from '../fixtures/fixture-studies.js';
import { said, saidOfStudy, STUDY_NAMES } from './said.js';

describe('every rule', () => {
  it('has an id of its own', () => {
    expect(new Set(ALL_RULES.map(({ id }) => id)).size).toBe(ALL_RULES.length);
  });

  it('stands in docs/report.md with its condition, and the table there has no other', () => {
    const page = readFileSync('docs/report.md', 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)`\s+\| (.*?)\s*\|$/gm)].map(([, id, when]) => ({
      id,
      when,
    }));
    expect(rows).toEqual(ALL_RULES.map(({ id, when }) => ({ id, when })));
  });

  it.each(STUDY_NAMES)('writes no number that is none, of “%s”', (name) => {
    const sentences = Object.values(saidOfStudy(name)).flat();
    for (const sentence of sentences) {
      expect(sentence).not.toMatch(/NaN|undefined|Infinity|∞| – |\bnull\b/);
      expect(sentence).toMatch(/^.*[.]$/);
    }
  });

  it('says nothing of a quick study', () => {
    expect(said({ ...largerIsBetter(), kind: 'quick' })).toEqual({});
  });
});

describe('the best model', () => {
  it('is called so if the next one is worse by more than luck', () => {
    expect(saidOfStudy('largerIsBetter')['finding-best']).toEqual([
      expect.stringMatching(/^The best model is 10m: .* 84\.10 nats per text, that of the next, 5m, 87\.09\./),
    ]);
    expect(saidOfStudy('threeSeeds')['finding-best']![0]).toMatch(
      /^The best model is 10m: .*95 % interval 1\.9\d to 4\.0\d/,
    );
  });

  it('is only the lowest if it is not', () => {
    const [sentence] = saidOfStudy('nothingChanges')['finding-best']!;
    expect(sentence).toMatch(/^The lowest validation NLL is that of 87k, .* is not significantly different from it/);
    expect(sentence).not.toContain('best model');
  });

  it('is none where nothing is finite', () => {
    const all = saidOfStudy('allDiverged');
    for (const id of ['finding-best', 'finding-baseline', 'finding-samples']) expect(all[id]).toBeUndefined();
    expect(all['finding-failed']).toEqual(['87k, 557k, 5m and 10m diverged.']);
  });

  it('is compared with the strongest baseline, whichever way that goes', () => {
    expect(saidOfStudy('largerIsBetter')['finding-baseline']![0]).toMatch(
      /^10m is better than the strongest baseline, Kneser–Ney, order 7: .* lower/,
    );
    expect(saidOfStudy('nothingChanges')['finding-baseline']![0]).toMatch(
      /^87k is worse than the strongest baseline.* higher/,
    );
    const equal = fixtureComparison([fixtureRun({ curve: falling(256, 91.9) })]);
    expect(said(equal)['finding-baseline']![0]).toMatch(/is not significantly different from the strongest baseline/);
    expect(saidOfStudy('missingAnalysis')['finding-baseline']).toBeUndefined();
  });

  it('has a distance from the exact distribution only where that is known', () => {
    expect(saidOfStudy('singleRun')['finding-exact']).toBeUndefined();
    const run = fixtureRun();
    const exact = { entropy: 90, grammarNll: 91, excess: 6.59 };
    const known = { ...run, results: { ...run.results!, exact } };
    expect(said(fixtureComparison([known]))['finding-exact']![0]).toContain('6.59 nats per text');
  });
});

describe('baselines', () => {
  it('are reached by some model or by none', () => {
    const better = saidOfStudy('largerIsBetter');
    expect(better['baselines-strongest']).toEqual([
      expect.stringMatching(
        /Kneser–Ney, order 7 \(93\.00 nats per text\): 87k is worse by 4\.59 .*, 557k is not significantly different from it \(0\.41 below\), 5m is better by .* and 10m is better by/,
      ),
    ]);
    expect(better['baselines-none-reached']).toBeUndefined();
    expect(saidOfStudy('nothingChanges')['baselines-none-reached']).toHaveLength(1);
    expect(saidOfStudy('missingAnalysis')['baselines-none-reached']).toBeUndefined();
  });

  it('without context are beaten by all, or it is not said', () => {
    expect(saidOfStudy('largerIsBetter')['baselines-context']).toHaveLength(1);
    expect(saidOfStudy('largestStuck')['baselines-context']).toBeUndefined();
    expect(saidOfStudy('allDiverged')['baselines-context']).toBeUndefined();
  });
});

describe('mixtures', () => {
  it('are compared with the best of their members, whichever way that goes', () => {
    const all = saidOfStudy('mixed');
    expect(all['mixtures-members']).toEqual([
      'The mixture worse has a test NLL of 93.00 nats per text, 0.50 (0.5 %) above that of its best member, 557k-seed0, 92.50.',
      'The mixture all-mixed has a test NLL of 88.50 nats per text, 4.00 (4.3 %) below that of its best member, 557k-seed0, 92.50.',
    ]);
    expect(all['finding-mixture']).toEqual([all['mixtures-members']![1]]);
  });

  it('are not spoken of where there are none, or nothing of them is known', () => {
    expect(saidOfStudy('largerIsBetter')['mixtures-members']).toBeUndefined();
    const study = mixed();
    const without = { ...study, mixtures: study.mixtures!.slice(2) };
    expect(said(without)['mixtures-members']).toBeUndefined();
    expect(said(without)['finding-mixture']).toBeUndefined();
  });
});

describe('capacity', () => {
  it('is good for every step, bad for every step, or neither', () => {
    const sentence = (name: (typeof STUDY_NAMES)[number]) => saidOfStudy(name)['finding-size'];
    const open = 'But 87k, 557k, 5m and 10m may not have been trained for long enough';
    expect(sentence('largerIsBetter')![0]).toMatch(
      new RegExp(`^Each model has a better test NLL than the next smaller one. ${open}`),
    );
    expect(sentence('largerIsWorse')![0]).toMatch(
      new RegExp(`^Each model has a worse test NLL than the next smaller one. ${open}`),
    );
    expect(sentence('nothingChanges')![0]).toMatch(
      /^No model is significantly different from the next smaller one by its test NLL\./,
    );
    expect(sentence('largestStuck')).toEqual([
      'Larger is not always better: of the 3 steps from a model to the next larger one, 2 improve the test NLL and 1 worsens it.',
    ]);
    expect(sentence('singleRun')).toBeUndefined();
    expect(sentence('allDiverged')).toBeUndefined();
  });

  it('is not called worse where a step cannot be told', () => {
    const input = fixtureStudy({
      best: 'none',
      sizes: ['87k', '557k', '5m'],
      size: (preset) => ({
        epochs: 60,
        curve: falling(256, { '87k': 96, '557k': 91, '5m': 90.5, '10m': 0 }[preset]),
      }),
    });
    expect(said(input)['capacity-size']).toEqual([
      'Larger is not shown to be better everywhere: of the 2 steps from a model to the next larger one, 1 improves the test NLL and 1 cannot be told.',
    ]);
  });

  it('is not judged by a training that failed', () => {
    expect(saidOfStudy('largestStuck')['capacity-worse-failed']![0]).toMatch(
      /^The training of 10m failed and that of 5m did not/,
    );
    expect(saidOfStudy('largerIsWorse')['capacity-worse-failed']).toBeUndefined();
  });

  it('went into the training texts where the larger model overfits and is worse', () => {
    const input = fixtureStudy({
      best: 'none',
      sizes: ['87k', '557k'],
      size: (preset) => ({ curve: preset === '87k' ? falling(256, 91) : overfitting(256, 99, 8) }),
    });
    expect(said(input)['capacity-worse-overfitting']![0]).toMatch(/^557k ends with a lower training NLL than 87k/);
    const higher = fixtureStudy({
      best: 'none',
      sizes: ['87k', '557k'],
      size: (preset) => ({ curve: preset === '87k' ? falling(256, 61) : overfitting(256, 99, 8) }),
    });
    expect(said(higher)['capacity-worse-overfitting']).toBeUndefined();
  });
});

describe('stability', () => {
  it('is unknown from one seed each, and a spread from several', () => {
    expect(saidOfStudy('largerIsBetter')['stability-one-seed']).toHaveLength(1);
    expect(saidOfStudy('largerIsBetter')['stability-seeds']).toBeUndefined();
    const seeds = saidOfStudy('threeSeeds');
    expect(seeds['stability-one-seed']).toBeUndefined();
    expect(seeds['stability-seeds']![0]).toContain('85.10 to 86.01 for 10m (3 seeds, standard deviation 0.46)');
  });

  it('names models whose seeds disagree, and those that diverged', () => {
    const input = fixtureStudy({
      best: 'none',
      sizes: ['87k', '557k'],
      seeds: 2,
      size: (preset, seed) =>
        preset === '557k' && seed === 1
          ? {
              curve: (epoch) => (epoch < 9 ? falling(256, 96)(epoch) : { valNll: NaN, trainNll: NaN, valTop1: 0 }),
            }
          : { epochs: 60 },
    });
    const all = said(input);
    expect(all['stability-disagreement']).toEqual([
      'Seeds of the same model do not agree about what the curve shows: 557k (1 converged, 1 diverged).',
    ]);
    expect(all['stability-diverged']).toEqual(['557k is not stable: 1 of 2 runs diverged.']);
    expect(saidOfStudy('largerIsBetter')['stability-diverged']).toBeUndefined();
  });

  it('gives the largest rise only of curves that rise', () => {
    expect(saidOfStudy('largerIsBetter')['stability-rises']).toBeUndefined();
    expect(saidOfStudy('allOverfit')['stability-rises']![0]).toContain(
      ': 1.00 (87k), 1.00 (557k), 1.00 (5m) and 1.00 (10m).',
    );
  });
});

describe('convergence', () => {
  const paced = (paces: Record<string, number>) =>
    fixtureStudy({
      best: 'none',
      sizes: ['87k', '557k', '5m'],
      size: (preset) => ({ epochs: 120, curve: falling(256, 91, { pace: paces[preset]! }) }),
    });

  it('takes fewer epochs only if each larger model does', () => {
    const fewer = said(paced({ '87k': 10, '557k': 6, '5m': 3 }));
    expect(fewer['convergence-fewer-epochs']![0]).toMatch(
      /^The larger the model, the fewer epochs it needed: .* \(87k\), .* \(557k\) and .* \(5m\)/,
    );
    expect(fewer['convergence-more-epochs']).toBeUndefined();
    const more = said(paced({ '87k': 3, '557k': 6, '5m': 10 }));
    expect(more['convergence-more-epochs']).toHaveLength(1);
    expect(more['convergence-time']![0]).toContain('the larger the model the longer');
    expect(more['convergence-fewer-epochs']).toBeUndefined();
    for (const id of ['convergence-fewer-epochs', 'convergence-more-epochs']) {
      expect(said(paced({ '87k': 6, '557k': 10, '5m': 3 }))[id]).toBeUndefined();
      expect(saidOfStudy('nothingChanges')[id]).toBeUndefined();
    }
  });

  it('leaves out a model that failed', () => {
    expect(saidOfStudy('largestStuck')['convergence-time']![0]).not.toContain('10m');
  });

  it('is there for all only if it is, and unfinished where a curve still falls', () => {
    const long = said(paced({ '87k': 4, '557k': 4, '5m': 4 }));
    expect(long['convergence-all']).toHaveLength(1);
    expect(long['convergence-unfinished']).toBeUndefined();
    expect(saidOfStudy('largestStuck')['convergence-all']).toBeUndefined();
    const short = said(paced({ '87k': 4, '557k': 4, '5m': 100 }));
    expect(short['convergence-all']).toBeUndefined();
    expect(short['convergence-unfinished']).toEqual([expect.stringMatching(/^5m was still improving at the end/)]);
    expect(saidOfStudy('threeSeeds')['convergence-unfinished']![0]).toContain('87k (1 run of 3)');
  });
});

describe('overfitting', () => {
  it('is named where it is, and denied only where no curve shows it', () => {
    const all = saidOfStudy('allOverfit');
    expect(all['overfitting-found']).toHaveLength(4);
    expect(all['overfitting-none']).toBeUndefined();
    expect(saidOfStudy('largerIsBetter')['overfitting-found']).toBeUndefined();
    expect(saidOfStudy('largerIsBetter')['overfitting-none']).toHaveLength(1);
    for (const cannotTell of ['allDiverged', 'missingRuns'] as const)
      expect(saidOfStudy(cannotTell)['overfitting-none']).toBeUndefined();
  });

  it('is not what a model shows that stays at the unigram', () => {
    const all = saidOfStudy('largestStuck');
    expect(all['overfitting-failed']).toEqual([expect.stringMatching(/^10m does not overfit: .* ends at 16\d\.\d\d/)]);
    expect(all['finding-failed']).toEqual([expect.stringMatching(/^10m: Failed optimisation: /)]);
    expect(saidOfStudy('allOverfit')['overfitting-failed']).toBeUndefined();
  });

  it('has a gap that widens with size only if it does with every step', () => {
    const gaps = (widths: Record<string, number>) =>
      said(
        fixtureStudy({
          best: 'none',
          sizes: ['87k', '557k', '5m'],
          size: (preset) => ({ epochs: 60, curve: falling(256, 91, { gap: widths[preset]! }) }),
        }),
      )['overfitting-gap']![0];
    expect(gaps({ '87k': 1, '557k': 2, '5m': 5 })).toContain('the larger the model, the wider');
    expect(gaps({ '87k': 1, '557k': 5, '5m': 2 })).not.toContain('wider');
  });
});

describe('NLL and top-1', () => {
  const withTop1 = (top1: (epoch: number, nll: number) => number) =>
    fixtureComparison([
      fixtureRun({
        epochs: 60,
        curve: (epoch) => {
          const line = falling(256, 96, { pace: 12 })(epoch);
          return { ...line, valTop1: top1(epoch, line.valNll) };
        },
      }),
    ]);

  it('go together where every interval says so', () => {
    const all = saidOfStudy('largerIsBetter');
    expect(all['correlation-together']![0]).toContain('r = −1.000');
    expect(all['correlation-unclear']).toBeUndefined();
    expect(all['correlation-against']).toBeUndefined();
  });

  it('are not said to where top-1 is noise or never changes, or rises with NLL', () => {
    const noise = said(withTop1((epoch) => 0.8 + 0.01 * Math.sin(epoch * 12.9898)));
    expect(noise['correlation-together']).toBeUndefined();
    expect(noise['correlation-unclear']![0]).toContain('its interval includes 0');
    const constant = said(withTop1(() => 0.8));
    expect(constant['correlation-unclear']![0]).toContain('not defined');
    const against = said(withTop1((_, nll) => 0.5 + nll / 1000));
    expect(against['correlation-against']![0]).toContain('r = 1.000');
    expect(against['correlation-together']).toBeUndefined();
  });

  it('are curved where ranks fit better than a line', () => {
    const curved = said(withTop1((epoch) => 0.6 + 0.003 * epoch));
    expect(curved['correlation-curved']![0]).toContain('87k-seed0');
    expect(said(withTop1((_, nll) => 0.98 - nll / 550))['correlation-curved']).toBeUndefined();
  });

  it('agree about the best epoch, or do not', () => {
    const agree = said(withTop1((_, nll) => 0.98 - nll / 550));
    expect(agree['correlation-same-epoch']).toHaveLength(1);
    expect(agree['correlation-best-epochs']).toBeUndefined();
    const differ = said(withTop1((epoch, nll) => (epoch === 40 ? 0.9 : 0.98 - nll / 550)));
    expect(differ['correlation-same-epoch']).toBeUndefined();
    expect(differ['correlation-best-epochs']![0]).toContain(
      'highest top-1 in epoch 40 (0.9000), its lowest NLL in epoch 59',
    );
  });

  it('may hide in the pool what happens in each model', () => {
    const shifted = (name: string, floor: number, top1: number) =>
      fixtureRun({
        name,
        epochs: 40,
        curve: (epoch) => {
          const line = falling(floor + 4, floor)(epoch);
          return { ...line, valTop1: top1 + (floor - line.valNll) / 100 };
        },
      });
    const input = fixtureComparison([shifted('a', 90, 0.7), shifted('b', 120, 0.9)]);
    expect(said(input)['correlation-simpson']![0]).toContain('Simpson’s paradox');
    expect(saidOfStudy('largerIsBetter')['correlation-simpson']).toBeUndefined();
  });
});

describe('few texts', () => {
  it('are compared with all texts, with the baseline of the same few texts', () => {
    const all = saidOfStudy('largerIsBetter');
    expect(all['few-texts-nll']![0]).toMatch(
      /^10m has a better test NLL than 10m, first 1,000 texts: 85\.60 against 121\.03/,
    );
    expect(all['few-texts-baseline']![0]).toContain('against 105.00 nats per text');
    expect(all['finding-few-texts']![0]).toMatch(/^On 1,000 training texts alone, .*, and it overfits\.$/);
    expect(all['few-texts-differs']).toBeUndefined();
  });

  it('are not said to overfit or to be worse where they do not and are not', () => {
    const input = fixtureStudy({
      best: '87k',
      sizes: ['87k'],
      fewTexts: { curve: falling(256, 96), epochs: 60 },
    });
    const all = said(input);
    expect(all['finding-few-texts']).toBeUndefined();
    expect(all['few-texts-nll']![0]).toContain('not significantly different');
    expect(all['few-texts-curve']![0]).not.toContain('Overfitting');
    expect(all['few-texts-gap']).toBeUndefined();
  });

  it('may differ in more than the texts', () => {
    const input = fixtureStudy({ best: '87k', sizes: ['87k'], fewTexts: { precision: 'bf16' } });
    expect(said(input)['few-texts-differs']![0]).toContain('also differ in precision');
  });

  it('are not spoken of without a run', () => {
    const few = Object.keys(saidOfStudy('missingRuns')).filter((id) => id.includes('few-texts'));
    expect(few).toEqual([]);
  });
});

describe('padding', () => {
  it('is compared by NLL and time', () => {
    const all = saidOfStudy('largerIsBetter');
    expect(all['padding-nll']![0]).toContain('not significantly different');
    expect(all['padding-time']).toEqual(['An epoch of 87k, all pads takes 3.3 times as long as one of 87k.']);
    expect(all['padding-differs']).toBeUndefined();
    const same = said(
      fixtureStudy({ best: '87k', sizes: ['87k'], padding: { secondsPerEpoch: 12, precision: 'bf16' } }),
    );
    expect(same['padding-time']).toBeUndefined();
    expect(same['padding-differs']![0]).toContain('precision');
  });
});

describe('beside the source', () => {
  const FLOORS = { '87k': 96, '557k': 91, '5m': 87, '10m': 84 };

  it('models are in its order only where they are significantly different in that order', () => {
    expect(saidOfStudy('largestStuck')['reference-same-order']).toHaveLength(1);
    expect(saidOfStudy('largestStuck')['reference-other-order']).toBeUndefined();
    expect(saidOfStudy('nothingChanges')['reference-same-order']).toBeUndefined();
    expect(saidOfStudy('nothingChanges')['reference-other-order']).toBeUndefined();
    const ended = fixtureStudy({
      best: 'none',
      size: (preset) => ({ epochs: 60, curve: falling(256, FLOORS[preset]) }),
    });
    expect(said(ended)['reference-other-order']).toEqual([
      'Other than in the source, 10m has a better test NLL than 5m, 87k and 557k.',
    ]);
    // The same, but the smaller models were still improving: they might have become better.
    expect(saidOfStudy('largerIsBetter')['reference-other-order']).toBeUndefined();
  });

  it('the largest model failed, or learned, or neither can be said', () => {
    expect(saidOfStudy('largestStuck')['reference-10m-failed']).toHaveLength(1);
    expect(saidOfStudy('largestStuck')['reference-10m-learned']).toBeUndefined();
    expect(saidOfStudy('largerIsBetter')['reference-10m-learned']).toHaveLength(1);
    expect(saidOfStudy('largerIsBetter')['reference-10m-failed']).toBeUndefined();
    for (const neither of ['allDiverged', 'missingRuns', 'missingAnalysis', 'singleRun'] as const) {
      expect(saidOfStudy(neither)['reference-10m-learned']).toBeUndefined();
      expect(saidOfStudy(neither)['reference-10m-failed']).toBeUndefined();
    }
    // It stays at the baseline on other texts, but has learned its training texts: that is no failed optimisation.
    const learned = stuckAt(170);
    const input = fixtureComparison([
      fixtureRun({
        preset: '10m',
        epochs: 30,
        curve: (epoch) => ({ ...learned(epoch), trainNll: 160 - 4 * epoch }),
      }),
    ]);
    expect(said(input)['reference-10m-failed']).toBeUndefined();
  });

  it('is not spoken of for other shapes', () => {
    const own = fixtureRun({ plan: { mlpRatio: 4, heads: 2, layers: 2, dModel: 16 } });
    expect(fixtureConfig().model).not.toEqual(own.config.model);
    const ids = Object.keys(said(fixtureComparison([own])));
    expect(ids.filter((id) => id.startsWith('reference'))).toEqual([]);
  });
});
