import { clsToken, outcomesOf } from '../tokenizer/special-tokens.js';
import { estimateDiscounts, type Discounts } from './discounts.js';
import { checkOrder, find, NgramCounts } from './ngram-counts.js';
import { checkText, CharacterModel, type SequenceShape } from './sequence-model.js';

/** How much training says about what follows a text's beginning: see {@link KneserNey.confidence}. */
export interface Confidence {
  /** Characters of the longest context that was seen, at most order − 1; the start of the text counts as one. */
  readonly depth: number;
  /** How often that context was followed by something in training. */
  readonly occurrences: number;
  /** How many different characters followed it, the end being one. */
  readonly followers: number;
}

/**
 * A character n-gram model with interpolated modified Kneser–Ney smoothing (Chen and Goodman 1999, section 3; Kneser
 * and Ney, "Improved backing-off for m-gram language modeling", ICASSP 1995).
 *
 * With h the characters before, h′ the same without the leftmost one, and a(hw) the adjusted count of an n-gram:
 *
 *   p(w | h) = (a(hw) − D(a(hw)) + S(h)·p(w | h′)) / Σ_v a(hv),   S(h) = Σ_v D(a(hv))
 *
 * where D(0) = 0, so that what the discounts take off the characters seen after h is shared out by the shorter context.
 * The recursion ends with the uniform distribution over the characters and the end of the text, p = 1 / (A + 1). In a
 * context that was never seen, p(w | h) = p(w | h′).
 *
 * Adjusted counts: for n-grams of the model's order, how often they occur; for shorter ones, after how many different
 * characters they do (the start of a text being one). N-grams that begin with the start of a text keep their count at
 * every order, as nothing can stand before them. Every discount is positive and at most its count, so that all
 * probabilities are positive, and those of the characters and the end add up to 1.
 *
 * Characters of the context beyond the start of the text do not exist: the longest context is the whole text before.
 */
export class KneserNey extends CharacterModel {
  /** Discounts of the orders 1 … {@link order}, and how they were found. */
  readonly discounts: readonly Discounts[];
  /** Adjusted counts of the orders 1 … {@link order}, as the counts' levels have their n-grams. */
  private readonly adjusted: readonly Uint32Array[];
  /** Index of the context of each length that was last looked up. */
  private readonly path: Uint32Array;
  private readonly scratch: Float64Array;

  /**
   * @param counts of this order or a higher one; models of several orders may share them
   * @param order characters of an n-gram, the predicted one included
   * @throws BAD_OPTION for an order that is not 1 … counts.order
   */
  constructor(
    private readonly counts: NgramCounts,
    readonly order: number,
  ) {
    checkOrder(order, counts.order);
    super({ id: 'kneser-ney', label: `Kneser–Ney, order ${order}`, contextFree: order === 1 }, counts.shape);
    this.adjusted = counts.levels
      .slice(0, order)
      .map(({ count, continuation }, length) => (length === order - 1 ? count : continuation));
    this.discounts = this.adjusted.map((adjusted, length) => estimateDiscounts(length + 1, adjusted));
    this.path = new Uint32Array(order);
    this.scratch = new Float64Array(counts.shape.vocabulary);
  }

  /**
   * @param context all characters from the start of the text
   * @throws BAD_INPUT for a token that is no character
   */
  confidence(context: ArrayLike<number>): Confidence {
    checkText(context, this.shape);
    const depth = this.follow(context, context.length);
    const { firstFollower, count } = this.counts.levels[depth]!;
    const from = firstFollower[this.path[depth]!]!;
    const end = firstFollower[this.path[depth]! + 1]!;
    let occurrences = 0;
    for (let i = from; i < end; i++) occurrences += count[i]!;
    return { depth, occurrences, followers: end - from };
  }

  protected predict(text: ArrayLike<number>, position: number): Float64Array {
    const { scratch } = this;
    scratch.fill(1 / (scratch.length - 1));
    scratch[scratch.length - 1] = 0;
    const depth = this.follow(text, position);
    for (let length = 0; length <= depth; length++) {
      const { follower, firstFollower } = this.counts.levels[length]!;
      const adjusted = this.adjusted[length]!;
      const { total, shared } = this.sums(length);
      if (total === 0) continue;
      for (let v = 0; v < scratch.length; v++) scratch[v]! *= shared / total;
      const context = this.path[length]!;
      const end = firstFollower[context + 1]!;
      for (let i = firstFollower[context]!; i < end; i++) {
        const count = adjusted[i]!;
        scratch[follower[i]!]! += (count - this.discount(length, count)) / total;
      }
    }
    return scratch;
  }

  protected override probability(text: ArrayLike<number>, position: number, token: number): number {
    let p = 1 / outcomesOf(this.shape);
    const depth = this.follow(text, position);
    for (let length = 0; length <= depth; length++) {
      const { total, shared } = this.sums(length);
      if (total === 0) continue;
      const count = this.countOf(length, token);
      p = (count - this.discount(length, count) + shared * p) / total;
    }
    return p;
  }

  /**
   * Looks up the contexts of 0, 1, 2 … characters before a position, as far as they were seen, and leaves them in
   * `path`.
   *
   * @returns length of the longest one, the start of the text counted as a character
   */
  private follow(text: ArrayLike<number>, position: number): number {
    const longest = Math.min(this.order - 1, position + 1);
    for (let length = 0; length < longest; length++) {
      const at = position - 1 - length;
      const character = at < 0 ? clsToken(this.shape) : text[at]!;
      const next = this.counts.longer(length, this.path[length]!, character);
      if (next === -1) return length;
      this.path[length + 1] = next;
    }
    return longest;
  }

  /** Σ_v a(hv) and Σ_v D(a(hv)) of the context of a length that was looked up. */
  private sums(length: number): { total: number; shared: number } {
    const { firstFollower } = this.counts.levels[length]!;
    const adjusted = this.adjusted[length]!;
    const context = this.path[length]!;
    let total = 0;
    let shared = 0;
    const end = firstFollower[context + 1]!;
    for (let i = firstFollower[context]!; i < end; i++) {
      total += adjusted[i]!;
      shared += this.discount(length, adjusted[i]!);
    }
    return { total, shared };
  }

  /** a(hw) in the context of a length that was looked up. */
  private countOf(length: number, token: number): number {
    const { firstFollower, follower } = this.counts.levels[length]!;
    const context = this.path[length]!;
    const i = find(follower, token, firstFollower[context]!, firstFollower[context + 1]!);
    return i === -1 ? 0 : this.adjusted[length]![i]!;
  }

  /** D(count) for n-grams of length + 1 characters. */
  private discount(length: number, count: number): number {
    return count === 0 ? 0 : this.discounts[length]!.values[count >= 3 ? 2 : count === 2 ? 1 : 0];
  }
}

/**
 * @param texts characters as tokens; longer ones are cut at the context length
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has, or no order
 *
 * @example
 * const model = fitKneserNey(encoded, { order: 6, vocabulary: 29, contextLength: 150 });
 * model.nll(tokenizer.encode('storm hits town')); // nats
 */
export function fitKneserNey(
  texts: readonly ArrayLike<number>[],
  { order, vocabulary, contextLength }: SequenceShape & { readonly order: number },
): KneserNey {
  return new KneserNey(new NgramCounts(texts, { vocabulary, contextLength }, order), order);
}
