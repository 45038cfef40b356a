import { mean } from 'd3-array';
import { predictedPositions } from '../tokenizer/special-tokens.js';
import { SPLITS, eachSplit, type Splits } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { relay } from '../generators.js';
import type { Baseline, Baselines } from './baselines-schema.js';
import { searchKneserNey, MAX_TRIED_ORDER } from './best-kneser-ney.js';
import { fitBigram, fitFlatUnigram, fitPositionUnigram, fitUnigram } from './simple-models.js';
import { compressionAfter } from './compression.js';
import type { KneserNey } from './kneser-ney.js';
import { meanNll, meanTop1, type SequenceModel, type SequenceShape } from './sequence-model.js';

/** Characters as tokens, by split. */
export type EncodedTexts = Readonly<Record<keyof Splits, readonly ArrayLike<number>[]>>;

export interface BaselineRequest extends SequenceShape {
  /** Without `cls` and pads, as a model gets them. */
  readonly splits: EncodedTexts;
  /** The same texts as strings, for the compressors. */
  readonly texts: Splits;
  /** Of the texts' true distribution, nats per text, where it is known. */
  readonly entropy?: number | undefined;
}

export interface BaselineProgress {
  /** The one that ended last. */
  readonly step: string;
  readonly done: number;
  /** At most; the search for the best order may end early. */
  readonly total: number;
}

export interface FittedBaselines {
  /** From the weakest kind on; the contents of `baselines.json`. */
  readonly baselines: Baselines;
  /** The n-gram model of the best order. */
  readonly kneserNey: KneserNey;
}

const COMPRESSORS = ['gzip', 'brotli'] as const;
const SIMPLE = [fitFlatUnigram, fitUnigram, fitPositionUnigram, fitBigram];

/**
 * Fits all baselines on the training texts, and scores them on the validation and test texts. Takes some seconds for
 * ten thousand texts: yields what was done, so that a terminal can show it. Needs Node.js, for the compressors.
 *
 * @throws BAD_INPUT for a split without texts, or for a token that is no character; BAD_OPTION for sizes that no
 *   sequence has
 *
 * @example
 * const fitting = fitBaselines({ splits, texts, vocabulary: 29, contextLength: 150 });
 * let step = fitting.next();
 * for (; !step.done; step = fitting.next()) console.log(step.value.step);
 * step.value.baselines;
 */
export function* fitBaselines(request: BaselineRequest): Generator<BaselineProgress, FittedBaselines> {
  const { splits, texts, vocabulary, contextLength, entropy } = request;
  for (const split of SPLITS) checkSplit(split, splits, texts);
  const shape = { vocabulary, contextLength };
  const total = SIMPLE.length + MAX_TRIED_ORDER + 1 + COMPRESSORS.length;
  let done = 0;
  const report = (step: string): BaselineProgress => ({ step, done: ++done, total });

  const baselines: Baseline[] = [];
  for (const fit of SIMPLE) {
    const model = fit(splits.train, shape);
    baselines.push(scored(model, splits));
    yield report(model.label);
  }
  const search = searchKneserNey(splits.train, splits.val, shape);
  const { model: kneserNey, byOrder } = yield* relay(search, ({ order }) => report(`Kneser–Ney, order ${order}`));
  baselines.push({ ...scored(kneserNey, splits), order: kneserNey.order });
  done = total - COMPRESSORS.length - 1;
  yield report(`${kneserNey.label}, the best`);
  const push = (id: Baseline['id'], label: string, valNll: number, testNll: number) =>
    baselines.push({ id, label, contextFree: false, valNll, testNll });
  for (const compressor of COMPRESSORS) {
    const nll = compressionAfter(compressor, texts.train);
    push(compressor, compressor, nll(texts.val), nll(texts.test));
    yield report(compressor);
  }
  if (entropy !== undefined) push('entropy', 'exact entropy', entropy, entropy);
  const charactersPerText = (split: 'val' | 'test') =>
    mean(splits[split], (text) => predictedPositions(text, contextLength))!;
  return {
    baselines: {
      texts: eachSplit((split) => splits[split].length),
      charactersPerText: { val: charactersPerText('val'), test: charactersPerText('test') },
      baselines,
      kneserNeyByOrder: [...byOrder],
    },
    kneserNey,
  };
}

function scored(model: SequenceModel, { val, test }: EncodedTexts): Baseline {
  const { id, label, contextFree } = model;
  return {
    id,
    label,
    contextFree,
    valNll: meanNll(model, val),
    testNll: meanNll(model, test),
    valTop1: meanTop1(model, val),
    testTop1: meanTop1(model, test),
  };
}

function checkSplit(split: keyof Splits, encoded: EncodedTexts, texts: Splits): void {
  if (encoded[split].length > 0 && encoded[split].length === texts[split].length) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected the same texts as tokens and as strings, at least one, got ${encoded[split].length} and ` +
      `${texts[split].length} in ${split}`,
    'Give every split at least one text.',
  );
}
