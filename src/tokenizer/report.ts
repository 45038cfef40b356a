import { LetterpressError } from '../errors.js';
import { formatPercent, counted } from '../format.js';
import type { EncodingReport } from './report-schema.js';

export function emptyReport(): EncodingReport {
  return {
    texts: 0,
    empty: 0,
    characters: 0,
    encoded: 0,
    folded: {},
    replaced: {},
    dropped: {},
    textsCut: 0,
    charactersCut: 0,
  };
}

/** `"é" (U+00E9)`: tells a character from its look-alikes, also when it is invisible. */
export function nameCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${JSON.stringify(character)} (U+${code})`;
}

/** The share of the characters that were replaced or dropped, 0 … 1. */
export function lostShare({ characters: all, replaced, dropped }: EncodingReport): number {
  return all === 0 ? 0 : (sum(Object.values(replaced)) + sum(Object.values(dropped))) / all;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const characters = (entries: readonly (readonly [string, number])[]): string =>
  counted(sum(entries.map(([, n]) => n)), 'character');

/** At most eight entries, the most frequent first, then how many kinds are left. */
function list(entries: readonly (readonly [string, number])[]): string {
  const sorted = [...entries].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = sorted.slice(0, 8).map(([what, n]) => `${what} ${n}`);
  if (sorted.length > 8) shown.push(`and ${sorted.length - 8} more`);
  return shown.join(', ');
}

/** `é→e`; characters that a reader could not see or that would join their neighbours by their code. */
function describeFold(character: string, to: string): string {
  const from = /^\p{L}$/u.test(character) ? character : nameCharacter(character);
  return `${from}→${to === '' ? 'nothing' : to === ' ' ? 'space' : to}`;
}

/**
 * The report as sentences for people, none when every character went through unchanged.
 *
 * @example
 * summarizeReport(report); // ['4 characters folded: é→e 3, ø→o 1', '2 texts truncated (17 characters)']
 */
export function summarizeReport(report: EncodingReport): string[] {
  const lines: string[] = [];
  // Capitals are the rule in raw texts: one figure, so that they do not hide the rest.
  const folds = Object.entries(report.folded);
  const isCase = ([character, { to }]: (typeof folds)[number]): boolean => character.toLowerCase() === to;
  const lowered = sum(folds.filter(isCase).map(([, fold]) => fold.count));
  if (lowered > 0) lines.push(`${counted(lowered, 'capital letter')} lowercased`);
  const folded = folds
    .filter((fold) => !isCase(fold))
    .map(([character, fold]) => [describeFold(character, fold.to), fold.count] as const);
  if (folded.length > 0) lines.push(`${characters(folded)} folded: ${list(folded)}`);
  for (const [counts, what] of [
    [report.replaced, 'replaced by a space'],
    [report.dropped, 'dropped'],
  ] as const) {
    const entries = Object.entries(counts).map(([character, n]) => [nameCharacter(character), n] as const);
    if (entries.length === 0) continue;
    const share = formatPercent(sum(entries.map(([, n]) => n)) / report.characters);
    lines.push(`${characters(entries)} outside the alphabet (${share}) ${what}: ${list(entries)}`);
  }
  if (report.textsCut > 0)
    lines.push(`${counted(report.textsCut, 'text')} truncated (${counted(report.charactersCut, 'character')})`);
  if (report.empty > 0) lines.push(`${counted(report.empty, 'text')} without a character`);
  return lines;
}

/** Above this share of characters outside an alphabet, another is advised, or learned where none was named. */
export const MUCH_LOST = 0.03;

/** Of texts with more characters outside the alphabet, a model would see little but spaces. */
const MAX_LOST_SHARE = 1 / 3;

/**
 * Refuses texts of another alphabet.
 *
 * @param where the characters are, for the error: `the prompt`
 * @throws LetterpressError BAD_INPUT when more than a third of the characters were replaced or dropped
 */
export function checkLostShare(share: number, where: string, fix: string): void {
  if (share <= MAX_LOST_SHARE) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `${formatPercent(share)} of the characters of ${where} are outside the alphabet; ` +
      'a model would see little but spaces',
    fix,
  );
}
