import { LetterpressError } from '../errors.js';
import { finish, pacer, runSteps } from '../generators.js';
import { checkNames } from '../parse-options.js';
import { encodeSplitSteps } from '../tokenizer/encode-split.js';
import type { EncodingReport } from '../tokenizer/report-schema.js';
import { checkLostShare, emptyReport, lostShare } from '../tokenizer/report.js';
import { clsToken, outcomesOf, PAD_TOKEN } from '../tokenizer/special-tokens.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { meanScores, type Evaluation, type TextScores } from './evaluate.js';
import { checkPromptLength, writeTexts, type GeneratedCharacter, type CharacterSource } from './generate.js';
import { softmax } from '../softmax.js';
import { checkStrategy } from './strategy.js';

export interface SampleOptions {
  /** Number of texts, 1 by default. */
  readonly count?: number | undefined;
  /** 1 by default: the model's own distribution. */
  readonly temperature?: number | undefined;
  /** Only the k most probable characters, if given. */
  readonly topK?: number | undefined;
  /** Only the most probable characters that together reach this probability, if given. */
  readonly topP?: number | undefined;
  /** Start of every text. */
  readonly prompt?: string | undefined;
  /** 0 by default. Text i is a function of the seed and i. */
  readonly seed?: number | undefined;
  /** Aborting ends the work with the signal's reason: during `sample`, which blocks, only beforehand. */
  readonly signal?: AbortSignal | undefined;
}

const OF_ONE_TEXT = { temperature: true, topK: true, topP: true, prompt: true, seed: true, signal: true } as const;
const SAMPLE_OPTIONS = { ...OF_ONE_TEXT, count: true } as const;
/** As {@link SampleOptions}, of a single text. */
export type StreamOptions = Omit<SampleOptions, 'count'>;

export interface ScoreOptions {
  /** Aborting ends the work with the signal's reason: during `score` and `evaluate`, which block, only beforehand. */
  readonly signal?: AbortSignal | undefined;
}

/** A character that may come next, and its probability. */
export interface NextCharacter {
  /** `''` for the end of the text. */
  readonly character: string;
  readonly probability: number;
}

/** How surprising a character was, given those before it. */
export interface CharacterSurprise {
  /** `''` for the end of the text. */
  readonly character: string;
  /** −log p, in nats. */
  readonly nll: number;
}

const TEXTS_OF_MODEL = "Give texts of the model's alphabet (tokenizer.characters), or train a model on such texts.";

/** Samples and scores texts: one transformer (`LanguageModel`), or a mixture of models (`MixtureModel`). */
export abstract class TextModel {
  abstract readonly tokenizer: Tokenizer;

  /** That a text may have: longer ones are truncated. */
  abstract get maxCharacters(): number;

  /** Scores encoded texts, yielding how many are done after each batch. */
  abstract scoreSteps(encoded: readonly ArrayLike<number>[]): Generator<number, TextScores>;

  abstract characterSource(): CharacterSource;

  /**
   * Samples texts at once; {@link sampleAsync} and {@link stream} let others have their turn meanwhile.
   *
   * @throws LetterpressError BAD_OPTION for options that are unknown or out of range, BAD_INPUT for a prompt that is
   *   mostly outside the alphabet; the signal's reason once it is aborted
   */
  sample(options: SampleOptions = {}): string[] {
    return finish(this.sampleSteps(options));
  }

  /**
   * As {@link sample}, but other work of the thread has its turn between two characters, and `signal` ends it.
   *
   * @example const texts = await model.sampleAsync({ count: 1000, signal: AbortSignal.timeout(5000) });
   */
  async sampleAsync(options: SampleOptions = {}): Promise<string[]> {
    return runSteps(this.sampleSteps(options));
  }

  /**
   * One text, a character at a time, after the prompt: the text that {@link sample} gives for the same options.
   *
   * @throws what {@link sample} throws; the signal's reason (an AbortError by default) once it is aborted
   * @example
   * for await (const character of model.stream({ prompt: 'storm ', signal })) output.textContent += character;
   */
  async *stream(options: StreamOptions = {}): AsyncGenerator<string, void> {
    checkNames(options, OF_ONE_TEXT, 'stream');
    const pause = pacer();
    for (const characters of this.sampleSteps({ ...options, count: 1 })) {
      const character = this.tokenizer.decode(characters.map(({ token }) => token));
      if (character !== '') yield character;
      await pause();
    }
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
    checkNames(options, SAMPLE_OPTIONS, 'sample');
    const { count = 1, temperature = 1, seed = 0, prompt = '' } = options;
    const strategy = { ...options, count, temperature, seed, prompt: this.encodeText(prompt, 'prompt', report) };
    const tokens = yield* writeTexts(this.characterSource(), strategy);
    return tokens.map((text) => this.tokenizer.decode(text));
  }

  /**
   * The distribution of the next character after a prompt, the most probable first: every character of the alphabet,
   * and the end of the text. Probabilities add up to 1 but for that of `cls`, which never comes next.
   *
   * @param options.temperature 1 by default: the model's own distribution
   * @throws LetterpressError as {@link sample} does
   * @example model.nextCharacters('the storm').slice(0, 3) // [{ character: ' ', probability: 0.81 }, …]
   */
  nextCharacters(prompt = '', options: { readonly temperature?: number | undefined } = {}): NextCharacter[] {
    checkNames(options, { temperature: true }, 'nextCharacters');
    const { temperature = 1 } = options;
    checkStrategy({ temperature });
    const tokens = this.encodeText(prompt, 'prompt');
    const source = this.characterSource();
    checkPromptLength(tokens.length, source.contextLength);
    const logits = [...logitsAlong(source, tokens)].at(-1)!;
    const probabilities = softmax(logits, 0, source.vocabulary, temperature);
    return Array.from(probabilities.subarray(0, outcomesOf(source)), (probability, token) => ({
      character: this.tokenizer.decode([token]),
      probability,
    })).sort((a, b) => b.probability - a.probability);
  }

  /**
   * How surprising each character of a text was, and its end, where the context has room for it. Up to rounding, they
   * add up to the text's NLL under {@link score} for models that were trained without padding (the recipe `modern`).
   *
   * @throws LetterpressError BAD_INPUT for a text that is mostly outside the alphabet
   */
  surprise(text: string): CharacterSurprise[] {
    const source = this.characterSource();
    const targets = [...this.encodeText(text, 'text'), PAD_TOKEN].slice(0, source.contextLength - 1);
    const found: CharacterSurprise[] = [];
    for (const logits of logitsAlong(source, targets.slice(0, -1))) {
      const token = targets[found.length]!;
      const probability = softmax(logits, 0, source.vocabulary, 1)[token]!;
      found.push({ character: this.tokenizer.decode([token]), nll: -Math.log(probability) });
    }
    return found;
  }

  /**
   * −log p (nats) and top-1 of each text. Characters outside the alphabet are folded or replaced, longer texts
   * truncated.
   *
   * @throws LetterpressError BAD_INPUT when more than a third of the characters are outside the alphabet; the signal's
   *   reason once it is aborted
   */
  score(texts: readonly string[], options: ScoreOptions = {}): TextScores {
    return finish(this.scoreSteps(this.encode(texts, options)));
  }

  /** As {@link score}, but other work of the thread has its turn between two batches, and `signal` ends it. */
  async scoreAsync(texts: readonly string[], options: ScoreOptions = {}): Promise<TextScores> {
    return runSteps(this.scoreSteps(this.encode(texts, options)), options);
  }

  /** Means of {@link score} over the texts. */
  evaluate(texts: readonly string[], options: ScoreOptions = {}): Evaluation {
    return meanScores(this.score(texts, options));
  }

  private encode(texts: readonly string[], options: ScoreOptions): Uint16Array[] {
    checkNames(options, { signal: true }, 'score');
    options.signal?.throwIfAborted();
    // `every` would leave out the holes of a sparse array.
    if (!Array.isArray(texts) || texts.findIndex((text: unknown) => typeof text !== 'string') >= 0)
      throw new LetterpressError('BAD_OPTION', 'expected a list of strings (texts)', 'Give one string a text.');
    const { encoded, report } = finish(encodeSplitSteps(texts, this.tokenizer, { maxCharacters: this.maxCharacters }));
    checkLostShare(lostShare(report), 'the texts', TEXTS_OF_MODEL);
    return encoded;
  }

  /** @param name of the argument, for errors */
  protected encodeText(text: string, name: string, report = emptyReport()): Uint16Array {
    if (typeof text !== 'string')
      throw new LetterpressError('BAD_OPTION', `expected a string (${name}), got ${typeof text}`);
    const tokens = this.tokenizer.encode(text, report);
    checkLostShare(lostShare(report), `the ${name}`, TEXTS_OF_MODEL);
    return tokens;
  }
}

/** Logits `[vocabulary]` of what follows cls, then of what follows each token; overwritten by the next. */
export function* logitsAlong(source: CharacterSource, tokens: ArrayLike<number>): Generator<ArrayLike<number>, void> {
  const next = source.begin(1);
  const slots = Int32Array.of(0);
  for (let position = 0; position <= tokens.length; position++)
    yield next(Int32Array.of(position === 0 ? clsToken(source) : tokens[position - 1]!), position, slots);
}
