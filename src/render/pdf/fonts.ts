/** The fonts of a report's PDF, from npm packages: Arimo (as wide as Helvetica) and DejaVu Sans Mono. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FigureFonts } from '../../figures/figure-pdf.js';

/** Arimo, but for `mono`. */
export type FontName = 'regular' | 'bold' | 'italic' | 'mono';

/** A piece of a text in one font. */
export interface FontRun {
  readonly text: string;
  readonly font: FontName;
}

/** The fonts, ready for any number of documents. */
export interface ReportFonts {
  /** Makes the fonts known to a document of pdfkit by their names. Only the glyphs used go into its file. */
  readonly register: (document: PDFKit.PDFDocument) => void;
  /**
   * Cuts a text into runs, each in the font asked for or, where that lacks a character, in `mono`. A character and its
   * accents stay together. What neither font has becomes U+FFFD; what has no glyph, such as a joiner, is left out.
   */
  readonly runs: (text: string, font: FontName) => readonly FontRun[];
  /** The same fonts for figures, in a PDF of their own or within a report's. */
  readonly figures: FigureFonts;
}

const FILES: Readonly<Record<FontName, string>> = {
  regular: '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  bold: '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
  italic: '@expo-google-fonts/arimo/400Regular_Italic/Arimo_400Regular_Italic.ttf',
  mono: '@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff2',
};

let loading: Promise<ReportFonts> | undefined;

/**
 * Reads the fonts, once. Together they have the characters of the Latin, Greek, Cyrillic, Hebrew, Armenian and Georgian
 * scripts, and the usual mathematical symbols. Other characters are shown as U+FFFD (the page has them all), and
 * right-to-left scripts are not reordered.
 *
 * @example
 * const fonts = await loadReportFonts();
 * const pdf = await svgToPdf(svg, { date, fonts: fonts.figures });
 */
export function loadReportFonts(): Promise<ReportFonts> {
  loading ??= readFonts();
  return loading;
}

async function readFonts(): Promise<ReportFonts> {
  const { create } = await import('fontkit');
  const { default: decompress } = await import('woff2-encoder/decompress');
  const { resolve } = createRequire(import.meta.url);
  const read = async (name: FontName): Promise<[FontName, Buffer]> => {
    const file = await readFile(resolve(FILES[name]));
    // pdfkit could embed a compressed font, but would decompress its tables again for each character.
    return [name, FILES[name].endsWith('.woff2') ? Buffer.from(await decompress(file)) : file];
  };
  const files = new Map(await Promise.all((Object.keys(FILES) as FontName[]).map(read)));
  const charactersOf = (name: FontName): ReadonlySet<number> => {
    const font = create(files.get(name)!);
    return new Set('characterSet' in font ? font.characterSet : []);
  };
  const [arimo, mono] = [charactersOf('regular'), charactersOf('mono')]; // Arimo's styles have the same characters
  const register = (document: PDFKit.PDFDocument): void => {
    for (const [name, file] of files) document.registerFont(name, file);
  };
  const runs = (text: string, font: FontName): FontRun[] =>
    fontRuns(text, font, (name, part) => {
      const characters = name === 'mono' ? mono : arimo;
      return Array.from(part).every((character) => characters.has(character.codePointAt(0)!));
    });
  return {
    register,
    runs,
    figures: {
      register,
      name: (family, bold, italic) => (family === 'mono' ? 'mono' : bold ? 'bold' : italic ? 'italic' : 'regular'),
      fit: (text) =>
        runs(text, 'regular').map((run) => (run.font === 'mono' ? { text: run.text, family: 'mono' } : run)),
    },
  };
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

function fontRuns(text: string, font: FontName, has: (font: FontName, text: string) => boolean): FontRun[] {
  if (has(font, text)) return text === '' ? [] : [{ text, font }];
  const runs: { text: string; font: FontName }[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const cluster = segment.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
    if (cluster === '') continue;
    const found = [font, 'mono' as const].find((name) => has(name, cluster));
    const run = { text: found === undefined ? '\ufffd' : cluster, font: found ?? font };
    const last = runs.at(-1);
    if (last?.font === run.font) last.text += run.text;
    else runs.push(run);
  }
  return runs;
}
