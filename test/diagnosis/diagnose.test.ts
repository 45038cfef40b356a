import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import type { CurveEpoch, DiagnosisBaseline, DiagnosisContext } from '../../src/diagnosis/types.js';
import { Random } from '../../src/random.js';

/** Of the kind that the headlines have, in nats per text. */
const BASELINES: readonly DiagnosisBaseline[] = [
  { id: 'flat-unigram', label: 'flat unigram', contextFree: true, valNll: 256 },
  { id: 'unigram', label: 'unigram that knows the end', contextFree: true, valNll: 165 },
  { id: 'bigram', label: 'bigram', contextFree: false, valNll: 140 },
];

type Shape = (epoch: number) => number;

/** NLLs by epoch, with independent normal noise: training NLL is a mean over more texts, and so has less. */
function curveOf(epochs: number, val: Shape, train: Shape = val, noise = 0, seed = 0): CurveEpoch[] {
  const random = new Random(seed, 'test');
  return Array.from({ length: epochs }, (_, epoch) => ({
    epoch,
    trainNll: train(epoch) + (noise / 3) * random.normal(),
    valNll: val(epoch) + noise * random.normal(),
  }));
}

const flat = (level: number) => () => level;

/** From `start` down to `floor`, a fraction e⁻¹ of the way left after `pace` epochs. */
const falling = (start: number, floor: number, pace: number) => (epoch: number) =>
  floor + (start - floor) * Math.exp(-epoch / pace);

const known: DiagnosisContext = { baselines: BASELINES };
const ended: DiagnosisContext = { ...known, stoppedBecause: 'patience' };
const kindOf = (curve: CurveEpoch[], context = known) => diagnose(curve, context).kind;

const seed = fc.nat(10_000);
const noiseUpTo = (max: number) => fc.double({ min: 0, max, noNaN: true });
/** Noise looks like anything once in a while, so these cases are always the same ones. */
const SAME_CASES = { seed: 1 };
/** Of everything, so that nothing depends on how long texts are. */
const scale = fc.constantFrom(0.1, 0.5, 1, 3);
const diagnoseScaled = (curve: CurveEpoch[], factor: number) =>
  diagnose(
    curve.map(({ epoch, trainNll, valNll }) => ({ epoch, trainNll: trainNll * factor, valNll: valNll * factor })),
    { baselines: BASELINES.map((each) => ({ ...each, valNll: each.valNll! * factor })) },
  );

describe('diagnose, on the runs of docs/notebook.md, section 9', () => {
  it('calls size 1, ended by patience after 111 epochs of learning, a success', () => {
    fc.assert(
      fc.property(seed, fc.double({ min: 0.1, max: 1, noNaN: true }), (seed, noise) => {
        const found = diagnose(curveOf(111, falling(150, 95.2, 22), falling(165, 95, 22), noise, seed), ended);
        expect(['converged', 'improving']).toContain(found.kind);
        expect(found.flags).toContain('good-best');
        expect(found.flags).toContain('ended-by-patience');
        expect(found.stuckAt).toBeUndefined();
      }),
      SAME_CASES,
    );
  });

  it('calls size 3, whose validation NLL rose while training NLL fell, overfitting', () => {
    const val = (epoch: number) => falling(120, 82, 10)(epoch) + Math.max(0, epoch - 20) * 0.3;
    const found = diagnose(curveOf(40, val, falling(140, 60, 20), 0.3), known);
    expect(found).toMatchObject({ kind: 'overfitting', stuckAt: undefined });
    expect(Math.abs(found.bestEpoch! - 24)).toBeLessThan(6);
  });

  it('calls size 4, stuck at 163 to 168 nats near a unigram, failed', () => {
    const val = [168, 166.2, 163.183, 165.1, 164.2, 167.9, 163.9, 166.8, 164.4, 165, 167.2, 163.6, 165.5, 164.1];
    const train = (epoch: number) => (epoch === 0 ? 185 : 166 - (epoch % 3) / 2);
    const found = diagnose(
      curveOf(val.length, (epoch) => val[epoch]!, train),
      ended,
    );
    expect(found).toMatchObject({ kind: 'failed', stuckAt: 'unigram', bestEpoch: 2 });
    expect(found.flags).toContain('not-better-than-context-free');
    expect(found.sentences).toEqual([
      'Failed optimisation: the lowest validation NLL, 163.18 nats per text in epoch 3, is hardly better than ' +
        'the baseline “unigram that knows the end” (165.00), which ignores the context.',
      'This is not overfitting: training NLL stays high too, at 165.50.',
    ]);
  });
});

describe('a curve is diverged', () => {
  it('if an NLL is not finite', () => {
    const nll = fc.double({ min: 1, max: 300, noNaN: true });
    const epoch = fc.record({ epoch: fc.nat(), trainNll: nll, valNll: nll });
    const bad = fc.constantFrom(NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(fc.array(epoch, { minLength: 1 }), fc.nat(), bad, fc.boolean(), (curve, place, value, train) => {
        curve[place % curve.length]![train ? 'trainNll' : 'valNll'] = value;
        expect(diagnose(curve, known)).toMatchObject({ kind: 'diverged', reasons: { nonFinite: 1 } });
      }),
    );
    const nothing = diagnose([{ epoch: 0, trainNll: NaN, valNll: NaN }], known);
    expect(nothing).toMatchObject({ kind: 'diverged', bestEpoch: undefined });
    expect(nothing.flags).not.toContain('good-best');
    expect(nothing.sentences).toEqual(['Diverged: the NLL is not a finite number in any epoch.']);
  });

  it('even if its best epoch was good', () => {
    const curve = curveOf(20, falling(150, 90, 5), falling(160, 90, 5));
    const found = diagnose(curve.with(17, { ...curve[17]!, valNll: NaN }), known);
    expect(found).toMatchObject({ kind: 'diverged', bestEpoch: 19, reasons: { firstNonFinite: 17 } });
    expect(found.flags).toContain('good-best');
  });

  it('and its lowest validation NLL may be that of an epoch whose training NLL is not finite', () => {
    const curve = [90, 80, 85].map((valNll, epoch) => ({ epoch, trainNll: epoch === 1 ? Infinity : 95, valNll }));
    expect(diagnose(curve, known).sentences).toEqual([
      'Diverged: the NLL is not a finite number in 1 of 3 epochs, first in epoch 2.',
      'Where it is finite, the lowest validation NLL is 80.00 nats per text, in epoch 2.',
    ]);
  });

  it('if it rises from the start, training NLL too', () => {
    fc.assert(
      fc.property(seed, scale, fc.integer({ min: 6, max: 60 }), (seed, factor, epochs) => {
        // The first epoch's training NLL is a mean from the untrained model on, and so is high.
        const train = (epoch: number) => (epoch === 0 ? 170 : 135 + (90 * epoch) / epochs);
        const curve = curveOf(epochs, (epoch) => 130 + (100 * epoch) / epochs, train, 0.5, seed);
        expect(diagnoseScaled(curve, factor).kind).toBe('diverged');
      }),
      SAME_CASES,
    );
  });

  it('if most of what had been gained is lost', () => {
    const collapse = (epoch: number) => (epoch < 20 ? falling(150, 90, 5)(epoch) : 160);
    expect(kindOf(curveOf(30, collapse, collapse, 0.3))).toBe('diverged');
  });
});

it('a curve of up to four epochs is too short to diagnose', () => {
  const curve = curveOf(5, falling(150, 90, 5), falling(160, 90, 5));
  for (let epochs = 0; epochs < 5; epochs++) expect(kindOf(curve.slice(0, epochs))).toBe('too-short');
  expect(kindOf(curve)).toBe('improving');
  expect(diagnose([])).toMatchObject({ bestEpoch: undefined, sentences: ['No epoch has ended yet.'] });
});

describe('a curve is overfitting', () => {
  it('if validation NLL is U-shaped and training NLL falls', () => {
    const share = fc.double({ min: 0.3, max: 0.6, noNaN: true });
    const length = fc.integer({ min: 20, max: 120 });
    const level = fc.constantFrom(60, 100, 170);
    fc.assert(
      fc.property(seed, scale, length, share, noiseUpTo(0.5), level, (seed, factor, epochs, turn, noise, lowest) => {
        // A parabola in shares of the training, that rises by 8 nats and more after its lowest point.
        const val = (epoch: number) => lowest + 50 * (epoch / epochs - turn) ** 2;
        const train = falling(lowest + 20, lowest - 30, epochs / 2);
        const found = diagnoseScaled(curveOf(epochs, val, train, noise, seed), factor);
        expect(found.kind).toBe('overfitting');
        expect(found.flags).toContain('validation-rises');
        expect(found.flags).toContain(lowest < 165 ? 'good-best' : 'not-better-than-context-free');
        expect(Math.abs(found.bestEpoch! / epochs - turn)).toBeLessThan(0.2);
      }),
      SAME_CASES,
    );
  });

  it('but not if training NLL lies above validation NLL and both fall, as with dropout', () => {
    expect(kindOf(curveOf(40, falling(119, 85, 15), falling(155, 87, 15), 0.2))).toBe('improving');
  });

  it('but not if training NLL keeps falling and validation NLL is flat', () => {
    fc.assert(
      fc.property(seed, noiseUpTo(1), (seed, noise) => {
        expect(kindOf(curveOf(60, falling(120, 90, 3), falling(130, 60, 30), noise, seed))).toBe('converged');
      }),
      SAME_CASES,
    );
  });
});

describe('a training has failed', () => {
  it('if its curve is flat at a baseline, or above', () => {
    const levels = [['unigram', 165] as const, ['unigram', 164] as const, ['unigram', 210] as const];
    const level = fc.constantFrom(...levels, ['flat-unigram', 256] as const);
    const length = fc.integer({ min: 8, max: 100 });
    fc.assert(
      fc.property(seed, scale, length, level, noiseUpTo(0.5), (seed, factor, epochs, [stuckAt, nll], noise) => {
        const curve = curveOf(epochs, flat(nll), flat(nll), noise, seed);
        expect(diagnoseScaled(curve, factor)).toMatchObject({ kind: 'failed', stuckAt });
      }),
      SAME_CASES,
    );
  });

  it('but never if its noisy curve falls below the baselines', () => {
    const length = fc.integer({ min: 5, max: 150 });
    const floors = fc.double({ min: 60, max: 150, noNaN: true });
    const paces = fc.double({ min: 0.5, max: 40, noNaN: true });
    fc.assert(
      fc.property(seed, scale, length, floors, paces, noiseUpTo(2), (seed, factor, epochs, floor, pace, noise) => {
        const curve = curveOf(epochs, falling(200, floor, pace), falling(210, floor, pace), noise, seed);
        fc.pre(Math.min(...curve.map(({ valNll }) => valNll)) < 152); // half of what the bigram gains
        const { kind, flags } = diagnoseScaled(curve, factor);
        expect(['improving', 'converged']).toContain(kind);
        expect(flags).toContain('good-best');
      }),
      SAME_CASES,
    );
  });

  it('but not while it is still on its way down, unless that is too slow', () => {
    const line = (from: number, slope: number) => (epoch: number) => from - slope * epoch;
    const found = diagnose(curveOf(6, line(239, 8), line(260, 9)), known);
    expect(found.kind).toBe('improving');
    expect(found.flags).toContain('not-better-than-context-free');
    expect(found.sentences[1]).toMatch(/^So far it is no better than the baseline “unigram/);
    expect(kindOf(curveOf(40, line(168, 0.01), flat(168)))).toBe('failed');
  });

  it('and no better than a baseline only if it is not below it', () => {
    const said = (nll: number) =>
      diagnose(
        curveOf(12, () => nll, flat(170)),
        known,
      ).sentences[0];
    expect(said(163.5)).toMatch(/163\.50 nats.* is hardly better than the baseline “[^”]*” \(165\.00\)/);
    expect(said(165)).toMatch(/165\.00 nats.* is no better than the baseline “[^”]*” \(165\.00\)/);
    expect(said(167)).toMatch(/167\.00 nats.* is no better than the baseline “[^”]*” \(165\.00\)/);
  });

  it('if it gained less than half of what one character of context gains', () => {
    // The notebook's size 4 on real headlines: below the characters by position, far above the bigram.
    const val = [122.39, 124.47, 124.06, 123.75, 123.71, 123.05, 123.4, 123.2, 123.5, 123.3, 123.4, 123.3];
    const curve = curveOf(
      val.length,
      (epoch) => val[epoch]!,
      (epoch) => 123.5 + 4 * 0.2 ** epoch,
    );
    const positions = { id: 'position-unigram', label: 'by position', contextFree: true, valNll: 125.74 } as const;
    const bigram = { id: 'bigram', label: 'bigram', contextFree: false, valNll: 109.6 } as const;
    const found = diagnose(curve, { ...ended, baselines: [positions, bigram] });
    expect(found).toMatchObject({ kind: 'failed', stuckAt: 'position-unigram' });
    expect(found.flags).toContain('not-better-than-context-free');
    expect(found.sentences[0]).toBe(
      'Failed optimisation: the lowest validation NLL, 122.39 nats per text in epoch 1, is only 3.35 below ' +
        'the baseline “by position” (125.74), which ignores the context; ' +
        'one preceding character gains 16.14, as the baseline “bigram” (109.60) shows.',
    );
    // Half of the bigram's gain, or no bigram, and nothing of the kind is said.
    const better = curve.map((epoch) => ({ ...epoch, valNll: epoch.valNll - 5 }));
    expect(kindOf(better, { baselines: [positions, bigram] })).toBe('converged');
    expect(kindOf(curve, { baselines: [positions] })).toBe('converged');
  });

  it('to generalise, not to learn, if its training NLL fell', () => {
    const { kind, flags, sentences } = diagnose(curveOf(30, flat(166), falling(170, 40, 10), 0.2), known);
    expect(kind).toBe('failed');
    expect(flags).toContain('learned-training-texts');
    expect(sentences.join(' ')).toMatch(/^Failed to generalise: .*holds for its training texts only\.$/);
  });

  it.each<DiagnosisContext>([
    {},
    { baselines: [{ id: 'bigram', label: 'bigram', contextFree: false, valNll: 165 }] },
    { baselines: [{ id: 'unigram', label: 'unigram', contextFree: true }] },
    { baselines: [{ id: 'unigram', label: 'unigram', contextFree: true, valNll: NaN }] },
  ])('but cannot be said to without the NLL of a context-free baseline: %j', (context) => {
    const found = diagnose(curveOf(20, flat(165), flat(165), 0.2), context);
    expect(found.kind).toBe('converged');
    expect(found.flags).toContain('no-baseline');
    expect(found.flags).not.toContain('good-best');
  });

  it.each([
    [165, 'unigram'],
    [157, 'position-unigram'],
    [148, 'position-unigram'],
    [146, 'position-unigram'], // half of what the bigram gains is 5
    [144, undefined],
  ])('at %d nats near, or else above, the strongest baseline: %s', (level, stuckAt) => {
    const positions = { id: 'position-unigram', label: 'by position', contextFree: true, valNll: 150 } as const;
    expect(diagnose(curveOf(20, flat(level)), { baselines: [...BASELINES, positions] }).stuckAt).toBe(stuckAt);
  });
});

describe('a good curve is improving or converged', () => {
  it('by what happens at its end', () => {
    const length = fc.integer({ min: 20, max: 120 });
    fc.assert(
      fc.property(seed, scale, length, noiseUpTo(0.4), (seed, factor, epochs, noise) => {
        const run = (pace: number) => curveOf(epochs, falling(150, 90, pace), falling(170, 90, pace), noise, seed);
        expect(diagnoseScaled(run(epochs / 1.5), factor).kind).toBe('improving');
        expect(diagnoseScaled(run(epochs / 25), factor).kind).toBe('converged');
      }),
      SAME_CASES,
    );
  });

  it('with nothing said of more epochs where the schedule of the learning rate has ended', () => {
    const curve = curveOf(6, falling(80, 30, 4), falling(90, 30, 4));
    const sentences = (schedule: DiagnosisContext['schedule'], stoppedBecause?: DiagnosisContext['stoppedBecause']) => {
      const found = diagnose(curve, { ...known, stoppedBecause, schedule });
      expect(found.kind).toBe('improving');
      expect(found.flags.includes('ended-by-schedule')).toBe(found.sentences[1]!.includes('longer schedule'));
      return found.sentences[1];
    };
    expect(sentences('constant', 'epochs')).toMatch(/^Longer training might/);
    expect(sentences('warmup-cosine')).toMatch(/^Longer training might/);
    expect(sentences('warmup-cosine', 'epochs')).toMatch(/schedule.*says little about more epochs/);
  });

  it('whatever its steps, spikes and late noise', () => {
    const spiky = curveOf(50, falling(150, 90, 4), falling(160, 90, 4), 0.2);
    expect(kindOf(spiky.with(44, { ...spiky[44]!, valNll: spiky[44]!.valNll + 6 }))).toBe('converged');
    const unsteady = (epoch: number) => (epoch < 40 ? falling(150, 90, 4)(epoch) : 93);
    const found = diagnose(curveOf(50, unsteady, falling(160, 92, 4), 0.2), known);
    expect(found.kind).toBe('converged');
    expect(found.flags).toContain('validation-rises');
    expect(found.sentences[0]).toMatch(/^Not improving, and unsteady/);
  });
});

const HOLES = /NaN|undefined|Infinity|null/;

describe('every diagnosis', () => {
  const shapes: [string, CurveEpoch[]][] = [
    ['improving', curveOf(40, falling(150, 80, 30), falling(160, 80, 30), 0.1)],
    ['converged', curveOf(40, falling(150, 90, 3), falling(160, 90, 3), 0.1)],
    ['overfitting', curveOf(40, (epoch) => 90 + (epoch - 15) ** 2 / 40, falling(120, 50, 20), 0.1)],
    ['failed', curveOf(40, flat(165), flat(166), 0.1)],
    [
      'diverged',
      curveOf(
        40,
        (epoch) => 130 + 3 * epoch,
        (epoch) => 140 + 3 * epoch,
        0.1,
      ),
    ],
    ['too-short', curveOf(4, falling(150, 90, 3), falling(160, 90, 3))],
  ];

  it.each(shapes)('does not depend on the first epoch’s number, nor on little noise: %s', (kind, curve) => {
    const { bestEpoch, flags, stuckAt, reasons } = diagnose(curve, known);
    fc.assert(
      fc.property(fc.nat(1000), seed, (shift, seed) => {
        const shifted = curve.map((each) => ({ ...each, epoch: each.epoch + shift }));
        const expected = { kind, flags, stuckAt, reasons, bestEpoch: bestEpoch! + shift };
        expect(diagnose(shifted, known)).toMatchObject(expected);
        const [val, train] = [(e: number) => curve[e]!.valNll, (e: number) => curve[e]!.trainNll];
        expect(kindOf(curveOf(curve.length, val, train, 0.1, seed))).toBe(kind);
      }),
      SAME_CASES,
    );
  });

  it.each(shapes)('has one or two whole sentences: %s', (_, curve) => {
    for (const context of [known, {}, ended]) {
      const { sentences } = diagnose(curve, context);
      expect(sentences.length === 1 || sentences.length === 2).toBe(true);
      for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('names the best epoch, and a baseline if it failed, without a hole in its sentences', () => {
    const nll = fc.oneof(fc.double({ min: 0, max: 300, noNaN: true }), fc.constantFrom(0, 1e-9, 1e12, 165));
    const epochs = fc.array(fc.record({ trainNll: nll, valNll: nll }), { maxLength: 30 });
    fc.assert(
      fc.property(epochs, fc.constantFrom(known, {}, ended), (nlls, context) => {
        const curve = nlls.map((each, epoch) => ({ epoch, ...each }));
        const found = diagnose(curve, context);
        expect(found.sentences.join(' ')).not.toMatch(HOLES);
        const lowest = Math.min(...curve.map(({ valNll }) => valNll));
        if (curve.length > 0) expect(curve[found.bestEpoch!]!.valNll).toBe(lowest);
        expect(found.stuckAt !== undefined).toBe(found.kind === 'failed');
      }),
    );
  });
});

// What docs/diagnosis.md says about how often the rules err.
it.each([5, 8, 14, 30, 120])(
  'diagnose calls a flat, noisy curve of %d epochs converged in at least 97 of 100 cases',
  (epochs) => {
    const trials = 400;
    for (const [train, noise] of [
      [falling(90, 70, epochs), 0.5],
      [flat(90), 2],
    ] as const) {
      let wrong = 0;
      for (let seed = 0; seed < trials; seed++) {
        const curve = curveOf(epochs, flat(90), train, noise, seed);
        if (kindOf(curve) !== 'converged') wrong++;
      }
      expect(wrong / trials).toBeLessThan(0.03);
    }
  },
);
