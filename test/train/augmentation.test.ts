import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBatch } from '../../src/nn/packed-batch.js';
import { Random } from '../../src/random.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { spliced } from '../../src/train/augmentation/change-words.js';
import { LetterNoise } from '../../src/train/augmentation/letter-noise.js';
import { TextAugmentation } from '../../src/train/augmentation/text-augmentation.js';
import { WordIndex } from '../../src/train/augmentation/word-index.js';
import { wordsOf } from '../../src/train/augmentation/words.js';
import { encode, tinyData, tinyPlan, tinyTrainer } from './tiny.js';

const tokenizer = defaultTokenizer();
const space = tokenizer.spaceToken!;
const NONE = { letterNoise: 0, splice: 0, wordDrop: 0, wordShuffle: 0, shift: false };

/** Texts of a few short words, so that many are shared; some spaces are doubled, or stand at an end. */
const someTexts = fc.array(
  fc
    .array(fc.constantFrom('a', 'ab', 'the', 'cat', 'sat', ''), { maxLength: 7 })
    .map((words) => words.join(' ')),
  { minLength: 1, maxLength: 12 },
);

/** The texts of an epoch as strings. */
function augmented(texts: readonly string[], settings: object, epoch: number, longest = 149): string[] {
  const augmentation = new TextAugmentation(encode(texts), space, { ...NONE, ...settings }, longest, 5);
  return augmentation.textsOf(epoch).map((text) => tokenizer.decode(text));
}

const wordsIn = (text: string) => text.split(' ').filter((word) => word !== '');

describe('words', () => {
  it('are runs of letters other than the space', () => {
    const [text] = encode([' ab  c ']);
    expect(wordsOf(text!, space)).toEqual([
      { start: 1, end: 3 },
      { start: 5, end: 6 },
    ]);
    expect(wordsOf(new Uint16Array(0), space)).toEqual([]);
  });

  it('are found in other texts alone', () => {
    const index = new WordIndex(encode(['a cat', 'cat a cat', 'dog', 'the cat']), space);
    const places = (text: number, start: number, end: number) => {
      const { count, at } = index.elsewhere(text, { start, end });
      return Array.from({ length: count }, (_, i) => at(i));
    };
    expect(places(1, 0, 3)).toEqual([
      { text: 0, end: 5 },
      { text: 3, end: 7 },
    ]);
    expect(places(0, 2, 5)).toEqual([
      { text: 1, end: 3 },
      { text: 1, end: 9 },
      { text: 3, end: 7 },
    ]);
    expect(places(2, 0, 3)).toEqual([]);
  });
});

describe('splicing', () => {
  it('joins the beginning of one text and the end of another at a word of both', () => {
    fc.assert(
      fc.property(someTexts, fc.integer({ min: 0, max: 99 }), (texts, epoch) => {
        const results = augmented(texts, { splice: 1 }, epoch, 12);
        results.forEach((result, i) => {
          const own = texts[i]!;
          if (result === own) return;
          expect(result.length).toBeLessThanOrEqual(12);
          const joints = texts.flatMap((other, j) =>
            j === i
              ? []
              : wordsOf(encode([own])[0]!, space).filter(({ start, end }) => {
                  const word = own.slice(start, end);
                  const rest = result.slice(end);
                  return (
                    result.startsWith(own.slice(0, end)) &&
                    (rest === '' || rest.startsWith(' ')) &&
                    ` ${other}`.endsWith(` ${word}${rest}`)
                  );
                }),
          );
          expect(joints.length, `${own} → ${result}`).toBeGreaterThan(0);
        });
      }),
    );
  });

  it('does so at every place that there is, sooner or later', () => {
    const index = new WordIndex(encode(['big cat sat', 'a cat ran off', 'old cat', 'no dog']), space);
    const random = new Random(1, 'test');
    const found = (text: number) =>
      new Set(Array.from({ length: 60 }, () => tokenizer.decode(spliced(index, text, 149, random))));
    expect(found(0)).toEqual(new Set(['big cat ran off', 'big cat']));
    expect(found(3)).toEqual(new Set(['no dog']));
  });
});

describe('leaving words out, and shuffling them', () => {
  it('keeps the order of the others, and never leaves out all', () => {
    fc.assert(
      fc.property(someTexts, fc.double({ min: 0.05, max: 1, noNaN: true }), (texts, wordDrop) => {
        augmented(texts, { wordDrop }, 3).forEach((result, i) => {
          const words = wordsIn(texts[i]!);
          if (result === texts[i]) return;
          const kept = result.split(' '); // exactly one space between two
          expect(kept.length).toBeLessThan(words.length);
          let at = 0;
          for (const word of kept) {
            at = words.indexOf(word, at) + 1;
            expect(at, `${texts[i]} → ${result}`).toBeGreaterThan(0);
          }
        });
      }),
    );
    expect(augmented(['a the cat'], { wordDrop: 1 }, 0)).toEqual(['a the cat']);
  });

  it('leaves out the share that was asked for', () => {
    const texts = Array.from({ length: 400 }, () => 'a ab the cat sat a ab the cat sat');
    const kept = augmented(texts, { wordDrop: 0.3 }, 0).reduce((sum, text) => sum + wordsIn(text).length, 0);
    // Five standard deviations of 4000 draws
    expect(Math.abs(kept / 4000 - 0.7)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 4000));
  });

  it('keeps all words in another order', () => {
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

describe('the texts of an epoch', () => {
  const settings = { splice: 0.5, wordDrop: 0.2, wordShuffle: 0.3 };
  const texts = ['a cat sat', 'the cat ran', 'the ab cat a', 'ab sat'];

  it('are a function of seed and epoch', () => {
    expect(augmented(texts, settings, 4)).toEqual(augmented(texts, settings, 4));
    const epochs = Array.from({ length: 20 }, (_, epoch) => augmented(texts, settings, epoch).join());
    expect(new Set(epochs).size).toBeGreaterThan(10);
  });

  it('are the texts themselves where nothing is to change, or where there is no space', () => {
    const encoded = encode(texts);
    expect(new TextAugmentation(encoded, space, NONE, 149, 5).textsOf(1)).toBe(encoded);
    const all = { ...NONE, ...settings };
    expect(new TextAugmentation(encoded, undefined, all, 149, 5).textsOf(1)).toBe(encoded);
  });
});

describe('letter noise', () => {
  it.each(['first', 'all'] as const)('changes input letters alone, padding %s', (padding) => {
    const texts = encode(['abc', '', 'the cat sat on a mat']);
    const chosen = [2, 0, 1];
    const pack = () =>
      packBatch(
        chosen.map((i) => texts[i]!),
        25,
        28,
        padding,
      );
    const [plain, noisy, again] = [pack(), pack(), pack()];
    const noise = new LetterNoise(texts, 1, 3);
    noise.addTo(noisy, chosen, 6);
    noise.addTo(again, chosen, 6);
    expect(again).toEqual(noisy);
    expect(noisy.targets).toEqual(plain.targets);
    expect(noisy.positions).toEqual(plain.positions);
    expect(noisy.tokens).not.toEqual(plain.tokens);
    const isLetter = (token: number) => token > 0 && token < 28;
    plain.tokens.forEach((token, row) => {
      if (isLetter(token)) expect(isLetter(noisy.tokens[row]!)).toBe(true);
      else expect(noisy.tokens[row]).toBe(token);
    });
    // What becomes of a text does not depend on what else is in the batch.
    const alone = packBatch([texts[2]!], 25, 28, padding);
    noise.addTo(alone, [2], 6);
    expect(alone.tokens).toEqual(noisy.tokens.slice(0, alone.tokens.length));
  });

  it('replaces the share that was asked for, by letters as frequent as in the texts', () => {
    const texts = encode(Array.from({ length: 500 }, () => 'aaab'));
    const batch = packBatch(texts, 25, 28, 'first');
    const all = Array.from(texts, (_, i) => i);
    new LetterNoise(texts, 0.4, 3).addTo(batch, all, 0);
    const inputs = [...batch.tokens].filter((token) => token !== 28);
    expect(inputs).toHaveLength(2000);
    // An a that is replaced, which 0.4 · 1/4 of them are by a b; and the other way round, 0.4 · 3/4
    const changed = (letter: number) =>
      inputs.filter((token, i) => (i % 4 === 3 ? 2 : 1) === letter && token !== letter).length;
    expect(Math.abs(changed(1) / 1500 - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / 1500));
    expect(Math.abs(changed(2) / 500 - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 500));
  });
});

describe('a training on changed texts', () => {
  it('takes the changed ones, and validates on the texts as they are', () => {
    const plan = tinyPlan({ epochs: 1, learningRate: 1e-30 });
    const first = (augmentation: object) => {
      const trainer = tinyTrainer(plan, 7, { augmentation: { ...NONE, ...augmentation } });
      const reports = [...trainer.run()].flatMap((event) => (event.kind === 'epoch' ? [event.report] : []));
      return reports[0]!;
    };
    const plain = first({});
    const letters = tinyData.train.reduce((sum, text) => sum + text.length + 1, 0);
    expect(plain.tokens).toBe(letters);
    for (const [name, changesLength] of [
      ['letterNoise', false],
      ['wordShuffle', false],
      ['splice', true],
      ['wordDrop', true],
    ] as const) {
      const report = first({ [name]: 0.5 });
      expect(report.trainNll, name).not.toBe(plain.trainNll);
      expect(report.valNll, name).toBe(plain.valNll);
      expect(report.tokens !== letters, name).toBe(changesLength);
    }
  });
});
