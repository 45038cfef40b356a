import { Random } from '../../random.js';
import type { TrainingSettings } from '../settings.js';
import { shiftedWindows } from './shift-windows.js';
import { withWordsShuffled } from './words.js';

/**
 * Training texts that differ from epoch to epoch: some with their words in another order, or the pieces of a long text cut elsewhere. What
 * becomes of a text is a function of seed, epoch and text.
 */
export class TextAugmentation {
  /**
   * @param texts characters of each text as tokens
   * @param space token of the space; without one there are no words, and texts stay as they are
   */
  constructor(
    private readonly texts: readonly Uint16Array[],
    private readonly space: number | undefined,
    private readonly settings: TrainingSettings['augmentation'],
    private readonly seed: number,
  ) {}

  /** The texts of an epoch, in the same places. */
  textsOf(epoch: number): readonly Uint16Array[] {
    const { texts, space, seed } = this;
    const { wordShuffle, shift } = this.settings;
    if (shift) return shiftedWindows(texts, seed, epoch);
    if (space === undefined || wordShuffle === 0) return texts;
    return texts.map((text, i) => {
      const random = new Random(seed, 'augmentation', epoch * texts.length + i);
      return random.uniform() < wordShuffle ? withWordsShuffled(text, space, random) : text;
    });
  }
}
