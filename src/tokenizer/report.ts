/** What encoding did to a set of texts, counted. Letters are Unicode code points of the composed (NFC) texts. */
export interface EncodingReport {
  /** Texts encoded. */
  texts: number;
  /** Texts that came out without a single letter. */
  empty: number;
  /** Letters that came in. */
  letters: number;
  /** Letters that came out, before the window cuts: `letters` without the dropped ones and lone accents. */
  encoded: number;
  /** Letters that another letter stands for, `to` being `''` for an accent that vanished into its letter. */
  readonly folded: Record<string, { readonly to: string; count: number }>;
  /** Letters outside the alphabet that became a space. */
  readonly replaced: Record<string, number>;
  /** Letters outside the alphabet that were left out. */
  readonly dropped: Record<string, number>;
  /** Texts longer than the window. */
  textsCut: number;
  /** Letters that the window cut off, out of `encoded`. */
  lettersCut: number;
}

/** A report of nothing yet. */
export function emptyReport(): EncodingReport {
  return {
    texts: 0,
    empty: 0,
    letters: 0,
    encoded: 0,
    folded: {},
    replaced: {},
    dropped: {},
    textsCut: 0,
    lettersCut: 0,
  };
}

/** `"é" (U+00E9)`: a letter so that it can be told apart from its look-alikes, also when it is invisible. */
export function nameLetter(letter: string): string {
  const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${JSON.stringify(letter)} (U+${code})`;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** `1 letter`, `2 letters`. */
const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const letters = (entries: readonly (readonly [string, number])[]): string =>
  count(sum(entries.map(([, n]) => n)), 'letter');

/** At most eight entries, the most frequent first, then how many kinds are left. */
function list(entries: readonly (readonly [string, number])[]): string {
  const sorted = [...entries].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = sorted.slice(0, 8).map(([what, n]) => `${what} ${n}`);
  if (sorted.length > 8) shown.push(`and ${sorted.length - 8} more`);
  return shown.join(', ');
}

/** `é→e`; letters that a reader could not see or that would join their neighbours by their code. */
function describeFold(letter: string, to: string): string {
  const from = /^\p{L}$/u.test(letter) ? letter : nameLetter(letter);
  return `${from}→${to === '' ? 'nothing' : to === ' ' ? 'space' : to}`;
}

/**
 * The report as sentences for people, none when every letter went through unchanged.
 *
 * @example summarizeReport(report); // ['4 letters folded: é→e 3, ø→o 1', '2 texts cut to the window (17 letters)']
 */
export function summarizeReport(report: EncodingReport): string[] {
  const lines: string[] = [];
  // Capitals are the rule in raw texts: one figure, so that they do not hide the rest.
  const folds = Object.entries(report.folded);
  const isCase = ([letter, { to }]: (typeof folds)[number]): boolean => letter.toLowerCase() === to;
  const lowered = sum(folds.filter(isCase).map(([, fold]) => fold.count));
  if (lowered > 0) lines.push(`${count(lowered, 'capital letter')} made small`);
  const folded = folds
    .filter((fold) => !isCase(fold))
    .map(([letter, fold]) => [describeFold(letter, fold.to), fold.count] as const);
  if (folded.length > 0) lines.push(`${letters(folded)} folded: ${list(folded)}`);
  for (const [counts, what] of [
    [report.replaced, 'replaced by a space'],
    [report.dropped, 'dropped'],
  ] as const) {
    const entries = Object.entries(counts).map(([letter, n]) => [nameLetter(letter), n] as const);
    if (entries.length > 0) lines.push(`${letters(entries)} outside the alphabet ${what}: ${list(entries)}`);
  }
  if (report.textsCut > 0)
    lines.push(`${count(report.textsCut, 'text')} cut to the window (${count(report.lettersCut, 'letter')})`);
  if (report.empty > 0) lines.push(`${count(report.empty, 'text')} without a letter`);
  return lines;
}
