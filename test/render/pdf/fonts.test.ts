import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create } from 'fontkit';
import { describe, expect, it } from 'vitest';
import { svgToPdf } from '../../../src/figures/figure-pdf.js';
import { loadReportFonts } from '../../../src/render/pdf/fonts.js';
import { UNUSUAL, sampleAtTemperatures } from '../sample-report.js';
import { readPdf } from './read.js';

describe('the fonts of reports', () => {
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
  ])('cut %j where it needs another font', async (text, expected) => {
    const { runs } = await loadReportFonts();
    expect(
      runs(text, 'bold')
        .map((run) => `${run.font}:${run.text}`)
        .join(' '),
    ).toBe(expected);
  });

  it('have the same characters in all styles of Arimo', () => {
    const { resolve } = createRequire(import.meta.url);
    const styles = [
      '400Regular/Arimo_400Regular',
      '700Bold/Arimo_700Bold',
      '400Regular_Italic/Arimo_400Regular_Italic',
    ];
    const [regular, ...others] = styles.map((name) => {
      const font = create(readFileSync(resolve(`@expo-google-fonts/arimo/${name}.ttf`)));
      return new Set('characterSet' in font ? font.characterSet : []);
    });
    expect(regular!.size).toBeGreaterThan(3000);
    for (const other of others) for (const character of regular!) expect(other.has(character)).toBe(true);
  });

  it('cover Latin, Greek, Cyrillic, Armenian and Georgian, and mathematics', async () => {
    const { runs } = await loadReportFonts();
    const texts = runs(UNUSUAL, 'regular').map(({ text }) => text);
    expect(texts.join('')).toBe(UNUSUAL);
    expect(runs('Αθήνα, Москва − Łódź', 'bold')).toEqual([{ text: 'Αθήνα, Москва − Łódź', font: 'bold' }]);
  });
});

describe('figures with the fonts of reports', () => {
  it('keep all their characters as text, in few bytes, the same each time', async () => {
    const { figures } = await loadReportFonts();
    const svg = sampleAtTemperatures(300, 200).replace('a − b', 'a &lt; b &amp; −1, Հայ');
    const options = { date: new Date('2020-03-07'), fonts: figures };
    const bytes = await svgToPdf(svg, options);
    const { pages } = await readPdf(bytes);
    expect(pages[0]!.text.replaceAll(' ', '')).toBe('a<b&−1,Հայ,τ=0.8');
    expect([pages[0]!.width, pages[0]!.height]).toEqual([225, 150]);
    expect(bytes.length).toBeLessThan(60_000);
    expect(Buffer.compare(bytes, await svgToPdf(svg, options))).toBe(0);
  });

  it('lose what Helvetica lacks when it is used', async () => {
    const { pages } = await readPdf(await svgToPdf(sampleAtTemperatures(300, 200), { date: new Date('2020-03-07') }));
    expect(pages[0]!.text).toBe('a – b, ? = 0.8');
  });
});
