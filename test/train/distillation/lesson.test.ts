import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packBatch } from '../../../src/nn/packed-batch.js';
import { checkLesson, expectedInto, LessonBuilder, type Lesson } from '../../../src/train/distillation/lesson.js';
import { LESSON_SCHEMA_VERSION, readLesson, writeLesson } from '../../../src/train/distillation/lesson-folder.js';
import { lessonTexts, Teaching } from '../../../src/train/distillation/teaching.js';
import { defaultTokenizer } from '../../../src/tokenizer/tokenizer.js';
import { temporaryFolders } from '../../runs/fixtures.js';
import { errorOf } from '../../support/error-of.js';
import { testRandom } from '../../support/op-call.js';

const folders = temporaryFolders();
const OUTCOMES = 5;
const WINDOW = 7;

/** Texts of letters 1 … 4 with made-up expectations, and those as they were before they were rounded. */
function madeUp(texts: readonly number[][]): { lesson: Lesson; exact: number[][] } {
  const random = testRandom(texts.length);
  const builder = new LessonBuilder(OUTCOMES);
  const exact = texts.map((text) => {
    const places = Math.min(text.length + 1, WINDOW - 1);
    const rows = Array.from({ length: places }, () => {
      const weights = Array.from({ length: OUTCOMES }, () => Math.exp(2 * random.normal()));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => weight / sum);
    });
    builder.add(Uint16Array.from(text), rows.flat());
    return rows.flat();
  });
  return { lesson: builder.build(), exact };
}

const TEXTS = [[1, 2], [], [4, 3, 2, 1, 1, 2], [3]];

describe('a lesson', () => {
  it('gives back what was expected, to a 65,535th, as probabilities that add up to 1', () => {
    const { lesson, exact } = madeUp(TEXTS);
    expect(Array.from(lesson.places)).toEqual([0, 3, 4, 10, 12]);
    TEXTS.forEach((_, text) => {
      const rows = exact[text]!.length / OUTCOMES;
      const out = new Float64Array(rows * 6).fill(9);
      expectedInto(out, 0, 6, lesson, text);
      for (let row = 0; row < rows; row++) {
        const got = out.subarray(row * 6, row * 6 + OUTCOMES);
        expect(got.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        got.forEach((p, v) => expect(Math.abs(p - exact[text]![row * OUTCOMES + v]!)).toBeLessThan(3e-5));
      }
    });
  });

  it('is the same after it was written and read', () => {
    const { lesson } = madeUp(TEXTS);
    const folder = join(folders(), 'lesson');
    const about = {
      schemaVersion: LESSON_SCHEMA_VERSION,
      letterpress: '0.1.0',
      createdAt: '2026-01-01T00:00:00.000Z',
      teacher: 'runs/a',
      seed: 0,
      temperature: 1,
      texts: 4,
      letters: 9,
      window: WINDOW,
      tokenizer: { ...defaultTokenizer().toJSON() },
    } as const;
    const file = writeLesson(folder, about, lesson);
    const read = readLesson(folder);
    expect(read.file).toEqual(file);
    expect(read.lesson.texts.map((text) => Array.from(text))).toEqual(TEXTS);
    expect(read.lesson).toMatchObject({
      outcomes: OUTCOMES,
      places: lesson.places,
      expected: lesson.expected,
    });

    const data = join(folder, 'lesson.safetensors');
    const bytes = readFileSync(data);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(data, bytes);
    expect(errorOf(() => readLesson(folder))).toMatchObject({ code: 'BAD_RUN' });
    expect(errorOf(() => readLesson(folders()))).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('fits models of its alphabet and window only', () => {
    const { lesson } = madeUp(TEXTS);
    expect(() => checkLesson(lesson, { vocabulary: 6, window: WINDOW })).not.toThrow();
    expect(errorOf(() => checkLesson(lesson, { vocabulary: 7, window: WINDOW })).message).toContain(
      'alphabet',
    );
    expect(errorOf(() => checkLesson(lesson, { vocabulary: 6, window: 6 })).message).toContain('window');
    expect(errorOf(() => checkLesson(madeUp([]).lesson, { vocabulary: 6, window: 6 })).message).toContain(
      'no texts',
    );
  });
});

describe('teaching', () => {
  it('takes every text of the lesson once before any comes again', () => {
    const { lesson } = madeUp(Array.from({ length: 11 }, () => [1]));
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 20 }), (seed, real) => {
        const teaching = new Teaching(lesson, { share: 0.5, weight: 1 }, real, seed);
        expect(teaching.count).toBe(real);
        const epochs = Math.ceil((3 * 11) / real);
        const taken = Array.from({ length: epochs }, (_, epoch) =>
          Array.from(teaching.chosenIn(epoch)),
        ).flat();
        for (let round = 0; round < 3; round++)
          expect(taken.slice(11 * round, 11 * round + 11).sort((a, b) => a - b)).toEqual([
            ...Array(11).keys(),
          ]);
        expect(new Teaching(lesson, { share: 0.5, weight: 1 }, real, seed).chosenIn(2)).toEqual(
          teaching.chosenIn(2),
        );
      }),
    );
  });

  it('has the share of texts that was asked for', () => {
    expect(lessonTexts(null, 100)).toBe(0);
    expect(lessonTexts({ share: 0.5, weight: 1 }, 100)).toBe(100);
    expect(lessonTexts({ share: 0.2, weight: 1 }, 100)).toBe(25);
    expect(lessonTexts({ share: 0.8, weight: 1 }, 100)).toBe(400);
  });

  it('asks for the next letter of real texts, and for what the teacher expected of its own', () => {
    const { lesson, exact } = madeUp(TEXTS);
    const real = [[2, 2], [1]];
    const teaching = new Teaching(lesson, { share: 0.5, weight: 0.75 }, 2, 4);
    const [first] = teaching.chosenIn(0);
    const taught = TEXTS[first!]!;
    const chosen = [0, 2]; // the first real text, and the first of the lesson's
    const batch = packBatch([real[0]!, taught], WINDOW, 5, 'first');
    const { share, soft } = teaching.targetsOf(batch, chosen, 0, 6, 0.3);
    expect(share).toBe(1);
    const rows = Array.from({ length: batch.tokens.length }, (_, row) =>
      Array.from(soft!.subarray(6 * row, 6 * row + 6)),
    );
    rows.forEach((q) => expect(q.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5));
    for (const [row, target] of [2, 2, 0].entries())
      rows[row]!.forEach((q, v) => expect(q).toBeCloseTo(0.3 / 6 + (v === target ? 0.7 : 0), 6));
    [...taught, 0].slice(0, WINDOW - 1).forEach((target, place) => {
      const expected = exact[first!]!.slice(place * OUTCOMES, (place + 1) * OUTCOMES);
      rows[3 + place]!.slice(0, OUTCOMES).forEach((q, v) => {
        expect(q).toBeCloseTo(0.75 * expected[v]! + (v === target ? 0.25 : 0), 4);
      });
      expect(rows[3 + place]![5]).toBe(0); // cls
    });
  });
});
