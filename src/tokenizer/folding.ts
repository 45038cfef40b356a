/**
 * What becomes of a character that is not in the alphabet: one character in, at most one character out. A "character"
 * is one Unicode code point of a text in composed form (NFC).
 */

import { codePoints } from './code-points.js';

/** The six folds of the original notebook's tokenizer; í → e is its slip, kept so that texts encode alike. */
const NOTEBOOK_FOLDS: ReadonlyMap<string, string> = new Map([
  ['é', 'e'],
  ['í', 'e'],
  ['á', 'a'],
  ['ó', 'o'],
  ['æ', 'a'],
  ['ä', 'a'],
]);

/** Characters that Unicode does not decompose, in lower case, by their usual first character in plain Latin script. */
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
  }).flatMap(([base, characters]) => codePoints(characters).map((character) => [character, base] as const)),
);

const WHITE_SPACE = /^\p{White_Space}$/u;
const MARK = /^\p{Mn}$/u;
const CHARACTER_OR_DIGIT = /^[\p{L}\p{N}]$/u;

/** The one character `text` consists of, or nothing when a change of case made it longer (ß → SS). */
function only(text: string): string[] {
  const characters = codePoints(text);
  return characters.length === 1 ? characters : [];
}

/** The character itself in lower case, then in upper case, where these are single characters. */
function cases(character: string): string[] {
  return [...only(character.toLowerCase()), ...only(character.toUpperCase())];
}

/** First character of the compatibility decomposition (é → e, ﬁ → f, ⓐ → a), or nothing where that is no character. */
function base(character: string): string[] {
  const first = codePoints(character.normalize('NFKD'))[0];
  return first !== undefined && first !== character && CHARACTER_OR_DIGIT.test(first) ? [first] : [];
}

/**
 * The character of the alphabet that stands for `character`, which is not in the alphabet itself. Tried in order: white
 * space of any kind as a space; the other case; the notebook's folds (`notebookFolds`); the base character without
 * its accents, also in the other case; the table above.
 *
 * @param has says whether a character is in the alphabet
 * @returns the character, `''` for an accent that Unicode could not compose with its character (its character has been
 *   encoded before it), or `undefined` when nothing stands for it
 * @example foldCharacter('Å', (character) => character >= 'a' && character <= 'z', true); // 'a'
 */
export function foldCharacter(
  character: string,
  has: (character: string) => boolean,
  notebookFolds: boolean,
): string | undefined {
  if (WHITE_SPACE.test(character)) return has(' ') ? ' ' : undefined;
  if (MARK.test(character)) return '';
  const forms = [character, ...cases(character)];
  const folds = notebookFolds ? forms.flatMap((form) => NOTEBOOK_FOLDS.get(form) ?? []) : [];
  const bases = forms.flatMap(base);
  const tabled = [...forms, ...bases].flatMap((form) => UNDECOMPOSED.get(form) ?? []);
  const candidates = [...forms, ...folds, ...bases, ...bases.flatMap(cases), ...tabled, ...tabled.flatMap(cases)];
  return candidates.find(has);
}

/**
 * All characters of Unicode outside an alphabet that are folded, by what stands for them; '' for none. Takes a good
 * part of a second.
 */
export function foldedCharacters(
  has: (character: string) => boolean,
  notebookFolds: boolean,
): ReadonlyMap<string, readonly string[]> {
  // Unified ideographs, which are most of Unicode, never are.
  const foldable = /^(?!\p{Unified_Ideograph})[\p{L}\p{M}\p{N}\p{S}\p{White_Space}]$/u;
  const folded = new Map<string, string[]>();
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (!foldable.test(character) || has(character)) continue;
    const to = foldCharacter(character, has, notebookFolds);
    if (to === undefined) continue;
    const others = folded.get(to);
    if (others === undefined) folded.set(to, [character]);
    else others.push(character);
  }
  return folded;
}
