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
import { falling, fixtureRun } from './fixtures/fixture-runs.js';
import { fixtureComparison, fixtureStudy, largestStuck } from './fixtures/fixture-studies.js';

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

  it('has too few epochs only where they are few: else it changes in too few of them', () => {
    const words = (epochs: number) => {
      const run = fixtureRun({ epochs });
      // In the first epoch alone, top-1 is another: most samples of the bootstrap have only one value of it.
      const metrics = run.metrics.map((line, i) => ({ ...line, valTop1: i === 0 ? 0.7 : 0.8 }));
      const report = documentOf(fixtureComparison([{ ...run, metrics }]));
      return blocksUnder(report, 'correlation').flatMap(linesOfBlock).join('\n');
    };
    expect(words(4)).toMatch(/has too few epochs for an interval of r/);
    expect(words(12)).not.toMatch(/has too few epochs/);
    expect(words(12)).toMatch(/changes in too few epochs for an interval of r/);
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
});

it('no entropy is above that of the uniform distribution, over all token values that can be sampled', () => {
  const run = fixtureRun();
  const { vocabulary } = run.config.model as { vocabulary: number };
  const even = Array.from({ length: vocabulary }, () => 1 / vocabulary);
  const { temperatures } = computeFacts(fixtureComparison([fixtureRun({ temperatures: true })]));
  expect(entropy(even)).toBeCloseTo(temperatures!.uniformEntropy, 12);
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

describe('conventions', () => {
  it('count epochs from 1 throughout, so that the last of 12 is epoch 12', () => {
    const document = documentOf(fixtureStudy({ best: 'none', sizes: ['87k'], size: () => ({ epochs: 12 }) }));
    const [row] = kindUnder(document, 'comparison', 'table')[0]!.rows;
    expect([row![1], row![2]]).toEqual([expect.stringMatching(/\(12\)$/), '12']);
    const [along] = kindUnder(document, 'samples-along', 'samples');
    expect(along!.columns.map(({ title }) => title)).toEqual(['epoch 1', 'epoch 3', 'epoch 6', 'epoch 12']);
    for (const line of linesOf(document)) expect(line).not.toMatch(/epochs? 0\b|from 0[^–]*epoch/);
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

it('a curve that falls until its schedule has ended is not said to fall on with more epochs', () => {
  const run = fixtureRun({ plan: { recipe: 'modern' }, epochs: 6, curve: falling(90, 30, { pace: 4 }) });
  const { sentences, kind } = computeFacts(fixtureComparison([run])).groups[0]!.runs[0]!.diagnosis;
  expect(kind).toBe('improving');
  expect(sentences.join(' ')).toMatch(/a longer schedule might/);
});
