import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/backend/operations.js';
import { operationTable } from '../../src/profile/operation-table.js';
import { timedBackend } from '../../src/profile/timed-backend.js';
import { backend, losses, PLAIN, tinyPlan, tinyTrainer } from '../train/tiny.js';
import { edgeCases } from '../support/op-cases.js';

/** A clock that moves by a millisecond at every look. */
const ticking = () => {
  let now = 0;
  return () => now++;
};

describe('timedBackend', () => {
  it('has every operation of the backend that it wraps', () => {
    expect(Object.keys(timedBackend(backend).backend).sort()).toEqual(Object.keys(backend).sort());
    expect(timedBackend(backend).backend.info).toBe(backend.info);
  });

  it('computes the same bits as the backend that it wraps', () => {
    const seen = new Set<string>();
    for (const one of edgeCases()) {
      const calls = one.calls('float32');
      if (seen.has(calls[0]!.op)) continue; // a case of each operation is enough
      const timed = timedBackend(backend);
      for (const call of calls) {
        expect(call.run(timed.backend)).toEqual(call.run(backend));
        seen.add(call.op);
      }
      expect(timed.totals().map(({ operation }) => operation)).toEqual([...new Set(calls.map(({ op }) => op))]);
    }
    expect([...seen, 'sumOfSquares'].sort()).toEqual([...OPERATIONS].sort());
  });

  it('counts calls and time by operation and shape, until it is reset', () => {
    const timed = timedBackend(backend, ticking());
    const x = Float32Array.of(3, 4, 100);
    const linear = (outputs: number) => {
      const [weight, out] = [new Float32Array(3 * outputs), new Float32Array(outputs)];
      timed.backend.linear({ rows: 1, inputs: 3, outputs, x, weight, bias: undefined, out });
    };
    linear(2);
    linear(5);
    linear(2);
    expect(timed.backend.sumOfSquares({ length: 2, x })).toBe(25);
    const first = { operation: 'linear', shape: '3→2', calls: 2, seconds: 0.002, flops: 24, bytes: 88 };
    expect(timed.totals()).toEqual([
      first,
      { operation: 'linear', shape: '3→5', calls: 1, seconds: 0.001, flops: 30, bytes: 92 },
      { operation: 'sumOfSquares', shape: '', calls: 1, seconds: 0.001, flops: 0, bytes: 8 },
    ]);
    timed.reset();
    expect(timed.totals()).toEqual([]);
    linear(2);
    linear(2);
    expect(timed.totals()).toEqual([first]);
  });

  it('passes errors on and does not count the failed call', () => {
    const fail = () => {
      throw new Error('out of order');
    };
    const timed = timedBackend({ ...backend, sumOfSquares: fail });
    expect(() => timed.backend.sumOfSquares({ length: 1, x: new Float32Array(1) })).toThrow('out of order');
    expect(timed.totals()).toEqual([]);
  });

  it('counts every operation of a training step, which ends in the same bits', () => {
    const plan = tinyPlan({ recipe: 'modern', set: { ...PLAIN, 'model.positions': 'learned' } });
    const timed = timedBackend(backend);
    const [plain, wrapped] = [tinyTrainer(plan), tinyTrainer(plan, 7, {}, timed.backend)];
    expect(losses(wrapped, 3)).toEqual(losses(plain, 3));
    expect(wrapped.model.parameters.values).toEqual(plain.model.parameters.values);
    const calls = Object.fromEntries(
      timed.totals().map(({ operation, shape, calls }) => [`${operation} ${shape}`.trim(), calls]),
    );
    const both = (name: string, times: number) => {
      const [operation, ...shape] = name.split(' ');
      return { [name]: times, [[`${operation}Gradient`, ...shape].join(' ')]: times };
    };
    // Three steps of two parts.
    const linears = ['linear 8→24', 'linear 8→8', 'linear 8→29', 'mlp 8→16→8'];
    const expected = ['embed', 'attention 2×4', 'crossEntropy', ...linears].map((name) => both(name, 6));
    const update = { clear: 6, weightedSum: 3, sumOfSquares: 3, adamW: 3 };
    expect(calls).toEqual(Object.assign(update, both('add', 12), both('addLayerNorm', 18), ...expected));
  });
});

describe('operationTable', () => {
  const LIMITS = { peakGflops: 8, peakBf16Gflops: null, copyGigabytesPerSecond: 16 };
  const product = { operation: 'linearGradient', shape: '3→2', calls: 4, flops: 6e9, bytes: 1 } as const;
  const sweep = { operation: 'adamW', shape: '', calls: 2, flops: 0, bytes: 4e9 } as const;
  const totals = [
    { ...sweep, seconds: 0.5 },
    { ...product, seconds: 3 },
  ];

  it('puts the slowest operation first and the rest of the step last, each with its share of its own limit', () => {
    const row = (
      operation: string | null,
      pass: string | null,
      shape: string,
      [callsPerStep, secondsPerStep]: number[],
    ) => ({
      ...{ operation, pass, shape, callsPerStep, secondsPerStep, share: secondsPerStep! / 2 },
      ...{ gflops: null, shareOfPeak: null, gigabytesPerSecond: null, shareOfCopy: null },
    });
    expect(operationTable(totals, 2, 4, LIMITS)).toEqual([
      { ...row('linear', 'gradient', '3→2', [2, 1.5]), gflops: 2, shareOfPeak: 0.25 },
      { ...row('adamW', 'update', '', [1, 0.25]), gigabytesPerSecond: 8, shareOfCopy: 0.5 },
      row(null, null, '', [0, 0.25]),
    ]);
  });

  it('compares linear and the MLP with the peak of bfloat16 if measured, attention with that of float32', () => {
    const attention = { ...product, operation: 'attention', seconds: 1 } as const;
    const limits = { ...LIMITS, peakBf16Gflops: 32 };
    const [first, second, third] = operationTable([...totals, attention], 2, 8, limits);
    expect(first).toMatchObject({ operation: 'linear', gflops: 2, shareOfPeak: 2 / 32 });
    expect(second).toMatchObject({ operation: 'attention', gflops: 6, shareOfPeak: 6 / 8 });
    expect(third).toMatchObject({ operation: 'adamW', shareOfPeak: null });
  });

  it('has no share of a limit that was not measured, and no rate of an operation that took no time', () => {
    const [linear] = operationTable(totals, 2, 4, { ...LIMITS, peakGflops: null });
    expect(linear).toMatchObject({ gflops: 2, shareOfPeak: null });
    const [still] = operationTable([{ ...sweep, seconds: 0 }], 1, 1, LIMITS);
    expect(still).toMatchObject({ gigabytesPerSecond: null, shareOfCopy: null });
  });
});
