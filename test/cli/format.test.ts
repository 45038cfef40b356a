import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
} from '../../src/cli/terminal/format.js';

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [-0.2, '0'],
    [999, '999'],
    [1000, '1,000'],
    [-1234567, '-1,234,567'],
    [10_122_749, '10,122,749'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
  ])('writes %d as %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it('agrees with Intl for every safe integer', () => {
    const english = new Intl.NumberFormat('en-US');
    fc.assert(fc.property(fc.maxSafeInteger(), (n) => formatCount(n) === english.format(n)));
  });
});

describe('formatNumber and formatPercent', () => {
  it.each([
    [98.3214, 2, '98.32'],
    [12345.678, 1, '12,345.7'],
    [-0.001, 2, '0.00'],
    [-1.5, 1, '-1.5'],
    [999.996, 2, '1,000.00'],
    [7, 0, '7'],
  ])('writes %d with %d decimals as %s', (value, decimals, text) => {
    expect(formatNumber(value, decimals)).toBe(text);
  });

  it('writes shares as percentages', () => {
    expect(formatPercent(0.8041)).toBe('80.4 %');
    expect(formatPercent(1, 0)).toBe('100 %');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.0421, '42 ms'],
    [0.9996, '1.0 s'],
    [7.25, '7.3 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 m 0 s'],
    [83, '1 m 23 s'],
    [3599.6, '1 h 0 m'],
    [7384, '2 h 3 m'],
    [90_000, '1 d 1 h'],
    [-83, '-1 m 23 s'],
    [NaN, '?'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('never writes 60 of a unit that has a bigger one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(formatDuration(seconds)).not.toMatch(/\b(60 [sm]|1000 ms|24 h)\b/);
      }),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_951, '1.0 MB'],
    [1_536_000, '1.5 MB'],
    [2.5e15, '2,500.0 TB'],
    [-1500, '-1.5 kB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
