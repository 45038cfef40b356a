import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  listed,
  TYPOGRAPHIC,
} from '../src/format.js';

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
    [143447395663872, 2, '1.43e+14'],
    [-143447395663872, 2, '-1.43e+14'],
    [4_294_967_296, 0, '4,294,967,296'],
  ])('writes %d with %d decimals as %s', (value, decimals, text) => {
    expect(formatNumber(value, decimals)).toBe(text);
  });

  it.each([
    [0, 1, '0 %'],
    [1, 1, '100 %'],
    [0.8041, 1, '80.4 %'],
    [0.804, 0, '80 %'],
    [0.00049, 1, '<0.1 %'],
    [0.0005, 1, '0.1 %'],
    [0.9999, 1, '>99.9 %'],
    [0.9995, 1, '>99.9 %'],
    [-0.032, 1, '-3.2 %'],
    [NaN, 1, '-'],
  ])('writes the share %d with %d decimals as %s, neither as nothing nor as all', (share, decimals, text) => {
    expect(formatPercent(share, decimals)).toBe(text);
  });

  it('has the signs of a page where they are asked for', () => {
    const page = (value: number | undefined) => formatNumber(value, 2, TYPOGRAPHIC);
    expect([-1234.5, -0.001, NaN, undefined, Infinity, -Infinity].map(page)).toEqual([
      '−1,234.50',
      '0.00',
      '–',
      '–',
      '∞',
      '−∞',
    ]);
    expect(formatPercent(0.0004, 1, TYPOGRAPHIC)).toBe('below 0.1 %');
    expect(formatPercent(0.9999, 1, TYPOGRAPHIC)).toBe('above 99.9 %');
    expect(formatDuration(NaN, TYPOGRAPHIC)).toBe('–');
  });

  it('counts with the right number of things', () => {
    expect(counted(1, 'epoch')).toBe('1 epoch');
    expect(counted(1200, 'run')).toBe('1,200 runs');
    expect(counted(0, 'text')).toBe('0 texts');
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
    [59.6, '1 min 0 s'],
    [83, '1 min 23 s'],
    [3599.6, '1 h 0 min'],
    [7384, '2 h 3 min'],
    [7199, '2 h 0 min'],
    [90_000, '1 d 1 h'],
    [-83, '-1 min 23 s'],
    [NaN, '-'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('never writes 60 of a unit that has a bigger one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(formatDuration(seconds)).not.toMatch(/\b(60 (s|min)|1000 ms|24 h)\b/);
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

describe('listed', () => {
  it('puts commas and an "and" between things', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});
