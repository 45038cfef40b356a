import { Random } from '../../random.js';
import type { TrainingSettings } from '../settings.js';
import { spliced, withWordsDropped, withWordsShuffled } from './change-words.js';
import { shiftedWindows } from './shift-windows.js';
import { WordIndex } from './word-index.js';

/**
 * Training texts that differ from epoch to epoch: some spliced with another one, some with words left out, some with their
 * words in another order, or the pieces of a long text cut elsewhere. What becomes of a text is a function of seed, epoch and text.
 */
export class TextAugmentation {
  private readonly index: WordIndex | undefined;

  /**
   * @param texts letters of each text as tokens
   * @param space token of the space; without one there are no words, and texts stay as they are
   * @param longest letters that a text may have
   */
  constructor(
    private readonly texts: readonly Uint16Array[],
    private readonly space: number | undefined,
    private readonly settings: TrainingSettings['augmentation'],
    private readonly longest: number,
    private readonly seed: number,
  ) {
    if (space !== undefined && settings.splice > 0) this.index = new WordIndex(texts, space);
  }

  /** The texts of an epoch, in the same places. */
  textsOf(epoch: number): readonly Uint16Array[] {
    const { space, settings } = this;
    const { splice, wordDrop, wordShuffle, shift } = settings;
    const texts = shift ? shiftedWindows(this.texts, this.seed, epoch) : this.texts;
    if (space === undefined || splice + wordDrop + wordShuffle === 0) return texts;
    return texts.map((text, i) => {
      const random = new Random(this.seed, 'augmentation', epoch * texts.length + i);
      let changed = text;
      if (this.index && random.uniform() < splice) changed = spliced(this.index, i, this.longest, random);
      if (wordDrop > 0) changed = withWordsDropped(changed, space, wordDrop, random);
      if (random.uniform() < wordShuffle) changed = withWordsShuffled(changed, space, random);
      return changed;
    });
  }
}
