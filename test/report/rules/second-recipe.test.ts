import { describe, expect, it } from 'vitest';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { secondRecipeBetter, secondRecipeQuick, largerIsBetter } from '../fixtures/fixture-studies.js';
import { said, saidOfStudy } from './said.js';

const rulesOf = (all: Record<string, string[]>) => Object.keys(all).filter((id) => id.startsWith('beside-'));

/** A study with something changed in the configurations of its runs with the modern recipe. */
function withOther(study: ReportInput, backend: { threads: number }): ReportInput {
  return {
    ...study,
    runs: study.runs.map((entry) =>
      entry.role === 'second-recipe'
        ? {
            ...entry,
            run: {
              ...entry.run,
              config: { ...entry.run.config, backend: { ...entry.run.config.backend, ...backend } },
            },
          }
        : entry,
    ),
  };
}

describe('a second recipe', () => {
  it('is not spoken of where there is none, or in a quick study', () => {
    expect(rulesOf(saidOfStudy('largerIsBetter'))).toEqual([]);
    expect(said(secondRecipeQuick())).toEqual({});
  });

  it('is better, worse, both or neither, by the test NLL at each size', () => {
    const sizes = (name: Parameters<typeof saidOfStudy>[0]) => saidOfStudy(name)['beside-sizes'];
    // 97.59 against 93.50, and 92.59 against 87.50.
    expect(sizes('secondRecipeBetter')).toEqual([
      expect.stringMatching(
        /^Of the two recipes, modern has the better test NLL at both sizes compared; the differences in nats per text: 87k \(4\.09\) and 557k \(5\.09\)\./,
      ),
    ]);
    expect(sizes('secondRecipeWorse')![0]).toMatch(
      /^Of the two recipes, notebook has the better test NLL at both sizes compared; .* 87k \(5\.91\) and 557k \(5\.91\)\./,
    );
    expect(sizes('secondRecipeMixed')![0]).toMatch(
      /^Of the two recipes, by test NLL in nats per text, modern is better at 87k \(by 6\.09\) and notebook is better at 557k \(by 2\.91\)\./,
    );
    expect(sizes('secondRecipeEqual')![0]).toMatch(
      /^By test NLL, modern and notebook are not significantly different at any size compared; the differences in nats per text: 87k \(0\.00\) and 557k \(0\.00\)\./,
    );
    for (const name of ['secondRecipeDiverged', 'secondRecipeMissing'] as const) expect(sizes(name)).toBeUndefined();
  });

  it('may come out differently if what is not better was still improving', () => {
    const open = 'may not have been trained for long enough';
    expect(saidOfStudy('secondRecipeBetter')['beside-sizes']![0]).toContain(`But 87k and 557k ${open}`);
    // Those that are worse here have long converged.
    expect(saidOfStudy('secondRecipeWorse')['beside-sizes']![0]).not.toContain(open);
  });

  it('says of single seeds that they cannot tell small differences, and of several nothing of the kind', () => {
    expect(saidOfStudy('secondRecipeBetter')['beside-one-seed']).toEqual([
      expect.stringMatching(/one seed cannot tell small differences.* 2 % /),
    ]);
    const seeds = saidOfStudy('secondRecipeSeeds');
    expect(seeds['beside-one-seed']).toBeUndefined();
    expect(seeds['beside-sizes']![0]).toMatch(/^Of the two recipes, modern has the better test NLL/);
    expect(seeds['beside-best']![0]).toMatch(/modern 557k has a better test NLL than 557k: .*95 % interval/);
  });

  it('that diverges is not compared, and neither is what is missing', () => {
    const diverged = saidOfStudy('secondRecipeDiverged');
    expect(rulesOf(diverged)).toEqual(['beside-not-compared', 'beside-failed', 'beside-passes-not']);
    expect(diverged['beside-not-compared']).toEqual([
      'At 87k the recipes are not compared, since modern 87k has no finite test NLL.',
      'At 557k the recipes are not compared, since modern 557k has no finite test NLL.',
    ]);
    expect(diverged['beside-failed']).toEqual(['modern 87k and modern 557k diverged.']);
    expect(rulesOf(saidOfStudy('secondRecipeMissing'))).toEqual([]);
    for (const name of ['secondRecipeBetter', 'secondRecipeWorse', 'secondRecipeEqual', 'secondRecipeSeeds'] as const)
      for (const id of ['beside-not-compared', 'beside-failed']) expect(saidOfStudy(name)[id], name).toBeUndefined();
  });

  it('has the best of each recipe compared with each other, and its own against the strongest baseline', () => {
    expect(saidOfStudy('secondRecipeBetter')['beside-best']).toEqual([
      expect.stringMatching(
        /^By validation NLL, the best sizes with the two recipes are modern 557k and 557k\. modern 557k has a better test NLL than 557k: 87\.50 against 92\.59 /,
      ),
    ]);
    // With the modern recipe the smaller size is the better one here.
    expect(saidOfStudy('secondRecipeMixed')['beside-best']![0]).toMatch(
      /^By validation NLL, .* are modern 87k and 557k\. /,
    );
    expect(saidOfStudy('secondRecipeEqual')['beside-best']![0]).toContain('are not significantly different');
    expect(saidOfStudy('secondRecipeBetter')['beside-baseline']![0]).toMatch(
      /^modern 557k is better than the strongest baseline, Kneser–Ney/,
    );
    expect(saidOfStudy('secondRecipeWorse')['beside-baseline']![0]).toMatch(/^modern 557k is worse than/);
    for (const id of ['beside-best', 'beside-baseline'])
      expect(saidOfStudy('secondRecipeDiverged')[id], id).toBeUndefined();
  });

  it('is better or worse with size within itself', () => {
    const larger = (name: Parameters<typeof saidOfStudy>[0]) => saidOfStudy(name)['beside-larger'];
    expect(larger('secondRecipeBetter')![0]).toBe('Within modern, the larger model has the better test NLL.');
    expect(larger('secondRecipeMixed')![0]).toMatch(/^Within modern, the larger model has the worse test NLL\./);
    expect(larger('secondRecipeEqual')![0]).toMatch(
      /^Within modern, no model is significantly different from the next smaller/,
    );
    for (const name of ['secondRecipeDiverged', 'secondRecipeMissing'] as const) expect(larger(name)).toBeUndefined();
  });

  it('passes what the other one reaches, or never does', () => {
    const better = saidOfStudy('secondRecipeBetter');
    // 92 + 164 / e^n is below 96.09 from the fourth epoch of 6 s on; 30 epochs of 12 s are 6 minutes.
    expect(better['beside-passes']).toEqual([
      'modern 87k passes the lowest validation NLL of 87k, 96.09 nats per text, after 24 s of training; 87k took 6 min 0 s to get there.',
      expect.stringMatching(/^modern 557k passes the lowest validation NLL of 557k, 91\.09 nats per text, after 24 s/),
    ]);
    expect(better['beside-passes-not']).toBeUndefined();
    expect(saidOfStudy('secondRecipeSeeds')['beside-passes']![0]).toMatch(
      /^All 3 runs of modern 87k pass the lowest validation NLL of 87k, 96\.09 nats per text, after 24 s to 32 s of training/,
    );
    for (const name of ['secondRecipeWorse', 'secondRecipeEqual', 'secondRecipeDiverged'] as const) {
      expect(saidOfStudy(name)['beside-passes'], name).toBeUndefined();
      expect(saidOfStudy(name)['beside-passes-not'], name).toEqual([
        expect.stringMatching(
          /^The lowest validation NLL of 87k \(9\d\.\d\d\) and 557k \(9\d\.\d\d\) is never passed with modern\.$/,
        ),
      ]);
    }
    const mixed = saidOfStudy('secondRecipeMixed');
    expect(mixed['beside-passes']).toEqual([expect.stringMatching(/^modern 87k passes/)]);
    expect(mixed['beside-passes-not']![0]).toMatch(/^The lowest validation NLL of 557k /);
    for (const id of ['beside-passes', 'beside-passes-not'])
      expect(saidOfStudy('secondRecipeMissing')[id], id).toBeUndefined();
  });

  it('has no times compared that were taken on different machines', () => {
    const all = said(withOther(secondRecipeBetter(), { threads: 8 }));
    expect(all['beside-passes']).toBeUndefined();
    expect(all['beside-machines']).toEqual([
      'The runs of 87k and 557k with the two recipes were made with different platforms, backends or threads, so their times do not compare.',
    ]);
    expect(saidOfStudy('secondRecipeBetter')['beside-machines']).toBeUndefined();
  });

  it('changes nothing of what is said of the study’s own recipe', () => {
    const study = secondRecipeBetter();
    const own = { ...study, runs: study.runs.filter(({ role }) => role !== 'second-recipe') };
    const others = Object.entries(said(study)).filter(([id]) => !id.startsWith('beside-'));
    expect(Object.fromEntries(others)).toEqual(said(own));
    expect(rulesOf(said(largerIsBetter()))).toEqual([]);
  });
});
