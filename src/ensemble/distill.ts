import { outcomesOf } from '../tokenizer/special-tokens.js';
import { normalizeLogs } from './mix.js';
import type { TextModel } from '../model/text-model.js';
import { type CharacterSource, writeTexts } from '../model/generate.js';
import { finish } from '../generators.js';
import { checkNames } from '../parse-options.js';
import { checkWholeNumber } from '../random.js';
import { DistillationSetBuilder, type DistillationSet } from '../train/distillation/distillation-set.js';

export interface DistillOptions {
  readonly texts: number;
  readonly seed: number;
  /** Of sampling; the distributions that are kept are the teacher's own. */
  readonly temperature: number;
}

const BATCH = 64;

/**
 * Has a model write texts, and keeps its distribution at every position.
 *
 * @param source the teacher: a run's model, or a mixture
 * @returns a generator that yields how many texts are done, and returns the distillation set
 */
export function* distillSteps(
  source: CharacterSource,
  { texts, seed, temperature }: DistillOptions,
): Generator<number, DistillationSet> {
  const outcomes = outcomesOf(source);
  const builder = new DistillationSetBuilder(outcomes);
  const recorder = new Recorder(source);
  for (let from = 0; from < texts; from += BATCH) {
    const count = Math.min(BATCH, texts - from);
    recorder.clear();
    const written = finish(writeTexts(recorder, { count, seed, temperature, firstText: from }));
    written.forEach((text, slot) => builder.add(Uint16Array.from(text), recorder.expected(slot)));
    yield from + count;
  }
  return builder.build();
}

/** Records a model's distributions while it writes. */
class Recorder implements CharacterSource {
  readonly vocabulary: number;
  readonly contextLength: number;
  /** By slot: `[positions, outcomes]` probabilities. */
  private readonly seen: number[][] = [];
  /** Of one row. */
  private readonly logs: Float64Array;

  constructor(private readonly source: CharacterSource) {
    this.vocabulary = source.vocabulary;
    this.contextLength = source.contextLength;
    this.logs = new Float64Array(outcomesOf(source));
  }

  begin(slots: number): ReturnType<CharacterSource['begin']> {
    const next = this.source.begin(slots);
    return (tokens, position, slots) => {
      const logits = next(tokens, position, slots);
      slots.forEach((slot, row) => {
        normalizeLogs(logits, row * this.vocabulary, this.logs.length, this.logs, 0);
        (this.seen[slot] ??= []).push(...this.logs.map(Math.exp));
      });
      return logits;
    };
  }

  expected(slot: number): readonly number[] {
    return this.seen[slot]!;
  }

  clear(): void {
    this.seen.length = 0;
  }
}

/**
 * Has a model write a distillation set, in memory.
 *
 * @param options.seed 0 by default
 * @param options.temperature 1 by default
 * @throws LetterpressError BAD_OPTION for numbers out of range, and for options that are unknown
 * @example
 * const distillationSet = writeDistillationSetTexts(teacher, { texts: 10_000 });
 * const { model: student } = await trainModel({ corpus, size: '87k', distillationSet });
 */
export function writeDistillationSetTexts(
  teacher: TextModel,
  options: Partial<DistillOptions> & Pick<DistillOptions, 'texts'>,
): DistillationSet {
  checkNames(options, { texts: true, seed: true, temperature: true }, 'writeDistillationSetTexts');
  const { texts, seed = 0, temperature = 1 } = options;
  checkWholeNumber('texts', texts, 1);
  const set = finish(distillSteps(teacher.characterSource(), { texts, seed, temperature }));
  return { ...set, characters: teacher.tokenizer.characters };
}
