import type { Tokenizer } from '../../tokenizer/tokenizer.js';

/** How pad and cls are written in tokenizer.json: two texts that no character of an alphabet equals. */
export const PAD_TEXT = '<pad>';
export const CLS_TEXT = '<cls>';

/**
 * A tokenizer in the format of Hugging Face's tokenizers: byte-pair encoding without merges, that is characters, with
 * cls before them. What becomes of characters outside the alphabet is the same as here: it is decided for each
 * character alone, so that it can be listed.
 */
export function tokenizerJson(tokenizer: Tokenizer): object {
  const { characters, clsToken, unknown } = tokenizer;
  const special = [
    { id: tokenizer.padToken, content: PAD_TEXT },
    { id: clsToken, content: CLS_TEXT },
  ];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const tokens = [PAD_TEXT, ...characters, CLS_TEXT];
  const cls = { SpecialToken: { id: CLS_TEXT, type_id: 0 } };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((token) => ({ ...token, ...flags })),
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, ...foldRules(tokenizer)] },
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [cls, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [cls, { Sequence: { id: 'A', type_id: 0 } }, cls, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { [CLS_TEXT]: { id: CLS_TEXT, ids: [clsToken], tokens: [CLS_TEXT] } },
    },
    decoder: { type: 'Fuse' },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown === 'space' && characters.includes(' ') ? ' ' : null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((text, token): [string, number] => [text, token])),
      merges: [],
    },
  };
}

/** A rule for each character of the alphabet that others are folded to. */
function foldRules(tokenizer: Tokenizer): object[] {
  return [...tokenizer.foldedCharacters()].map(([to, characters]) => ({
    type: 'Replace',
    pattern: { Regex: `[${asRanges(characters)}]` },
    content: to,
  }));
}

/** Ascending characters inside the brackets of a regular expression: none of them has a meaning there. */
function asRanges(characters: readonly string[]): string {
  const ranges: [first: string, last: string][] = [];
  for (const character of characters) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1].codePointAt(0)! + 1 === character.codePointAt(0)) range[1] = character;
    else ranges.push([character, character]);
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join('');
}
