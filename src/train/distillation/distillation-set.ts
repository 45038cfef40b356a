import { LetterpressError } from '../../errors.js';
import { outcomesOf } from '../../tokenizer/special-tokens.js';

/** Probabilities are kept as whole 65,535ths: an error of 1e-5 is far below what a gradient notices. */
const ONE = 0xffff;

/**
 * Texts sampled from a teacher, with its probabilities at each position, for a student to be trained on (Hinton,
 * Vinyals and Dean, "Distilling the knowledge in a neural network", 2015; on texts of the teacher, as Kim and Rush,
 * "Sequence-level knowledge distillation", EMNLP 2016).
 */
export interface DistillationSet {
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
      : texts.some((text, i) => places[i + 1]! - places[i]! !== Math.min(text.length + 1, contextLength - 1))
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
