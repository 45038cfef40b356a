/**
 * What all baselines have in common: they score whole padded sequences as a transformer does, in nats per text.
 *
 * A text is an array of characters 1 … A, without `cls` and pads; pad is 0, `cls` is A + 1, and the vocabulary has A +
 * 2 token values. Of a context length of W tokens the first is `cls`, so W − 1 positions are predicted: the characters,
 * then pads. The first pad is the end of the text. A text of W − 1 characters fills the context length and has no end.
 */
import { maxIndex } from 'd3-array';
import { clsToken, PAD_TOKEN, predictedPositions } from '../tokenizer/special-tokens.js';
import { LetterpressError } from '../errors.js';
import type { Baseline } from './baselines-schema.js';

/** Sizes that every baseline needs. */
export interface SequenceShape {
  /** Token values: characters, pad and `cls`. */
  readonly vocabulary: number;
  /** Tokens of a sequence, `cls` included. */
  readonly contextLength: number;
}

/** A distribution over padded sequences. */
export interface SequenceModel {
  readonly id: Baseline['id'];
  /** For tables and figures. */
  readonly label: string;
  /** Whether it ignores the context. */
  readonly contextFree: boolean;
  /** −log p of a text's whole padded sequence, in nats; always finite. */
  nll(text: ArrayLike<number>): number;
  /** Share of the context length − 1 positions whose most probable token (the first of equal ones) was right. */
  top1(text: ArrayLike<number>): number;
}

export type Identity = Pick<SequenceModel, 'id' | 'label' | 'contextFree'>;

/**
 * A model that predicts character by character and knows the end: after the first pad, pads are certain. It predicts a
 * text's characters, and its end unless it fills the context length; all further positions add no NLL and count as
 * right.
 */
export abstract class CharacterModel implements SequenceModel {
  readonly id: Identity['id'];
  readonly label: string;
  readonly contextFree: boolean;

  constructor(
    identity: Identity,
    readonly shape: SequenceShape,
  ) {
    ({ id: this.id, label: this.label, contextFree: this.contextFree } = identity);
  }

  /**
   * The distribution of what follows the first `position` characters of `text`.
   *
   * @returns `[vocabulary]`, positive for the end and all characters, 0 for `cls`; only to be read, and only until the
   *   next call
   */
  protected abstract predict(text: ArrayLike<number>, position: number): Float64Array;

  /** The probability of one token of {@link predict}; models override it where that is less work. */
  protected probability(text: ArrayLike<number>, position: number, token: number): number {
    return this.predict(text, position)[token]!;
  }

  /** The other positions, at the end, are certain. */
  protected scoredPositions(text: ArrayLike<number>): number {
    return predictedPositions(text, this.shape.contextLength);
  }

  /** @throws BAD_INPUT for a token that is no character */
  nll(text: ArrayLike<number>): number {
    checkText(text, this.shape);
    let nll = 0;
    const count = this.scoredPositions(text);
    for (let t = 0; t < count; t++) nll -= Math.log(this.probability(text, t, text[t] ?? PAD_TOKEN));
    return nll;
  }

  /** @throws BAD_INPUT for a token that is no character */
  top1(text: ArrayLike<number>): number {
    checkText(text, this.shape);
    const count = this.scoredPositions(text);
    const positions = this.shape.contextLength - 1;
    let right = positions - count;
    for (let t = 0; t < count; t++) if (maxIndex(this.predict(text, t)) === (text[t] ?? PAD_TOKEN)) right++;
    return right / positions;
  }

  /**
   * The distribution of what follows a text's beginning.
   *
   * @param context all characters from the start of the text; pads at its end say that the text has ended
   * @param out `[vocabulary]` where to write; a new array unless given
   * @returns `[vocabulary]`: probabilities that add up to 1; 0 for `cls`. Where the text has ended or fills the context
   *   length, the pad is certain.
   * @throws BAD_INPUT for a token that is no character before the end
   *
   * @example sampleFrom(model.probabilities(tokenizer.encode('pier morg')));
   */
  probabilities(context: ArrayLike<number>, out: Float64Array = new Float64Array(this.shape.vocabulary)): Float64Array {
    const ended = context.length > 0 && context[context.length - 1] === PAD_TOKEN;
    if (ended || context.length >= this.shape.contextLength - 1) {
      out.fill(0);
      out[PAD_TOKEN] = 1;
    } else {
      checkText(context, this.shape);
      out.set(this.predict(context, context.length));
    }
    return out;
  }
}

/** Mean NLL of texts, nats per text; NaN for none. */
export function meanNll(model: Pick<SequenceModel, 'nll'>, texts: readonly ArrayLike<number>[]): number {
  return texts.reduce((sum, text) => sum + model.nll(text), 0) / texts.length;
}

/** Mean top-1 of texts; NaN for none. */
export function meanTop1(model: Pick<SequenceModel, 'top1'>, texts: readonly ArrayLike<number>[]): number {
  return texts.reduce((sum, text) => sum + model.top1(text), 0) / texts.length;
}

/** @throws BAD_INPUT unless all tokens that the context length holds are characters */
export function checkText(text: ArrayLike<number>, shape: SequenceShape): void {
  const characters = Math.min(text.length, shape.contextLength - 1);
  const cls = clsToken(shape);
  for (let t = 0; t < characters; t++) {
    const token = text[t]!;
    if (token >= 1 && token < cls) continue;
    throw new LetterpressError(
      'BAD_INPUT',
      `expected characters as tokens from 1 to ${cls - 1}, got ${token} at position ${t}`,
      'Encode the text with the alphabet that the model was fitted with, without cls and pads.',
    );
  }
}

/** @throws BAD_OPTION for sizes that no sequence has */
export function checkShape({ vocabulary, contextLength }: SequenceShape): void {
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  if (whole(vocabulary, 3) && whole(contextLength, 2)) return;
  throw new LetterpressError(
    'BAD_OPTION',
    'expected a vocabulary of at least 3 token values and a context length of at least 2 tokens, ' +
      `got ${vocabulary} and ${contextLength}`,
    'The vocabulary is that of the tokenizer, pad and cls included; the context length is the model’s, cls included.',
  );
}
