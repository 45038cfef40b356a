import { describe, expect, it } from 'vitest';
import type { ReportRun } from '../../../src/report/input/report-input.js';
import type { SampleQuality } from '../../../src/texts/texts-schema.js';
import { falling, fixtureCorpusReport, fixtureRun } from '../fixtures/fixture-runs.js';
import { fixtureComparison } from '../fixtures/fixture-studies.js';
import { Said } from './said.js';

const saidOfRun = (run: ReportRun) => new Said(fixtureComparison([run]));

describe('samples', () => {
  const run = fixtureRun();
  const real = run.sampleQualities!.entries.find(({ of }) => of === 'test')!.quality;
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
      '87k-seed0',
      '70.0 %',
      '100 %',
      '25.0 %',
    ]);
    expect(withQuality({ copied: 0 }).details('finding-samples')).toHaveLength(3);
  });

  it('are less or more predictable than real texts, or about as predictable', () => {
    const nll = real.ngramNllPerCharacter;
    const details = (factor: number) => withQuality({ ngramNllPerCharacter: factor * nll }).details('samples-ngram');
    expect(details(1.2)).toEqual(['87k-seed0', '2.512', '2.093']);
    expect(details(0.8)).toEqual(['87k-seed0', '1.674', '2.093']);
    expect(details(1.01)).toBeUndefined();
  });

  it('get better during training only if they do', () => {
    expect(saidOfRun(run).details('samples-along')).toEqual(['87k-seed0', '0 %', '0', '90.4 %', '29']);
    expect(saidOfRun(fixtureRun({ curve: falling(96.5, 96) })).ids).not.toContain('samples-along');
  });

  it('are not spoken of where they were not measured', () => {
    expect(saidOfRun(fixtureRun({ without: ['sampleQualities'] })).idsOf('samples')).toEqual([]);
  });
});

describe('temperature', () => {
  const run = fixtureRun({ temperatures: true });
  const { entries } = run.temperatures!;
  const last = entries.length - 1;
  const withEntries = (change: (index: number) => object) =>
    saidOfRun({
      ...run,
      temperatures: { ...run.temperatures!, entries: entries.map((entry, i) => ({ ...entry, ...change(i) })) },
    });
  const { quality, entropyPerCharacter } = entries[last]!;

  it('1 is called far from uniform only if it is', () => {
    expect(saidOfRun(run).details('finding-temperature')).toEqual(['1', '1.600', '5.0', '3.332']);
    expect(withEntries((i) => (i === last ? { entropyPerCharacter: 3.2 } : {})).ids).not.toContain(
      'finding-temperature',
    );
    expect(withEntries((i) => (i === last ? { temperature: 0.9 } : {})).ids).not.toContain('finding-temperature');
  });

  it('gives developments only where they go one way', () => {
    const rules = ['temperature-entropy', 'temperature-words', 'temperature-variety'];
    const changed = (words: readonly number[], pairs: readonly number[], entropy: object = {}) =>
      withEntries((i) => ({
        ...(i === 1 ? entropy : {}),
        quality: { ...quality, knownWords: words[i]!, distinct: { ...quality.distinct, pairs: pairs[i]! } },
      }));
    const clear = changed([0.9, 0.93, 0.8, 0.6, 0.5], [0.1, 0.5, 1, 1, 1]);
    expect(clear.details('temperature-words')).toEqual([
      '90.0 %',
      '0.01',
      '93.0 %',
      '0.1',
      '80.0 %',
      '0.5',
      '60.0 %',
      '0.8',
      '50.0 %',
      '1',
    ]);
    expect(clear.ids).toEqual(expect.arrayContaining(rules));
    const broken = changed([0.9, 0.49, 0.8, 0.6, 0.5], [0.1, 0.5, 0.4, 1, 1], { entropyPerCharacter: 9 });
    const same = withEntries(() => ({ entropyPerCharacter, quality }));
    for (const said of [broken, same]) expect(said.ids.filter((id) => rules.includes(id))).toEqual([]);
  });

  it('gives texts that are more probable than real ones only if whole texts are, and by enough', () => {
    // Real test texts have 97.59 nats; samples that are longer may be more probable by character and less by text.
    const nlls = (...values: number[]) => withEntries((i) => ({ modelNll: values[i]!, modelNllPerCharacter: 1 }));
    expect(nlls(50, 80, 95, 120, 90).details('temperature-likelihood')).toEqual([
      '1',
      '50.00',
      '0.01',
      '80.00',
      '0.1',
      '97.59',
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
