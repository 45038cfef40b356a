/** tokenizer.json in Hugging Face's tokenizers, against our own tokenizer. */
import * as hubTokenizers from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { tokenizerJson } from '../../../src/model/export/tokenizer-json.js';
import { tokenizerConfig } from '../../../src/model/export/transformers-files.js';
import { presetConfig } from '../../../src/nn/presets.js';
import { codePoints } from '../../../src/tokenizer/code-points.js';
import { learnAlphabet } from '../../../src/tokenizer/learn-alphabet.js';
import { defaultTokenizer, Tokenizer } from '../../../src/tokenizer/tokenizer.js';

/** What the package's own types, which TypeScript cannot resolve, say of it. */
interface HubTokenizer {
  encode(text: string): { readonly ids: readonly number[] };
  decode(ids: readonly number[], options: { readonly skip_special_tokens: boolean }): string;
}
const { Tokenizer: HubTokenizer } = hubTokenizers as unknown as {
  Tokenizer: new (tokenizer: object, config: object) => HubTokenizer;
};

const TEXTS = [
  '',
  ' ',
  'mayor opens new bridge',
  'MAYOR Opens: 25 new bridges!',
  'Ärger in Málaga, été à São Paulo; smørrebrød, Łódź, straße, ﬁn',
  'e\u0301te\u0301 q\u0301 x\u0334 í Í æ Æ',
  'tab\tline\nfeed\u00a0no-break\u2003em\u3000wide',
  'Привет, мир — 世界 한국어 😀 𝒜𝓫𝖈',
  'a [b] c-d ^e \\f "g" \'h\'',
];

const TOKENIZERS: Readonly<Record<string, Tokenizer>> = {
  "the notebook's": defaultTokenizer(),
  'without a space': new Tokenizer(codePoints('abcde')),
  'that drops what it does not know': new Tokenizer(codePoints('abcdefgh '), 'drop'),
  'learned from Cyrillic': learnAlphabet(['Привет, мир', 'ёлка йод']),
  'of capitals, digits and signs': new Tokenizer(codePoints('ABC-][^\\0123é "')),
  'of emoji and Korean': new Tokenizer(codePoints('😀한국 x')),
};

describe.each(Object.keys(TOKENIZERS))('tokenizer.json of an alphabet %s', (name) => {
  const own = TOKENIZERS[name]!;
  const hub = new HubTokenizer(
    JSON.parse(JSON.stringify(tokenizerJson(own))) as object,
    tokenizerConfig({ ...presetConfig('87k'), vocabulary: own.vocabularySize }),
  );

  it.each(TEXTS)('encodes %j as we do, with cls first', (text) => {
    expect(hub.encode(text).ids).toEqual([own.clsToken, ...own.encode(text)]);
  });

  it('decodes what it encodes', () => {
    const text = own.characters.join('');
    expect(hub.decode(hub.encode(text).ids, { skip_special_tokens: true })).toBe(text);
  });

  it('folds each character of Unicode as we do', () => {
    const folded = [...own.foldedCharacters()].flatMap(([, characters]) => characters);
    const some = folded.filter((_, i) => i % 7 === 0);
    for (const character of some) {
      expect(hub.encode(`a${character}`).ids, JSON.stringify(character)).toEqual([
        own.clsToken,
        ...own.encode(`a${character}`),
      ]);
    }
  });
});
