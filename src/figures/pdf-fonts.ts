/** The fonts of PDFs: Arimo (as wide as Helvetica) and DejaVu Sans Mono, and those of the user. */
import { readFile } from 'node:fs/promises';
import type { Font } from 'fontkit';
import { assertInternal, LetterpressError } from '../errors.js';
import { readBytes } from '../read-bytes.js';
import { packageFile } from '../package-file.js';

/** Arimo, but for `mono`, and `extra0` and so on for those of the user. */
export type FontName = (typeof OWN_FONTS)[number] | `extra${number}`;

/** A piece of a text in one font. */
export interface FontRun {
  readonly text: string;
  readonly font: FontName;
}

/** What of a pdfkit document is used, whose types are not installed with the package. */
interface FontRegister {
  /** A font of fontkit's is taken too, which pdfkit's types do not say. */
  registerFont(name: string, font: unknown): unknown;
}

/** The fonts, ready for any number of documents. */
export interface PdfFonts {
  /** Makes the fonts known to a document of pdfkit by their names. Only the glyphs used go into its file. */
  readonly register: (document: FontRegister) => void;
  /**
   * Cuts a text into runs, each in the font asked for or, where that lacks a character, in another. A character and its
   * accents stay together. What no font has becomes U+FFFD; what has no glyph, such as a joiner, is left out.
   */
  readonly runs: (text: string, font: FontName) => readonly FontRun[];
  /** The characters of texts that no font has, each once. */
  readonly missing: (texts: Iterable<string>) => readonly string[];
}

/** Files of bundle/fonts, which the build makes. */
const OWN_FONTS = ['regular', 'bold', 'italic', 'mono'] as const;

interface LoadedFont {
  readonly name: FontName;
  /** Parsed once, for all documents. */
  readonly font: Font;
  readonly characters: ReadonlySet<number>;
}

let loading: Promise<readonly LoadedFont[]> | undefined;

/**
 * Reads the fonts; ours once. They have the characters of the Latin, Greek, Cyrillic, Hebrew, Armenian and Georgian
 * scripts, and the usual mathematical symbols. Other characters are shown as U+FFFD (SVG and page have them all), and
 * right-to-left scripts are not reordered.
 *
 * @param extra TrueType or OpenType files of the user, for characters that ours lack; of a collection, the first font
 * @throws LetterpressError BAD_INPUT when one is not a font with outlines, IO when it cannot be read
 */
export async function loadPdfFonts(extra: readonly string[] = []): Promise<PdfFonts> {
  loading ??= readOwnFonts();
  const own = await loading;
  const others = await Promise.all(extra.map((path, i) => readExtraFont(path, `extra${i}`)));
  const fonts = new Map([...own, ...others].map((font) => [font.name, font]));
  const has = (name: FontName, part: string): boolean => {
    const { characters } = fonts.get(name)!;
    return Array.from(part).every((character) => characters.has(character.codePointAt(0)!));
  };
  const substitutes = ['mono', 'regular', ...others.map(({ name }) => name)] as const;
  const find = (font: FontName, part: string) => [font, ...substitutes].find((name) => has(name, part));
  return {
    register: (document) => fonts.forEach(({ name, font }) => document.registerFont(name, font)),
    runs: (text, font) => fontRuns(text, font, find),
    missing: (texts) => [
      ...new Set(Array.from(texts).flatMap((text) => clusters(text).filter((part) => !find('regular', part)))),
    ],
  };
}

async function readOwnFonts(): Promise<readonly LoadedFont[]> {
  const { create } = await import('fontkit');
  let arimo: ReadonlySet<number> | undefined; // its styles have the same characters
  const fonts: LoadedFont[] = [];
  for (const name of OWN_FONTS) {
    const file = await readFile(packageFile(`bundle/fonts/${name}.ttf`));
    const font = create(file);
    assertInternal('characterSet' in font, 'a file of one font');
    const characters = name === 'mono' ? new Set(font.characterSet) : (arimo ??= new Set(font.characterSet));
    fonts.push({ name, font, characters });
  }
  return fonts;
}

async function readExtraFont(path: string, name: FontName): Promise<LoadedFont> {
  const { create } = await import('fontkit');
  const file = readBytes(path);
  const refuse = (what: string, cause?: unknown): LetterpressError =>
    new LetterpressError(
      'BAD_INPUT',
      `expected a TrueType or OpenType font with outlines, got ${what}: ${path}`,
      'Give a .ttf, .otf or .ttc file.',
      { cause },
    );
  let font;
  try {
    const found = create(file);
    font = 'fonts' in found ? found.fonts[0]! : found;
    if (!('directory' in font)) throw new TypeError('no tables');
  } catch (cause) {
    throw refuse('something else', cause);
  }
  const { tables } = font.directory as { readonly tables: Readonly<Record<string, unknown>> };
  if (!('glyf' in tables || 'CFF ' in tables)) throw refuse('one of bitmaps or layers only');
  return { name, font, characters: new Set(font.characterSet) };
}

let segmenter: Intl.Segmenter | undefined; // it takes long to make

/** The characters of a text with their accents, without what has no glyph. */
function clusters(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) =>
    segment.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ''),
  ).filter((cluster) => cluster !== '' && !/^\p{Cc}/u.test(cluster));
}

function fontRuns(
  text: string,
  font: FontName,
  find: (font: FontName, text: string) => FontName | undefined,
): FontRun[] {
  if (find(font, text) === font) return text === '' ? [] : [{ text, font }];
  const runs: { text: string; font: FontName }[] = [];
  for (const cluster of clusters(text)) {
    const found = find(font, cluster);
    const run = { text: found === undefined ? '\ufffd' : cluster, font: found ?? font };
    const last = runs.at(-1);
    if (last?.font === run.font) last.text += run.text;
    else runs.push(run);
  }
  return runs;
}

const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Devanagari', 'Arabic', 'Bengali', 'Tamil', 'Telugu'];
/** Code points of a script that are named. */
const NAMED = 4;

/**
 * Which characters fonts lack, in words that the fonts have.
 *
 * @example describeMissing(['漢', '字']); // 'Han: 2 (U+6F22, U+5B57)'
 */
export function describeMissing(missing: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const cluster of missing) {
    const script = SCRIPTS.find((name) => new RegExp(`\\p{Script=${name}}`, 'u').test(cluster));
    const group = script ?? (/\p{Extended_Pictographic}/u.test(cluster) ? 'emoji' : 'others');
    groups.set(group, [...(groups.get(group) ?? []), cluster]);
  }
  return Array.from(groups, ([group, members]) => {
    const codes = members.slice(0, NAMED).map(codePointsOf);
    return `${group}: ${members.length} (${codes.join(', ')}${members.length > NAMED ? ', …' : ''})`;
  }).join('; ');
}

function codePointsOf(cluster: string): string {
  return Array.from(cluster, (each) => `U+${each.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`).join(
    ' ',
  );
}
