import { describe, expect, it } from 'vitest';
import type { ReportRun } from '../../../src/report/input/report-input.js';
import type { CorpusReport, SampleQuality } from '../../../src/texts/texts-schema.js';
import type { SampleQualities } from '../../../src/runs/analysis-schema.js';
import { falling, fixtureCorpusReport, fixtureRun } from '../fixtures/fixture-runs.js';
import { fixtureComparison } from '../fixtures/fixture-studies.js';
import { said, saidOfStudy } from './said.js';

const saidOfRun = (run: ReportRun) => said(fixtureComparison([run]));

describe('samples', () => {
  const run = fixtureRun();
  const withQuality = (of: 'final' | 'test', change: Partial<SampleQuality>): ReportRun => ({
    ...run,
    sampleQualities: changeQuality(run.sampleQualities!, of, change),
  });

  it('are compared with real texts by the share of known words', () => {
    const real = run.sampleQualities!.entries.find(({ of }) => of === 'test')!.quality.knownWords;
    const sentence = (knownWords: number) => saidOfRun(withQuality('final', { knownWords }))['samples-words']![0];
    expect(sentence(real - 0.3)).toContain('words that it never saw');
    expect(sentence(real)).toMatch(/100 %\.$/);
    const lower = withQuality('test', { knownWords: 0.5 });
    expect(saidOfRun(lower)['samples-words']![0]).toContain('keeps to known words');
  });

  it('are copies, or none is', () => {
    const none = saidOfRun(withQuality('final', { copied: 0 }));
    expect(none['samples-no-copies']).toEqual([
      'None of the final samples of 87k-seed0 is a training text character by character.',
    ]);
    expect(none['samples-copies']).toBeUndefined();
    const some = saidOfRun(withQuality('final', { copied: 0.25 }));
    expect(some['samples-copies']![0]).toMatch(/^Of the final samples, 25\.0 % \(87k-seed0\) are training texts/);
    expect(some['samples-no-copies']).toBeUndefined();
  });

  it('are less likely, more likely, or about as likely as real texts', () => {
    const real = run.sampleQualities!.entries.find(({ of }) => of === 'test')!.quality.ngramNllPerCharacter;
    const sentence = (factor: number) =>
      saidOfRun(withQuality('final', { ngramNllPerCharacter: factor * real }))['samples-likelihood'];
    expect(sentence(1.2)![0]).toContain('less likely than real texts');
    expect(sentence(0.8)![0]).toContain('more likely than real texts');
    expect(sentence(1.01)).toBeUndefined();
  });

  it('have the order of the NLLs only if they have', () => {
    expect(saidOfStudy('largerIsBetter')['samples-order']![0]).toMatch(/: 10m .*, 5m .*, 557k .* and 87k/);
    expect(saidOfStudy('nothingChanges')['samples-order']).toBeUndefined();
    expect(saidOfStudy('singleRun')['samples-order']).toBeUndefined();
  });

  it('get better along the training only if they do', () => {
    expect(saidOfRun(run)['samples-along']![0]).toMatch(/rises from .* in epoch 0 to .* in epoch 29/);
    const flat = fixtureRun({ curve: falling(96.5, 96) });
    expect(saidOfRun(flat)['samples-along']).toBeUndefined();
  });

  it('are not spoken of where they were not measured', () => {
    const ids = Object.keys(saidOfRun(fixtureRun({ without: ['sampleQualities'] })));
    expect(ids.filter((id) => id.startsWith('samples'))).toEqual([]);
  });
});

describe('temperature', () => {
  const run = fixtureRun({ temperatures: true });
  const withEntries = (change: (index: number) => object): ReportRun => ({
    ...run,
    temperatures: {
      ...run.temperatures!,
      entries: run.temperatures!.entries.map((entry, i) => ({ ...entry, ...change(i) })),
    },
  });
  const last = run.temperatures!.entries.length - 1;

  it('1 is the model’s own distribution, called far from uniform only if it is', () => {
    expect(saidOfRun(run)['temperature-own-distribution']![0]).toContain('far from uniform: its entropy is 1.600 nats');
    const even = withEntries((i) => (i === last ? { entropyPerCharacter: 3.2 } : {}));
    expect(saidOfRun(even)['temperature-own-distribution']).toBeUndefined();
    expect(saidOfRun(even)['finding-temperature']).toBeUndefined();
    const without = withEntries((i) => (i === last ? { temperature: 0.9 } : {}));
    expect(saidOfRun(without)['temperature-own-distribution']).toBeUndefined();
  });

  it('gives developments only where they go one way', () => {
    const rules = ['temperature-entropy', 'temperature-words', 'temperature-variety'];
    const { quality, entropyPerCharacter } = run.temperatures!.entries[last]!;
    const clear = withEntries((i) => ({
      quality: {
        ...quality,
        knownWords: [0.9, 0.93, 0.8, 0.6, 0.5][i]!,
        distinct: { ...quality.distinct, pairs: [0.1, 0.5, 1, 1, 1][i]! },
      },
    }));
    for (const id of rules) expect(saidOfRun(clear)[id], id).toHaveLength(1);
    expect(saidOfRun(clear)['temperature-words']![0]).toContain(
      '90.0 % at 0.01, 93.0 % at 0.1, 80.0 % at 0.5, 60.0 % at 0.8 and 50.0 % at 1',
    );
    const broken = withEntries((i) => ({
      ...(i === 1 ? { entropyPerCharacter: entropyPerCharacter + 1 } : {}),
      quality: {
        ...quality,
        knownWords: [0.9, 0.49, 0.8, 0.6, 0.5][i]!,
        distinct: { ...quality.distinct, pairs: [0.1, 0.5, 0.4, 1, 1][i]! },
      },
    }));
    for (const id of rules) expect(saidOfRun(broken)[id], id).toBeUndefined();
    const same = withEntries(() => ({ entropyPerCharacter, quality }));
    for (const id of rules) expect(saidOfRun(same)[id], id).toBeUndefined();
  });

  it('below 1 gives texts that are more probable than real ones, or not', () => {
    const nlls = (...values: number[]) => withEntries((i) => ({ modelNllPerCharacter: values[i]! }));
    // Real test texts have 97.59 / 43 = 2.269 nats per character.
    const some = saidOfRun(nlls(1, 1.5, 2.2, 2.5, 2.1))['temperature-likelihood']![0];
    expect(some).toContain('1.000 at 0.01, 1.500 at 0.1 and 2.200 at 0.5 nats per character, against 2.269');
    expect(some).not.toContain('less varied');
    expect(saidOfRun(nlls(2.4, 2.5, 2.6, 2.7, 2))['temperature-likelihood']).toBeUndefined();
    const { quality } = run.temperatures!.entries[0]!;
    const monotonous = withEntries((i) => ({
      modelNllPerCharacter: 1 + i,
      quality: { ...quality, distinct: { ...quality.distinct, pairs: 0.03 } },
    }));
    expect(saidOfRun(monotonous)['temperature-likelihood']![0]).toContain(
      'far less varied (at 0.01, 3.0 % different pairs',
    );
  });

  it('near 0 does not give the most probable texts, where it does not', () => {
    const nlls = (first: number, second: number) =>
      withEntries((i) => ({ modelNllPerCharacter: [first, second, 2, 2, 2][i]! }));
    expect(saidOfRun(nlls(1.009, 0.908))['temperature-greedy']![0]).toContain(
      '1.009 nats per character at 0.01 against 0.908 at 0.1',
    );
    expect(saidOfRun(nlls(0.9, 0.908))['temperature-greedy']).toBeUndefined();
  });

  it('near 0 gives one text, if it does', () => {
    expect(saidOfRun(run)['temperature-cold-one-text']![0]).toMatch(
      /^At 0\.01, all 64 texts are the same: “storm hits coast”/,
    );
    const different = withEntries((i) => (i === 0 ? { texts: ['a', 'b', 'b'] } : {}));
    expect(saidOfRun(different)['temperature-cold-one-text']).toBeUndefined();
    expect(saidOfRun(different)['temperature-repeats']).toEqual([
      'At 0.01, 3 draws gave 2 different texts; the most frequent came 2 times.',
    ]);
    expect(saidOfRun(run)['temperature-repeats']).toBeUndefined();
  });

  it('has a length that goes one way, or is not spoken of', () => {
    expect(saidOfRun(run)['temperature-length']![0]).toContain('shorter');
    const { quality } = run.temperatures!.entries[0]!;
    const longer = withEntries((i) => ({ quality: { ...quality, meanCharacters: 40 + i } }));
    expect(saidOfRun(longer)['temperature-length']![0]).toContain('longer');
    const same = withEntries(() => ({ quality }));
    expect(saidOfRun(same)['temperature-length']).toBeUndefined();
  });

  it('is not spoken of where nothing was drawn', () => {
    for (const nothing of [fixtureRun(), withEntries(() => ({ texts: [] }))]) {
      const ids = Object.keys(saidOfRun(nothing));
      expect(ids.filter((id) => id.includes('temperature'))).toEqual([]);
    }
  });
});

describe('the texts', () => {
  const report = fixtureCorpusReport();
  const saidOfTexts = (splits: CorpusReport['splits']) =>
    saidOfRun({ ...fixtureRun(), corpusReport: { ...report, splits } });
  const { train, val, test } = report.splits;

  it('are clean: nothing else is said', () => {
    const all = saidOfTexts(report.splits);
    expect(all['data-no-duplicates']).toHaveLength(1);
    expect(all['data-no-overlap']).toHaveLength(1);
    for (const id of ['data-duplicates', 'data-overlap', 'data-cut', 'data-empty']) expect(all[id]).toBeUndefined();
  });

  it('have duplicates and overlaps', () => {
    const all = saidOfTexts({
      train: { ...train, duplicates: 3 },
      val,
      test: { ...test, inTrain: 5, inTrainShare: 0.1 },
    });
    expect(all['data-duplicates']![0]).toContain('3 texts in training');
    expect(all['data-no-duplicates']).toBeUndefined();
    expect(all['data-overlap']![0]).toMatch(/^0 % of the validation texts and 10\.0 % of the test texts/);
    expect(all['data-no-overlap']).toBeUndefined();
  });

  it('are cut and empty', () => {
    const all = saidOfTexts({ train: { ...train, overWindow: 2, empty: 1 }, val, test });
    expect(all['data-cut']![0]).toMatch(/^2 texts of 300 \(0\.7 %\) are longer/);
    expect(all['data-empty']![0]).toMatch(/^1 text is empty/);
  });

  it('are not spoken of without their report', () => {
    const ids = Object.keys(saidOfRun(fixtureRun({ without: ['corpusReport'] })));
    expect(ids.filter((id) => id.startsWith('data'))).toEqual([]);
  });
});

function changeQuality(
  qualities: SampleQualities,
  of: 'final' | 'test',
  change: Partial<SampleQuality>,
): SampleQualities {
  return {
    ...qualities,
    entries: qualities.entries.map((entry) =>
      entry.of === of ? { ...entry, quality: { ...entry.quality, ...change } } : entry,
    ),
  };
}
