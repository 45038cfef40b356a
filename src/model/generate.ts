import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { checkWholeNumber, Random } from '../random.js';
import { logSumExp } from '../softmax.js';
import { Tape } from '../tensor/tape.js';
import { clsToken, PAD_TOKEN } from '../tokenizer/special-tokens.js';
import { checkStrategy, sampleToken, type SamplingStrategy } from './strategy.js';

export interface GenerateOptions extends SamplingStrategy {
  readonly count: number;
  readonly seed: number;
  /** Tokens that every text starts with, after cls. */
  readonly prompt?: ArrayLike<number>;
  /** Number of the first text, 0 by default: text i is a function of the seed and i alone. */
  readonly firstText?: number;
  /** Aborting ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One new character of one text; `token` is the pad when the text ends. */
export interface GeneratedCharacter {
  readonly text: number;
  readonly token: number;
}

/**
 * Logits of the next token of some texts that are written at the same time. It remembers the texts by their slots:
 * position 0 begins a new text there.
 *
 * @param tokens `[rows]` the newest token of each text, cls first
 * @param position of these tokens, the same for all
 * @param slots `[rows]` of the texts
 * @returns `[rows, vocabulary]` logits, or log-probabilities, which are logits too; overwritten by the next call
 */
export type NextLogits = (tokens: Int32Array, position: number, slots: Int32Array) => ArrayLike<number>;

/** What texts can be sampled from: a transformer, or a mixture. */
export interface CharacterSource {
  /** Token values: characters, pad and cls. */
  readonly vocabulary: number;
  /** Tokens of a text, cls included. */
  readonly contextLength: number;
  /** Makes room for up to `slots` texts at the same time, with the model as it is now. */
  begin(slots: number): NextLogits;
}

/** A transformer as a source of characters: what it predicts at the last position of a text. */
export function transformerSource(model: DecoderTransformer, backend: Backend): CharacterSource {
  const { vocabulary, contextLength, causal } = model.config;
  const begin = causal ? cachedLogits : prefixLogits;
  return { vocabulary, contextLength, begin: (slots) => begin(model, backend, slots) };
}

/** Keeps each text's earlier positions in caches, instead of computing them again. */
function cachedLogits(model: DecoderTransformer, backend: Backend, count: number): NextLogits {
  const tape = new Tape(backend);
  const caches = model.newCaches(count, backend);
  return (tokens, position, slots) => {
    tape.begin({ training: false });
    const positions = new Int32Array(tokens.length).fill(position);
    return model.step(tape, { tokens, positions, slots }, caches).data;
  };
}

/**
 * Computes the whole prefix again for every character, as the notebook does: without the causal mask, a new character
 * changes what all earlier positions see.
 */
function prefixLogits(model: DecoderTransformer, backend: Backend, count: number): NextLogits {
  const { vocabulary, contextLength } = model.config;
  const tape = new Tape(backend);
  const prefixes = Array.from({ length: count }, () => new Int32Array(contextLength));
  return (tokens, position, slots) => {
    const length = position + 1;
    const [all, positions] = [new Int32Array(slots.length * length), new Int32Array(slots.length * length)];
    slots.forEach((slot, row) => {
      prefixes[slot]![position] = tokens[row]!;
      all.set(prefixes[slot]!.subarray(0, length), row * length);
      for (let t = 0; t < length; t++) positions[row * length + t] = t;
    });
    const offsets = Int32Array.from({ length: slots.length + 1 }, (_, row) => row * length);
    tape.begin({ training: false });
    const { data } = model.forward(tape, { tokens: all, positions, offsets }); // [rows * length, vocabulary]
    const last = new Float64Array(slots.length * vocabulary);
    slots.forEach((_, row) => {
      const end = (row + 1) * length * vocabulary;
      last.set(data.subarray(end - vocabulary, end), row * vocabulary);
    });
    return last;
  };
}

/**
 * Writes texts character by character: docs/notebook.md, section 8, without the work for texts that have ended. Yields
 * the new characters of each position; returns the tokens of each text, prompt included, without cls and pad.
 *
 * @throws LetterpressError BAD_OPTION for a prompt that fills the context length, or an invalid strategy
 */
export function* writeTexts(
  source: CharacterSource,
  options: GenerateOptions,
): Generator<readonly GeneratedCharacter[], number[][]> {
  checkStrategy(options);
  checkWholeNumber('count', options.count);
  const { contextLength } = source;
  const { count: all, firstText: first = 0, prompt = [] } = options;
  checkPromptLength(prompt.length, contextLength);
  // Bounds the memory of the caches. Small batches are slow, since every step reads all weights again; in large ones
  // most texts have ended before the longest.
  const size = contextLength <= 256 ? 128 : 64;
  const next = source.begin(Math.min(size, all));
  const texts: number[][] = [];
  for (let from = 0; from < all; from += size) {
    const count = Math.min(size, all - from);
    const batch = new Writer(source, next, options, prompt, first + from, count);
    for (;;) {
      options.signal?.throwIfAborted();
      if (batch.alive === 0) break;
      const characters = batch.step();
      yield characters.map(({ text, token }) => ({ text: from + text, token }));
    }
    texts.push(...batch.texts);
  }
  return texts;
}

/** @throws LetterpressError BAD_OPTION for a prompt that leaves no room for a character */
export function checkPromptLength(characters: number, contextLength: number): void {
  if (characters <= contextLength - 2) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a prompt of at most ${contextLength - 2} characters for this model, got ${characters}`,
    'Shorten the prompt.',
  );
}

/** A batch of texts being written, all at the same position. */
class Writer {
  readonly texts: number[][];
  private readonly randoms: Random[];
  private slots: number[];
  private position = 0;

  constructor(
    private readonly source: CharacterSource,
    private readonly next: NextLogits,
    private readonly strategy: SamplingStrategy & { readonly seed: number },
    private readonly prompt: ArrayLike<number>,
    firstText: number,
    count: number,
  ) {
    this.texts = Array.from({ length: count }, () => []);
    this.randoms = this.texts.map((_, i) => new Random(strategy.seed, 'sampling', firstText + i));
    this.slots = [...this.texts.keys()];
  }

  get alive(): number {
    return this.slots.length;
  }

  /** Adds one character to every text that has not ended; the prompt's characters come first, and are not reported. */
  step(): GeneratedCharacter[] {
    const { position, prompt, slots } = this;
    const { vocabulary, contextLength } = this.source;
    const cls = clsToken(this.source);
    const tokens = Int32Array.from(slots, (i) => (position === 0 ? cls : this.texts[i]![position - 1]!));
    const logits = this.next(tokens, position, Int32Array.from(slots));
    this.position++;

    const given = prompt[position];
    if (given !== undefined) {
      for (const i of slots) this.texts[i]!.push(given);
      return [];
    }
    const characters = slots.map((text, row) => {
      const uniform = this.randoms[text]!.uniformAt(position);
      const token = sampleToken(logits, row * vocabulary, vocabulary, this.strategy, uniform);
      if (token !== PAD_TOKEN) this.texts[text]!.push(token);
      return { text, token };
    });
    const full = this.position === contextLength - 1;
    this.slots = full ? [] : slots.filter((_, row) => characters[row]!.token !== PAD_TOKEN);
    return characters;
  }
}

/** Texts that are scored at the same time. */
const SCORED = 64;

/**
 * −log p (nats) of each text under the distributions that sampling draws from: each character, and the end, predicted
 * from the characters before it alone. It is the NLL of an autoregressive model, and what replaces it for another.
 *
 * @param texts characters of each text as tokens, without cls and pads
 * @returns a generator that yields how many texts are done, and returns the scores
 */
export function* scoreAsSampled(
  source: CharacterSource,
  texts: readonly ArrayLike<number>[],
): Generator<number, Float64Array> {
  const { vocabulary, contextLength } = source;
  const scores = new Float64Array(texts.length);
  const next = source.begin(Math.min(SCORED, texts.length));
  for (let from = 0; from < texts.length; from += SCORED) {
    const some = texts.slice(from, from + SCORED);
    let slots = [...some.keys()];
    for (let t = 0; slots.length > 0; t++) {
      const tokens = Int32Array.from(slots, (i) => (t === 0 ? clsToken(source) : some[i]![t - 1]!));
      const logits = next(tokens, t, Int32Array.from(slots));
      slots.forEach((i, row) => {
        const at = row * vocabulary;
        scores[from + i]! += logSumExp(logits, at, vocabulary) - logits[at + (some[i]![t] ?? PAD_TOKEN)]!;
      });
      slots = slots.filter((i) => t < some[i]!.length && t + 2 < contextLength);
    }
    yield from + some.length;
  }
  return scores;
}
