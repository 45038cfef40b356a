/** A long text as consecutive pieces of one length. */

/**
 * Pieces of a text, each of `characters` characters, without gaps. What is left at the end, less than a piece, is left
 * out: it would be a text that ends, and a long text does not.
 *
 * @param characters code points of a piece
 *
 * @example cutIntoPieces('abcdefgh', 3) // ['abc', 'def']
 */
export function cutIntoPieces(text: string, characters: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let length = 0;
  for (const character of text) {
    piece += character;
    if (++length < characters) continue;
    pieces.push(piece);
    [piece, length] = ['', 0];
  }
  return pieces;
}
