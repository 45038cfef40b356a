import { expect, it } from 'vitest';
import { LanguageModel } from '../../src/model/language-model.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { surpriseOf, watchedTexts } from '../../src/run-analysis/surprise.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { backend, encode, tinyPlan } from '../train/tiny.js';

const model = new LanguageModel(
  new DecoderTransformer(tinyPlan().model, { seed: 1, backend }),
  defaultTokenizer(),
  backend,
  'first',
);
const textOf = (length: number) => 'mayor opens bridge near the old river '.repeat(9).slice(0, length);

it('has the end of a text that is kept whole, and none of a text that is cut', () => {
  const lengths = [5, 80, 81, 300];
  const found = surpriseOf(model, watchedTexts(encode(lengths.map((length) => textOf(length).slice(0, 149)))));
  expect(found.map(({ text }) => text)).toEqual(lengths.map((length) => textOf(Math.min(length, 80))));
  expect(found.map(({ nll }) => nll.length)).toEqual([6, 81, 80, 80]);
  for (const cut of found.slice(2)) expect(cut.nll).toEqual(found[1]!.nll.slice(0, 80));
  expect(found[0]!.nll.reduce((sum, each) => sum + each, 0)).toBeCloseTo(model.score([textOf(5)]).nll[0]!, 1);
});
