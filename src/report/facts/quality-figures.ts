import type { SampleQuality } from '../../texts/texts-schema.js';
import { summarizeFigure } from './figures.js';
import type { QualityFigures } from './types.js';

/** The quality of the samples of several runs, figure by figure; undefined when none was measured. */
export function qualityFigures(found: readonly (SampleQuality | undefined)[]): QualityFigures | undefined {
  const first = found.find((quality) => quality !== undefined);
  if (first === undefined) return undefined;
  const over = (pick: (quality: SampleQuality) => number) =>
    summarizeFigure(found.map((quality) => quality && pick(quality)));
  return {
    texts: first.texts,
    meanCharacters: over(({ meanCharacters }) => meanCharacters),
    knownWords: over(({ knownWords }) => knownWords),
    copied: over(({ copied }) => copied),
    longestCopyMean: over(({ longestCopy }) => longestCopy.mean),
    longestCopyMax: over(({ longestCopy }) => longestCopy.max),
    nearest: over(({ nearest }) => nearest),
    distinctWords: over(({ distinct }) => distinct.words),
    distinctPairs: over(({ distinct }) => distinct.pairs),
    distinctTriples: over(({ distinct }) => distinct.triples),
    ngramNll: over(({ ngramNll }) => ngramNll),
    ngramNllPerCharacter: over(({ ngramNllPerCharacter }) => ngramNllPerCharacter),
  };
}
