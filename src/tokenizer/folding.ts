/**
 * What becomes of a letter that is not in the alphabet: one letter in, at most one letter out. A "letter" is
 * one Unicode code point of a text in composed form (NFC).
 */

import { codePoints } from './code-points.js';

/** The six folds of the source's tokenizer, exactly; í → e is its own slip, kept so that its texts encode alike. */
export const SOURCE_FOLDS: ReadonlyMap<string, string> = new Map([
  ['é', 'e'],
  ['í', 'e'],
  ['á', 'a'],
  ['ó', 'o'],
  ['æ', 'a'],
  ['ä', 'a'],
]);

/** Letters that Unicode does not decompose, in lower case, by their usual first letter in plain Latin script. */
const UNDECOMPOSED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'æⱥɑ',
    b: 'ƀɓƃ',
    c: 'ƈȼ',
    d: 'đðɖɗƌ',
    e: 'ɇǝəɛ',
    f: 'ƒ',
    g: 'ǥɠɣ',
    h: 'ħⱨɦ',
    i: 'ıɨɩ',
    j: 'ɉȷ',
    k: 'ƙⱪĸ',
    l: 'łƚɫⱡ',
    m: 'ɱ',
    n: 'ŋɲƞ',
    o: 'øœɵɔ',
    p: 'ƥᵽ',
    q: 'ɋ',
    r: 'ɍɽ',
    s: 'ßȿ',
    t: 'þŧƭʈⱦ',
    u: 'ʉʊ',
    v: 'ʋ',
    w: 'ⱳ',
    y: 'ƴɏ',
    z: 'ƶȥɀⱬʒ',
  }).flatMap(([base, letters]) => codePoints(letters).map((letter) => [letter, base] as const)),
);

const WHITE_SPACE = /^\p{White_Space}$/u;
const MARK = /^\p{Mn}$/u;
const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u;

/** The one letter `text` consists of, or nothing when a change of case made it longer (ß → SS). */
function only(text: string): string[] {
  const letters = codePoints(text);
  return letters.length === 1 ? letters : [];
}

/** The letter itself in lower case, then in upper case, where these are single letters. */
function cases(letter: string): string[] {
  return [...only(letter.toLowerCase()), ...only(letter.toUpperCase())];
}

/** First letter of the compatibility decomposition (é → e, ﬁ → f, ⓐ → a), or nothing where that is no letter. */
function base(letter: string): string[] {
  const first = codePoints(letter.normalize('NFKD'))[0];
  return first !== undefined && first !== letter && LETTER_OR_DIGIT.test(first) ? [first] : [];
}

/**
 * The letter of the alphabet that stands for `letter`, which is not in the alphabet itself. Tried in order: white
 * space of any kind as a space; the other case; the source's folds (`sourceFolds`); the base letter without
 * its accents, also in the other case; the table above.
 *
 * @param has says whether a letter is in the alphabet
 * @returns the letter, `''` for an accent that Unicode could not compose with its letter (its letter has been
 *   encoded before it), or `undefined` when nothing stands for it
 * @example foldLetter('Å', (letter) => letter >= 'a' && letter <= 'z', true); // 'a'
 */
export function foldLetter(
  letter: string,
  has: (letter: string) => boolean,
  sourceFolds: boolean,
): string | undefined {
  if (WHITE_SPACE.test(letter)) return has(' ') ? ' ' : undefined;
  if (MARK.test(letter)) return '';
  const forms = [letter, ...cases(letter)];
  const folds = sourceFolds ? forms.flatMap((form) => SOURCE_FOLDS.get(form) ?? []) : [];
  const bases = forms.flatMap(base);
  const tabled = [...forms, ...bases].flatMap((form) => UNDECOMPOSED.get(form) ?? []);
  const candidates = [
    ...forms,
    ...folds,
    ...bases,
    ...bases.flatMap(cases),
    ...tabled,
    ...tabled.flatMap(cases),
  ];
  return candidates.find(has);
}
