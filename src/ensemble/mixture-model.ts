import { maxIndex } from 'd3-array';
import type { SequenceShape } from '../baselines/sequence-model.js';
import { LetterpressError } from '../errors.js';
import { noScores, putScores, scoreTexts, similarLengths, type TextScores } from '../model/evaluate.js';
import type { CharacterSource } from '../model/generate.js';
import { TextModel } from '../model/text-model.js';
import { packBatch } from '../nn/packed-batch.js';
import { outcomesOf, predictedPositions } from '../tokenizer/special-tokens.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { Examples } from './examples.js';
import type { Gate } from './gate.js';
import { PredictionTable, type Member } from './members.js';
import { mixInto, type Mixing } from './mix.js';

/**
 * A mixture of models, character by character: a distribution over the same padded sequences as each of them (after the
 * first pad, pads are certain), so that their NLLs compare. Scores and samples like one transformer.
 *
 * @example
 * const { mixture } = mixModels({ models: [model], splits });
 * mixture.evaluate(splits.test).nll; // nats per text
 * mixture.sample({ count: 3 });
 */
export class MixtureModel extends TextModel {
  /**
   * @param mixing with the weights of each bucket of the ensemble's gate
   * @throws LetterpressError BAD_OPTION unless there is a set of weights for each bucket, with one for each member;
   *   those of a linear mixture are at least 0 and add up to 1
   */
  constructor(
    readonly ensemble: Ensemble,
    readonly mixing: Mixing,
    readonly tokenizer: Tokenizer,
  ) {
    super();
    const { members, gate } = ensemble;
    const { weights } = mixing;
    if (weights.length === gate.buckets && weights.every((each) => each.length === members.length)) {
      weights.forEach((each) => checkWeights(mixing.kind, each));
      return;
    }
    throw new LetterpressError(
      'BAD_OPTION',
      `expected ${gate.buckets} sets of ${members.length} weights, got ${weights.length} of ` +
        [...new Set(weights.map((each) => each.length))].join(', '),
      'Learn the weights for these models.',
    );
  }

  get maxCharacters(): number {
    return this.ensemble.shape.contextLength - 1;
  }

  *scoreSteps(encoded: readonly ArrayLike<number>[]): Generator<number, TextScores> {
    const [scores] = yield* scoreMixings(this.ensemble, [this.mixing], encoded);
    return scores!;
  }

  characterSource(): CharacterSource {
    return mixtureSource(this.ensemble, this.mixing);
  }
}

/** How far from 1 the weights of a linear mixture may add up to: they are written in full, but edited by hand. */
const SUM_TOLERANCE = 1e-6;

function checkWeights(kind: Mixing['kind'], weights: readonly number[]): void {
  const sum = weights.reduce((a, b) => a + b, 0);
  const fits =
    kind === 'linear'
      ? weights.every((weight) => weight >= 0) && Math.abs(sum - 1) <= SUM_TOLERANCE
      : weights.every(Number.isFinite);
  if (fits) return;
  const expected = kind === 'linear' ? 'weights of at least 0 that add up to 1' : 'finite weights';
  throw new LetterpressError(
    'BAD_OPTION',
    `expected ${expected} for a ${kind} mixture, got ${weights.join(', ')}`,
    'Learn the weights for these models.',
  );
}

/** Models to mix, and which weights are used where; without the weights themselves. */
export interface Ensemble {
  readonly members: readonly Member[];
  readonly gate: Gate;
  readonly shape: SequenceShape;
}

/** Predicts texts in batches of similar lengths; the table is overwritten by the next batch. */
function* predictBatches({ members, gate, shape }: Ensemble, texts: readonly ArrayLike<number>[]) {
  const table = new PredictionTable(members.length, outcomesOf(shape));
  for (const { chosen, some, done } of similarLengths(texts)) {
    const batch = packBatch(some, shape, 'first');
    table.resize(batch.tokens.length);
    members.forEach((member, m) => member.predict(batch, some, table, m));
    const buckets = new Uint16Array(batch.tokens.length); // [rows]
    some.forEach((text, b) => {
      const characters = Uint16Array.from(text);
      const first = batch.offsets[b]!;
      for (let row = first; row < batch.offsets[b + 1]!; row++)
        buckets[row] = gate.bucketOf(characters.subarray(0, row - first));
    });
    yield { chosen, batch, table, buckets, done };
  }
}

/**
 * Scores encoded texts under several mixings of the same models, each of which predicts only once.
 *
 * @returns a generator that yields how many texts are done, and returns for each mixing NLL (nats) and top-1 of each
 *   text
 */
export function* scoreMixings(
  ensemble: Ensemble,
  mixings: readonly Mixing[],
  texts: readonly ArrayLike<number>[],
): Generator<number, TextScores[]> {
  const { contextLength } = ensemble.shape;
  const scores = mixings.map(() => noScores(texts.length));
  const mixed = new Float64Array(outcomesOf(ensemble.shape));
  for (const { chosen, batch, table, buckets, done } of predictBatches(ensemble, texts)) {
    const rows = batch.tokens.length;
    const nll = new Float64Array(rows);
    const correct = new Float64Array(rows);
    mixings.forEach(({ kind, weights }, i) => {
      for (let row = 0; row < rows; row++) {
        mixInto(mixed, kind, table.data, table.at(row, 0), weights[buckets[row]!]!);
        const target = batch.targets[row]!;
        nll[row] = -mixed[target]!;
        correct[row] = maxIndex(mixed) === target ? 1 : 0;
      }
      putScores(scores[i]!, chosen, scoreTexts(batch, contextLength, { nll, correct }));
    });
    yield done;
  }
  return scores;
}

/**
 * Collects the predictions of every member at every position of some texts, to learn weights from: 4 bytes for each
 * member, outcome and position.
 *
 * @returns a generator that yields how many texts are done
 */
export function* collectExamples(ensemble: Ensemble, texts: readonly ArrayLike<number>[]): Generator<number, Examples> {
  const { members, gate, shape } = ensemble;
  const outcomes = outcomesOf(shape);
  const rows = texts.reduce((sum, text) => sum + predictedPositions(text, shape.contextLength), 0);
  const examples = {
    members: members.length,
    outcomes,
    logProbabilities: new Float32Array(rows * members.length * outcomes),
    targets: new Uint16Array(rows),
    buckets: new Uint16Array(rows),
    bucketCount: gate.buckets,
    textOf: new Uint32Array(rows),
    texts: texts.length,
  };
  const width = members.length * outcomes;
  let first = 0;
  for (const { chosen, batch, table, buckets, done } of predictBatches(ensemble, texts)) {
    const count = batch.tokens.length;
    examples.logProbabilities.set(table.data.subarray(0, count * width), first * width);
    examples.targets.set(batch.targets, first);
    examples.buckets.set(buckets, first);
    chosen.forEach((text, b) => {
      examples.textOf.fill(text, first + batch.offsets[b]!, first + batch.offsets[b + 1]!);
    });
    first += count;
    yield done;
  }
  return examples;
}

function mixtureSource({ members, gate, shape }: Ensemble, { kind, weights }: Mixing): CharacterSource {
  const { vocabulary, contextLength } = shape;
  const outcomes = outcomesOf(shape);
  return {
    vocabulary,
    contextLength,
    begin: (slots) => {
      const writers = members.map((member) => member.begin(slots));
      const written = Array.from({ length: slots }, () => new Uint16Array(contextLength));
      const table = new PredictionTable(members.length, outcomes);
      const mixed = new Float64Array(outcomes);
      return (tokens, position, textSlots) => {
        const contexts = Array.from(textSlots, (slot, row) => {
          if (position > 0) written[slot]![position - 1] = tokens[row]!;
          return written[slot]!.subarray(0, position);
        });
        table.resize(tokens.length);
        writers.forEach((next, m) => next({ tokens, position, slots: textSlots, contexts }, table, m));
        const logits = new Float64Array(tokens.length * vocabulary).fill(-Infinity); // cls stays impossible
        contexts.forEach((context, row) => {
          mixInto(mixed, kind, table.data, table.at(row, 0), weights[gate.bucketOf(context)]!);
          logits.set(mixed, row * vocabulary);
        });
        return logits;
      };
    },
  };
}
