import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { describe, expect, it } from 'vitest';
import { fontRuns, type FontCoverage } from '../../../src/render/pdf/font-runs.js';
import { loadReportFonts } from '../../../src/render/pdf/fonts.js';
import { unpackWoff } from '../../../src/render/pdf/woff.js';
import { svgToPdf } from '../../../src/figures/figure-pdf.js';
import { errorOf } from '../../support/error-of.js';
import { UNUSUAL, sampleAtTemperatures } from '../sample-report.js';
import { readPdf } from './read.js';

const { resolve } = createRequire(import.meta.url);
const WOFF = readFileSync(resolve('@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff'));

const coverage: FontCoverage<'plain' | 'other'> = {
  characters: {
    plain: new Set(Array.from('abc ').map((character) => character.codePointAt(0)!)),
    other: new Set(Array.from('abxy\u0301😀').map((character) => character.codePointAt(0)!)),
  },
  fallback: 'other',
};

describe('fontRuns', () => {
  it.each<[string, string]>([
    ['abc', 'plain:abc'],
    ['axya', 'plain:a other:xy plain:a'],
    ['a😀b', 'plain:a other:😀 plain:b'],
    // An accent goes with its character into a font that has both.
    ['cab\u0301', 'plain:ca other:b\u0301'],
    ['a漢字b', 'plain:a\ufffd\ufffdb'],
    // A joiner has no form.
    ['a\u200db', 'plain:ab'],
    ['', ''],
  ])('cuts %j', (text, expected) => {
    const runs = fontRuns(text, 'plain', coverage);
    expect(runs.map((run) => `${run.font}:${run.text}`).join(' ')).toBe(expected);
  });
});

describe('unpackWoff', () => {
  it('gives a font whose tables have the checksums that the font itself states', () => {
    const font = unpackWoff(WOFF);
    const count = font.readUInt16BE(4);
    expect(count).toBeGreaterThan(10);
    for (let entry = 12; entry < 12 + 16 * count; entry += 16) {
      const [checksum, offset, length] = [4, 8, 12].map((at) => font.readUInt32BE(entry + at));
      const isHead = font.toString('latin1', entry, entry + 4) === 'head';
      let sum = 0;
      for (let at = offset!; at < offset! + length!; at += 4) {
        // The third number of this table makes up for the whole file, and counts as zero.
        if (!isHead || at !== offset! + 8) sum = (sum + font.readUInt32BE(at)) >>> 0;
      }
      expect(sum).toBe(checksum);
    }
  });

  it('gives the same characters and outlines', () => {
    const [packed, unpacked] = [create(WOFF), create(unpackWoff(WOFF))] as [Font, Font];
    expect(unpacked.characterSet).toEqual(packed.characterSet);
    for (const character of 'aÅ→ж') {
      const [a, b] = [packed, unpacked].map((font) => font.glyphForCodePoint(character.codePointAt(0)!).path.toSVG());
      expect(b).toBe(a);
    }
  });

  it('refuses what is no WOFF', () => {
    expect(errorOf(() => unpackWoff(Buffer.alloc(100))).code).toBe('INTERNAL');
    expect(errorOf(() => unpackWoff(Buffer.from('wOFF'))).code).toBe('INTERNAL');
  });
});

describe('the fonts of reports', () => {
  it('have all characters of the styles that are taken for each other', () => {
    const characters = [
      '400Regular/Arimo_400Regular',
      '700Bold/Arimo_700Bold',
      '400Regular_Italic/Arimo_400Regular_Italic',
    ];
    const [regular, ...others] = characters.map((name) => {
      const font = create(readFileSync(resolve(`@expo-google-fonts/arimo/${name}.ttf`))) as Font;
      return new Set(font.characterSet);
    });
    for (const other of others) for (const character of regular!) expect(other.has(character)).toBe(true);
  });

  it('cover Latin, Greek, Cyrillic, Armenian and Georgian, and mathematics', async () => {
    const { runs } = await loadReportFonts();
    expect(
      runs(UNUSUAL, 'regular')
        .map(({ text }) => text)
        .join(''),
    ).toBe(UNUSUAL);
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
