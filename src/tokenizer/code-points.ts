/** The Unicode code points of `text`, a character each; a pair of surrogates is one of them. */
export function codePoints(text: string): string[] {
  return Array.from(text);
}

/** Composed form (NFC), lone surrogates as U+FFFD: what the characters of a text are taken from. */
export function normalizeText(text: string): string {
  return text.normalize('NFC').replace(/\p{Cs}/gu, '\uFFFD');
}

/** UTF-16 units of a part: a few milliseconds of encoding. */
const PART = 1 << 16;

/** Composes with nothing before it. */
const partStart = /[\0-\x7f\p{Unified_Ideograph}]/gu;

/** Consecutive parts of a text of any length, cut where the parts compose as the whole does. */
export function* partsOf(text: string): Generator<string, void> {
  for (let from = 0; from < text.length;) {
    partStart.lastIndex = from + PART;
    const end = (text.length - from > PART ? partStart.exec(text)?.index : undefined) ?? text.length;
    yield text.slice(from, end);
    from = end;
  }
}
