import { abridge } from '../abridge.js';
import { LetterpressError } from '../errors.js';
import { isRecord } from '../json.js';
import { checkNames } from '../parse-options.js';
import { codePoints, normalizeText } from './code-points.js';
import { foldCharacter, foldedCharacters } from './folding.js';
import type { EncodingReport } from './report-schema.js';
import { nameCharacter } from './report.js';

/** What replaces a character that is neither in the alphabet nor foldable to one that is. */
export type UnknownPolicy = 'space' | 'drop';

/** What is saved with a run: `characters` in the order of their ids, as one string. */
export interface TokenizerJson {
  readonly characters: string;
  readonly unknown: UnknownPolicy;
}

/** How one text is encoded. */
export interface EncodeOptions {
  /** Throw on a character that would otherwise be replaced or dropped. Folding is no error. */
  readonly strict?: boolean;
  /** Names the text in that error, e.g. `text 12 of train`. */
  readonly where?: string;
}

/** The 27 characters of docs/notebook.md, section 4: a–z, then the space. */
export const DEFAULT_CHARACTERS: readonly string[] = codePoints('abcdefghijklmnopqrstuvwxyz ');

/** Ids must fit 16 bits, with pad and cls. */
const MAX_CHARACTERS = 65_534;

/**
 * Characters ↔ integers: `pad` is 0, the characters are 1 … n in the alphabet's order, `cls` is n + 1. A character is
 * one Unicode code point of the text in composed form (NFC). Characters outside the alphabet are folded, replaced or
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
  /** The same by UTF-16 unit, for characters of one unit; 0 for none. */
  private readonly idsByUnit: Uint16Array;
  private readonly isDefault: boolean;
  /** Characters outside the alphabet seen so far, and what stands for them. */
  private readonly folds = new Map<string, string | undefined>();

  /**
   * @param characters single code points in composed form, all different, in the order of their ids
   * @throws BAD_INPUT for anything else
   */
  constructor(
    readonly characters: readonly string[],
    readonly unknown: UnknownPolicy = 'space',
  ) {
    checkCharacters(characters);
    this.ids = new Map(characters.map((character, i) => [character, i + 1]));
    this.idsByUnit = new Uint16Array(
      1 +
        characters.reduce(
          (most, { length, [0]: unit }) => (length > 1 ? most : Math.max(most, unit!.charCodeAt(0))),
          0,
        ),
    );
    for (const [character, id] of this.ids) if (character.length === 1) this.idsByUnit[character.charCodeAt(0)] = id;
    this.clsToken = characters.length + 1;
    this.vocabularySize = characters.length + 2;
    this.isDefault = characters.join('') === DEFAULT_CHARACTERS.join('');
  }

  /**
   * The characters of `text` as ids in 1 … n, without `cls` and `pad`, not truncated.
   *
   * @param report when given, this text is added to its counts
   * @throws BAD_INPUT under `options.strict`, at the first character that nothing in the alphabet stands for
   */
  encode(text: string, report?: EncodingReport, options: EncodeOptions = {}): Uint16Array {
    const composed = normalizeText(text);
    const tokens = new Uint16Array(composed.length);
    let length = 0;
    let characters = 0;
    for (let at = 0; at < composed.length; characters++) {
      let id = this.idsByUnit[composed.charCodeAt(at)] ?? 0;
      if (id > 0) at++;
      else {
        const character = String.fromCodePoint(composed.codePointAt(at)!);
        id = this.ids.get(character) ?? this.standIn(character, report, options);
        at += character.length;
      }
      if (id !== 0) tokens[length++] = id;
    }
    if (report !== undefined) {
      report.texts++;
      report.characters += characters;
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
    const characters: string[] = []; // joined at the end: a text that grows by characters is slow to read
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if (token === this.padToken) break;
      if (token === this.clsToken) continue;
      const character = this.characters[token - 1];
      if (character === undefined)
        throw new LetterpressError(
          'BAD_INPUT',
          `token ${token} at position ${i} is not in 0 … ${this.vocabularySize - 1}`,
          'Decode with the alphabet that the tokens were made with; a run keeps its own.',
        );
      characters.push(character);
    }
    return characters.join('');
  }

  /** The token of the space; undefined where the alphabet has none. */
  get spaceToken(): number | undefined {
    return this.ids.get(' ');
  }

  /** Every character outside the alphabet that is folded, by what stands for it: '' for nothing. */
  foldedCharacters(): ReadonlyMap<string, readonly string[]> {
    return foldedCharacters((candidate) => this.ids.has(candidate), this.isDefault);
  }

  /** What {@link Tokenizer.fromJSON} reads back. */
  toJSON(): TokenizerJson {
    return { characters: this.characters.join(''), unknown: this.unknown };
  }

  /** @throws BAD_INPUT when `json` is not what {@link Tokenizer.toJSON} gives */
  static fromJSON(json: unknown): Tokenizer {
    const { characters, unknown } = isRecord(json) ? json : {};
    if (typeof characters !== 'string' || (unknown !== 'space' && unknown !== 'drop'))
      throw new LetterpressError(
        'BAD_INPUT',
        'expected a tokenizer as {"characters": "abc…", "unknown": "space" or "drop"}, ' +
          `got ${json === undefined ? 'nothing' : abridge(JSON.stringify(json))}`,
        'The file that holds the alphabet is damaged or of another program: train again, or restore it.',
      );
    return new Tokenizer(codePoints(characters), unknown);
  }

  /** The id that stands for a character outside the alphabet, 0 for none; counts it, or throws under `strict`. */
  private standIn(character: string, report: EncodingReport | undefined, options: EncodeOptions): number {
    let to = this.folds.get(character);
    if (to === undefined && !this.folds.has(character)) {
      to = foldCharacter(character, (candidate) => this.ids.has(candidate), this.isDefault);
      this.folds.set(character, to);
    }
    if (to !== undefined) {
      if (report !== undefined) (report.folded[character] ??= { to, count: 0 }).count++;
      return this.ids.get(to) ?? 0;
    }
    if (options.strict === true) throw unknownCharacter(character, options.where ?? 'the text');
    const space = this.unknown === 'space' ? (this.ids.get(' ') ?? 0) : 0;
    if (report !== undefined) {
      const counts = space === 0 ? report.dropped : report.replaced;
      counts[character] = (counts[character] ?? 0) + 1;
    }
    return space;
  }
}

/** @throws BAD_OPTION for anything but `space` and `drop` */
export function checkUnknownPolicy(unknown: UnknownPolicy | undefined): void {
  if (unknown !== undefined && !['space', 'drop'].includes(unknown))
    throw new LetterpressError('BAD_OPTION', `expected space or drop (unknown), got ${unknown}`);
}

/**
 * A tokenizer of the 29 token values of docs/notebook.md, section 4.
 *
 * @throws BAD_OPTION for another policy, or an unknown option
 */
export function defaultTokenizer(options: { readonly unknown?: UnknownPolicy } = {}): Tokenizer {
  checkNames(options, { unknown: true }, 'defaultTokenizer');
  checkUnknownPolicy(options.unknown);
  return new Tokenizer(DEFAULT_CHARACTERS, options.unknown);
}

function unknownCharacter(character: string, where: string): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `${where} has the character ${nameCharacter(character)}, which is not in the alphabet`,
    'Take it out of the text, learn the alphabet from the training texts (alphabet auto), ' +
      'or have such characters replaced and counted by not being strict (strict).',
  );
}

function checkCharacters(characters: readonly string[]): void {
  const refuse = (what: string): never => {
    throw new LetterpressError(
      'BAD_INPUT',
      `expected an alphabet of 1 to ${MAX_CHARACTERS} different characters, got ${what}`,
      'Give single Unicode code points in composed form (NFC), each once.',
    );
  };
  if (characters.length === 0) refuse('none');
  if (characters.length > MAX_CHARACTERS) refuse(String(characters.length));
  const seen = new Set<string>();
  for (const character of characters) {
    if (codePoints(character).length !== 1 || normalizeText(character) !== character) refuse(JSON.stringify(character));
    if (seen.has(character)) refuse(`${nameCharacter(character)} twice`);
    seen.add(character);
  }
}
