import { PAD_TOKEN, type PackedBatch } from '../../nn/packed-batch.js';
import { Random } from '../../random.js';

/**
 * Replaces some input letters by others, as frequent as they are in the training texts: unigram noising (Xie et al., "Data
 * noising as smoothing in neural network language models", 2017). Which ones is a function of seed, epoch and text.
 */
export class LetterNoise {
  /** All letters of the training texts: one of them, drawn evenly, has their distribution. */
  private readonly letters: Uint16Array;

  /** @param share of the input letters that are replaced, perhaps by the same letter */
  constructor(
    private readonly texts: readonly Uint16Array[],
    private readonly share: number,
    private readonly seed: number,
  ) {
    this.letters = new Uint16Array(texts.reduce((sum, text) => sum + text.length, 0));
    let at = 0;
    for (const text of texts) {
      this.letters.set(text, at);
      at += text.length;
    }
  }

  /**
   * Changes the inputs of a batch: letters alone, never cls or pads. Targets stay.
   *
   * @param chosen number of each of the batch's texts
   */
  addTo({ tokens, offsets }: PackedBatch, chosen: ArrayLike<number>, epoch: number): void {
    for (let b = 0; b < chosen.length; b++) {
      const random = new Random(this.seed, 'noise', epoch * this.texts.length + chosen[b]!);
      for (let row = offsets[b]! + 1; row < offsets[b + 1]! && tokens[row] !== PAD_TOKEN; row++) {
        if (random.uniform() < this.share) tokens[row] = this.letters[random.integer(this.letters.length)]!;
      }
    }
  }
}
