/** The Unicode code points of `text`, a character each; a pair of surrogates is one of them. */
export function codePoints(text: string): string[] {
  return Array.from(text);
}

/** Composed form (NFC), lone surrogates as U+FFFD: what the characters of a text are taken from. */
export function normalizeText(text: string): string {
  return text.normalize('NFC').replace(/\p{Cs}/gu, '\uFFFD');
}
