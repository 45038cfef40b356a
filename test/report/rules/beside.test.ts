import { describe, expect, it } from 'vitest';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { besideBetter, besideQuick, largerIsBetter } from '../made-up-studies.js';
import { said, saidOfStudy } from './said.js';

const rulesOf = (all: Record<string, string[]>) => Object.keys(all).filter((id) => id.startsWith('beside-'));

/** A study with something changed in the configurations of its runs with the modern recipe. */
function withOther(study: ReportInput, backend: { threads: number }): ReportInput {
  return {
    ...study,
    runs: study.runs.map((entry) =>
      entry.role === 'beside'
        ? { ...entry, run: { ...entry.run, config: { ...entry.run.config, backend: { ...entry.run.config.backend, ...backend } } } } // prettier-ignore
        : entry,
    ),
  };
}

describe('a second recipe', () => {
  it('is not spoken of where there is none, or in a quick study', () => {
    expect(rulesOf(saidOfStudy('largerIsBetter'))).toEqual([]);
    expect(said(besideQuick())).toEqual({});
  });

  it('is better, worse, both or neither, by the test NLL at each size', () => {
    const sizes = (name: Parameters<typeof saidOfStudy>[0]) => saidOfStudy(name)['beside-sizes'];
    // 97.59 against 93.50, and 92.59 against 87.50.
    expect(sizes('besideBetter')).toEqual([
      expect.stringMatching(
        /^Of the two recipes, modern has the better test NLL at both sizes compared; the differences in nats per text: 87k \(4\.09\) and 557k \(5\.09\)\./,
      ),
    ]);
    expect(sizes('besideWorse')![0]).toMatch(
      /^Of the two recipes, notebook has the better test NLL at both sizes compared; .* 87k \(5\.91\) and 557k \(5\.91\)\./,
    );
    expect(sizes('besideMixed')![0]).toMatch(
      /^Of the two recipes, by test NLL in nats per text, modern is better at 87k \(by 6\.09\) and notebook is better at 557k \(by 2\.91\)\./,
    );
    expect(sizes('besideEqual')![0]).toMatch(
      /^By test NLL, modern and notebook are not told apart at any size compared; the differences in nats per text: 87k \(0\.00\) and 557k \(0\.00\)\./,
    );
    for (const name of ['besideDiverged', 'besideMissing'] as const) expect(sizes(name)).toBeUndefined();
  });

  it('may come out differently if what is not better was still improving', () => {
    const open = 'may not have been trained for long enough';
    expect(saidOfStudy('besideBetter')['beside-sizes']![0]).toContain(`But 87k and 557k ${open}`);
    // Those that are worse here have long converged.
    expect(saidOfStudy('besideWorse')['beside-sizes']![0]).not.toContain(open);
  });

  it('says of single seeds that they cannot tell small differences, and of several nothing of the kind', () => {
    expect(saidOfStudy('besideBetter')['beside-one-seed']).toEqual([
      expect.stringMatching(/one seed cannot tell small differences.* 2 % /),
    ]);
    const seeds = saidOfStudy('besideSeeds');
    expect(seeds['beside-one-seed']).toBeUndefined();
    expect(seeds['beside-sizes']![0]).toMatch(/^Of the two recipes, modern has the better test NLL/);
    expect(seeds['beside-best']![0]).toMatch(/modern 557k has a better test NLL than 557k: .*95 % interval/);
  });

  it('that diverges is not compared, and neither is what is missing', () => {
    const diverged = saidOfStudy('besideDiverged');
    expect(rulesOf(diverged)).toEqual(['beside-not-compared', 'beside-failed', 'beside-passes-not']);
    expect(diverged['beside-not-compared']).toEqual([
      'At 87k the recipes are not compared, since modern 87k has no finite test NLL.',
      'At 557k the recipes are not compared, since modern 557k has no finite test NLL.',
    ]);
    expect(diverged['beside-failed']).toEqual(['modern 87k and modern 557k diverged.']);
    expect(rulesOf(saidOfStudy('besideMissing'))).toEqual([]);
    for (const name of ['besideBetter', 'besideWorse', 'besideEqual', 'besideSeeds'] as const)
      for (const id of ['beside-not-compared', 'beside-failed'])
        expect(saidOfStudy(name)[id], name).toBeUndefined();
  });

  it('has the best of each recipe held against each other, and its own against the strongest yardstick', () => {
    expect(saidOfStudy('besideBetter')['beside-best']).toEqual([
      expect.stringMatching(
        /^By validation NLL, the best sizes with the two recipes are modern 557k and 557k\. modern 557k has a better test NLL than 557k: 87\.50 against 92\.59 /,
      ),
    ]);
    // With the modern recipe the smaller size is the better one here.
    expect(saidOfStudy('besideMixed')['beside-best']![0]).toMatch(
      /^By validation NLL, .* are modern 87k and 557k\. /,
    );
    expect(saidOfStudy('besideEqual')['beside-best']![0]).toContain('are not told apart');
    expect(saidOfStudy('besideBetter')['beside-yardstick']![0]).toMatch(
      /^modern 557k is better than the strongest yardstick, Kneser–Ney/,
    );
    expect(saidOfStudy('besideWorse')['beside-yardstick']![0]).toMatch(/^modern 557k is worse than/);
    for (const id of ['beside-best', 'beside-yardstick'])
      expect(saidOfStudy('besideDiverged')[id], id).toBeUndefined();
  });

  it('is better or worse with size within itself', () => {
    const larger = (name: Parameters<typeof saidOfStudy>[0]) => saidOfStudy(name)['beside-larger'];
    expect(larger('besideBetter')![0]).toBe('Within modern, the larger model has the better test NLL.');
    expect(larger('besideMixed')![0]).toMatch(/^Within modern, the larger model has the worse test NLL\./);
    expect(larger('besideEqual')![0]).toMatch(/^Within modern, no model is told apart from the next smaller/);
    for (const name of ['besideDiverged', 'besideMissing'] as const) expect(larger(name)).toBeUndefined();
  });

  it('passes what the other one reaches, or never does', () => {
    const better = saidOfStudy('besideBetter');
    // 92 + 164 / e^n is below 96.09 from the fourth epoch of 6 s on; 30 epochs of 12 s are 6 minutes.
    expect(better['beside-passes']).toEqual([
      'modern 87k passes the lowest validation NLL of 87k, 96.09 nats per text, after 24 s of training; 87k took 6 min 0 s to get there.',
      expect.stringMatching(/^modern 557k passes the lowest validation NLL of 557k, 91\.09 nats per text, after 24 s/),
    ]); // prettier-ignore
    expect(better['beside-passes-not']).toBeUndefined();
    expect(saidOfStudy('besideSeeds')['beside-passes']![0]).toMatch(
      /^All 3 runs of modern 87k pass the lowest validation NLL of 87k, 96\.09 nats per text, after 24 s to 32 s of training/,
    );
    for (const name of ['besideWorse', 'besideEqual', 'besideDiverged'] as const) {
      expect(saidOfStudy(name)['beside-passes'], name).toBeUndefined();
      expect(saidOfStudy(name)['beside-passes-not'], name).toEqual([
        expect.stringMatching(/^The lowest validation NLL of 87k \(9\d\.\d\d\) and 557k \(9\d\.\d\d\) is never passed with modern\.$/),
      ]); // prettier-ignore
    }
    const mixed = saidOfStudy('besideMixed');
    expect(mixed['beside-passes']).toEqual([expect.stringMatching(/^modern 87k passes/)]);
    expect(mixed['beside-passes-not']![0]).toMatch(/^The lowest validation NLL of 557k /);
    for (const id of ['beside-passes', 'beside-passes-not'])
      expect(saidOfStudy('besideMissing')[id], id).toBeUndefined();
  });

  it('has no times compared that were taken on different machines', () => {
    const all = said(withOther(besideBetter(), { threads: 8 }));
    expect(all['beside-passes']).toBeUndefined();
    expect(all['beside-machines']).toEqual([
      'The runs of 87k and 557k with the two recipes were made with different platforms, backends or threads, so their times do not compare.',
    ]);
    expect(saidOfStudy('besideBetter')['beside-machines']).toBeUndefined();
  });

  it('changes nothing of what is said of the study’s own recipe', () => {
    const study = besideBetter();
    const own = { ...study, runs: study.runs.filter(({ role }) => role !== 'beside') };
    const others = Object.entries(said(study)).filter(([id]) => !id.startsWith('beside-'));
    expect(Object.fromEntries(others)).toEqual(said(own));
    expect(rulesOf(said(largerIsBetter()))).toEqual([]);
  });
});
