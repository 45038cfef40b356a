import { normalizeText } from './code-points.js';
import { emptyReport, MUCH_LOST } from './report.js';
import { defaultTokenizer, type Tokenizer } from './tokenizer.js';

/** How often each character (code point of the composed texts) occurs: what alphabets are chosen by. */
export class CharacterCounts {
  private readonly byCode = new Float64Array(0x110000);

  add(text: string): void {
    const composed = normalizeText(text);
    for (let at = 0; at < composed.length; at++) {
      const code = composed.codePointAt(at)!;
      if (code > 0xffff) at++;
      this.byCode[code]!++;
    }
  }

  /** The different characters, in code-point order. */
  get characters(): string[] {
    const found: string[] = [];
    for (let code = 0; code < this.byCode.length; code++)
      if (this.byCode[code]! > 0) found.push(String.fromCodePoint(code));
    return found;
  }

  /** The share of the characters that an alphabet would replace or drop, 0 … 1. */
  lostShare(tokenizer: Tokenizer): number {
    let [all, lost] = [0, 0];
    for (const character of this.characters) {
      const report = emptyReport();
      tokenizer.encode(character, report);
      const count = this.byCode[character.codePointAt(0)!]!;
      all += count;
      if (Object.keys(report.replaced).length + Object.keys(report.dropped).length > 0) lost += count;
    }
    return all === 0 ? 0 : lost / all;
  }
}

/**
 * Whether a training learns its alphabet from its texts: where that is asked for, or where nothing is and the English
 * one lacks many of their characters.
 *
 * @param isNotebook for the notebook's recipe, which keeps the English alphabet unless asked for another
 */
export function isAlphabetLearned(
  train: CharacterCounts,
  asked: 'english' | 'auto' | undefined,
  isNotebook: boolean,
): boolean {
  if (asked !== undefined || isNotebook) return asked === 'auto';
  return train.lostShare(defaultTokenizer()) > MUCH_LOST;
}
