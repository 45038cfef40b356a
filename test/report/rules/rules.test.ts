import { describe, expect, it } from 'vitest';
import type { ReportRun } from '../../../src/report/input/report-input.js';
import type { SampleQuality } from '../../../src/texts/texts-schema.js';
import { falling, fixtureCorpusReport, fixtureRun, overfitting, type FixtureRun } from '../fixtures/fixture-runs.js';
import { fixtureComparison, fixtureStudy, largerIsBetter, mixed, SCENARIOS } from '../fixtures/fixture-studies.js';
import { ALL_RULES, Said, saidOf } from './said.js';

const NAMES = Object.keys(SCENARIOS);

describe('every rule', () => {
  it('has an id of its own', () => {
    expect(new Set(ALL_RULES.map(({ id }) => id)).size).toBe(ALL_RULES.length);
  });

  it.each(NAMES)('writes whole sentences, and no number that is none, of “%s”', (name) => {
    for (const sentence of [...saidOf(name).sentences.values()].flat()) {
      expect(sentence).not.toMatch(/NaN|undefined|Infinity|∞| – |\bnull\b/);
      expect(sentence).toMatch(/^.*[.]$/);
    }
  });

  it('says of a quick study what it says of any other', () => {
    const quick = new Said({ ...largerIsBetter(), kind: 'quick' });
    expect([...quick.sentences]).toEqual([...saidOf('largerIsBetter').sentences]);
  });
});

const saidOfRun = (run: ReportRun) => new Said(fixtureComparison([run]));

/** Three sizes, or as many as are named, without few texts. */
const sizes = (runs: Readonly<Record<string, FixtureRun>>): Said =>
  new Said(
    fixtureStudy({
      best: 'none',
      sizes: (['87k', '557k', '5m', '10m'] as const).filter((preset) => preset in runs),
      size: (preset) => runs[preset]!,
    }),
  );

describe('the summary', () => {
  it('has no share of a small difference from the strongest baseline', () => {
    const equal = saidOfRun(fixtureRun({ curve: falling(256, 91.9) }));
    const [sentence] = equal.sentences.get('finding-baseline')!;
    expect(sentence).toMatch(/0\.49 above Kneser–Ney, order 7 \(93\.00; less than 2 %\)/);
  });

  it('has no share of an NLL of nothing', () => {
    const run = fixtureRun();
    const baselines = run.baselines!.baselines.map((each) => ({ ...each, testNll: each.id === 'gzip' ? 0 : 100 }));
    const [sentence] = saidOfRun({ ...run, baselines: { ...run.baselines!, baselines } }).sentences.get(
      'finding-baseline',
    )!;
    expect(sentence).toMatch(/97\.59 above gzip \(0\.00\)/);
  });

  it.each(NAMES)('calls no difference of single seeds significant or not, of “%s”', (name) => {
    const said = saidOf(name);
    const single = said.facts.groups.every(({ runs }) => runs.length === 1);
    const ofSeeds = /^(finding-(best|baseline|size|few)|neighbours|padding|ablation|second-recipe)/;
    for (const [id, sentences] of single ? said.sentences : [])
      if (ofSeeds.test(id)) expect(sentences.join(' ')).not.toMatch(/significan/);
  });

  it('compares the mixture with the lowest cross-validated NLL with its best member', () => {
    const study = mixed();
    const worse = new Said({ ...study, mixtures: study.mixtures!.slice(0, 1) });
    expect(worse.details('mixture')).toEqual(['93.00', '0.50', '0.5 %', '557k-seed0', '92.50']);
    expect(new Said({ ...study, mixtures: study.mixtures!.slice(2) }).ids).not.toContain('mixture');
  });

  it('has every step in size, and which are small', () => {
    const undecided = sizes({
      '87k': { epochs: 60, curve: falling(256, 96) },
      '557k': { epochs: 60, curve: falling(256, 91) },
      '5m': { epochs: 60, curve: falling(256, 90.5) },
    });
    expect(undecided.details('finding-size')).toEqual(['−5.00', '87k', '557k', '−0.50', '2 %', '557k', '5m']);
  });
});

describe('size and overfitting', () => {
  it('says why a larger model is worse where it failed, or overfits with the lower training NLL', () => {
    const overfits = { curve: overfitting(256, 99, 8) };
    const memorised = sizes({ '87k': { curve: falling(256, 91) }, '557k': overfits });
    expect(memorised.details('size-worse')!.slice(0, 2)).toEqual(['557k', '87k']);
    expect(sizes({ '87k': { curve: falling(256, 61) }, '557k': overfits }).ids).not.toContain('size-worse');
  });

  it('has the gap only if it widens with every step in size, and by enough', () => {
    const gapped = (...gaps: readonly number[]) =>
      sizes(
        Object.fromEntries(
          (['87k', '557k', '5m'] as const).map((preset, i) => [preset, { curve: falling(256, 91, { gap: gaps[i]! }) }]),
        ),
      );
    expect(gapped(1, 3, 5).details('overfitting-gap')).toEqual(['1.00', '87k', '3.00', '557k', '5.00', '5m']);
    const seeds = (spread: number) =>
      new Said(
        fixtureStudy({
          best: 'none',
          sizes: ['87k', '557k'],
          seeds: 3,
          size: (preset, seed) => ({
            curve: falling(256, 91, { gap: (preset === '87k' ? 1 : 5) + spread * (seed - 1) }),
          }),
        }),
      );
    expect(seeds(0.1).details('overfitting-gap')).toHaveLength(7);
    expect(seeds(4).ids).not.toContain('overfitting-gap');
    for (const gaps of [
      [1, 5, 3],
      [1, 1.2, 1.4],
    ])
      expect(gapped(...gaps).ids).not.toContain('overfitting-gap');
  });
});

describe('NLL and top-1', () => {
  const withTop1 = (top1: (epoch: number, nll: number) => number, epochs = 60) =>
    saidOfRun(
      fixtureRun({
        epochs,
        curve: (epoch) => {
          const line = falling(256, 96, { pace: 12 })(epoch);
          return { ...line, valTop1: top1(epoch, line.valNll) };
        },
      }),
    );

  it('go together where every interval says so, and runs for which it does not are named', () => {
    expect(saidOf('largerIsBetter').details('correlation')).toEqual(['−1.000']);
    const noise = withTop1((epoch) => 0.8 + 0.01 * Math.sin(epoch * 12.9898)).details('correlation');
    expect(noise).toEqual(['87k-seed0', expect.any(String), '95 %', expect.any(String), expect.any(String), '0']);
    expect(withTop1(() => 0.8).details('correlation')).toEqual(['87k-seed0']);
    const against = withTop1((_, nll) => 0.5 + nll / 1000);
    expect(against.details('correlation')).toEqual(['87k-seed0', '1.000']);
  });

  it('have no interval below eight epochs', () => {
    expect(withTop1((_, nll) => 0.98 - nll / 550, 7).details('correlation')).toEqual(['87k-seed0']);
    expect(withTop1((_, nll) => 0.98 - nll / 550, 8).details('correlation')).toEqual(['−1.000']);
  });
});

describe('few texts and padding', () => {
  const study = (wanted: { fewTexts?: FixtureRun; padding?: FixtureRun }) =>
    new Said(fixtureStudy({ best: '87k', sizes: ['87k'], ...wanted }));

  it('finds no difference and no gap where there is none', () => {
    const said = study({ fewTexts: { curve: falling(256, 96), epochs: 60 } });
    expect(said.details('finding-few-texts')).toEqual(expect.arrayContaining(['0.09', '2 %']));
    expect(said.sentences.get('few-texts-curve')).toHaveLength(1);
  });

  it('names other differences', () => {
    const said = study({ fewTexts: { precision: 'bf16' }, padding: { secondsPerEpoch: 12, precision: 'bf16' } });
    expect(said.sentences.get('finding-few-texts')).toHaveLength(2);
    expect(said.sentences.get('padding')).toHaveLength(2);
    expect(saidOf('largerIsBetter').sentences.get('finding-few-texts')).toHaveLength(1);
  });

  it('has the time of an epoch only where all padding takes longer', () => {
    expect(saidOf('largerIsBetter').details('padding')!.slice(-3)).toEqual(['87k, all pads', '3.3', '87k']);
    expect(study({ padding: { secondsPerEpoch: 12 } }).sentences.get('padding')).toHaveLength(1);
  });
});

describe('a second recipe', () => {
  it('changes nothing of what is said of the study’s own recipe', () => {
    const study = SCENARIOS['secondRecipeBetter']!();
    const own = new Said({ ...study, runs: study.runs.filter(({ role }) => role !== 'second-recipe') });
    const others = [...saidOf('secondRecipeBetter').sentences].filter(([id]) => !id.startsWith('second-recipe'));
    expect(others).toEqual([...own.sentences]);
  });
});

describe('samples', () => {
  const run = fixtureRun();
  const withQuality = (change: Partial<SampleQuality>) =>
    saidOfRun({
      ...run,
      sampleQualities: {
        entries: run.sampleQualities!.entries.map((entry) =>
          entry.of === 'final' ? { ...entry, quality: { ...entry.quality, ...change } } : entry,
        ),
      },
    });

  it('are compared with real texts by their words, and with training texts by copies', () => {
    const words = (share: number, standardError = 0.02) => ({ knownWords: { words: 300, share, standardError } });
    const sentences = (quality: Partial<SampleQuality>) => withQuality(quality).sentences.get('samples')!;
    expect(withQuality({ ...words(0.7), copied: 0.25 }).details('samples')).toEqual([
      ...['70.0 %', '87k-seed0', '100 %', '8.7 %', '87k-seed0', '25.0 %', '87k-seed0'],
    ]);
    expect(withQuality({ copied: 0 }).details('samples')).not.toContain('0 %');
    expect(sentences(words(0.7))[1]).toMatch(/invents unseen words/);
    expect(sentences({ copied: 0, copiedVal: 0.125, copiedTest: 0.25 }).at(-1)).toMatch(
      /No sample .*held-out texts that are not in training: 12\.5 % \(validation\) and 25\.0 % \(test\)/,
    );
    // Three points were once enough; they are well within the error of 300 words, or of the real texts.
    expect(sentences(words(0.97))[1]).toMatch(/does not differ significantly/);
    expect(sentences(words(0.97, 0.001))[1]).toMatch(/does not differ significantly/);
  });

  it('are not spoken of where they were not measured', () => {
    expect(saidOfRun(fixtureRun({ without: ['sampleQualities'] })).ids).not.toContain('samples');
  });
});

describe('temperature', () => {
  const run = fixtureRun({ temperatures: true });
  const { entries } = run.temperatures!;
  const withEntries = (change: (index: number) => object) =>
    saidOfRun({
      ...run,
      temperatures: { ...run.temperatures!, entries: entries.map((entry, i) => ({ ...entry, ...change(i) })) },
    });
  const { quality } = entries.at(-1)!;

  it('rises in entropy only if it does with every step, with known words only if they are fewer at the end', () => {
    const changed = (words: readonly number[], second = entries[1]!.entropyPerCharacter, error = 0.02) =>
      withEntries((i) => ({
        ...(i === 1 ? { entropyPerCharacter: second } : {}),
        quality: { ...quality, knownWords: { words: 300, share: words[i]!, standardError: error } },
      })).details('finding-temperature');
    const rise = ['0.006', '0.01', '1.600', '1', '3.367'];
    expect(changed([0.9, 0.93, 0.8, 0.6, 0.5])).toEqual([...rise, '50.0 %', '1', '90.0 %', '0.01']);
    expect(changed([0.9, 0.9, 0.9, 0.9, 0.86])).toEqual(rise); // four points, with a standard error of 2.8
    expect(changed([0.9, 0.9, 0.9, 0.9, 0.86], undefined, 0.01)).toHaveLength(9);
    expect(changed([0.6, 0.9, 0.8, 0.6, 0.5])).toEqual(rise); // a low temperature has fewer than the next
    expect(changed([0.9, 0.9, 0.8, 0.6, 0.5], 9)).toBeUndefined();
  });

  it('gives texts that are more probable than real ones only if whole texts are, and by enough', () => {
    // Real test texts have 97.59 nats; samples that are longer may be more probable by character and less by text.
    const nlls = (...values: number[]) => withEntries((i) => ({ modelNll: values[i]!, modelNllPerCharacter: 1 }));
    expect(nlls(50, 80, 95, 120, 90).details('temperature-likelihood')).toEqual([
      ...['50.00', '0.01', '80.00', '0.1', '97.59'],
    ]);
    expect(nlls(98, 95, 120, 120, 50).ids).not.toContain('temperature-likelihood');
    // Shorter texts that are less probable by character.
    const shorter = withEntries(() => ({ modelNll: 50, modelNllPerCharacter: 3 }));
    expect(shorter.ids).not.toContain('temperature-likelihood');
  });

  it('has the texts that were sampled more than twice', () => {
    const details = (texts: readonly string[]) =>
      withEntries((i) => (i === 0 ? { texts } : {})).details('temperature-repeats');
    expect(saidOfRun(run).details('temperature-repeats')).toEqual(['0.01', '64']);
    expect(details(['a', 'b', 'b', 'b'])).toEqual(['0.01', '4', '2', '3']);
    expect(details(['a', 'b', 'b'])).toBeUndefined();
  });

  it('is not spoken of where nothing was sampled', () => {
    expect(saidOfRun(fixtureRun()).idsOf('temperature')).toEqual([]);
    expect(withEntries(() => ({ texts: [] })).ids.filter((id) => id.includes('temperature'))).toEqual([]);
  });
});

describe('the texts', () => {
  it('are compared with the training set', () => {
    const report = fixtureCorpusReport();
    const { val, test } = report.splits;
    const details = (inTrain: number, inTrainShare: number) =>
      saidOfRun({
        ...fixtureRun(),
        corpusReport: { ...report, splits: { ...report.splits, val, test: { ...test, inTrain, inTrainShare } } },
      }).details('data-overlap');
    expect(details(0, 0)).toEqual([]);
    expect(details(5, 0.1)).toEqual(['10.0 %']);
  });
});
