/** The fonts of PDFs, from npm packages: Arimo (as wide as Helvetica) and DejaVu Sans Mono. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Arimo, but for `mono`. */
export type FontName = 'regular' | 'bold' | 'italic' | 'mono';

/** A piece of a text in one font. */
export interface FontRun {
  readonly text: string;
  readonly font: FontName;
}

/** The fonts, ready for any number of documents. */
export interface PdfFonts {
  /** Makes the fonts known to a document of pdfkit by their names. Only the glyphs used go into its file. */
  readonly register: (document: PDFKit.PDFDocument) => void;
  /**
   * Cuts a text into runs, each in the font asked for or, where that lacks a character, in `mono`. A character and its
   * accents stay together. What neither font has becomes U+FFFD; what has no glyph, such as a joiner, is left out.
   */
  readonly runs: (text: string, font: FontName) => readonly FontRun[];
}

const FILES: Readonly<Record<FontName, string>> = {
  regular: '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  bold: '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
  italic: '@expo-google-fonts/arimo/400Regular_Italic/Arimo_400Regular_Italic.ttf',
  mono: '@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff2',
};

let loading: Promise<PdfFonts> | undefined;

/**
 * Reads the fonts, once. Together they have the characters of the Latin, Greek, Cyrillic, Hebrew, Armenian and Georgian
 * scripts, and the usual mathematical symbols. Other characters are shown as U+FFFD (SVG and page have them all), and
 * right-to-left scripts are not reordered.
 */
export function loadPdfFonts(): Promise<PdfFonts> {
  loading ??= readFonts();
  return loading;
}

async function readFonts(): Promise<PdfFonts> {
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
  return {
    register: (document) => files.forEach((file, name) => document.registerFont(name, file)),
    runs: (text, font) =>
      fontRuns(text, font, (name, part) => {
        const characters = name === 'mono' ? mono : arimo;
        return Array.from(part).every((character) => characters.has(character.codePointAt(0)!));
      }),
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
