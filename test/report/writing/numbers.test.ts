import { describe, expect, it } from 'vitest';
import { decimal, duration, nats, range, signed, times, top1, whole } from '../../../src/report/writing/numbers.js';

describe('numbers of a report', () => {
  it('have the decimals of their kind, and a real minus sign', () => {
    expect([decimal(-1234.5, 1), nats(98.3214), top1(0.80412), whole(1084)]).toEqual([
      '−1,234.5',
      '98.32',
      '0.8041',
      '1,084',
    ]);
    expect([times(6.42), times(0.5), times(NaN)]).toEqual(['× 6.4', '× 0.50', '–']);
    expect([signed(1.5), signed(-1.5), signed(0)]).toEqual(['+1.50', '−1.50', '0.00']);
  });

  it('are a dash where they are not known', () => {
    expect([nats(undefined), range(NaN, 1, 2), duration(NaN)]).toEqual(['–', '–', '–']);
    expect(range(-0.984, -0.921, 3)).toBe('−0.984 to −0.921');
  });
});
