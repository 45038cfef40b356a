import { outcomesOf, predictedPositions } from '../tokenizer/special-tokens.js';
import { MAX_TRIED_ORDER, searchKneserNey } from '../baselines/best-kneser-ney.js';
import { fitKneserNey, type KneserNey } from '../baselines/kneser-ney.js';
import type { SequenceShape } from '../baselines/sequence-model.js';
import { evenlySpaced } from '../texts/sample-quality.js';
import { checkTexts, type Splits } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { isRecord } from '../json.js';
import { checkNames } from '../parse-options.js';
import type { LanguageModel } from '../model/language-model.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import { finish, relay } from '../generators.js';
import { meanScores, type Evaluation } from '../model/evaluate.js';
import { NgramMember, TransformerMember } from './members.js';
import { meanNllOf } from './examples.js';
import { ConfidenceGate, NO_GATE } from './gate.js';
import { learnWeights, type LearnedWeights } from './learn-weights.js';
import { MIXING_KINDS, sameEverywhere, type Mixing, type MixingKind } from './mix.js';
import { collectExamples, MixtureModel, scoreMixings, type Ensemble } from './mixture-model.js';

export interface MixOptions {
  /** At least one; two or more without an n-gram model. All with the same alphabet and context length. */
  readonly models: readonly LanguageModel[];
  /** Of the models; `model 1` and so on by default. */
  readonly labels?: readonly string[];
  /** The n-gram model is fitted on the training texts, the weights are learned on the validation texts. */
  readonly splits: Pick<Splits, 'train' | 'val'>;
  /** Whether an n-gram model is a member too; default true. */
  readonly ngram?: boolean | undefined;
  /** Of the n-gram model; `best`, the default, is the order with the lowest validation NLL. */
  readonly order?: number | 'best' | undefined;
  /** By default the kind with the lower cross-validated NLL. */
  readonly mixing?: MixingKind | undefined;
}

const MIX_OPTIONS = { models: true, labels: true, splits: true, ngram: true, order: true, mixing: true } as const;

/** A mixture and its members on the validation texts that its weights were learned on; NLLs are nats per text. */
export interface MixtureValidation {
  readonly texts: number;
  /** Each member alone. */
  readonly memberNll: readonly number[];
  /** All members with equal weights, linear. */
  readonly equalWeightsNll: number;
  /** The mixture; its weights were learned on the same texts. */
  readonly nll: number;
  /** `[buckets]` positions at which each set of weights was used. */
  readonly places: readonly number[];
  /** `[members]` weights, averaged over all positions. */
  readonly meanWeights: readonly number[];
}

export interface MixedModels {
  readonly mixture: MixtureModel;
  readonly learned: LearnedWeights;
  readonly validation: MixtureValidation;
  /** Tokens of the texts that the n-gram model was fitted on; absent without one. */
  readonly ngramTexts?: readonly Uint16Array[] | undefined;
}

export interface MixProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
  /** Of `done` and `total`, in the plural. */
  readonly unit: string;
}

/** Log-probabilities that weights are learned from: 256 MiB. Of more validation texts, evenly spaced ones are taken. */
const MAX_VALUES = 1 << 26;

/**
 * Learns a mixture of models, and of an n-gram model by default, on validation texts. Takes some seconds for a thousand
 * texts; {@link mixModelsSteps} yields in between.
 *
 * @throws LetterpressError BAD_OPTION for models that cannot be mixed, or an invalid order; BAD_INPUT for fewer than
 *   two validation texts
 *
 * @example
 * const { mixture, validation } = mixModels({ models: [model], splits });
 * console.log(validation.memberNll, validation.nll);
 */
export function mixModels(options: MixOptions): MixedModels {
  return finish(mixModelsSteps(options));
}

/** {@link mixModels}, yielding how far it is. */
export function* mixModelsSteps(options: MixOptions): Generator<MixProgress, MixedModels> {
  checkNames(options, MIX_OPTIONS, 'mixModels');
  const { models, splits, ngram = true, order = 'best' } = options;
  if (options.mixing !== undefined && !MIXING_KINDS.includes(options.mixing))
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a kind of mixing (${MIXING_KINDS.join(', ')}), got '${options.mixing}'`,
    );
  const shape = commonShape(models, ngram);
  if (!isRecord(splits)) throw new LetterpressError('BAD_OPTION', `expected splits, got ${typeof splits} (splits)`);
  checkTexts(splits.val, 'splits.val');
  if (ngram) checkTexts(splits.train, 'splits.train');
  const { tokenizer, maxCharacters } = models[0]!;
  const encode = (texts: readonly string[]) => encodeSplit(texts, tokenizer, { maxCharacters }).encoded;
  const val = encode(splits.val);
  const ngramTexts = ngram ? encode(splits.train) : undefined;
  const kneserNey = ngramTexts && (yield* fitNgram(ngramTexts, val, shape, order));
  const members = models.map((model, i) => new TransformerMember(model, options.labels?.[i] ?? `model ${i + 1}`));
  const ensemble = ensembleOf(members, kneserNey, shape);
  const texts = chooseTexts(val, ensemble);
  const predicting = { step: 'predicting', unit: 'texts', total: texts.length };
  const examples = yield* relay(collectExamples(ensemble, texts), (done) => ({ ...predicting, done }));
  const kinds = options.mixing === undefined ? MIXING_KINDS : [options.mixing];
  const learning = { step: 'learning weights', unit: 'steps' };
  const learned = yield* relay(learnWeights(examples, kinds), (progress) => ({ ...learning, ...progress }));
  const { mixing } = learned;
  const buckets = ensemble.gate.buckets;
  const places = Array<number>(buckets).fill(0);
  for (const bucket of examples.buckets) places[bucket]!++;
  const validation: MixtureValidation = {
    texts: texts.length,
    memberNll: alone(ensemble).map((each) => meanNllOf(examples, each)),
    equalWeightsNll: meanNllOf(examples, equal(ensemble)),
    nll: meanNllOf(examples, mixing),
    places,
    meanWeights: ensemble.members.map(
      (_, m) => places.reduce((sum, n, b) => sum + n * mixing.weights[b]![m]!, 0) / examples.targets.length,
    ),
  };
  const mixture = new MixtureModel(ensemble, mixing, tokenizer);
  return { mixture, learned, validation, ngramTexts };
}

/** The members of a mixture in order: transformers, then the n-gram model, which also chooses the bucket. */
export function ensembleOf(
  transformers: readonly TransformerMember[],
  kneserNey: KneserNey | undefined,
  shape: SequenceShape,
): Ensemble {
  if (kneserNey === undefined) return { members: transformers, gate: NO_GATE, shape };
  return {
    members: [...transformers, new NgramMember(kneserNey)],
    gate: new ConfidenceGate(kneserNey),
    shape,
  };
}

/** A mixture and its parts on some texts. */
export interface MixtureScores {
  readonly members: readonly Evaluation[];
  /** All members with equal weights, linear. */
  readonly equalWeights: Evaluation;
  readonly mixture: Evaluation;
}

/** Scores a mixture, equal weights and each member alone; yields how many texts are done. */
export function* scoreParts(
  { ensemble, mixing }: MixtureModel,
  encoded: readonly ArrayLike<number>[],
): Generator<number, MixtureScores> {
  const mixings = [mixing, equal(ensemble), ...alone(ensemble)];
  const [mixture, equalWeights, ...members] = (yield* scoreMixings(ensemble, mixings, encoded)).map(meanScores);
  return { mixture: mixture!, equalWeights: equalWeights!, members };
}

function alone({ members, gate }: Ensemble): Mixing[] {
  return members.map((member) =>
    sameEverywhere(
      'linear',
      members.map((other) => (other === member ? 1 : 0)),
      gate.buckets,
    ),
  );
}

function equal({ members, gate }: Ensemble): Mixing {
  const weight = 1 / members.length;
  return sameEverywhere('linear', Array<number>(members.length).fill(weight), gate.buckets);
}

function* fitNgram(
  train: readonly Uint16Array[],
  val: readonly Uint16Array[],
  shape: SequenceShape,
  order: number | 'best',
): Generator<MixProgress, KneserNey> {
  if (order !== 'best') return fitKneserNey(train, { ...shape, order });
  const fitting = { step: 'an n-gram model', unit: 'orders', total: MAX_TRIED_ORDER };
  const search = searchKneserNey(train, val, shape);
  return (yield* relay(search, (tried) => ({ ...fitting, done: tried.order }))).model;
}

function chooseTexts(val: readonly Uint16Array[], { members, shape }: Ensemble): readonly Uint16Array[] {
  const places = val.reduce((sum, text) => sum + predictedPositions(text, shape.contextLength), 0);
  const values = places * members.length * outcomesOf(shape);
  if (values <= MAX_VALUES) return val;
  return evenlySpaced(val, Math.max(2, Math.floor((val.length * MAX_VALUES) / values)));
}

function commonShape(models: readonly LanguageModel[], ngram: boolean): SequenceShape {
  const [first] = models;
  if (first === undefined || models.length + (ngram ? 1 : 0) < 2) {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected at least two models to mix, got ${models.length} ${ngram ? 'and an' : 'without an'} n-gram model`,
      'Name another trained model, or mix one with an n-gram model.',
    );
  }
  models.forEach((model, i) => checkSame(first, model, i + 1));
  return { vocabulary: first.tokenizer.vocabularySize, contextLength: first.maxCharacters + 1 };
}

/** @throws LetterpressError BAD_OPTION for models whose texts are not sequences of the same kind */
function checkSame(first: LanguageModel, other: LanguageModel, number: number): void {
  const refuse = (what: string, a: string, b: string): never => {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected models with one ${what}, but model 1 has ${a}, and model ${number} has ${b}`,
      'Mix models that were trained on the same texts, read in the same way.',
    );
  };
  const alphabet = ({ tokenizer }: LanguageModel): string => JSON.stringify(tokenizer.toJSON());
  if (alphabet(first) !== alphabet(other)) refuse('alphabet', alphabet(first), alphabet(other));
  const contextLength = ({ maxCharacters }: LanguageModel): string => `${maxCharacters + 1} tokens`;
  if (contextLength(first) !== contextLength(other))
    refuse('context length', contextLength(first), contextLength(other));
}
