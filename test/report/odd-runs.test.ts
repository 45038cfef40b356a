/** Runs that are rarely reported together: every sentence has to hold of them too. */
import { expect, it } from 'vitest';
import { buildDocument } from '../../src/report/build-document.js';
import { computeFacts } from '../../src/report/facts/compute-facts.js';
import type { ReportInput, ReportRun } from '../../src/report/input/report-input.js';
import { linesOf, textsOfDocument } from './chapters/text-of.js';
import { fixtureRun } from './fixtures/fixture-runs.js';
import { fixtureComparison, largerIsBetter } from './fixtures/fixture-studies.js';
import { Said } from './rules/said.js';

const textOf = (input: ReportInput) => textsOfDocument(buildDocument(input, computeFacts(input)));

/** A run whose real test texts have that share of known words. */
function knowing(run: ReportRun, share: number): ReportRun {
  const entries = run.sampleQualities!.entries.map((entry) =>
    entry.of === 'test'
      ? { ...entry, quality: { ...entry.quality, knownWords: { ...entry.quality.knownWords, share } } }
      : entry,
  );
  return { ...run, sampleQualities: { ...run.sampleQualities!, entries } };
}

it('several seeds that have not ended have a spread, and no figures of test texts', () => {
  const runs = [0, 1].map((seed) => fixtureRun({ seed, ended: false }));
  const text = textOf({
    ...fixtureComparison(runs),
    runs: runs.map((run) => ({ role: 'given', group: '87k', run })),
  });
  expect(text).toContain('How training went. Values over several seeds are mean ± standard deviation.');
  expect(text).not.toContain('One seed each');
  expect(text).toContain('of 87,289 parameters, without figures on the 1,084 test texts');
});

it('models of other texts are not said to be measured on those of the report, nor to be trained on them', () => {
  const text = textOf(
    fixtureComparison([
      fixtureRun({ name: 'a' }),
      fixtureRun({ name: 'b' }),
      fixtureRun({ name: 'c', corpus: 'news' }),
    ]),
  );
  expect(text).toContain('3 trainings on “headlines”, 8,664 texts, and on other texts');
  expect(text).toContain('of which two were measured on 1,084 test texts');
});

it('real texts are those of the report, compared with the most training texts', () => {
  const text = textOf(
    fixtureComparison([
      knowing(fixtureRun({ name: 'a', corpus: 'news' }), 0.1357),
      knowing(fixtureRun({ name: 'b', limit: 1000 }), 0.2468),
      knowing(fixtureRun({ name: 'c' }), 0.9876),
    ]),
  );
  expect(text).toContain('of those in real test texts 98.8 %');
  expect(text).not.toMatch(/13\.6 %|24\.7 %/);
});

it('a rise from an epoch to the next is a share of what it rises from', () => {
  const valNll = [400, 440, 100, 90];
  const curve = (epoch: number) => ({
    trainNll: valNll[epoch]! - 1,
    valNll: valNll[epoch]!,
    valTop1: 0.8 + epoch / 99,
  });
  const said = new Said(fixtureComparison([fixtureRun({ epochs: 4, curve })]));
  expect(said.sentences.get('stability')).toEqual([
    'Training is unsteady: from an epoch to the next, validation NLL rises by as much as 10.0 % (87k-seed0).',
  ]);
});

it('a study with a model of all padding names both kinds of padding', () => {
  const input = largerIsBetter();
  const lines = linesOf(buildDocument(input, computeFacts(input)));
  expect(lines[lines.indexOf('padding') + 1]).toBe('first and all');
});
