import { describe, expect, it } from 'vitest';
import { nllRange } from '../../../src/report/chapters/models/nll-range.js';

const long = { values: [250, ...Array.from({ length: 100 }, () => 75)] };

describe('nllRange', () => {
  it('shows a short, bad curve beside a long, good one', () => {
    expect(nllRange([long, { values: [170, 165, 164] }])).toEqual({ high: 250 });
    expect(nllRange([{ values: [100, 75, 75] }, { values: [120] }])).toEqual({ high: 120 });
  });

  it('leaves out a first epoch that is far above, but never a line', () => {
    expect(nllRange([long])).toEqual({ high: 150 });
    expect(nllRange([long], [{ value: 212 }])).toEqual({ high: 212 });
  });

  it('cuts what diverges, and knows no bound where nothing is finite', () => {
    expect(nllRange([{ values: [100, 80, 80, 80, 5000, Infinity, NaN] }])).toEqual({ high: 160 });
    expect(nllRange([{ values: [NaN] }])).toEqual({});
  });
});
