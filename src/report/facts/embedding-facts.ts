import type { Inspection } from '../../runs/analysis-schema.js';
import { cosineMatrix, highestChanceCosine } from '../../statistics/similarity.js';
import type { RunGroup } from './run-groups.js';
import type { BestFacts, EmbeddingFacts } from './types.js';

/** Probability that no pair is named where all vectors are random. */
export const CHANCE_LEVEL = 0.95;

/** Characters with their embeddings. Of cls only the first position is seen, and padding after the end is certain. */
export function embeddedCharacters({ tokens, embedding }: Inspection) {
  return tokens.flatMap((character, i) =>
    character === 'pad' || character === 'cls' ? [] : { character, vector: embedding[i]! },
  );
}

/** The embedding of the best run, or else of the first that was inspected. */
export function embeddingFacts(groups: readonly RunGroup[], best: BestFacts | undefined): EmbeddingFacts | undefined {
  const able = groups.flatMap(({ runs }) => runs).filter(({ inspection }) => inspection !== undefined);
  const run = able.find(({ name }) => name === best?.run) ?? able[0];
  const vectors = run === undefined ? [] : embeddedCharacters(run.inspection!).map(({ vector }) => vector);
  if (run === undefined || vectors.length < 3) return undefined;
  const width = vectors[0]!.length;
  return {
    run: run.name,
    characters: vectors.length,
    width,
    highestCosine: Math.max(...cosineMatrix(vectors).flatMap((row, i) => row.slice(0, i))),
    chance: highestChanceCosine(vectors.length, width, CHANCE_LEVEL),
    level: CHANCE_LEVEL,
  };
}
