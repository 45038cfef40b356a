import type { ReportMixture } from '../input/report-input.js';
import { bitsOf } from './figures.js';
import type { MixtureFacts } from './types.js';

/** The texts of the report. */
export interface MixtureContext {
  /** Fingerprints of the corpora of all groups whose NLLs compare. */
  readonly fingerprints: ReadonlySet<string>;
  /** Predicted characters of a test text on average, where they are known. */
  readonly charactersPerText: number | undefined;
}

export function mixtureFacts(
  mixtures: readonly ReportMixture[],
  { fingerprints, charactersPerText }: MixtureContext,
): MixtureFacts[] {
  return mixtures.map(({ name, corpus, runs, ngram, mixing, validation, test }) => {
    const comparable = fingerprints.has(corpus.fingerprint);
    const bits = bitsOf(test?.nll, comparable ? charactersPerText : undefined);
    return {
      name,
      members: [
        ...runs.map(({ path, testNll }) => ({ label: lastPart(path), testNll })),
        ...(ngram === undefined ? [] : [{ label: `Kneser–Ney, order ${ngram.order}`, testNll: ngram.testNll }]),
      ],
      runs: runs.map(({ path }) => path),
      ngramOrder: ngram?.order,
      kind: mixing.kind,
      parameters: runs.reduce((sum, { parameters }) => sum + parameters, 0),
      valNll: validation.nll,
      crossValidatedNll: validation.crossValidatedNll,
      testNll: test?.nll,
      testTop1: test?.top1,
      bitsPerCharacter: bits,
      perplexityPerCharacter: bits === undefined ? undefined : 2 ** bits,
      comparable,
    };
  });
}

/** Paths in `mixture.json` have slashes on every system. */
function lastPart(path: string): string {
  return path.split('/').at(-1)!;
}
