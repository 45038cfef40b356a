const MAX_CHARACTERS = 60;

/** A text as a message shows it: of a long one, the beginning and `…`. */
export function abridge(text: string): string {
  const characters = Array.from(text.slice(0, 2 * MAX_CHARACTERS + 2)); // at most two units each
  return characters.length > MAX_CHARACTERS ? `${characters.slice(0, MAX_CHARACTERS).join('')}…` : text;
}
