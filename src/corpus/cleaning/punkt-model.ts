/** What Punkt learned from a corpus of one language. Word types are lower-case, without their final period. */
export interface PunktModel {
  /** Word types that end in a period without ending the sentence, such as `mr`. */
  readonly abbreviations: ReadonlySet<string>;
  /** Types before a period, each with the types after it that make the pair one expression, not two sentences. */
  readonly collocations: ReadonlyMap<string, ReadonlySet<string>>;
  /** Types that often start a sentence. */
  readonly sentenceStarters: ReadonlySet<string>;
  /** For each type, the contexts it was seen in: a sum of the {@link Context} bits. */
  readonly contexts: ReadonlyMap<string, number>;
}

/** Where in a sentence, and in which case, a word type was seen in training. */
export const Context = {
  /** With a capital, not at the start of a sentence. */
  middleUpper: 1 << 2,
  /** With a capital, anywhere. */
  upper: (1 << 1) | (1 << 2) | (1 << 3),
  /** With a small letter, at the start of a sentence. */
  beginLower: 1 << 4,
  /** With a small letter, anywhere. */
  lower: (1 << 4) | (1 << 5) | (1 << 6),
} as const;

/**
 * Reads the text of `data/punkt-english.txt`: tab-separated lines, of which the first field says what the
 * others are. `scripts/make-punkt-data.mjs` writes it.
 */
export function parsePunktModel(text: string): PunktModel {
  let abbreviations = new Set<string>();
  let sentenceStarters = new Set<string>();
  const collocations = new Map<string, Set<string>>();
  const contexts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [kind = '', ...fields] = line.split('\t');
    if (kind === 'abbreviations') abbreviations = new Set(fields);
    else if (kind === 'sentence-starters') sentenceStarters = new Set(fields);
    else if (kind === 'collocations') {
      for (const pair of fields) {
        const [first = '', second = ''] = pair.split(' ');
        collocations.set(first, (collocations.get(first) ?? new Set()).add(second));
      }
    } else if (kind.startsWith('contexts ')) {
      const bits = Number(kind.slice('contexts '.length));
      for (const type of fields) contexts.set(type, bits);
    }
  }
  return { abbreviations, collocations, sentenceStarters, contexts };
}
