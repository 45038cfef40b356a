import { describe, expect, it } from 'vitest';
import { listed } from '../../../src/report/writing/blocks.js';
import { counted, decimal, duration, nats, percent, range, top1, whole } from '../../../src/report/writing/numbers.js';

describe('numbers', () => {
  it('sets thousands apart, rounds, and writes a real minus sign', () => {
    expect(decimal(1234567.891, 2)).toBe('1,234,567.89');
    expect(decimal(-1234.5, 0)).toBe('−1,235');
    expect(decimal(-0.001, 2)).toBe('0.00');
    expect(nats(98.3214)).toBe('98.32');
    expect(top1(0.80412)).toBe('0.8041');
    expect(whole(0)).toBe('0');
  });

  it('says what is unknown or not finite', () => {
    expect([decimal(undefined, 2), decimal(NaN, 2)]).toEqual(['–', '–']);
    expect([decimal(Infinity, 2), decimal(-Infinity, 0)]).toEqual(['∞', '−∞']);
    expect([percent(undefined), range(NaN, 1, 2), duration(NaN)]).toEqual(['–', '–', '–']);
  });

  it('rounds no share to nothing or to all', () => {
    expect(percent(0)).toBe('0 %');
    expect(percent(1)).toBe('100 %');
    expect(percent(0.00049)).toBe('below 0.1 %');
    expect(percent(0.0005)).toBe('0.1 %');
    expect(percent(0.9999)).toBe('above 99.9 %');
    expect(percent(0.9995)).toBe('above 99.9 %');
    expect(percent(0.804)).toBe('80.4 %');
    expect(percent(0.804, 0)).toBe('80 %');
  });

  it('counts with the right number of things', () => {
    expect(counted(1, 'epoch')).toBe('1 epoch');
    expect(counted(1200, 'entry', 'entries')).toBe('1,200 entries');
    expect(counted(0, 'text')).toBe('0 texts');
  });

  it('gives durations in units that people use', () => {
    expect(duration(0.04)).toBe('0.0 s');
    expect(duration(59.6)).toBe('1 min 0 s');
    expect(duration(83)).toBe('1 min 23 s');
    expect(duration(3599.7)).toBe('1 h 0 min');
    expect(duration(7384)).toBe('2 h 3 min');
    expect(duration(7199)).toBe('2 h 0 min');
  });

  it('lists in words', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});
