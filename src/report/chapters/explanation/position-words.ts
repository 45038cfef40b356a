import type { Block } from '../../../render/document.js';
import type { ModelConfig } from '../../../nn/config.js';
import { formula, paragraph } from '../../writing/blocks.js';
import { whole } from '../../writing/numbers.js';
import { prose } from '../../writing/prose.js';

/** How a model knows where characters stand: by an embedding of positions, or by what attention does with keys and queries. */
export function positionWords(shape: ModelConfig): Block[] {
  const blocks = { learned, rotary }[shape.positions](shape);
  if (shape.queryKeyNorm) {
    blocks.push(
      paragraph(
        prose`This model also brings each head’s queries and keys to a mean square of 1 before they are compared, and multiplies
          them by a trained scale for each number (_query-key norm_), so that scores cannot grow without bound.`,
      ),
    );
  }
  return blocks;
}

function learned({ contextLength, dModel }: ModelConfig): Block[] {
  return [
    paragraph(
      prose`So a second table $P$ with a row for each of the ${contextLength} positions is added, and from then on a character’s vector says what it is and
        where it stands:`,
    ),
    formula(
      String.raw`\mathbf{h}_t^{(0)} = E_{x_t} + P_t, \qquad P \in \mathbb{R}^{T \times D}`,
      'What enters the first block at position t is the embedding of the character plus the embedding of the position.',
    ),
    paragraph(
      prose`Queries and keys can then depend on both, so that a head can look for “the character before”, “the beginning of this
        word” or “the last e”. The positions cost $${contextLength} \times ${dModel} = ${whole(contextLength * dModel)}$ parameters, and limit the
        model to texts that fit the context length: for position ${contextLength + 1} there is no row.`,
    ),
  ];
}

function rotary(): Block[] {
  return [
    paragraph(
      prose`This model adds nothing to the characters. Each head turns its queries and keys before they are compared (_rotary
        positions_): their numbers are taken in pairs, as points of a plane, and at position $t$ pair $c$ of $h$ is turned by the
        angle $t \cdot 10000^{-c/h}$. With $R_t$ for these turns, the product depends on how far apart the two stand:`,
    ),
    formula(
      String.raw`(R_t \mathbf{q}_t) \cdot (R_s \mathbf{k}_s) = \mathbf{q}_t \cdot (R_{s-t} \mathbf{k}_s)`,
      'The product of a query turned by its position t and a key turned by its position s is that of the query as it was and the key turned by the difference of the positions.',
    ),
    paragraph(
      'So a head can look for “the character before”, “the beginning of this word” or “the last e”. There is no embedding of positions, and turning costs no parameters.',
    ),
  ];
}
