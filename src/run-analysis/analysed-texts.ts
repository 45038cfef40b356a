import type { EncodedTexts } from '../baselines/fit-baselines.js';
import type { SequenceShape } from '../baselines/sequence-model.js';
import { evenlySpaced } from '../texts/sample-quality.js';
import { eachSplit, type Splits } from '../corpus/corpus.js';
import type { ModelConfig } from '../nn/config.js';
import type { EncodedRunTexts, RunTexts } from '../runs/run-texts.js';

const MAX_TRAINING_TEXTS = 50_000;
const MAX_TRAINING_CHARACTERS = 4_000_000;
/** Validation texts, and test texts. */
const MAX_HELD_OUT_TEXTS = 10_000;

/** What the analysis of a run consists of, in order; `temperatures` only where it is asked for. */
export const ANALYSIS_PARTS = ['baselines', 'corpus', 'samples', 'temperatures', 'inspection'] as const;

export interface AnalysisProgress {
  readonly part: (typeof ANALYSIS_PARTS)[number];
  readonly done: number;
  readonly total: number;
}

/** The texts of a run as its analysis uses them. */
export interface AnalysedTexts {
  /** All, as they were given to the tokenizer. */
  readonly given: Splits;
  /** All, as the model reads them: folded and truncated. */
  readonly read: Splits;
  /**
   * Those that baselines are fitted and measured on, and that copies are searched in: all, or evenly spaced ones of
   * very many, so that time and memory are bounded.
   */
  readonly chosen: Splits;
  /** The chosen texts. */
  readonly tokens: EncodedTexts;
  readonly tokenizer: RunTexts['tokenizer'];
  readonly shape: SequenceShape;
  /** Of the true distribution, nats per text, where it is known and no text is truncated. */
  readonly entropy: number | undefined;
}

export function analysedTexts(
  { splits, tokenizer, corpus }: RunTexts,
  encoded: EncodedRunTexts,
  { vocabulary, contextLength }: Pick<ModelConfig, 'vocabulary' | 'contextLength'>,
): AnalysedTexts {
  const read = eachSplit((split) => encoded[split].encoded.map((tokens) => tokenizer.decode(tokens)));
  const numbers = eachSplit((split) => chooseNumbers(split, encoded[split].encoded));
  const isWhole = (split: keyof Splits) => read[split].every((text, i) => text === splits[split][i]);
  return {
    given: splits,
    read,
    chosen: eachSplit((split) => pick(read[split], numbers[split])),
    tokens: eachSplit((split) => pick(encoded[split].encoded, numbers[split])),
    tokenizer,
    shape: { vocabulary, contextLength },
    entropy: isWhole('train') && isWhole('val') && isWhole('test') ? corpus.exact?.entropy : undefined,
  };
}

/** The numbers of the texts to be measured; undefined for all of them. */
function chooseNumbers(split: keyof Splits, texts: readonly ArrayLike<number>[]): number[] | undefined {
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const max =
    split === 'train'
      ? Math.min(MAX_TRAINING_TEXTS, Math.floor((MAX_TRAINING_CHARACTERS / Math.max(characters, 1)) * texts.length))
      : MAX_HELD_OUT_TEXTS;
  return texts.length <= max ? undefined : evenlySpaced([...texts.keys()], Math.max(max, 1));
}

function pick<T>(items: readonly T[], numbers: readonly number[] | undefined): readonly T[] {
  return numbers === undefined ? items : numbers.map((i) => items[i]!);
}
