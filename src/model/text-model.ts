import { encodeSplit } from '../tokenizer/encode-split.js';
import { emptyReport, type EncodingReport } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { finish } from '../generators.js';
import { meanScores, type Evaluation, type TextScores } from './evaluate.js';
import { writeTexts, type GeneratedCharacter, type CharacterSource } from './generate.js';

export interface SampleOptions {
  /** Number of texts, 1 by default. */
  readonly count?: number | undefined;
  /** 1 by default: the model's own distribution. */
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  /** Start of every text. */
  readonly prompt?: string | undefined;
  /** 0 by default. Text i is a function of the seed and i. */
  readonly seed?: number | undefined;
}

/** Samples and scores texts: one transformer (`LanguageModel`), or a mixture of models (`MixtureModel`). */
export abstract class TextModel {
  abstract readonly tokenizer: Tokenizer;

  abstract get maxCharacters(): number;

  /** Scores encoded texts, yielding how many are done after each batch. */
  abstract scoreSteps(encoded: readonly ArrayLike<number>[]): Generator<number, TextScores>;

  abstract characterSource(): CharacterSource;

  sample(options: SampleOptions = {}): string[] {
    return finish(this.sampleSteps(options));
  }

  /**
   * Samples texts a character at a time: yields the new characters of all unfinished texts, position by position, and
   * returns the texts.
   *
   * @param report counts the prompt's characters that are folded or replaced
   */
  *sampleSteps(
    options: SampleOptions = {},
    report: EncodingReport = emptyReport(),
  ): Generator<readonly GeneratedCharacter[], string[]> {
    const tokens = yield* writeTexts(this.characterSource(), {
      count: options.count ?? 1,
      temperature: options.temperature ?? 1,
      topK: options.topK,
      topP: options.topP,
      seed: options.seed ?? 0,
      prompt: this.tokenizer.encode(options.prompt ?? '', report),
    });
    return tokens.map((text) => this.tokenizer.decode(text));
  }

  /** −log p (nats) and top-1 of each text. Characters outside the alphabet are folded, longer texts truncated. */
  score(texts: readonly string[]): TextScores {
    return finish(this.scoreSteps(this.encode(texts)));
  }

  evaluate(texts: readonly string[]): Evaluation {
    return meanScores(this.score(texts));
  }

  private encode(texts: readonly string[]): Uint16Array[] {
    return encodeSplit(texts, this.tokenizer, { maxCharacters: this.maxCharacters }).encoded;
  }
}
