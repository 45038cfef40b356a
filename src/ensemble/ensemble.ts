import { outcomesOf } from '../tokenizer/special-tokens.js';
import { maxProbable, predictedPositions } from '../baselines/sequence-model.js';
import type { SequenceShape } from '../baselines/sequence-model.js';
import { packBatch, type PackedBatch } from '../nn/packed-batch.js';
import { scoreTexts, type TextScores } from '../model/evaluate.js';
import type { CharacterSource } from '../model/generate.js';
import type { Examples } from './examples.js';
import type { Gate } from './gate.js';
import { PredictionTable, type Member } from './member.js';
import { mixInto, type Mixing } from './mix.js';

/** Texts of a batch: what the members remember for a backward pass that never comes stays small. */
const BATCH = 32;

/** Models that are mixed, and what says where which weights are used; the weights are not part of it. */
export interface Ensemble {
  readonly members: readonly Member[];
  readonly gate: Gate;
  readonly shape: SequenceShape;
}

/** Some texts, and what every member says at each of their places. */
interface PredictedBatch {
  /** Of the texts that were given, which these are. */
  readonly chosen: readonly number[];
  readonly batch: PackedBatch;
  readonly table: PredictionTable;
  /** `[rows]` */
  readonly buckets: Uint16Array;
  /** Texts that are done with this batch. */
  readonly done: number;
}

/** Batches of texts of similar lengths. Their table is overwritten by the next one. */
function* predictions(
  { members, gate, shape }: Ensemble,
  texts: readonly ArrayLike<number>[],
): Generator<PredictedBatch, void> {
  const table = new PredictionTable(members.length, outcomesOf(shape));
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
  for (let from = 0; from < order.length; from += BATCH) {
    const chosen = order.slice(from, from + BATCH);
    const some = chosen.map((i) => texts[i]!);
    const batch = packBatch(some, shape, 'first');
    table.resize(batch.tokens.length);
    members.forEach((member, m) => member.predict(batch, some, table, m));
    const buckets = new Uint16Array(batch.tokens.length);
    some.forEach((text, b) => {
      const characters = Uint16Array.from(text);
      const first = batch.offsets[b]!;
      for (let row = first; row < batch.offsets[b + 1]!; row++)
        buckets[row] = gate.bucketOf(characters.subarray(0, row - first));
    });
    yield { chosen, batch, table, buckets, done: from + chosen.length };
  }
}

/**
 * Scores encoded texts under several mixings of the same models, which are asked only once.
 *
 * @returns a generator that yields how many texts are done, and returns NLL (nats) and top-1 of each text, a mixing each
 */
export function* scoreMixings(
  ensemble: Ensemble,
  mixings: readonly Mixing[],
  texts: readonly ArrayLike<number>[],
): Generator<number, TextScores[]> {
  const { contextLength } = ensemble.shape;
  const scores = mixings.map(() => ({
    nll: new Float64Array(texts.length),
    top1: new Float64Array(texts.length),
  }));
  const mixed = new Float64Array(outcomesOf(ensemble.shape));
  for (const { chosen, batch, table, buckets, done } of predictions(ensemble, texts)) {
    const rows = batch.tokens.length;
    const nll = new Float64Array(rows);
    const correct = new Float64Array(rows);
    mixings.forEach(({ kind, weights }, i) => {
      for (let row = 0; row < rows; row++) {
        mixInto(mixed, kind, table.data, table.at(row, 0), weights[buckets[row]!]!);
        const target = batch.targets[row]!;
        nll[row] = -mixed[target]!;
        correct[row] = maxProbable(mixed) === target ? 1 : 0;
      }
      const part = scoreTexts(batch, contextLength, { nll, correct });
      chosen.forEach((text, b) => {
        scores[i]!.nll[text] = part.nll[b]!;
        scores[i]!.top1[text] = part.top1[b]!;
      });
    });
    yield done;
  }
  return scores;
}

/**
 * Keeps what every member says at every place of some texts, to learn weights from: 4 bytes for each member, outcome and
 * place.
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
  for (const { chosen, batch, table, buckets, done } of predictions(ensemble, texts)) {
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

/** A mixture as texts are written with it. */
export function mixtureSource({ members, gate, shape }: Ensemble, { kind, weights }: Mixing): CharacterSource {
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
      return (tokens, position, places) => {
        const contexts = Array.from(places, (slot, row) => {
          if (position > 0) written[slot]![position - 1] = tokens[row]!;
          return written[slot]!.subarray(0, position);
        });
        table.resize(tokens.length);
        writers.forEach((next, m) => next({ tokens, position, slots: places, contexts }, table, m));
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
