import { bisectRight, cumsum } from 'd3-array';
import { Random } from '../random.js';
import { clsToken, outcomesOf, PAD_TOKEN, predictedPositions } from '../tokenizer/special-tokens.js';
import {
  CharacterModel,
  checkShape,
  checkText,
  type Identity,
  type SequenceModel,
  type SequenceShape,
} from './sequence-model.js';

/** The same distribution at every position. */
export class Unigram extends CharacterModel {
  constructor(
    identity: Identity,
    shape: SequenceShape,
    /** `[vocabulary]`, 0 for `cls`. */
    readonly distribution: Float64Array,
  ) {
    super(identity, shape);
  }

  protected predict(): Float64Array {
    return this.distribution;
  }
}

/** A {@link Unigram} that does not know that characters never follow a pad. */
class FlatUnigram extends Unigram {
  protected override scoredPositions(): number {
    return this.shape.contextLength - 1;
  }
}

/**
 * p(v) = (c(v) + 1) / (n + A + 1), where c(v) counts v among the n tokens at the counted positions of the training
 * texts, and A is the number of characters: add-one smoothing (Laplace), so that a character that was never seen has a
 * positive probability.
 *
 * @param countedPositions of a text; beyond its end are pads
 */
function addOneSmoothed(
  texts: readonly ArrayLike<number>[],
  shape: SequenceShape,
  countedPositions: (text: ArrayLike<number>) => number,
): Float64Array {
  checkShape(shape);
  const counts = new Float64Array(shape.vocabulary).fill(1);
  counts[clsToken(shape)] = 0;
  let total = outcomesOf(shape);
  for (const text of texts) {
    checkText(text, shape);
    const positions = countedPositions(text);
    for (let t = 0; t < positions; t++) counts[text[t] ?? PAD_TOKEN]!++;
    total += positions;
  }
  return counts.map((count) => count / total);
}

// All fits: texts are characters as tokens, and longer ones are cut at the context length. They throw BAD_INPUT for a
// token that is no character, and BAD_OPTION for sizes that no sequence has.

/**
 * One distribution for all context length − 1 positions, pads included: what a model reaches that knows nothing but how
 * often each token occurs. It is a distribution over all sequences of so many tokens, of which padded texts are a part.
 */
export function fitFlatUnigram(
  texts: readonly ArrayLike<number>[],
  shape: SequenceShape,
): SequenceModel & Pick<Unigram, 'distribution'> {
  const distribution = addOneSmoothed(texts, shape, () => shape.contextLength - 1);
  const identity = { id: 'flat-unigram', label: 'character unigram over all positions', contextFree: true } as const;
  return new FlatUnigram(identity, shape, distribution);
}

/** One distribution over characters and the end, for every position until the text has ended. */
export function fitUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): Unigram {
  const distribution = addOneSmoothed(texts, shape, (text) => predictedPositions(text, shape.contextLength));
  return new Unigram({ id: 'unigram', label: 'character unigram', contextFree: true }, shape, distribution);
}

/** Texts of characters as tokens, always the same ones: what a model writes that knows no context. */
export function sampleUnigram({ distribution, shape }: ReturnType<typeof fitUnigram>, count: number): number[][] {
  const cumulative = Array.from(cumsum(distribution));
  return Array.from({ length: count }, (_, i) => {
    const random = new Random(0, 'unigramTexts', i);
    const text: number[] = [];
    while (text.length < shape.contextLength - 1) {
      const token = bisectRight(cumulative, random.uniform() * cumulative.at(-1)!);
      if (token === PAD_TOKEN) break;
      text.push(token);
    }
    return text;
  });
}

/**
 * A distribution over characters and the end for each position, until the text has ended: what a model reaches that
 * looks at where it is, and at nothing else. At a position that no training text reaches it is the unigram.
 */
export function fitPositionUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): CharacterModel {
  const identity = { id: 'position-unigram', label: 'character unigram by position', contextFree: true } as const;
  return new WittenBell(identity, texts, shape, (_text, position) => position);
}

/**
 * A distribution over characters and the end after each character, and one for the start of a text. After a character
 * that was never seen it is the unigram.
 */
export function fitBigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): CharacterModel {
  const start = clsToken(shape);
  const identity = { id: 'bigram', label: 'character bigram', contextFree: false } as const;
  return new WittenBell(identity, texts, shape, (text, position) => (position === 0 ? start : text[position - 1]!));
}

/**
 * A distribution over characters and the end for each of some contexts, smoothed as Witten and Bell do ("The
 * zero-frequency problem", IEEE Transactions on Information Theory 37, 1991; method C, in the interpolated form of Chen
 * and Goodman 1999, section 2.4):
 *
 *   p(v | h) = (c(h, v) + T(h)·q(v)) / (n(h) + T(h))
 *
 * where c(h, v) counts v in context h, n(h) = Σ_v c(h, v), T(h) is the number of different tokens seen in h, and q is
 * the character unigram. In a context that was never seen, p is q.
 *
 * Only pairs that occur are stored, so that large alphabets do no harm.
 */
class WittenBell extends CharacterModel {
  private readonly contexts = new Map<number, { total: number; readonly counts: Map<number, number> }>();
  private readonly unigram: Float64Array;
  private readonly scratch: Float64Array;

  /** @param contextOf what of a text's beginning a prediction depends on, as a number */
  constructor(
    identity: Identity,
    texts: readonly ArrayLike<number>[],
    shape: SequenceShape,
    private readonly contextOf: (text: ArrayLike<number>, position: number) => number,
  ) {
    super(identity, shape);
    this.unigram = fitUnigram(texts, shape).distribution;
    this.scratch = new Float64Array(shape.vocabulary);
    for (const text of texts) {
      const count = predictedPositions(text, shape.contextLength);
      for (let t = 0; t < count; t++) this.add(contextOf(text, t), text[t] ?? PAD_TOKEN);
    }
  }

  private add(context: number, token: number): void {
    let seen = this.contexts.get(context);
    if (seen === undefined) this.contexts.set(context, (seen = { total: 0, counts: new Map() }));
    seen.total++;
    seen.counts.set(token, (seen.counts.get(token) ?? 0) + 1);
  }

  protected predict(text: ArrayLike<number>, position: number): Float64Array {
    const out = this.scratch;
    out.set(this.unigram);
    const seen = this.contexts.get(this.contextOf(text, position));
    if (seen === undefined) return out;
    const total = seen.total + seen.counts.size;
    for (let v = 0; v < out.length; v++) out[v]! *= seen.counts.size / total;
    for (const [token, count] of seen.counts) out[token]! += count / total;
    return out;
  }

  protected override probability(text: ArrayLike<number>, position: number, token: number): number {
    const seen = this.contexts.get(this.contextOf(text, position));
    const q = this.unigram[token]!;
    if (seen === undefined) return q;
    return ((seen.counts.get(token) ?? 0) + seen.counts.size * q) / (seen.total + seen.counts.size);
  }
}
