import type { ModelConfig } from '../../../nn/config.js';

type Shapes = readonly ModelConfig[];

/** What all models have, in some words, or what some have in others. */
function allOrSome<Kind extends string>(
  kinds: readonly Kind[],
  words: Readonly<Record<Kind, string>>,
  both: string,
): string {
  const [first, ...others] = new Set(kinds);
  return first !== undefined && others.length === 0 ? words[first] : both;
}

/** What comes before the blocks. */
export function embeddingWords(shapes: Shapes): string {
  const added = 'character and position embeddings are added';
  const characters = 'characters are embedded';
  const both = 'characters are embedded, in some with an embedding of the position added';
  return allOrSome(
    shapes.map(({ positions }) => (positions === 'learned' ? 'added' : 'characters')),
    { added, characters },
    both,
  );
}

/** What an MLP is. */
export function mlpWords(shapes: Shapes): string {
  const gelu = 'two linear layers with a GELU between them';
  const swiglu =
    'two linear layers with a SwiGLU between them (half of what the first gives passes a SiLU and multiplies the other half)';
  return allOrSome(
    shapes.map(({ activation }) => activation),
    { gelu, swiglu },
    'two linear layers with a GELU, or in some models a SwiGLU, between them',
  );
}

/** Further options, a sentence or two each, of those that any model has. */
export function optionWords(shapes: Shapes): string[] {
  const having = (has: (shape: ModelConfig) => boolean, words: string): string[] => {
    const count = shapes.filter(has).length;
    if (count === 0) return [];
    const [first, ...rest] = words;
    return [count === shapes.length ? words : `In some models, ${first!.toLowerCase()}${rest.join('')}`];
  };
  return [
    ...having(
      ({ positions }) => positions === 'rotary',
      'Positions come in where attention compares keys and queries, which are turned by angles that grow with the position (rotary positions).',
    ),
    ...having(
      ({ queryKeyNorm }) => queryKeyNorm,
      'Each head’s keys and queries are brought to a mean square of 1 before they are compared (query-key norm).',
    ),
    ...having(
      ({ tiedEmbeddings }) => tiedEmbeddings,
      'The matrix of the logits is the character embedding itself (tied embeddings), so the logits count their biases alone below.',
    ),
  ];
}
