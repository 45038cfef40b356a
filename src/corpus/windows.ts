/** Long texts as many texts of one length, one after another. */

/**
 * Pieces of a text, each of `letters` letters, without gaps. What is left at the end, less than a piece, is left out: it would be
 * a text that ends, and a long text does not.
 *
 * @param letters code points of a piece
 *
 * @example cutWindows('abcdefgh', 3) // ['abc', 'def']
 */
export function cutWindows(text: string, letters: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let length = 0;
  for (const letter of text) {
    piece += letter;
    if (++length < letters) continue;
    pieces.push(piece);
    [piece, length] = ['', 0];
  }
  return pieces;
}
