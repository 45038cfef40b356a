import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanHeadline, cleanTexts } from '../../../src/corpus/cleaning/index.js';
import { loadPunktModel } from '../../../src/corpus/cleaning/load.js';
import { splitSentences } from '../../../src/corpus/cleaning/sentences.js';
import { wordSteps } from '../../../src/corpus/cleaning/words.js';
import { finish } from '../../../src/generators.js';

const splitWords = (sentence: string): string[] => finish(wordSteps(sentence));

/** A hard text with what Python 3.11 and NLTK 3.8 make of it, step by step. */
interface ReferenceCase {
  readonly about: string;
  readonly text: string;
  readonly sentences: readonly string[];
  readonly words: readonly (readonly string[])[];
  readonly cleaned: string;
}

const cases = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8')) as readonly ReferenceCase[];
const punkt = loadPunktModel();

describe.each([...new Set(cases.map(({ about }) => about))])('NLTK 3.8 on %s', (about) => {
  const chosen = cases.filter((one) => one.about === about);

  it.each(chosen)('splits and cleans $text', ({ text, sentences, words, cleaned }) => {
    expect(splitSentences(text, punkt)).toEqual(sentences);
    expect(sentences.map(splitWords)).toEqual(words);
    expect(cleanHeadline(text)).toBe(cleaned);
  });
});

const raw = '../shared/data/headlines/train.txt';
const cleaned = '../shared/data/headlines/train.cleaned.txt';

describe.runIf(existsSync(raw) && existsSync(cleaned))('real headlines', () => {
  it('cleans every line to the letter', () => {
    const lines = (path: string): string[] => readFileSync(path, 'utf8').split('\n');
    expect(cleanTexts(lines(raw), 'headlines')).toEqual(lines(cleaned));
  });
});
