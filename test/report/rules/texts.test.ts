import { describe, expect, it } from 'vitest';
import type { ReportRun } from '../../../src/report/input/report-input.js';
import type { SampleQuality } from '../../../src/texts/texts-schema.js';
import { fixtureCorpusReport, fixtureRun } from '../fixtures/fixture-runs.js';
import { fixtureComparison } from '../fixtures/fixture-studies.js';
import { Said } from './said.js';

const saidOfRun = (run: ReportRun) => new Said(fixtureComparison([run]));

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
    expect(withQuality({ knownWords: 0.7, copied: 0.25 }).details('finding-samples')).toEqual([
      ...['87k-seed0', '70.0 %', '100 %', '25.0 %'],
    ]);
    expect(withQuality({ copied: 0 }).details('finding-samples')).toHaveLength(3);
  });

  it('are not spoken of where they were not measured', () => {
    expect(saidOfRun(fixtureRun({ without: ['sampleQualities'] })).ids).not.toContain('finding-samples');
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

  it('rises in entropy only if it does with every step, with known words only if they are fewest at the end', () => {
    const changed = (words: readonly number[], second = entries[1]!.entropyPerCharacter) =>
      withEntries((i) => ({
        ...(i === 1 ? { entropyPerCharacter: second } : {}),
        quality: { ...quality, knownWords: words[i]! },
      })).details('finding-temperature');
    const rise = ['0.006', '0.01', '1.600', '1', '3.332'];
    expect(changed([0.9, 0.93, 0.8, 0.6, 0.5])).toEqual([...rise, '50.0 %', '90.0 %', '0.01']);
    expect(changed([0.9, 0.49, 0.8, 0.6, 0.5])).toEqual(rise);
    expect(changed([0.9, 0.9, 0.8, 0.6, 0.5], 9)).toBeUndefined();
  });

  it('gives texts that are more probable than real ones only if whole texts are, and by enough', () => {
    // Real test texts have 97.59 nats; samples that are longer may be more probable by character and less by text.
    const nlls = (...values: number[]) => withEntries((i) => ({ modelNll: values[i]!, modelNllPerCharacter: 1 }));
    expect(nlls(50, 80, 95, 120, 90).details('temperature-likelihood')).toEqual([
      ...['1', '50.00', '0.01', '80.00', '0.1', '97.59'],
    ]);
    expect(nlls(98, 95, 120, 120, 50).ids).not.toContain('temperature-likelihood');
  });

  it('has the texts that were sampled more than once', () => {
    const details = (texts: readonly string[]) =>
      withEntries((i) => (i === 0 ? { texts } : {})).details('temperature-repeats');
    expect(saidOfRun(run).details('temperature-repeats')).toEqual(['0.01', '64']);
    expect(details(['a', 'b', 'b'])).toEqual(['0.01', '3', '2', '2']);
    expect(details(['a', 'b'])).toBeUndefined();
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
    expect(details(0, 0)).toEqual(['0 %', '20 %']);
    expect(details(5, 0.1)).toEqual(['0 %', '10.0 %', '0 %', '20 %']);
  });
});
