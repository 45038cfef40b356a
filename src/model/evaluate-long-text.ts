import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { packBatch } from '../nn/packed-batch.js';
import { crossEntropy } from '../tensor/ops/cross-entropy.js';
import { Tape } from '../tensor/tape.js';
import { checkPrediction } from '../softmax.js';

const BATCH = 32;

export interface LongTextScore {
  readonly characters: number;
  /** Nats per character. */
  readonly nll: number;
  /** Share of characters that were the most probable token. */
  readonly top1: number;
}

/**
 * Scores one long text with overlapping pieces: each begins `stride` characters after the last, and only its last
 * `stride` characters count, so that every character but the first ones is predicted from at least `context − stride`
 * characters. With a stride as long as the pieces they do not overlap, and the first characters of each are predicted
 * from almost nothing.
 *
 * @param tokens characters of the text as tokens
 * @param stride 1 … context length − 1 characters; half of the maximum costs twice as much as no overlap
 * @returns a generator that yields the number of characters done after each batch, and returns the score
 * @throws LetterpressError BAD_OPTION for a stride that is out of range, BAD_INPUT for no characters
 */
export function* scoreLongText(
  model: DecoderTransformer,
  backend: Backend,
  tokens: Uint16Array,
  stride: number,
): Generator<number, LongTextScore> {
  const context = model.config.contextLength - 1;
  if (!Number.isSafeInteger(stride) || stride < 1 || stride > context) {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a stride of 1 to ${context} characters for this model, got ${stride}`,
      'A half or a quarter of the context is usual.',
    );
  }
  if (tokens.length === 0) throw new LetterpressError('BAD_INPUT', 'expected a long text, got no characters');
  const tape = new Tape(backend);
  const pieces = overlappingPieces(tokens.length, context, stride);
  const total = { nll: 0, right: 0, characters: 0 };
  for (let from = 0; from < pieces.length; from += BATCH) {
    const chosen = pieces.slice(from, from + BATCH);
    const texts = chosen.map(({ start, end }) => tokens.subarray(start, end));
    const batch = packBatch(texts, model.config, 'first');
    tape.begin({ training: false });
    const { nll, correct } = crossEntropy(tape, model.forward(tape, batch), batch.targets);
    chosen.forEach(({ start, end, counted }, b) => {
      // A piece shorter than the context length has one more row, for its end, which does not count.
      for (let t = counted; t < end - start; t++) {
        total.nll += nll[batch.offsets[b]! + t]!;
        total.right += correct[batch.offsets[b]! + t]!;
        total.characters++;
      }
    });
    yield total.characters;
  }
  checkPrediction(total.nll);
  return {
    characters: total.characters,
    nll: total.nll / total.characters,
    top1: total.right / total.characters,
  };
}

/** Characters `start` … `end` − 1 of a text; those before `start + counted` do not count. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly counted: number;
}

/** Pieces such that each character counts once. The last one is moved back, to be as long as the others. */
export function overlappingPieces(characters: number, context: number, stride: number): Piece[] {
  const pieces: Piece[] = [];
  let scored = 0;
  while (scored < characters) {
    const end = Math.min(characters, scored === 0 ? context : scored + stride);
    const start = Math.max(0, end - context);
    pieces.push({ start, end, counted: scored - start });
    scored = end;
  }
  return pieces;
}
