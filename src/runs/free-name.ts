/**
 * A name that is free, with the first number appended for which it is.
 *
 * @param ending of a file, which the number stands before
 * @example freeName('news-87k', (name) => !existsSync(name)) // news-87k, or news-87k-2
 */
export function freeName(name: string, isFree: (name: string) => boolean, ending = ''): string {
  for (let i = 1; ; i++) {
    const numbered = `${name}${i === 1 ? '' : `-${i}`}${ending}`;
    if (isFree(numbered)) return numbered;
  }
}

/** A name of letters and digits of any script, `-` and `_`; other characters become `-`. */
export function plainName(text: string): string {
  return text.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '');
}
