import type { KneserNey } from '../baselines/kneser-ney.js';
import { transformerSource } from '../model/generate.js';
import type { LanguageModel } from '../model/language-model.js';
import { checkAutoregressive } from '../nn/config.js';
import type { PackedBatch } from '../nn/packed-batch.js';
import { Tape } from '../tensor/tape.js';
import { normalizeLogs } from './mix.js';

/** Predictions of several models at several positions of texts: filled by the members, read by mixing. */
export class PredictionTable {
  /** `[rows, members, outcomes]` log-probabilities; never shrinks. */
  data: Float64Array = new Float64Array(0);

  /** @param outcomes the end and the characters: tokens 0 … outcomes − 1 */
  constructor(
    readonly members: number,
    readonly outcomes: number,
  ) {}

  /** Makes room for so many rows; the contents are lost. */
  resize(rows: number): void {
    const length = rows * this.members * this.outcomes;
    if (length > this.data.length) this.data = new Float64Array(length);
  }

  /** Where the log-probabilities of a member at a row begin. */
  at(row: number, member: number): number {
    return (row * this.members + member) * this.outcomes;
  }
}

/** Texts that are written in parallel, at one position: a row a text. */
export interface WritingStep {
  /** `[rows]` the newest token of each text, cls first. */
  readonly tokens: Int32Array;
  /** Of these tokens: 0 for cls. */
  readonly position: number;
  /** `[rows]` the slot of each text. */
  readonly slots: Int32Array;
  /** `[rows]` the `position` characters of each text so far. */
  readonly contexts: readonly Uint16Array[];
}

/** Writes a member's log-probabilities at the newest position into the table. */
export type NextPredictions = (step: WritingStep, table: PredictionTable, member: number) => void;

/** A model that can be mixed: gives, anywhere in a text, a distribution over the end and the characters. */
export interface Member {
  /** For tables. */
  readonly label: string;

  /**
   * Writes its log-probabilities at all positions of some texts into the table.
   *
   * @param batch the texts, each up to its end @param texts the same, as characters without cls and pads
   * @param member its number among the table's members
   */
  predict(batch: PackedBatch, texts: readonly ArrayLike<number>[], table: PredictionTable, member: number): void;

  /** Begins writing up to `slots` texts in parallel. Position 0 begins a new text in its slot. */
  begin(slots: number): NextPredictions;
}

/** However the model was trained to end a text, it is asked up to the first pad only. */
export class TransformerMember implements Member {
  private readonly tape: Tape;

  constructor(
    readonly model: LanguageModel,
    readonly label: string,
  ) {
    checkAutoregressive(model.transformer.config, 'a mixture');
    this.tape = new Tape(model.backend);
  }

  predict(batch: PackedBatch, _texts: readonly ArrayLike<number>[], table: PredictionTable, member: number): void {
    this.tape.begin({ training: false });
    const { data } = this.model.transformer.forward(this.tape, batch);
    this.fill(data, batch.tokens.length, table, member);
  }

  begin(slots: number): NextPredictions {
    const { transformer, backend } = this.model;
    const next = transformerSource(transformer, backend).begin(slots);
    return ({ tokens, position, slots: rows }, table, member) =>
      this.fill(next(tokens, position, rows), tokens.length, table, member);
  }

  /** @param logits `[rows, vocabulary]` */
  private fill(logits: ArrayLike<number>, rows: number, table: PredictionTable, member: number): void {
    const { vocabulary } = this.model.transformer.config;
    for (let row = 0; row < rows; row++)
      normalizeLogs(logits, row * vocabulary, table.outcomes, table.data, table.at(row, member));
  }
}

export class NgramMember implements Member {
  private readonly probabilities: Float64Array<ArrayBuffer>;

  constructor(readonly model: KneserNey) {
    this.probabilities = new Float64Array(model.shape.vocabulary);
  }

  get label(): string {
    return this.model.label;
  }

  predict({ offsets }: PackedBatch, texts: readonly ArrayLike<number>[], table: PredictionTable, member: number): void {
    texts.forEach((text, b) => {
      const characters = Uint16Array.from(text);
      for (let row = offsets[b]!; row < offsets[b + 1]!; row++)
        this.fill(characters.subarray(0, row - offsets[b]!), table, row, member);
    });
  }

  begin(): NextPredictions {
    return ({ contexts }, table, member) => contexts.forEach((context, row) => this.fill(context, table, row, member));
  }

  private fill(context: Uint16Array, table: PredictionTable, row: number, member: number): void {
    this.model.probabilities(context, this.probabilities);
    const at = table.at(row, member);
    for (let v = 0; v < table.outcomes; v++) table.data[at + v] = Math.log(this.probabilities[v]!);
  }
}
