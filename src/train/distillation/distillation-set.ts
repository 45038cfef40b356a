import { LetterpressError } from '../../errors.js';

/** Probabilities are kept as whole 65,535ths: an error of 1e-5 is far below what a gradient notices. */
const ONE = 0xffff;

/**
 * Texts that a teacher wrote, and what it expected at each of their places: what a smaller or plainer model is trained on beside the
 * real texts (Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015; on texts that the teacher wrote,
 * as Kim and Rush, "Sequence-level knowledge distillation", EMNLP 2016).
 */
export interface DistillationSet {
  /** Characters of each text as tokens, without cls and pads. */
  readonly texts: readonly Uint16Array[];
  /** `[texts + 1]` the first place of each text, and the number of places: its characters, and its end unless it fills the window. */
  readonly places: Int32Array;
  /** Tokens that can come: the end and the characters. */
  readonly outcomes: number;
  /** `[places, outcomes]` probabilities in 65,535ths. */
  readonly expected: Uint16Array;
}

/** Gathers a distillation set, text by text. */
export class DistillationSetBuilder {
  private readonly texts: Uint16Array[] = [];
  private readonly parts: Uint16Array[] = [];
  private rows = 0;

  constructor(readonly outcomes: number) {}

  /** @param expected `[places, outcomes]` probabilities */
  add(text: Uint16Array, expected: ArrayLike<number>): void {
    this.texts.push(text);
    this.parts.push(Uint16Array.from(expected, (p) => Math.round(p * ONE)));
    this.rows += expected.length / this.outcomes;
  }

  /** What has been added, as a lesson. */
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
 * Writes what the teacher expected at the places of a text, as probabilities that add up to 1.
 *
 * @param text its number in the distillation set
 * @param out `[places, vocabulary]`, written from `at`: 0 for cls
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
 * Makes sure that a model can be distilled by a lesson.
 *
 * @throws LetterpressError BAD_INPUT when its alphabet or its longest text do not fit
 */
export function checkDistillationSet(
  { outcomes, texts, places }: DistillationSet,
  { vocabulary, contextLength }: { readonly vocabulary: number; readonly contextLength: number },
): void {
  const problem =
    outcomes !== vocabulary - 1
      ? `has an alphabet of ${outcomes - 1} characters, the model one of ${vocabulary - 2}`
      : texts.some((text, i) => places[i + 1]! - places[i]! !== Math.min(text.length + 1, contextLength - 1))
        ? `was written for another context length than the model’s ${contextLength} tokens`
        : texts.length === 0
          ? 'has no texts'
          : undefined;
  if (problem === undefined) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `the distillation set ${problem}`,
    'Have it written by a teacher with the same alphabet and context length: letterpress distill.',
  );
}
