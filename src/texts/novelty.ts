import { codePoints } from '../tokenizer/code-points.js';
import { countCharacters } from './characters.js';
import type { Span } from './span-index.js';
import { TrainingIndex, type NearestText } from './training-index.js';

/** Shorter spans occur in some training text by chance. */
export const MIN_COPIED_CHARACTERS = 12;

/** How new a text is. */
export interface TextNovelty {
  readonly text: string;
  /** The training text at the smallest distance, not with the fewest edits; absent where there are none. */
  readonly nearest?: NearestText | undefined;
  /** Spans, in characters, that training texts have: see `SpanIndex.copiedSpans`. */
  readonly copied: readonly Span[];
  /** Share of its characters in them, 0 … 1. */
  readonly copiedShare: number;
}

/** How new a model's texts are. */
export interface Novelty {
  /** Training texts that were searched. */
  readonly searched: number;
  readonly trainingTexts: number;
  readonly texts: readonly TextNovelty[];
}

/**
 * Compares texts that a model wrote with those that it was trained on; yields how many are done.
 *
 * @param training as the model reads them: see `textsAsRead`
 * @param searched some of them, where all would be too many
 */
export function* noveltySteps(
  written: readonly string[],
  training: readonly string[],
  searched: readonly string[] = training,
): Generator<number, Novelty> {
  yield 0;
  const index = new TrainingIndex(training, searched);
  const texts: TextNovelty[] = [];
  for (const text of written) {
    texts.push(noveltyOf(text, index));
    yield texts.length;
  }
  return { searched: searched.length, trainingTexts: training.length, texts };
}

function noveltyOf(text: string, index: TrainingIndex): TextNovelty {
  const copied = index.copiedSpans(text, MIN_COPIED_CHARACTERS);
  const characters = copied.reduce((sum, span) => sum + span.characters, 0);
  return { text, nearest: index.nearest(text), copied, copiedShare: characters / Math.max(1, countCharacters(text)) };
}

/** A piece of two aligned texts: the same in both, or what stands in each of them (perhaps nothing). */
export interface AlignedPiece {
  readonly isSame: boolean;
  readonly text: string;
  readonly other: string;
}

/**
 * Two texts in pieces, with as few characters inserted, deleted and replaced as possible (Levenshtein, 1966).
 *
 * @example alignTexts('rain', 'train'); // [{ isSame: false, text: '', other: 't' }, { isSame: true, text: 'rain', … }]
 */
export function alignTexts(text: string, other: string): AlignedPiece[] {
  const [a, b] = [codePoints(text), codePoints(other)];
  const width = b.length + 1;
  // Edits between what follows in both.
  const edits = new Uint16Array((a.length + 1) * width);
  for (let i = a.length; i >= 0; i--)
    for (let j = b.length; j >= 0; j--) {
      const at = i * width + j;
      if (i === a.length || j === b.length) edits[at] = a.length - i + b.length - j;
      else if (a[i] === b[j]) edits[at] = edits[at + width + 1]!;
      else edits[at] = 1 + Math.min(edits[at + 1]!, edits[at + width]!, edits[at + width + 1]!);
    }
  const pieces: { isSame: boolean; text: string; other: string }[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    const at = i * width + j;
    const left = edits[at]! - 1;
    const isSame = i < a.length && j < b.length && a[i] === b[j];
    const isReplaced = !isSame && i < a.length && j < b.length && edits[at + width + 1] === left;
    const takesText = isSame || isReplaced || (i < a.length && edits[at + width] === left);
    const takesOther = isSame || isReplaced || !takesText;
    const piece = { isSame, text: takesText ? a[i++]! : '', other: takesOther ? b[j++]! : '' };
    const last = pieces.at(-1);
    if (last?.isSame === isSame) {
      last.text += piece.text;
      last.other += piece.other;
    } else pieces.push(piece);
  }
  return pieces;
}
