/** What a report says of models, in studies made to catch it: these sentences were wrong once. */
import { describe, expect, it } from 'vitest';
import { buildDocument } from '../../src/report/build-document.js';
import { computeFacts } from '../../src/report/facts/compute-facts.js';
import type { ReportInput } from '../../src/report/input/report-input.js';
import { blocksUnder, kindUnder, linesOf, linesOfBlock } from './chapters/text-of.js';
import {
  divergingAt,
  falling,
  fixtureCorpusReport,
  fixtureRun,
  overfitting,
  type FixtureRun,
} from './fixtures/fixture-runs.js';
import { ablated, fixtureComparison, fixtureStudy, largestStuck } from './fixtures/fixture-studies.js';

const documentOf = (input: ReportInput) => buildDocument(input, computeFacts(input));

describe('few texts', () => {
  it('that no model was trained on yet are named as missing', () => {
    expect(linesOf(documentOf(fixtureStudy({ best: 'none', sizes: ['87k', '557k'] }))).join('\n')).toMatch(
      /No model has been trained on few texts yet/,
    );
  });

  it('are not called memorised because a curve overfits: few samples are copies', () => {
    const study = documentOf(fixtureStudy({ best: '87k', sizes: ['87k'] }));
    const words = blocksUnder(study, 'few-texts').flatMap(linesOfBlock).join('\n');
    expect(words).toMatch(/validation NLL minus training NLL/);
    expect(words).not.toMatch(/memoris/);
  });

  it('are not called memorised because training NLL fell below that of a model without context', () => {
    const flat = (epoch: number) => ({ valNll: 164 + 0.2 * epoch, trainNll: 160 - 2 * epoch });
    const study = fixtureStudy({ best: '87k', sizes: ['87k'], fewTexts: { curve: flat, epochs: 12 } });
    const words = blocksUnder(documentOf(study), 'few-texts-curves').flatMap(linesOfBlock).join('\n');
    expect(words).toMatch(/holds for its training texts only/);
    expect(words).not.toMatch(/memoris/);
  });

  it('have samples and a sentence about them of the same seed: the one with the lowest validation NLL', () => {
    const input = fixtureStudy({ best: '87k', sizes: ['87k'] });
    const few = input.runs.find(({ role }) => role === 'few-texts')!;
    const run = fixtureRun({ name: 'second', preset: '87k', seed: 1, limit: 1000, curve: overfitting(256, 110, 8) });
    const study = documentOf({ ...input, runs: [...input.runs, { ...few, run }] });
    const words = blocksUnder(study, 'few-texts-along').flatMap(linesOfBlock).join('\n');
    const [shown, said] = [/samples of (.+?) after epochs/, /From epoch \d+ to epoch \d+ of (.+?), the/].map(
      (pattern) => pattern.exec(words)?.[1],
    );
    expect(shown).toBe('second');
    expect(shown).toBe(said);
  });

  it('are called the first of a corpus that has more', () => {
    const study = fixtureComparison([fixtureRun({ limit: 1000 })]);
    expect(linesOf(documentOf(study)).join('\n')).toMatch(/Of “\w+” \(\w+\), the first 1,000 training/);
  });
});

describe('what is said of sizes', () => {
  const sentencesOf = (input: ReportInput, id: string) =>
    blocksUnder(documentOf(input), id).flatMap(linesOfBlock).join('\n');
  const two = (size: (preset: string, seed: number) => FixtureRun, seeds = 1) =>
    fixtureStudy({ best: 'none', sizes: ['87k', '557k', '5m'], seeds, size });

  it('names on page one those that failed or diverged, though the first of their epochs were tested', () => {
    const input = two((preset) => ({
      curve: preset === '5m' ? divergingAt(7) : falling(256, preset === '87k' ? 96 : 91),
    }));
    expect(sentencesOf(input, 'answer')).toMatch(/from 87k to 557k.* 5m diverged, which says little about/);
    expect(sentencesOf(largestStuck(), 'answer')).toMatch(/10m failed, which says little about/);
  });

  it('says on page one that there is no best model where all diverged', () => {
    const input = two(() => ({ curve: divergingAt(0) }));
    expect(sentencesOf(input, 'answer')).toMatch(/There is no best model: 87k, 557k and 5m diverged\./);
  });

  it('does not call a training steady for the mean of its seeds, nor one of a single epoch', () => {
    const jump = (preset: string, seed: number): FixtureRun => ({
      curve: (epoch) => {
        const { valNll, trainNll } = falling(256, 96)(epoch);
        return { trainNll, valNll: preset === '87k' && seed === 2 && epoch === 20 ? 1.08 * valNll : valNll };
      },
    });
    expect(sentencesOf(two(jump, 3), 'comparison')).toMatch(/unsteady: .* by as much as \d\.\d % \(87k\)\./);
    const diverged = two((_, seed) => ({ curve: seed === 1 ? divergingAt(4) : falling(256, 96) }), 2);
    expect(sentencesOf(diverged, 'comparison')).not.toMatch(/No validation NLL ever rises/);
    expect(
      sentencesOf(
        two(() => ({ epochs: 1 })),
        'comparison',
      ),
    ).not.toMatch(/ever rises/);
  });

  it('does not call a training unsteady that overfits', () => {
    const input = two((preset) => ({
      epochs: 20,
      curve: preset === '87k' ? overfitting(256, 91, 6, 8) : falling(256, 91),
    }));
    expect(sentencesOf(input, 'comparison')).toMatch(/87k overfits/);
    expect(sentencesOf(input, 'comparison')).not.toMatch(/unsteady|No validation NLL ever rises/);
  });

  it('does not call a gap wider that comes nearer to 0 from below', () => {
    const gaps: Readonly<Record<string, number>> = { '87k': -9, '557k': -6, '5m': -3 };
    const input = two((preset) => ({ curve: falling(256, 91, { gap: gaps[preset]! }), epochs: 40 }));
    expect(sentencesOf(input, 'comparison')).toMatch(/minus training NLL at the best epoch rises with size: −9\.00/);
    expect(sentencesOf(input, 'comparison')).not.toMatch(/widens/);
  });
});

describe('models that see what they predict', () => {
  const blind = (setting: 'causal' | 'shift', name = `no-${setting}`) => {
    const run = fixtureRun({ name, curve: falling(150, 2) });
    return { ...run, config: { ...run.config, model: { ...run.config.model, [setting]: false } } };
  };

  it('are never the best, and their NLLs stand aside', () => {
    const input = fixtureComparison([blind('causal'), blind('shift'), fixtureRun({ name: 'whole' })]);
    const { best, groups, missing } = computeFacts(input);
    expect(best!.group).toBe('whole');
    expect(groups.filter(({ comparable }) => comparable).map(({ name }) => name)).toEqual(['whole']);
    expect(missing.map(({ kind, group }) => [kind, group])).toEqual([
      ['sees-targets', 'no-causal'],
      ['sees-targets', 'no-shift'],
    ]);
    const [table] = kindUnder(documentOf(input), 'answer', 'table');
    expect(table!.rows.map(([name]) => name)).toEqual(expect.arrayContaining(['whole', 'no-causal *', 'no-shift *']));
  });

  it('alone are not compared with baselines', () => {
    const words = linesOf(documentOf(fixtureComparison([blind('causal')]))).join('\n');
    expect(words).toMatch(/no-causal lacks the causal mask or the shift/);
    expect(words).toMatch(/this model was trained without it/);
    expect(words).not.toMatch(/below Kneser–Ney/);
  });
});

describe('a model of one head, of one block, without positions', () => {
  it('is described in the singular, and without what positions would be for', () => {
    const run = fixtureRun();
    const model = { ...run.config.model, heads: 1, layers: 1, positions: 'none' };
    const words = linesOf(documentOf(fixtureComparison([{ ...run, config: { ...run.config, model } }]))).join('\n');
    expect(words).toMatch(/This model has 1 head in its only block, 20 numbers wide\./);
    expect(words).toMatch(/This model has GELU MLPs, .* no positions/);
    expect(words).not.toMatch(/So a head can look|All have/);
  });
});

it('texts that are in training too are counted on page one, in the singular where there is one', () => {
  const run = fixtureRun();
  const { splits, ...report } = fixtureCorpusReport();
  const introduction = (test: number, inTrain: number) => {
    const corpusReport = {
      ...report,
      splits: { ...splits, test: { ...splits.test, inTrain, inTrainShare: inTrain / test } },
    };
    const corpus = { ...run.config.corpus, sizes: { ...run.config.corpus.sizes, test } };
    const input = fixtureComparison([{ ...run, corpusReport, config: { ...run.config, corpus } }]);
    return linesOf(documentOf(input)).find((line) => line.includes('autoregressive transformer'));
  };
  expect(introduction(30, 15)).toMatch(/30 test texts, 50\.0 % of which are also in the training set:$/);
  expect(introduction(30, 0)).toMatch(/30 test texts:$/);
  expect(introduction(1, 0)).toMatch(/1 test text:$/);
});

it('a probability of nothing adds no number to an NLL', () => {
  const run = fixtureRun();
  const texts = run.inspection!.texts.map((text) => ({
    ...text,
    distributions: text.distributions.map((each) => each.map((_, token) => (token === each.length - 1 ? 1 : 0))),
  }));
  const lines = linesOf(documentOf(fixtureComparison([{ ...run, inspection: { ...run.inspection!, texts } }])));
  expect(lines.join('\n')).not.toMatch(/∞ nats|[=] *∞|−∞/);
  expect(lines.join('\n')).toMatch(/last column is not finite.*the NLL of the text is \d/);
});

it('texts without long words, as of Chinese, have no share of known words', () => {
  const study = fixtureStudy({ best: '87k', sizes: ['87k'] });
  const none = { words: 0, share: 0, standardError: 0 };
  const runs = study.runs.map(({ run, ...job }) => {
    const without = <T extends { readonly quality: object }>(entries: readonly T[]) =>
      entries.map((entry) => ({ ...entry, quality: { ...entry.quality, knownWords: none } }));
    const { sampleQualities: measured, temperatures } = run;
    return {
      ...job,
      run: {
        ...run,
        sampleQualities: measured && { entries: without(measured.entries) },
        temperatures: temperatures && { ...temperatures, entries: without(temperatures.entries) },
      },
    };
  });
  const document = documentOf({ ...study, runs });
  const words = linesOf(document).join('\n');
  expect(words).toMatch(/From epoch 1 to epoch 30 of 87k-seed0, under the n-gram model its samples have/);
  expect(words).not.toMatch(/known words in its samples|words of at least four characters in|price is words/);
  expect(kindUnder(document, 'samples', 'table')[0]!.rows.map((row) => row[2])).toContain('–');
  expect(kindUnder(document, 'samples-measured', 'figure')).toEqual([]);
});

it('the space is called a character only of alphabets that have it', () => {
  const run = fixtureRun();
  const named = (tokens: readonly string[]) =>
    linesOf(documentOf(fixtureComparison([{ ...run, inspection: { ...run.inspection!, tokens: [...tokens] } }]))).some(
      (line) => line.includes('the space is one of them'),
    );
  const { tokens } = run.inspection!;
  expect(named(tokens)).toBe(true);
  expect(named(tokens.map((token) => (token === ' ' ? '山' : token)))).toBe(false);
});

it('a model that has one block anyway is not said to be left with one', () => {
  const input = ablated();
  const [intact] = input.ablations!;
  const same = { ablation: 'one-block', run: { ...intact!.run, name: '87k, one block' } };
  const words = blocksUnder(documentOf({ ...input, ablations: [...input.ablations!, same] }), 'ablations')
    .flatMap(linesOfBlock)
    .join('\n');
  expect(words).toMatch(/With one head and/);
  expect(words).not.toMatch(/With one block/);
});

describe('what a report says once', () => {
  const sized = (epochs: Readonly<Record<string, number>>) =>
    fixtureStudy({
      best: 'none',
      sizes: ['87k', '557k'],
      size: (size) => ({
        epochs: epochs[size]!,
        plan: { recipe: 'notebook', size, epochs: epochs[size]! },
        curve: falling(256, size === '87k' ? 91 : 90.5),
      }),
    });

  it('is when trainings of one recipe end: early stopping only where it could stop one', () => {
    const words = (epochs: Readonly<Record<string, number>>) =>
      blocksUnder(documentOf(sized(epochs)), 'models')
        .flatMap(linesOfBlock)
        .join('\n');
    expect(words({ '87k': 9, '557k': 6 })).toMatch(/; 9 \(87k\) and 6 \(557k\) epochs\./);
    expect(words({ '87k': 30, '557k': 6 })).toMatch(
      /; at most 30 \(87k\) and 6 \(557k\) epochs, stopped after 11 in a row without a new lowest NLL\./,
    );
  });

  it('is that trainings have too few epochs for an interval', () => {
    const words = blocksUnder(documentOf(sized({ '87k': 7, '557k': 6 })), 'correlation').flatMap(linesOfBlock);
    expect(words.join('\n')).toMatch(/87k-seed0 and 557k-seed0 have too few epochs for an interval of r/);
  });

  it('is the best model in bold, only where it is significantly better than the next', () => {
    const emphasised = (input: ReportInput) => kindUnder(documentOf(input), 'answer', 'table')[0]!.emphasised;
    expect(emphasised(sized({ '87k': 30, '557k': 30 }))).toBeUndefined();
    expect(emphasised(largestStuck())).toEqual([2]);
  });
});

describe('a study that has not ended', () => {
  it('counts the models of which a part was taken away, and names those that are missing', () => {
    const input = ablated();
    const [first, ...others] = input.ablations!;
    const ablations = [{ ...first!, run: { ...first!.run, results: undefined } }, ...others];
    const planned = [{ role: 'ablation' as const, group: '87k, one block' }];
    const document = documentOf({ ...input, ablations, planned });
    expect(document.subtitle).toMatch(new RegExp(`^${input.runs.length + others.length} trainings`));
    expect(linesOf(document).join('\n')).toMatch(
      new RegExp(`Parts taken away: the training of ${first!.run.name} and 87k, one block has not ended`),
    );
  });

  it('reserves judgement on a comparison whose worse model was still improving', () => {
    const padding = (epochs: number) =>
      documentOf(
        fixtureStudy({
          best: '87k',
          sizes: ['87k'],
          size: () => ({ epochs: 60, curve: falling(256, 96) }),
          padding: { epochs, curve: falling(256, 110) },
        }),
      );
    const words = (epochs: number) => blocksUnder(padding(epochs), 'padding').flatMap(linesOfBlock).join('\n');
    expect(words(6)).toMatch(/However, 87k, all pads may not have been trained long enough/);
    expect(words(60)).not.toMatch(/However/);
  });
});
