import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { buildDocument } from '../../src/report/build-document.js';
import { accuracyOf } from '../../src/report/facts/figures.js';
import { computeFacts } from '../../src/report/facts/compute-facts.js';
import type { ReportInput } from '../../src/report/input/report-input.js';
import { REFERENCE_SIZES } from '../../src/report/reference.js';
import { Tape } from '../../src/tensor/tape.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { configOf } from '../support/architectures.js';
import { backendsUnderTest } from '../support/backends.js';
import { blocksUnder, kindUnder, linesOf, linesOfBlock } from './chapters/text-of.js';
import { entropy, temper } from '../../src/texts/temperature.js';
import { divergingAt, falling, fixtureRun, type FixtureRun } from './fixtures/fixture-runs.js';
import { ablated, fixtureComparison, fixtureStudy, largestStuck } from './fixtures/fixture-studies.js';

/** What a report explains is checked here by computing it: these sentences were wrong once. */
const documentOf = (input: ReportInput) => buildDocument(input, computeFacts(input));
const small = documentOf(fixtureStudy({ best: 'none', sizes: ['87k', '557k'] }));
const textUnder = (id: string) => blocksUnder(small, id).flatMap(linesOfBlock).join('\n');
const [backend] = backendsUnderTest();

describe('what is said of order without positions', () => {
  const tokenizer = defaultTokenizer();
  const config = configOf('notebook', { vocabulary: 29, contextLength: 10, layers: 1 });
  const model = new DecoderTransformer(config, { seed: 1 });

  /** Logits after a text of a model of one block that reads every character as if it stood at the start. */
  function blindLogits(text: string): number[] {
    const tape = new Tape(backend!);
    tape.begin({ training: false });
    const batch = packBatch([tokenizer.encode(text)], config, 'first');
    const { data } = model.forward(tape, { ...batch, positions: new Int32Array(batch.positions.length) });
    return Array.from(data.slice(-config.vocabulary));
  }

  const distance = (a: string, b: string) => {
    const [x, y] = [blindLogits(a), blindLogits(b)];
    return Math.max(...x.map((value, i) => Math.abs(value - y[i]!)));
  };

  it('holds of the texts that are named: same last character and same ones before it', () => {
    const said = /After (\w+) and (\w+) it would be the same.*? After (\w+) it would differ/s.exec(
      textUnder('positions'),
    );
    const [, first, second, other] = said!;
    expect(distance(first!, second!)).toBeLessThan(1e-5);
    expect(distance(first!, other!)).toBeGreaterThan(1e-3);
  });

  it('is not that such a model knows nothing of the position: it can count by the weight on cls', () => {
    expect(distance('a', 'aaaa')).toBeGreaterThan(1e-3);
    expect(textUnder('positions')).toMatch(/weight on cls can tell how many positions/);
    expect(textUnder('positions')).not.toMatch(/weak/);
  });
});

describe('what is said of NLL and top-1', () => {
  it('has the right direction', () => {
    const softmax = (logits: readonly number[]) => {
      const powers = logits.map(Math.exp);
      return powers.map((power) => power / powers.reduce((a, b) => a + b));
    };
    const nll = (logits: readonly number[], target: number) => -Math.log(softmax(logits)[target]!);
    const best = (logits: readonly number[]) => logits.indexOf(Math.max(...logits));
    // The right character is the second; the first is the most probable one, and then even more so.
    const [unsure, overconfident, nearer] = [
      [2, 1, 0],
      [5, 1, 0],
      [2, 1.5, 0],
    ] as const;
    expect([unsure, overconfident, nearer].map(best)).toEqual([0, 0, 0]);
    expect(nll(overconfident, 1)).toBeGreaterThan(nll(unsure, 1));
    expect(nll(nearer, 1)).toBeLessThan(nll(unsure, 1));
    expect(textUnder('correlation')).toMatch(/Overconfident errors raise the NLL.*not the most probable lower the NLL/);
  });

  it('has no interval without width from four epochs, in words or in the file', () => {
    const facts = computeFacts(fixtureComparison([fixtureRun({ epochs: 4 })]));
    expect(facts.groups[0]!.runs[0]!.correlation.interval).toMatchObject({ low: NaN, high: NaN });
  });
});

it('accuracy is top-1 without the padding after the end', () => {
  // Of 149 positions, 106 are padding: 0.8597 is half of the characters, and a unigram’s 0.7457 an eighth.
  expect(accuracyOf(0.8597, 43, 149)).toBeCloseTo(0.514, 3);
  expect(accuracyOf(0.7457, 43, 149)).toBeCloseTo(0.119, 3);
  expect(accuracyOf(1, 43, 149)).toBe(1);
  const { groups, baselines } = computeFacts(fixtureStudy({ best: 'none', sizes: ['87k'] }));
  const { testTop1, testAccuracy } = groups[0]!.figures;
  expect(testAccuracy.mean).toBeCloseTo((149 * testTop1.mean - 106) / 43, 12);
  expect(baselines!.baselines.map((each) => Number.isFinite(each.testAccuracy))).toEqual([
    ...[false, true, true, true, true, false, false],
  ]);
  const all = computeFacts(fixtureComparison([fixtureRun({ padding: 'all' })])).groups[0]!.figures.testAccuracy;
  expect(all.count).toBe(0); // padding may be predicted wrong
});

describe('the figure of accuracy', () => {
  const input = (padding: 'all' | 'first', valAccuracy?: number): ReportInput => {
    const run = fixtureRun({ padding });
    const metrics = run.metrics.map((line) => ({ ...line, ...(valAccuracy !== undefined && { valAccuracy }) }));
    return fixtureComparison([{ ...run, metrics }]);
  };
  const figureOf = (of: ReportInput) => {
    const [shown] = kindUnder(documentOf(of), 'comparison', 'figure').filter(({ id }) => id === 'val-accuracy');
    return { ...shown!, caption: linesOfBlock(shown!)[0]! };
  };

  it('counts characters alone also where every padding is predicted, and says so where these were not measured', () => {
    const measured = figureOf(input('all', 0.375));
    expect(measured.svg).toContain('accuracy');
    expect(measured.svg).not.toMatch(/brackets|share of positions/);
    expect(computeFacts(input('all', 0.375)).groups[0]!.curves.valAccuracy.mean[0]).toBe(0.375);
    const old = figureOf(input('all'));
    expect(old.svg).toContain('share of positions');
    expect(old.caption).toMatch(/Padding counts.*characters alone were not measured/);
  });

  it('follows from top-1 where padding is certain, as measured or from an older run', () => {
    for (const accuracy of [undefined, 0.375])
      expect(figureOf(input('first', accuracy)).caption).toMatch(/in brackets/);
    const { groups, baselines } = computeFacts(input('first'));
    const { valAccuracy, valTop1 } = groups[0]!.curves;
    expect(valAccuracy.mean[3]).toBeCloseTo(accuracyOf(valTop1.mean[3], baselines!.charactersPerText.val, 149)!, 12);
  });

  it('and is called linear in top-1 only where padding is certain', () => {
    const words = (of: ReportInput) => linesOf(documentOf(of)).join('\n');
    expect(words(input('first'))).toMatch(/Accuracy is a linear function of top-1/);
    expect(words(input('all', 0.375))).not.toMatch(/linear function/);
  });
});

describe('few texts', () => {
  it('that no model was trained on yet are named as missing', () => {
    expect(linesOf(small).join('\n')).toMatch(/No model has been trained on few texts yet/);
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

describe('captions', () => {
  it('explain signs that a figure has, and no others', () => {
    const study = documentOf(fixtureStudy({ best: '87k', sizes: ['87k'] }));
    const captionOf = (id: string, figure: string) =>
      linesOfBlock(kindUnder(study, id, 'figure').find((each) => each.id === figure)!)[0]!;
    expect(captionOf('sampling', 'next-character')).toMatch(/_ is the space, “end” is the end of the text\.$/);
    const [space, end] = [/_ is the space/, /end of the text/];
    const shown = kindUnder(study, 'temperature', 'figure')[0]!.svg;
    const caption = captionOf('temperature', 'one-distribution');
    expect([space.test(caption), end.test(caption)]).toEqual([shown.includes('>_<'), shown.includes('>end<')]);
  });

  it('name the line of all texts beside the baselines', () => {
    const study = documentOf(fixtureStudy({ best: '87k', sizes: ['87k'] }));
    const [figure] = kindUnder(study, 'few-texts', 'figure');
    expect(linesOfBlock(figure!)[0]).toMatch(
      /Dotted lines are baselines and the lowest validation NLL of the same model/,
    );
  });
});

it('no entropy is above that of the uniform distribution, over all token values that can be sampled', () => {
  const run = fixtureRun();
  const { vocabulary } = run.config.model as { vocabulary: number };
  const even = Array.from({ length: vocabulary }, () => 1 / vocabulary);
  const { temperatures } = computeFacts(fixtureComparison([fixtureRun({ temperatures: true })]));
  expect(entropy(even)).toBeCloseTo(temperatures!.uniformEntropy, 12);
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

it('the entropy of a tempered distribution has the variance of its logits over τ³ as its derivative', () => {
  const logits = [2, 1.2, 0.3, -1, -2.5];
  const entropyAt = (tau: number) => entropy(temper(logits, tau));
  for (const tau of [0.1, 0.5, 0.8, 1, 2]) {
    const p = temper(logits, tau);
    const mean = p.reduce((sum, each, i) => sum + each * logits[i]!, 0);
    const variance = p.reduce((sum, each, i) => sum + each * (logits[i]! - mean) ** 2, 0);
    const slope = (entropyAt(tau + 1e-5) - entropyAt(tau - 1e-5)) / 2e-5;
    expect(slope).toBeCloseTo(variance / tau ** 3, 5);
  }
  expect(linesOf(documentOf(fixtureStudy({ best: '87k', sizes: ['87k'] }))).join('\n')).toMatch(
    /derivative is the variance of the logits under p_\\tau, over \\tau\^3/,
  );
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

describe('conventions', () => {
  it('count positions from 0 throughout', () => {
    expect(textUnder('explanations')).toMatch(/x_0.*is always cls/);
    expect(textUnder('positions')).toMatch(/rows are those of positions 0 to 149/);
    expect(textUnder('positions')).toMatch(/from position 4 on/);
    expect(textUnder('slicing')).toMatch(/\[:, :-1\], are compared .* \[:, 1:\]/);
    expect(textUnder('slicing')).toMatch(/positions 0 to 148 are compared with the tokens 1 to 149/);
  });

  it('count epochs from 1 throughout, so that the last of 12 is epoch 12', () => {
    const document = documentOf(fixtureStudy({ best: 'none', sizes: ['87k'], size: () => ({ epochs: 12 }) }));
    const [row] = kindUnder(document, 'comparison', 'table')[0]!.rows;
    expect([row![1], row![2]]).toEqual([expect.stringMatching(/\(12\)$/), '12']);
    const [along] = kindUnder(document, 'samples-along', 'samples');
    expect(along!.columns.map(({ title }) => title)).toEqual(['epoch 1', 'epoch 3', 'epoch 6', 'epoch 12']);
    for (const line of linesOf(document)) expect(line).not.toMatch(/epochs? 0\b|from 0[^–]*epoch/);
  });

  it('name a categorical distribution so, and the trained scale and shift of LayerNorm', () => {
    expect(linesOf(small).join('\n')).not.toMatch(/multinomial/i);
    expect(textUnder('sampling')).toMatch(/categorical distribution/);
    expect(textUnder('models')).toMatch(/then applies a trained scale and shift/);
  });

  it('count the end of a text once in each formula of a unigram', () => {
    expect(textUnder('baselines')).toMatch(/A is the number of characters of the alphabet, and the end/);
    expect(textUnder('baselines')).toMatch(/gzip looks back 32 KiB only/);
  });
});

describe('figures of the original notebook', () => {
  it('stand only where that size was trained, and none of its training NLL', () => {
    const without = linesOf(small).join('\n');
    for (const { preset, testNll } of REFERENCE_SIZES.slice(2)) {
      expect(without, preset).not.toContain(testNll.toFixed(2));
      expect(linesOf(documentOf(largestStuck())).join('\n'), preset).toContain(testNll.toFixed(2));
    }
    expect(without).not.toMatch(/116\.6|1,000 texts/);
    expect(REFERENCE_SIZES.flatMap(({ notes }) => notes).join('\n')).not.toMatch(/failed optimisation/);
  });
});

describe('similar characters', () => {
  it('are shown with the range that random vectors have', () => {
    const [caption] = kindUnder(small, 'embedding', 'figure').map((figure) => linesOfBlock(figure)[0]);
    // 27 random vectors in 20 or 48 dimensions
    expect(caption).toMatch(/Cosines between −0\.\d{3} and 0\.\d{3} may be left over/);
  });
});

it('a curve that falls until its schedule has ended is not said to fall on with more epochs', () => {
  const run = fixtureRun({ plan: { recipe: 'modern' }, epochs: 6, curve: falling(90, 30, { pace: 4 }) });
  const { sentences, kind } = computeFacts(fixtureComparison([run])).groups[0]!.runs[0]!.diagnosis;
  expect(kind).toBe('improving');
  expect(sentences.join(' ')).toMatch(/a longer schedule might/);
});
