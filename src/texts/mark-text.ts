import { codePoints } from '../tokenizer/code-points.js';
import { countCharacters } from './characters.js';
import { MIN_COPIED_CHARACTERS } from './novelty.js';
import { MIN_WORD_CHARACTERS, type MarkedText } from './texts-schema.js';
import type { TrainingIndex } from './training-index.js';

/**
 * A text in pieces, which together are the text: words of at least {@link MIN_WORD_CHARACTERS} characters that no
 * training text has are invented, and the longest span that one training text has is copied, if it is long enough.
 *
 * @example markText('storm harbear', index); // [{ text: 'storm ', … }, { text: 'harbear', invented: true, … }]
 */
export function markText(text: string, index: TrainingIndex): MarkedText {
  const { start, characters } = index.longestSpan(text);
  const end = characters < MIN_COPIED_CHARACTERS ? start : start + characters;
  const pieces: { text: string; invented: boolean; copied: boolean }[] = [];
  let at = 0;
  for (const part of text.split(/(\s+)/u)) {
    const isLong = countCharacters(part) >= MIN_WORD_CHARACTERS && part.trim() !== '';
    const invented = isLong && !index.hasWord(part);
    for (const character of codePoints(part)) {
      const copied = at >= start && at < end;
      const last = pieces.at(-1);
      if (last?.invented === invented && last.copied === copied) last.text += character;
      else pieces.push({ text: character, invented, copied });
      at++;
    }
  }
  return pieces;
}
