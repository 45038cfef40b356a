import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create } from 'fontkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPdfFonts, type PdfFonts } from '../../src/figures/pdf-fonts.js';
import { UNUSUAL } from '../render/sample-report.js';

let fonts: PdfFonts;
beforeAll(async () => {
  fonts = await loadPdfFonts();
});

describe('the fonts of PDFs', () => {
  it.each<[string, string]>([
    ['abc', 'bold:abc'],
    ['aՀայa', 'bold:a mono:Հայ bold:a'],
    ['a\u0301', 'bold:a\u0301'],
    // An accent goes with its character into a font that has both.
    ['caՀ\u0301', 'bold:ca mono:Հ\u0301'],
    ['a漢字😀b', 'bold:a\ufffd\ufffd\ufffdb'],
    // A joiner has no glyph.
    ['a\u200d漢b', 'bold:a\ufffdb'],
    ['', ''],
  ])('cuts %j into runs where it needs another font', (text, expected) => {
    const runs = fonts.runs(text, 'bold').map((run) => `${run.font}:${run.text}`);
    expect(runs.join(' ')).toBe(expected);
  });

  it('finds the same characters in all styles of Arimo', () => {
    const { resolve } = createRequire(import.meta.url);
    const [regular, ...others] = ['400Regular', '700Bold', '400Regular_Italic'].map((style) => {
      const font = create(readFileSync(resolve(`@expo-google-fonts/arimo/${style}/Arimo_${style}.ttf`)));
      return new Set('characterSet' in font ? font.characterSet : []);
    });
    expect(regular!.size).toBeGreaterThan(3000);
    for (const other of others) for (const character of regular!) expect(other.has(character)).toBe(true);
  });

  it('covers Latin, Greek, Cyrillic, Armenian and Georgian, and mathematics', () => {
    const texts = fonts.runs(UNUSUAL, 'regular').map(({ text }) => text);
    expect(texts.join('')).toBe(UNUSUAL);
    expect(fonts.runs('Αθήνα, Москва − Łódź', 'bold')).toEqual([{ text: 'Αθήνα, Москва − Łódź', font: 'bold' }]);
  });
});
