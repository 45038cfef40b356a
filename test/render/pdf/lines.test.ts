import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Text } from '../../../src/render/document.js';
import { breakLines, textWidths, type Line, type Measure } from '../../../src/render/pdf/lines.js';
import type { TextStyle } from '../../../src/render/pdf/style.js';

/** Every character is as wide as the text's size; a formula is 3 times as wide and 2 times as high. */
const measure: Measure = {
  width: (text, _font, size) => Array.from(text).length * size,
  runs: (text, font) => [{ text, font }],
  typeset: () => ({ svg: '', width: 3, height: 2, depth: 0.5 }),
};
const STYLE: TextStyle = { font: 'regular', size: 1, leading: 1.5, colour: '#000000' };
const VERBATIM: TextStyle = { ...STYLE, font: 'mono', verbatim: true };

const textOf = ({ pieces }: Line): string =>
  pieces.map(({ text, formula }) => (formula === undefined ? text : `$${text}$`)).join('');
const broken = (text: Text, width: number, style = STYLE): string[] =>
  breakLines(text, style, width, measure).map(textOf);

describe('breakLines', () => {
  it('breaks at spaces, of which any number counts as one', () => {
    expect(broken('one two  \n three', 7)).toEqual(['one two', 'three']);
    expect(broken('  one two', 6)).toEqual(['one', 'two']);
  });

  it('does not break where no space is, also where the looks change', () => {
    expect(broken(['see ', { formula: 'x' }, ', ', { strong: 'and' }, 'more'], 8)).toEqual(['see $x$,', 'andmore']);
    expect(broken([{ emphasis: 'a b' }, { strong: 'c' }], 3)).toEqual(['a', 'bc']);
  });

  it('breaks a word that is wider than a line between characters', () => {
    expect(broken('ab cdefghij k', 3)).toEqual(['ab', 'cde', 'fgh', 'ij', 'k']);
  });

  it('makes a formula smaller that is wider than a line', () => {
    const [line] = breakLines([{ formula: 'x' }], STYLE, 2, measure);
    expect(line!.width).toBe(2);
    expect(line!.pieces[0]).toMatchObject({ size: 2 / 3 });
  });

  it('makes a line higher for a formula: above and below', () => {
    const [plain] = breakLines('x', STYLE, 10, measure);
    expect(plain!.ascent + plain!.descent).toBe(1.5);
    const [line] = breakLines(['x ', { formula: 'x' }], STYLE, 10, measure);
    expect(line!.ascent).toBeGreaterThan(1.5);
    expect(line!.descent).toBeGreaterThan(0.5);
  });

  it('shows a text of samples as it is: with all its spaces and line feeds', () => {
    expect(broken('  a  b\nc', 20, VERBATIM)).toEqual(['  a  b', 'c']);
    expect(broken('a\n b', 20, VERBATIM)).toEqual(['a', ' b']);
    expect(broken('\n', 20, VERBATIM)).toEqual(['', '']);
  });

  it('draws neighbours that look the same as one', () => {
    const [line] = breakLines(['a b ', { strong: 'c d' }, { strong: 'e' }, ' f'], STYLE, 40, measure);
    expect(line!.pieces.map(({ font, text }) => [font, text])).toEqual([
      ['regular', 'a b '],
      ['bold', 'c de'],
      ['regular', ' f'],
    ]);
  });

  it('keeps links', () => {
    const [line] = breakLines([{ link: '#a', text: 'two words' }], STYLE, 40, measure);
    expect(line!.pieces[0]).toMatchObject({ text: 'two words', link: '#a' });
  });

  it('loses no character, makes no line too wide, and breaks no line too early', () => {
    const word = fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom('a', 'b', 'é', '漢', '-') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.integer({ min: 9, max: 40 }), (words, width) => {
        const lines = broken(words.join(' '), width);
        expect(lines.join(' ')).toBe(words.join(' '));
        lines.forEach((line, index) => {
          expect(line.length).toBeLessThanOrEqual(width);
          const next = lines[index + 1]?.split(' ')[0];
          if (next !== undefined) expect(line.length + 1 + next.length).toBeGreaterThan(width);
        });
      }),
    );
  });
});

describe('textWidths', () => {
  it('measures a text in one line, and its widest word', () => {
    expect(textWidths('one three two', STYLE, measure)).toEqual({ natural: 13, least: 5 });
    expect(textWidths(['a ', { formula: 'x' }, 'b'], STYLE, measure)).toEqual({ natural: 6, least: 4 });
    expect(textWidths('', STYLE, measure)).toEqual({ natural: 0, least: 0 });
  });
});
