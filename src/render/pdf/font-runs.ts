/** Which letters of a text are set in which font. */

/** A piece of a text in one font. */
export interface FontRun<Name extends string> {
  readonly text: string;
  readonly font: Name;
}

/** The code points that each font has, and the font that is asked when another lacks one. */
export interface FontCoverage<Name extends string> {
  readonly letters: Readonly<Record<Name, ReadonlySet<number>>>;
  readonly fallback: Name;
}

/** Shown for a letter that no font has. */
const REPLACEMENT = '\ufffd';
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Cuts a text into runs, each in the font asked for or, where that lacks a letter, in the fallback. A letter and its
 * accents stay together. What neither has becomes U+FFFD; what has no form at all, such as joiners, is left out.
 */
export function fontRuns<Name extends string>(
  text: string,
  font: Name,
  { letters, fallback }: FontCoverage<Name>,
): FontRun<Name>[] {
  if (text === '') return [];
  if (isCovered(text, letters[font])) return [{ text, font }];
  const runs: { text: string; font: Name }[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const cluster = segment.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
    if (cluster === '') continue;
    const found = [font, fallback].find((name) => isCovered(cluster, letters[name]));
    const run = { text: found === undefined ? REPLACEMENT : cluster, font: found ?? font };
    const last = runs.at(-1);
    if (last?.font === run.font) last.text += run.text;
    else runs.push(run);
  }
  return runs;
}

function isCovered(text: string, letters: ReadonlySet<number>): boolean {
  for (const letter of text) if (!letters.has(letter.codePointAt(0)!)) return false;
  return true;
}
