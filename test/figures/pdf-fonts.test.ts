import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { create } from 'fontkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeMissing, loadPdfFonts, type PdfFonts } from '../../src/figures/pdf-fonts.js';
import { barsFigure } from '../../src/figures/bars.js';
import { svgToPdf } from '../../src/figures/figure-pdf.js';
import type { ReportDocument } from '../../src/render/document.js';
import { renderPdf } from '../../src/render/pdf/render-pdf.js';
import { readPdf } from '../render/pdf/read.js';
import { UNUSUAL } from '../render/sample-report.js';

const THAI = '@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf';
const BARS = { xTitle: 'x', yTitle: 'y', height: 200, categories: ['a'], series: [{ label: 'b', values: [1] }] };

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

  it('names what no font has', () => {
    expect(fonts.missing(['a漢字😀b', 'ก\u0e49 漢', '\n'])).toEqual(['漢', '字', '😀', 'ก\u0e49']);
    const words = describeMissing(['漢', '字', '😀', 'ก\u0e49', 'ๆ', 'ฯ', 'ข', 'ค']);
    expect(words).toBe(
      'Han: 2 (U+6F22, U+5B57); emoji: 1 (U+1F600); Thai: 5 (U+0E01 U+0E49, U+0E46, U+0E2F, U+0E02, …)',
    );
    expect(fonts.missing([words])).toEqual([]);
  });

  it('takes what they lack from a font of the user', async () => {
    const { resolve } = createRequire(import.meta.url);
    const extra = await loadPdfFonts([resolve(THAI)]);
    expect(extra.runs('a ไทย b漢', 'bold').map(({ font, text }) => `${font}:${text}`)).toEqual([
      'bold:a ',
      'extra0:ไทย',
      'bold: b\ufffd',
    ]);
    expect(extra.missing(['ไทย漢'])).toEqual(['漢']);
    const info = { title: 'ไทย', date: new Date(0), fonts: extra };
    const { pages } = await readPdf(await svgToPdf(barsFigure({ ...BARS, title: 'ไทย today' }), info));
    expect(pages[0]!.text.replaceAll(' ', '')).toContain('ไทยtoday');
  });

  it('refuses what is no font', async () => {
    await expect(loadPdfFonts([import.meta.filename])).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(loadPdfFonts(['/no/such.ttf'])).rejects.toMatchObject({ code: 'IO' });
    await expect(loadPdfFonts([tmpdir()])).rejects.toMatchObject({ code: 'IO' });
  });

  it('says below a figure, and below the title of a report, what they lack', async () => {
    const info = { title: '', date: new Date(0) };
    const svg = barsFigure({ ...BARS, title: '新聞' });
    const { pages } = await readPdf(await svgToPdf(svg, info));
    expect(pages[0]!.text).toContain('Han: 2 (U+65B0, U+805E)');
    const report = { title: 'News', subtitle: '', date: '2020-03-07', blocks: [] };
    const textOf = async (document: ReportDocument) => (await readPdf(await renderPdf(document))).pages[0]!.text;
    expect(await textOf(report)).not.toContain('lack');
    const columns = [{ title: 'm', texts: ['漢'] }];
    const lacking: ReportDocument = { ...report, blocks: [{ kind: 'samples', caption: '', columns }] };
    expect((await textOf(lacking)).replaceAll(/\s+/g, ' ')).toMatch(/lack .*Han: 1 \(U\+6F22\)/);
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
