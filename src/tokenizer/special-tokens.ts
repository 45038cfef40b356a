/** What has a vocabulary: a model's configuration, or the shape of an n-gram model. */
interface HasVocabulary {
  /** Number of token values, pad and cls included. */
  readonly vocabulary: number;
}

/** Token that ends a text and fills the rest of the context, in every alphabet. */
export const PAD_TOKEN = 0;

/** Token that starts every text: the one after the last character. */
export function clsToken({ vocabulary }: HasVocabulary): number {
  return vocabulary - 1;
}

/** Number of tokens that can come next: the end of the text, or a character; never cls. */
export function outcomesOf({ vocabulary }: HasVocabulary): number {
  return vocabulary - 1;
}

/** Positions of a text that are not certain: its characters, and its end unless the characters fill the context. */
export function predictedPositions(text: { readonly length: number }, contextLength: number): number {
  return Math.min(text.length + 1, contextLength - 1);
}
