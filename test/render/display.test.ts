import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, readableDate } from '../../src/render/display.js';

describe('printable', () => {
  it('shows what has no form of its own by a stand-in', () => {
    expect(printable('a\u0000b\u001b\u007f\u0085\ud800\uffff')).toBe('a␀b␛␡\ufffd\ufffd\ufffd');
  });

  it('leaves ordinary texts alone, of any script, with line feeds and tabs', () => {
    const text = 'Łódź, Αθήνα\tМосква\n東京 😀 العربية';
    expect(printable(text)).toBe(text);
  });

  it('keeps the number of characters, and has nothing more to do the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        expect(Array.from(shown).length).toBe(Array.from(text).length);
        expect(printable(shown)).toBe(shown);
        expect(() => encodeURIComponent(shown)).not.toThrow(); // it does on half surrogate pairs
      }),
    );
  });
});

describe('readableDate', () => {
  it('writes a date that does not depend on the time zone', () => {
    expect(readableDate('2020-03-07T23:59:00Z')).toBe('7 March 2020');
    expect(readableDate('2020-12-31T23:30:00-01:00')).toBe('1 January 2021');
  });
});
