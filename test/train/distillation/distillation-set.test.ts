import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packBatch } from '../../../src/nn/packed-batch.js';
import {
  checkDistillationSet,
  expectedInto,
  inAlphabet,
  DistillationSetBuilder,
  type DistillationSet,
} from '../../../src/train/distillation/distillation-set.js';
import {
  DISTILLATION_SET_FILES,
  readDistillationSet,
  writeDistillationSet,
} from '../../../src/train/distillation/distillation-set-folder.js';
import { EpochTexts, teacherTexts, type TrainingText } from '../../../src/train/epoch-texts.js';
import { chooseTargets } from '../../../src/train/targets.js';
import { defaultTokenizer } from '../../../src/tokenizer/tokenizer.js';
import { configOf } from '../../support/architectures.js';
import { errorOf } from '../../support/error-of.js';
import { testRandom } from '../../support/op-call.js';
import { tinyPlan } from '../tiny.js';
import { temporaryFolders } from '../../support/temporary-folders.js';

const folders = temporaryFolders();
const OUTCOMES = 5;
const CONTEXT_LENGTH = 7;

/** Texts of characters 1 … 4 with made-up expectations, and those as they were before they were rounded. */
function madeUp(texts: readonly number[][]): { distillationSet: DistillationSet; exact: number[][] } {
  const random = testRandom(texts.length);
  const builder = new DistillationSetBuilder(OUTCOMES);
  const exact = texts.map((text) => {
    const places = Math.min(text.length + 1, CONTEXT_LENGTH - 1);
    const rows = Array.from({ length: places }, () => {
      const weights = Array.from({ length: OUTCOMES }, () => Math.exp(2 * random.normal()));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => weight / sum);
    });
    builder.add(Uint16Array.from(text), rows.flat());
    return rows.flat();
  });
  return { distillationSet: builder.build(), exact };
}

const TEXTS = [[1, 2], [], [4, 3, 2, 1, 1, 2], [3]];

describe('a distillation set', () => {
  it('gives back the probabilities to a 65,535th, adding up to 1', () => {
    const { distillationSet, exact } = madeUp(TEXTS);
    expect(Array.from(distillationSet.places)).toEqual([0, 3, 4, 10, 12]);
    TEXTS.forEach((_, text) => {
      const rows = exact[text]!.length / OUTCOMES;
      const out = new Float64Array(rows * 6).fill(9);
      expectedInto(out, 0, 6, distillationSet, text);
      for (let row = 0; row < rows; row++) {
        const got = out.subarray(row * 6, row * 6 + OUTCOMES);
        expect(got.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        got.forEach((p, v) => expect(Math.abs(p - exact[text]![row * OUTCOMES + v]!)).toBeLessThan(3e-5));
      }
    });
  });

  it('is the same after writing and reading', () => {
    const { distillationSet } = madeUp(TEXTS);
    const folder = join(folders(), 'distillationSet');
    const about = {
      teacher: 'runs/a',
      seed: 0,
      temperature: 1,
      texts: 4,
      characters: 9,
      contextLength: CONTEXT_LENGTH,
      tokenizer: { ...defaultTokenizer().toJSON() },
    };
    const file = writeDistillationSet(folder, about, distillationSet);
    const read = readDistillationSet(folder);
    expect(read.file).toEqual(file);
    expect(read.distillationSet.texts.map((text) => Array.from(text))).toEqual(TEXTS);
    expect(read.distillationSet).toMatchObject({
      outcomes: OUTCOMES,
      places: distillationSet.places,
      expected: distillationSet.expected,
    });

    const path = join(folder, DISTILLATION_SET_FILES.distillationSet);
    const whole = readFileSync(path, 'utf8');
    for (const [change, message] of [
      [{ texts: 5 }, `${path}: expected 4 texts as in distillation-set.safetensors, got 5`],
      [{ characters: 8 }, `${path}: expected 9 characters as in `],
      [{ contextLength: 2 }, `${path}: expected ${distillationSet.places.at(-1)} positions (by contextLength) as in `],
    ] as const) {
      writeFileSync(path, JSON.stringify({ ...file, ...change }));
      const error = errorOf(() => readDistillationSet(folder));
      expect(error).toMatchObject({ code: 'BAD_RUN', message: expect.stringContaining(message) as unknown });
    }
    writeFileSync(path, whole.slice(0, -9));
    expect(errorOf(() => readDistillationSet(folder)).fix).toContain('distillation set written again');
    writeFileSync(path, whole);

    const data = join(folder, DISTILLATION_SET_FILES.data);
    const bytes = readFileSync(data);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(data, bytes);
    expect(errorOf(() => readDistillationSet(folder))).toMatchObject({ code: 'BAD_RUN' });
    expect(errorOf(() => readDistillationSet(folders()))).toMatchObject({ code: 'BAD_RUN' });
  });

  it('fits models of its alphabet and context length only', () => {
    const { distillationSet } = madeUp(TEXTS);
    expect(() => checkDistillationSet(distillationSet, { vocabulary: 6, contextLength: CONTEXT_LENGTH })).not.toThrow();
    expect(
      errorOf(() => checkDistillationSet(distillationSet, { vocabulary: 7, contextLength: CONTEXT_LENGTH })).message,
    ).toContain('alphabet');
    expect(errorOf(() => checkDistillationSet(distillationSet, { vocabulary: 6, contextLength: 6 })).message).toContain(
      'context length',
    );
    expect(
      errorOf(() => checkDistillationSet(madeUp([]).distillationSet, { vocabulary: 6, contextLength: 6 })).message,
    ).toContain('no texts');
  });
});

describe('a distillation set in another alphabet', () => {
  const characters = ['z', 'y', 'x', ' '];
  const { distillationSet } = madeUp(TEXTS);
  const set = { ...distillationSet, characters };
  /** Texts, and the probability of every character and the end (''), by the characters themselves. */
  const byCharacter = ({ texts, places, outcomes, expected }: DistillationSet, alphabet: readonly string[]) => ({
    texts: texts.map((text) => Array.from(text, (token) => alphabet[token - 1]).join('')),
    rows: Array.from({ length: places.at(-1)! }, (_, row) =>
      Object.fromEntries(['', ...alphabet].map((name, v) => [name, expected[row * outcomes + v]])),
    ),
  });

  it('means the same characters where they stand in another order', () => {
    const order = [' ', 'x', 'y', 'z'];
    expect(byCharacter(inAlphabet(set, order), order)).toEqual(byCharacter(set, characters));
    expect(inAlphabet(set, characters)).toBe(set);
  });

  it('gives characters that only the student has no probability', () => {
    const larger = ['a', 'x', ' ', 'b', 'z', 'y'];
    const moved = inAlphabet(set, larger);
    const expected = byCharacter(set, characters);
    const rows = expected.rows.map((row) => ({ ...row, a: 0, b: 0 }));
    expect(byCharacter(moved, larger)).toEqual({ ...expected, rows });
    expect(() => checkDistillationSet(moved, { vocabulary: 8, contextLength: CONTEXT_LENGTH })).not.toThrow();
  });

  it('is refused where the student lacks a character, also with as many others', () => {
    const error = errorOf(() => inAlphabet(set, ['a', 'y', 'x', ' ']));
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringContaining('"z"')]);
  });
});

const NO_AUGMENTATION = { wordShuffle: 0, shift: false };

/** Numbers of the teacher's texts in an epoch that has so many texts of the corpus. */
function teacherNumbers(distillationSet: DistillationSet, ofCorpus: number, seed: number, epoch: number): number[] {
  const train = Array.from({ length: ofCorpus }, () => Uint16Array.of(1));
  const settings = { augmentation: NO_AUGMENTATION, distillationSet: { fraction: 0.5, softTargetWeight: 1 } };
  const texts = new EpochTexts({ train, val: [], distillationSet }, settings, seed);
  return texts.of(epoch).flatMap((text) => (text.from === 'teacher' ? [text.number] : []));
}

describe('the texts of an epoch with a distillation set', () => {
  it('have every text of the set once before any comes again', () => {
    const { distillationSet } = madeUp(Array.from({ length: 11 }, () => [1]));
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 20 }), (seed, ofCorpus) => {
        const inEpoch = (epoch: number) => teacherNumbers(distillationSet, ofCorpus, seed, epoch);
        expect(inEpoch(0)).toHaveLength(ofCorpus);
        const epochs = Math.ceil((3 * 11) / ofCorpus);
        const taken = Array.from({ length: epochs }, (_, epoch) => inEpoch(epoch)).flat();
        for (let round = 0; round < 3; round++)
          expect(taken.slice(11 * round, 11 * round + 11).sort((a, b) => a - b)).toEqual([...Array(11).keys()]);
        expect(inEpoch(2)).toEqual(inEpoch(2));
      }),
    );
  });

  it('have the fraction that was asked for from the teacher', () => {
    expect(teacherTexts(100, 0)).toBe(0);
    expect(teacherTexts(100, 0.5)).toBe(100);
    expect(teacherTexts(100, 0.2)).toBe(25);
    expect(teacherTexts(100, 0.8)).toBe(400);
  });
});

describe('distilled targets', () => {
  it("are the next character, smoothed, for the corpus's texts, and the teacher's probabilities for its own", () => {
    const { distillationSet, exact } = madeUp(TEXTS);
    const number = 2;
    const distilled = TEXTS[number]!;
    const texts: TrainingText[] = [
      { from: 'corpus', tokens: Uint16Array.of(2, 2) },
      { from: 'teacher', tokens: Uint16Array.from(distilled), number },
    ];
    const model = { ...configOf('notebook'), contextLength: CONTEXT_LENGTH, vocabulary: 6 };
    const use = { fraction: 0.5, softTargetWeight: 0.75 };
    const settings = { ...tinyPlan().training, labelSmoothing: 0.3, distillationSet: use };
    const batch = packBatch(
      texts.map(({ tokens }) => tokens),
      model,
      'first',
    );
    const { fraction, soft } = chooseTargets(settings, distillationSet, model).of(batch, texts);
    expect(fraction).toBe(1);
    const rows = Array.from({ length: batch.tokens.length }, (_, row) =>
      Array.from(soft!.subarray(6 * row, 6 * row + 6)),
    );
    rows.forEach((q) => expect(q.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5));
    for (const [row, target] of [2, 2, 0].entries())
      rows[row]!.forEach((q, v) => expect(q).toBeCloseTo(0.3 / 6 + (v === target ? 0.7 : 0), 6));
    [...distilled, 0].slice(0, CONTEXT_LENGTH - 1).forEach((target, position) => {
      const expected = exact[number]!.slice(position * OUTCOMES, (position + 1) * OUTCOMES);
      rows[3 + position]!.slice(0, OUTCOMES).forEach((q, v) => {
        expect(q).toBeCloseTo(0.75 * expected[v]! + (v === target ? 0.25 : 0), 4);
      });
      expect(rows[3 + position]![5]).toBe(0); // cls
    });
  });
});
