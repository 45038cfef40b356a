import type { EncodedTexts as Tokens } from '../baselines/fit-baselines.js';
import type { SequenceShape } from '../baselines/sequence-model.js';
import { evenlySpaced } from '../texts/sample-quality.js';
import type { Splits } from '../corpus/corpus.js';
import type { ModelConfig } from '../nn/config.js';
import type { EncodedTexts, RunTexts } from '../runs/run-texts.js';

/** More training texts than these, or more characters, are represented by evenly spaced ones. */
const MAX_TRAINING_TEXTS = 50_000;
const MAX_TRAINING_CHARACTERS = 4_000_000;
/** The same of validation texts, and of test texts. */
const MAX_HELD_OUT_TEXTS = 10_000;

/** The texts of a run as its analysis takes them. */
export interface AnalysedTexts {
  /** All of them as they were given to the tokenizer. */
  readonly given: Splits;
  /** All of them as the model reads them: folded, and cut to the window. */
  readonly read: Splits;
  /**
   * Those that baselines are fitted and measured on, and that copies are looked for in: all, or evenly spaced ones of
   * very many, so that time and memory have a bound. The same as tokens.
   */
  readonly chosen: Splits;
  readonly tokens: Tokens;
  readonly tokenizer: RunTexts['tokenizer'];
  readonly shape: SequenceShape;
  /** Of their true distribution, nats per text, where it is known and the model reads the texts whole. */
  readonly entropy: number | undefined;
}

/** Prepares the texts of a run for its analysis. */
export function analysedTexts(
  { splits, tokenizer, corpus }: RunTexts,
  encoded: EncodedTexts,
  { vocabulary, contextLength }: Pick<ModelConfig, 'vocabulary' | 'contextLength'>,
): AnalysedTexts {
  const each = <T>(make: (split: keyof Splits) => T) => ({
    train: make('train'),
    val: make('val'),
    test: make('test'),
  });
  const read = each((split) => encoded[split].encoded.map((tokens) => tokenizer.decode(tokens)));
  const places = each((split) => choosePlaces(split, encoded[split].encoded));
  const isWhole = (split: keyof Splits) => read[split].every((text, i) => text === splits[split][i]);
  return {
    given: splits,
    read,
    chosen: each((split) => pick(read[split], places[split])),
    tokens: each((split) => pick(encoded[split].encoded, places[split])),
    tokenizer,
    shape: { vocabulary, contextLength },
    // The entropy of whole texts says nothing of texts that are cut.
    entropy: isWhole('train') && isWhole('val') && isWhole('test') ? corpus.exact?.entropy : undefined,
  };
}

/** The places of texts to be measured; undefined for all of them. */
function choosePlaces(split: keyof Splits, texts: readonly ArrayLike<number>[]): number[] | undefined {
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const most =
    split === 'train'
      ? Math.min(MAX_TRAINING_TEXTS, Math.floor((MAX_TRAINING_CHARACTERS / Math.max(characters, 1)) * texts.length))
      : MAX_HELD_OUT_TEXTS;
  return texts.length <= most ? undefined : evenlySpaced([...texts.keys()], Math.max(most, 1));
}

function pick<T>(items: readonly T[], places: readonly number[] | undefined): readonly T[] {
  return places === undefined ? items : places.map((at) => items[at]!);
}
