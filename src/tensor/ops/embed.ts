import { gradOf, type Tape } from '../tape.js';
import { columnsOf, type Tensor } from '../tensor.js';

/**
 * Sum of the token's and the position's row, or the token's alone without a position table; with dropout.
 *
 * @param tokens `[rows]` @param positions `[rows]`
 * @param tokenTable `[vocabulary, width]` @param positionTable `[context length, width]`, or none
 * @returns `[rows, width]`
 */
export function embed(
  tape: Tape,
  tokens: Int32Array,
  positions: Int32Array,
  tokenTable: Tensor,
  positionTable: Tensor | undefined,
  dropoutRate: number,
): Tensor {
  const width = columnsOf(tokenTable);
  const rows = tokens.length;
  const out = tape.tensor([rows, width]);
  const shared = { rows, width, tokens, positions, dropout: tape.dropout(dropoutRate) };
  tape.backend.embed({
    tokenTable: tokenTable.data,
    positionTable: positionTable?.data,
    out: out.data,
    ...shared,
  });
  tape.record(out, () =>
    tape.backend.embedGradient({
      gradOut: gradOf(out),
      gradTokenTable: gradOf(tokenTable),
      gradPositionTable: positionTable && gradOf(positionTable),
      ...shared,
    }),
  );
  return out;
}
