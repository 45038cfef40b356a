import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { augmentTexts, wordsOf } from '../../src/train/augmentation.js';
import { EpochTexts } from '../../src/train/epoch-texts.js';
import { errorOf } from '../support/error-of.js';
import { encode, tinyData, tinyPlan, tinyTrainer } from './tiny.js';

const tokenizer = defaultTokenizer();
const space = tokenizer.spaceToken!;
const NONE = { wordShuffle: 0, shift: false };

/** Texts of a few short words, so that many are shared; some spaces are doubled, or stand at an end. */
const someTexts = fc.array(
  fc.array(fc.constantFrom('a', 'ab', 'the', 'cat', 'sat', ''), { maxLength: 7 }).map((words) => words.join(' ')),
  { minLength: 1, maxLength: 12 },
);

/** The texts of an epoch as strings. */
function augmented(texts: readonly string[], settings: object, epoch: number): string[] {
  const changed = augmentTexts(encode(texts), space, { ...NONE, ...settings }, 5, epoch);
  return changed.map((text) => tokenizer.decode(text));
}

const wordsIn = (text: string) => text.split(' ').filter((word) => word !== '');

describe('the words of a text', () => {
  it('are runs of characters other than the space', () => {
    const [text] = encode([' ab  c ']);
    expect(wordsOf(text!, space)).toEqual([
      { start: 1, end: 3 },
      { start: 5, end: 6 },
    ]);
    expect(wordsOf(new Uint16Array(0), space)).toEqual([]);
  });
});

describe('shuffling words', () => {
  it('keeps all words, in another order', () => {
    fc.assert(
      fc.property(someTexts, (texts) => {
        augmented(texts, { wordShuffle: 1 }, 2).forEach((result, i) => {
          expect(wordsIn(result).sort()).toEqual(wordsIn(texts[i]!).sort());
        });
      }),
    );
    const texts = Array.from({ length: 30 }, () => 'a ab the cat');
    expect(new Set(augmented(texts, { wordShuffle: 1 }, 0)).size).toBeGreaterThan(10);
  });
});

describe('the augmented texts of an epoch', () => {
  const settings = { wordShuffle: 0.3 };
  const texts = ['a cat sat', 'the cat ran', 'the ab cat a', 'ab sat'];

  it('are a function of seed and epoch', () => {
    expect(augmented(texts, settings, 4)).toEqual(augmented(texts, settings, 4));
    const epochs = Array.from({ length: 20 }, (_, epoch) => augmented(texts, settings, epoch).join());
    expect(new Set(epochs).size).toBeGreaterThan(10);
  });

  it('are the texts themselves without augmentation, or without a space', () => {
    const encoded = encode(texts);
    expect(augmentTexts(encoded, space, NONE, 5, 1)).toBe(encoded);
    expect(augmentTexts(encoded, undefined, { ...NONE, ...settings }, 5, 1)).toBe(encoded);
  });
});

describe('a training with augmentation', () => {
  it('trains on augmented texts, and validates on the texts as they are', () => {
    const plan = tinyPlan({ epochs: 1, learningRate: 1e-30 });
    const first = (augmentation: object) => {
      const trainer = tinyTrainer(plan, 7, { augmentation: { ...NONE, ...augmentation } });
      const reports = [...trainer.run()].flatMap((event) => (event.kind === 'epoch' ? [event.report] : []));
      return reports[0]!;
    };
    const plain = first({});
    const characters = tinyData.train.reduce((sum, text) => sum + text.length + 1, 0);
    expect(plain.tokens).toBe(characters);
    const shuffled = first({ wordShuffle: 0.5 });
    expect(shuffled.trainNll).not.toBe(plain.trainNll);
    expect(shuffled.valNll).toBe(plain.valNll);
    expect(shuffled.tokens).toBe(characters);
  });
});

it('texts of different lengths are not shifted, as pieces of a long text are', () => {
  const settings = { augmentation: { wordShuffle: 0, shift: true }, distillationSet: null };
  expect(errorOf(() => new EpochTexts(tinyData, settings, 7))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringMatching(/augmentation\.shift .* texts of \d+ and \d+ characters$/) as string,
  });
  const pieces = tinyData.train.map((text) => text.slice(0, 4));
  const shifted = new EpochTexts({ ...tinyData, train: pieces }, settings, 7).of(1);
  expect(shifted.flatMap(({ tokens }) => [...tokens]).sort()).toEqual(pieces.flatMap((piece) => [...piece]).sort());
});
