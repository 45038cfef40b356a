import { LetterpressError } from '../../errors.js';
import { outcomesOf, predictedPositions } from '../../tokenizer/special-tokens.js';

/** Probabilities are kept as whole 65,535ths: an error of 1e-5 is far below what a gradient notices. */
const ONE = 0xffff;

/**
 * Texts sampled from a teacher, with its probabilities at each position, for a student to be trained on (Hinton,
 * Vinyals and Dean, "Distilling the knowledge in a neural network", 2015; on texts of the teacher, as Kim and Rush,
 * "Sequence-level knowledge distillation", EMNLP 2016).
 */
export interface DistillationSet {
  /** The teacher's alphabet, in the order of its tokens; where it is not known, the student's is assumed. */
  readonly characters?: readonly string[] | undefined;
  /** Characters of each text as tokens, without cls and pads. */
  readonly texts: readonly Uint16Array[];
  /** `[texts + 1]` first position of each text: one per character, and one for its end unless it fills the context. */
  readonly places: Int32Array;
  /** Tokens that can come next: the end and the characters. */
  readonly outcomes: number;
  /** `[positions, outcomes]` the teacher's probabilities in 65,535ths. */
  readonly expected: Uint16Array;
}

/** Builds a distillation set text by text. */
export class DistillationSetBuilder {
  private readonly texts: Uint16Array[] = [];
  private readonly parts: Uint16Array[] = [];
  private rows = 0;

  constructor(readonly outcomes: number) {}

  /** @param expected `[positions, outcomes]` probabilities */
  add(text: Uint16Array, expected: ArrayLike<number>): void {
    this.texts.push(text);
    this.parts.push(Uint16Array.from(expected, (p) => Math.round(p * ONE)));
    this.rows += expected.length / this.outcomes;
  }

  build(): DistillationSet {
    const { texts, parts, outcomes } = this;
    const expected = new Uint16Array(this.rows * outcomes);
    const places = new Int32Array(texts.length + 1);
    parts.forEach((part, i) => {
      expected.set(part, places[i]! * outcomes);
      places[i + 1] = places[i]! + part.length / outcomes;
    });
    return { texts, places, outcomes, expected };
  }
}

/**
 * Writes the teacher's probabilities of a text, which add up to 1 at each position.
 *
 * @param out `[positions, vocabulary]`, written from `at`: 0 for cls
 * @param text number in the distillation set
 */
export function expectedInto(
  out: Float32Array | Float64Array,
  at: number,
  vocabulary: number,
  { places, outcomes, expected }: DistillationSet,
  text: number,
): void {
  for (let place = places[text]!; place < places[text + 1]!; place++, at += vocabulary) {
    let sum = 0;
    for (let v = 0; v < outcomes; v++) sum += expected[place * outcomes + v]!;
    for (let v = 0; v < outcomes; v++) out[at + v] = expected[place * outcomes + v]! / sum;
  }
}

/**
 * A distillation set in the tokens of a student's alphabet, which may have its characters in another order, and more of
 * them: those the teacher never writes.
 *
 * @throws LetterpressError BAD_INPUT for an alphabet that lacks a character of the teacher's
 */
export function inAlphabet(set: DistillationSet, alphabet: readonly string[]): DistillationSet {
  const { characters, texts, outcomes, expected } = set;
  if (characters === undefined || characters.join('') === alphabet.join('')) return set;
  const tokens = new Map(alphabet.map((character, i) => [character, i + 1]));
  const missing = characters.filter((character) => !tokens.has(character));
  if (missing.length > 0 || outcomes !== characters.length + 1) {
    const shown = missing.slice(0, 5).map((character) => JSON.stringify(character));
    throw new LetterpressError(
      'BAD_INPUT',
      missing.length > 0
        ? `the distillation set has characters outside the alphabet of the texts: ${shown.join(', ')}` +
            (missing.length > shown.length ? ` and ${missing.length - shown.length} more` : '')
        : `the distillation set has an alphabet of ${characters.length} characters, but ` +
            `probabilities of ${outcomes - 1}`,
      'Sample one from a teacher whose characters the texts have too (letterpress distill).',
    );
  }
  const map = Uint16Array.of(0, ...characters.map((character) => tokens.get(character)!)); // the end stays
  const width = alphabet.length + 1;
  const moved = new Uint16Array((expected.length / outcomes) * width);
  for (let from = 0, to = 0; from < expected.length; from += outcomes, to += width)
    for (let v = 0; v < outcomes; v++) moved[to + map[v]!] = expected[from + v]!;
  const renamed = texts.map((text) => text.map((token) => map[token]!));
  return { ...set, characters: alphabet, texts: renamed, outcomes: width, expected: moved };
}

/**
 * Checks that a model can be trained on a distillation set.
 *
 * @throws LetterpressError BAD_INPUT for another alphabet or context length
 */
export function checkDistillationSet(
  { outcomes, texts, places }: DistillationSet,
  model: { readonly vocabulary: number; readonly contextLength: number },
): void {
  const { contextLength } = model;
  const problem =
    outcomes !== outcomesOf(model)
      ? `has an alphabet of ${outcomes - 1} characters, the model one of ${outcomesOf(model) - 1}`
      : texts.some((text, i) => places[i + 1]! - places[i]! !== predictedPositions(text, contextLength))
        ? `was written for another context length than the model’s ${contextLength} tokens`
        : texts.length === 0
          ? 'has no texts'
          : undefined;
  if (problem === undefined) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `the distillation set ${problem}`,
    'Sample one from a teacher with the same alphabet and context length (letterpress distill).',
  );
}
