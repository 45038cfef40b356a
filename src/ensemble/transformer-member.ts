import type { PackedBatch } from '../nn/packed-batch.js';
import { transformerSource } from '../model/generate.js';
import type { LanguageModel } from '../model/language-model.js';
import { Tape } from '../tensor/tape.js';
import { normalizeLogs } from './mix.js';
import type { Member, NextPredictions, PredictionTable } from './member.js';

/** A transformer in a mixture. However it was trained to end a text, it is asked up to the first pad only. */
export class TransformerMember implements Member {
  private readonly tape: Tape;

  constructor(
    readonly model: LanguageModel,
    readonly label: string,
  ) {
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
    return ({ tokens, position, slots: places }, table, member) =>
      this.fill(next(tokens, position, places), tokens.length, table, member);
  }

  /** From `[rows, vocabulary]` logits. */
  private fill(logits: ArrayLike<number>, rows: number, table: PredictionTable, member: number): void {
    const { vocabulary } = this.model.transformer.config;
    for (let row = 0; row < rows; row++)
      normalizeLogs(logits, row * vocabulary, table.outcomes, table.data, table.at(row, member));
  }
}
