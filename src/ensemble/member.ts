import type { PackedBatch } from '../nn/packed-batch.js';

/** What some models expect at some places of texts: filled by the members, read by mixing. */
export class PredictionTable {
  /** `[rows, members, outcomes]` log-probabilities; longer than {@link resize} last asked for, where it once was longer. */
  data = new Float64Array(0);

  /** @param outcomes the end and the characters: tokens 0 … outcomes − 1 */
  constructor(
    readonly members: number,
    readonly outcomes: number,
  ) {}

  /** Makes room for so many rows; what was in it is lost. */
  resize(rows: number): void {
    const length = rows * this.members * this.outcomes;
    if (length > this.data.length) this.data = new Float64Array(length);
  }

  /** Where the log-probabilities of a member at a row begin. */
  at(row: number, member: number): number {
    return (row * this.members + member) * this.outcomes;
  }
}

/** Texts that are being written side by side, at one position: a row a text. */
export interface WritingStep {
  /** `[rows]` the newest token of each text, cls first. */
  readonly tokens: Int32Array;
  /** Of these tokens: 0 for cls. */
  readonly position: number;
  /** `[rows]` the texts' places among those that there is room for. */
  readonly slots: Int32Array;
  /** `[rows]` all characters of each text so far, `position` of them. */
  readonly contexts: readonly Uint16Array[];
}

/** Writes a member's log-probabilities at the newest position into the table. */
export type NextPredictions = (step: WritingStep, table: PredictionTable, member: number) => void;

/** A model that can be mixed: gives, anywhere in a text, a distribution over the end and the characters. */
export interface Member {
  /** For tables. */
  readonly label: string;

  /**
   * Writes its log-probabilities at all places of some texts into the table.
   *
   * @param batch the texts, each up to its end @param texts the same, as characters without cls and pads
   * @param member its number among the table's members
   */
  predict(batch: PackedBatch, texts: readonly ArrayLike<number>[], table: PredictionTable, member: number): void;

  /** Makes room for writing up to `slots` texts side by side. Position 0 begins a new text in its slot. */
  begin(slots: number): NextPredictions;
}
