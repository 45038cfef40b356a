import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../src/report/facts/compute-facts.js';
import { formatResults, reportResults } from '../../src/report/report-results.js';
import { reportResultsSchema } from '../../src/report/facts/schema.js';
import { fixtureRun } from './fixtures/fixture-runs.js';
import { allDiverged, largestStuck, SCENARIOS, singleRun } from './fixtures/fixture-studies.js';

const description = { title: 'A report', figures: [{ id: 'nll-all', description: 'NLL of all sizes' }] };

describe('results.json of a report', () => {
  it.each(Object.keys(SCENARIOS))('of %s is read back as it was, NaN and all', (name) => {
    const results = reportResults(computeFacts(SCENARIOS[name]!()), description);
    expect(reportResultsSchema.parse(JSON.parse(formatResults(results)))).toEqual(results);
  });

  it('has the facts, and the same bytes for the same runs', () => {
    const facts = computeFacts(largestStuck());
    const results = reportResults(facts, description);
    expect(formatResults(reportResults(computeFacts(largestStuck()), description))).toBe(formatResults(results));
    expect(results).toMatchObject({
      format: 'letterpress-report',
      schemaVersion: 3,
      kind: 'study',
      title: 'A report',
      date: '2026-01-02T03:00:05.000Z',
    });
    expect(results.files.figures).toEqual([
      { id: 'nll-all', svg: 'figures/nll-all.svg', pdf: 'figures/nll-all.pdf', description: 'NLL of all sizes' },
    ]);
    expect(results.groups[3]!.figures.testNll).toEqual(facts.groups[3]!.figures.testNll);
    expect(results.groups[3]!.reference).toBe('10m');
    // Full texts, and few texts: two sets of baselines.
    expect(results.baselines).toHaveLength(2);
    expect(results.groups.map(({ baselines }) => baselines)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(results.data.baselines).toBe(0);
    expect(results.baselines[0]!.strongest).toBe('kneser-ney');
  });

  it('holds whatever numbers a training leaves behind', () => {
    const real = fc.oneof(fc.double({ min: 0, max: 300 }), fc.constantFrom(NaN, Infinity, -Infinity, 1e300));
    const epoch = fc.record({ trainNll: real, valNll: real, valTop1: real });
    const curves = fc.array(fc.array(epoch, { maxLength: 12 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(curves, fc.boolean(), (all, ended) => {
        const runs = all.map((curve, seed) =>
          fixtureRun({ seed, ended, epochs: curve.length, curve: (at) => curve[at]! }),
        );
        const input = {
          title: '',
          kind: 'study' as const,
          runs: runs.map((run) => ({ role: 'size' as const, group: '87k', run })),
        };
        const results = reportResults(computeFacts(input), description);
        expect(reportResultsSchema.parse(JSON.parse(formatResults(results)))).toEqual(results);
      }),
      { numRuns: 25 },
    );
  });

  it('leaves out what is not there', () => {
    const results = reportResults(computeFacts(allDiverged()), description);
    expect(results.best).toBeUndefined();
    const text = formatResults(results);
    expect(Object.keys(JSON.parse(text) as object)).not.toContain('temperatures');
    expect(text).toContain('"testNll": "NaN"');
  });

  it('has lists of numbers on one line', () => {
    const text = formatResults(reportResults(computeFacts(singleRun()), description));
    expect(text).toMatch(/^ +"epochs": \[0, 1, 2, .*28, 29\],$/m);
    expect(text).not.toMatch(/^ +-?\d[\d.e-]*,?$/m);
  });
});
