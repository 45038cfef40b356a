import type { Backend } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import type { Padding } from '../nn/packed-batch.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import { emptyReport, type EncodingReport } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { Evaluator, finish, meanScores, type Evaluation, type TextScores } from '../train/evaluate.js';
import { generate, type GeneratedLetter } from './generate.js';

/** How to sample texts; all optional. */
export interface SampleOptions {
  /** Number of texts, 1 by default. */
  readonly count?: number | undefined;
  /** 1 by default: the model's own distribution. */
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  /** What every text starts with. */
  readonly prompt?: string | undefined;
  /** 0 by default. Text i is a function of the seed and i. */
  readonly seed?: number | undefined;
}

/**
 * A trained model with the alphabet it reads and the backend it runs on: strings in, strings and numbers out.
 *
 * @example
 * const model = loadModel('runs/first');
 * model.sample({ count: 3, temperature: 0.8 });
 * model.score(['mayor opens new bridge']).nll; // nats
 */
export class LanguageModel {
  private evaluator: Evaluator | undefined;

  constructor(
    readonly transformer: DecoderTransformer,
    readonly tokenizer: Tokenizer,
    readonly backend: Backend,
    /** How the model was trained to end a text: texts are scored the same way. */
    readonly padding: Padding,
  ) {}

  /** Letters that a text may have. */
  get maxLetters(): number {
    return this.transformer.config.window - 1;
  }

  /** Writes texts. */
  sample(options: SampleOptions = {}): string[] {
    return finish(this.sampling(options));
  }

  /**
   * Writes texts a letter at a time: yields the new letters of all unfinished texts, position by position, and
   * returns the texts.
   *
   * @param report counts what the prompt's letters became
   */
  *sampling(
    options: SampleOptions = {},
    report: EncodingReport = emptyReport(),
  ): Generator<readonly GeneratedLetter[], string[]> {
    const tokens = yield* generate(this.transformer, this.backend, {
      count: options.count ?? 1,
      temperature: options.temperature ?? 1,
      topK: options.topK,
      topP: options.topP,
      seed: options.seed ?? 0,
      prompt: this.tokenizer.encode(options.prompt ?? '', report),
    });
    return tokens.map((text) => this.tokenizer.decode(text));
  }

  /** −log p of each text, in nats, and its top-1. Letters outside the alphabet are folded, longer texts cut. */
  score(texts: readonly string[]): TextScores {
    return finish(this.scoring(this.encode(texts)));
  }

  /** Mean NLL and top-1 over texts. */
  evaluate(texts: readonly string[]): Evaluation {
    return meanScores(this.score(texts));
  }

  /** Scores encoded texts, yielding how many are done after each batch. */
  scoring(encoded: readonly ArrayLike<number>[]): Generator<number, TextScores> {
    this.evaluator ??= new Evaluator(this.transformer, this.backend, this.padding);
    return this.evaluator.score(encoded);
  }

  private encode(texts: readonly string[]): Uint16Array[] {
    return encodeSplit(texts, this.tokenizer, { maxLetters: this.maxLetters }).encoded;
  }
}
