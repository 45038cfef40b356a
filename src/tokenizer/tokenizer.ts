import { LetterpressError } from '../errors.js';
import { codePoints, normalizeText } from './code-points.js';
import { foldLetter } from './folding.js';
import { nameLetter, type EncodingReport } from './report.js';

/** What replaces a letter that is neither in the alphabet nor foldable to one that is. */
export type UnknownPolicy = 'space' | 'drop';

/** What is saved with a run: `letters` in the order of their ids, as one string. */
export interface TokenizerJson {
  readonly letters: string;
  readonly unknown: UnknownPolicy;
}

/** How one text is encoded. */
export interface EncodeOptions {
  /** Throw on a letter that would otherwise be replaced or dropped. Folding is no error. */
  readonly strict?: boolean;
  /** Names the text in that error, e.g. `text 12 of train`. */
  readonly where?: string;
}

/** The 27 letters of SPEC section 4: a–z, then the space. */
export const DEFAULT_LETTERS: readonly string[] = codePoints('abcdefghijklmnopqrstuvwxyz ');

/** Ids must fit 16 bits, with pad and cls. */
const MOST_LETTERS = 65_534;

/**
 * Letters ↔ integers: `pad` is 0, the letters are 1 … n in the alphabet's order, `cls` is n + 1. A letter is one
 * Unicode code point of the text in composed form (NFC). Letters outside the alphabet are folded, replaced or
 * dropped as docs/data.md says, and counted.
 *
 * @example
 * const tokenizer = defaultTokenizer();
 * tokenizer.encode('abc é'); // Uint16Array [1, 2, 3, 27, 5]
 * tokenizer.decode([28, 1, 2, 3, 0, 0]); // 'abc'
 */
export class Tokenizer {
  readonly padToken = 0;
  readonly clsToken: number;
  /** Number of different tokens, `pad` and `cls` included: 29 for the default alphabet. */
  readonly vocabularySize: number;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly isDefault: boolean;
  /** Letters outside the alphabet seen so far, and what stands for them. */
  private readonly folds = new Map<string, string | undefined>();

  /**
   * @param letters single code points in composed form, all different, in the order of their ids
   * @throws BAD_INPUT for anything else
   */
  constructor(
    readonly letters: readonly string[],
    readonly unknown: UnknownPolicy = 'space',
  ) {
    checkLetters(letters);
    this.ids = new Map(letters.map((letter, i) => [letter, i + 1]));
    this.clsToken = letters.length + 1;
    this.vocabularySize = letters.length + 2;
    this.isDefault = letters.join('') === DEFAULT_LETTERS.join('');
  }

  /**
   * The letters of `text` as ids in 1 … n, without `cls` and `pad`, not cut to any window.
   *
   * @param report when given, this text is added to its counts
   * @throws BAD_INPUT under `options.strict`, at the first letter that nothing in the alphabet stands for
   */
  encode(text: string, report?: EncodingReport, options: EncodeOptions = {}): Uint16Array {
    const composed = normalizeText(text);
    const tokens = new Uint16Array(composed.length);
    let length = 0;
    let letters = 0;
    for (const letter of composed) {
      letters++;
      const id = this.ids.get(letter) ?? this.standIn(letter, report, options);
      if (id !== 0) tokens[length++] = id;
    }
    if (report !== undefined) {
      report.texts++;
      report.letters += letters;
      report.encoded += length;
      if (length === 0) report.empty++;
    }
    return tokens.slice(0, length);
  }

  /**
   * The text of `tokens`: stops at the first `pad`, leaves `cls` out.
   *
   * @throws BAD_INPUT for a token that is not of this alphabet
   */
  decode(tokens: ArrayLike<number>): string {
    let text = '';
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if (token === this.padToken) break;
      if (token === this.clsToken) continue;
      const letter = this.letters[token - 1];
      if (letter === undefined)
        throw new LetterpressError(
          'BAD_INPUT',
          `token ${token} at position ${i} is not in 0 … ${this.vocabularySize - 1}`,
          'Decode with the alphabet that the tokens were made with; a run keeps its own.',
        );
      text += letter;
    }
    return text;
  }

  /** The token of the space; undefined where the alphabet has none. */
  get spaceToken(): number | undefined {
    return this.ids.get(' ');
  }

  /** What {@link Tokenizer.fromJSON} reads back. */
  toJSON(): TokenizerJson {
    return { letters: this.letters.join(''), unknown: this.unknown };
  }

  /** @throws BAD_INPUT when `json` is not what {@link Tokenizer.toJSON} gives */
  static fromJSON(json: unknown): Tokenizer {
    const { letters, unknown } = (typeof json === 'object' && json !== null ? json : {}) as Partial<
      Record<keyof TokenizerJson, unknown>
    >;
    if (typeof letters !== 'string' || (unknown !== 'space' && unknown !== 'drop'))
      throw new LetterpressError(
        'BAD_INPUT',
        'expected a tokenizer as {"letters": "abc…", "unknown": "space" or "drop"}, ' +
          `got ${abridge(JSON.stringify(json))}`,
        'The file that holds the alphabet is damaged or of another program: train again, or restore it.',
      );
    return new Tokenizer(codePoints(letters), unknown);
  }

  /** The id that stands for a letter outside the alphabet, 0 for none; counts it, or throws under `strict`. */
  private standIn(letter: string, report: EncodingReport | undefined, options: EncodeOptions): number {
    let to = this.folds.get(letter);
    if (to === undefined && !this.folds.has(letter)) {
      to = foldLetter(letter, (candidate) => this.ids.has(candidate), this.isDefault);
      this.folds.set(letter, to);
    }
    if (to !== undefined) {
      if (report !== undefined) (report.folded[letter] ??= { to, count: 0 }).count++;
      return this.ids.get(to) ?? 0;
    }
    if (options.strict === true) throw unknownLetter(letter, options.where ?? 'the text');
    const space = this.unknown === 'space' ? (this.ids.get(' ') ?? 0) : 0;
    if (report !== undefined) {
      const counts = space === 0 ? report.dropped : report.replaced;
      counts[letter] = (counts[letter] ?? 0) + 1;
    }
    return space;
  }
}

/** A tokenizer of the 29 token values of SPEC section 4. */
export function defaultTokenizer(options: { readonly unknown?: UnknownPolicy } = {}): Tokenizer {
  return new Tokenizer(DEFAULT_LETTERS, options.unknown);
}

function abridge(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function unknownLetter(letter: string, where: string): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `${where} has the letter ${nameLetter(letter)}, which is not in the alphabet`,
    'Take it out of the text, learn the alphabet from the training texts (--alphabet auto), ' +
      'or leave out --strict to have such letters replaced and counted.',
  );
}

function checkLetters(letters: readonly string[]): void {
  const refuse = (what: string): never => {
    throw new LetterpressError(
      'BAD_INPUT',
      `expected an alphabet of 1 to ${MOST_LETTERS} different letters, got ${what}`,
      'Give single Unicode code points in composed form (NFC), each once.',
    );
  };
  if (letters.length === 0) refuse('none');
  if (letters.length > MOST_LETTERS) refuse(String(letters.length));
  const seen = new Set<string>();
  for (const letter of letters) {
    if (codePoints(letter).length !== 1 || normalizeText(letter) !== letter) refuse(JSON.stringify(letter));
    if (seen.has(letter)) refuse(`${nameLetter(letter)} twice`);
    seen.add(letter);
  }
}
