/** The fonts of a report's PDF, from npm packages: Arimo (as wide as Helvetica) and DejaVu Sans Mono. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FigureFonts } from '../../figures/figure-pdf.js';
import { fontRuns, type FontCoverage, type FontRun } from './font-runs.js';
import { unpackWoff } from './woff.js';

/** How characters look: Arimo, but for `mono`. */
export type FontName = 'regular' | 'bold' | 'italic' | 'mono';

const FILES: Readonly<Record<FontName, string>> = {
  regular: '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  bold: '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
  italic: '@expo-google-fonts/arimo/400Regular_Italic/Arimo_400Regular_Italic.ttf',
  mono: '@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff',
};
const NAMES = Object.keys(FILES) as FontName[];

/** The fonts, ready for any number of documents. */
export interface ReportFonts {
  /** Makes the fonts known to a document of pdfkit by their names. Only what is used goes into its file. */
  readonly register: (document: PDFKit.PDFDocument) => void;
  /** Cuts a text where it has to change fonts, because the one asked for lacks a character. */
  readonly runs: (text: string, font: FontName) => readonly FontRun<FontName>[];
  /** The same fonts for figures, in a PDF of their own or within a report's. */
  readonly figures: FigureFonts;
}

let loading: Promise<ReportFonts> | undefined;

/**
 * Reads the fonts, once. Together they have the characters of Latin, Greek, Cyrillic, Hebrew, Armenian and Georgian
 * scripts, and the usual signs of mathematics. Other characters are shown as U+FFFD (the page has them all), and scripts
 * that run from right to left are not turned around.
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
  const { resolve } = createRequire(import.meta.url);
  const files = new Map<FontName, Buffer>();
  for (const name of NAMES) {
    const file = await readFile(resolve(FILES[name]));
    files.set(name, FILES[name].endsWith('.woff') ? unpackWoff(file) : file);
  }
  const charactersOf = (name: FontName): ReadonlySet<number> => {
    const font = create(files.get(name)!);
    return new Set('characterSet' in font ? font.characterSet : []);
  };
  const arimo = charactersOf('regular');
  const coverage: FontCoverage<FontName> = {
    characters: { regular: arimo, bold: arimo, italic: arimo, mono: charactersOf('mono') },
    fallback: 'mono',
  };
  const register = (document: PDFKit.PDFDocument): void => {
    for (const [name, file] of files) document.registerFont(name, file);
  };
  const runs = (text: string, font: FontName): FontRun<FontName>[] => fontRuns(text, font, coverage);
  return { register, runs, figures: figureFonts(register, runs) };
}

/** Text in a figure that needs the other font is marked with that font's name. */
function figureFonts(register: ReportFonts['register'], runs: ReportFonts['runs']): FigureFonts {
  return {
    register,
    name: (family, bold, italic) => (family === 'mono' ? 'mono' : bold ? 'bold' : italic ? 'italic' : 'regular'),
    fit: (text) => runs(text, 'regular').map((run) => (run.font === 'mono' ? { text: run.text, family: 'mono' } : run)),
  };
}
