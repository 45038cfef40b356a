import { Random } from '../../random.js';

/**
 * The pieces of a long text cut again: joined in a ring, and cut from another character on. Without it a model would always see the
 * same characters at the beginning of a piece, with nothing before them.
 *
 * @param pieces all of one length
 * @returns as many pieces of that length; a function of the seed and the epoch. Epoch 0 has them as they are.
 */
export function shiftedWindows(pieces: readonly Uint16Array[], seed: number, epoch: number): readonly Uint16Array[] {
  const length = pieces[0]?.length ?? 0;
  if (epoch === 0 || length < 2) return pieces;
  const by = new Random(seed, 'augmentation', epoch).integer(length);
  if (by === 0) return pieces;
  return pieces.map((piece, i) => {
    const shifted = new Uint16Array(length);
    shifted.set(piece.subarray(by));
    shifted.set(pieces[(i + 1) % pieces.length]!.subarray(0, by), length - by);
    return shifted;
  });
}
