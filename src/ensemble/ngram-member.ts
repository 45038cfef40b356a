import type { KneserNey } from '../baselines/kneser-ney.js';
import type { PackedBatch } from '../nn/packed-batch.js';
import type { Member, NextPredictions, PredictionTable } from './member.js';

/** An n-gram model in a mixture: an interpolated Kneser–Ney model. */
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
