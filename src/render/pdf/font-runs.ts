/** Which characters of a text are set in which font. */

/** A piece of a text in one font. */
export interface FontRun<Name extends string> {
  readonly text: string;
  readonly font: Name;
}

/** The code points that each font has, and the font that is asked when another lacks one. */
export interface FontCoverage<Name extends string> {
  readonly characters: Readonly<Record<Name, ReadonlySet<number>>>;
  readonly fallback: Name;
}

/** Shown for a character that no font has. */
const REPLACEMENT = '\ufffd';
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Cuts a text into runs, each in the font asked for or, where that lacks a character, in the fallback. A character and its
 * accents stay together. What neither has becomes U+FFFD; what has no form at all, such as joiners, is left out.
 */
export function fontRuns<Name extends string>(
  text: string,
  font: Name,
  { characters, fallback }: FontCoverage<Name>,
): FontRun<Name>[] {
  if (text === '') return [];
  if (isCovered(text, characters[font])) return [{ text, font }];
  const runs: { text: string; font: Name }[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const cluster = segment.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
    if (cluster === '') continue;
    const found = [font, fallback].find((name) => isCovered(cluster, characters[name]));
    const run = { text: found === undefined ? REPLACEMENT : cluster, font: found ?? font };
    const last = runs.at(-1);
    if (last?.font === run.font) last.text += run.text;
    else runs.push(run);
  }
  return runs;
}

function isCovered(text: string, characters: ReadonlySet<number>): boolean {
  for (const character of text) if (!characters.has(character.codePointAt(0)!)) return false;
  return true;
}
