import { Random } from '../../src/random.js';

/** What breaks parsers: signs, quotes, ends, brackets, NUL, the edges of UTF-8, and numbers at the edges of types. */
const PIECES = [
  ...[
    '"',
    "'",
    '\n',
    '\r',
    '\r\n',
    '\t',
    ',',
    ';',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    '\0',
    '\u2028',
    '\ufeff',
    '\u{1f600}',
  ],
  ...[
    '-1',
    '0',
    '1e999',
    '-1e-999',
    '4294967296',
    '9007199254740993',
    '2147483648',
    'NaN',
    'null',
    '__proto__',
    '[[[[',
  ],
].map((text) => Buffer.from(text));
const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xc0, 0xff, 0x22, 0x0a];

/** A damaged copy of `bytes`, a function of seed and number: one to four cuts, flips, repeats, swaps or insertions. */
export function mutate(bytes: Uint8Array, seed: number, number: number): Buffer {
  const random = new Random(seed, 'test', number);
  const below = (n: number) => Math.floor(random.uniform() * n);
  let out = Buffer.from(bytes);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(out.length + 1);
    const end = Math.min(out.length, at + 1 + below(2 ** below(12)));
    const head = out.subarray(0, at);
    const tail = out.subarray(at);
    switch (below(8)) {
      case 0: // a flipped bit
        if (at < out.length) out[at]! ^= 1 << below(8);
        break;
      case 1:
        if (at < out.length) out[at] = BYTES[below(BYTES.length)]!;
        break;
      case 2: // the end is missing
        out = Buffer.from(head);
        break;
      case 3: // a part is missing
        out = Buffer.concat([head, out.subarray(end)]);
        break;
      case 4: // a part comes twice
        out = Buffer.concat([out.subarray(0, end), tail]);
        break;
      case 5:
        out = Buffer.concat([head, PIECES[below(PIECES.length)]!, tail]);
        break;
      case 6: {
        // A number becomes another: lengths, offsets, counts and versions.
        const text = out.toString('latin1');
        const numbers = [...text.matchAll(/\d+/g)];
        const found = numbers[below(numbers.length)];
        if (!found) break;
        const other = PIECES[18 + below(PIECES.length - 18)]!.toString('latin1');
        out = Buffer.from(text.slice(0, found.index) + other + text.slice(found.index + found[0].length), 'latin1');
        break;
      }
      default: // a part is of another place
        Buffer.from(out.subarray(at, end)).copy(out, below(out.length + 1));
    }
  }
  return out;
}
