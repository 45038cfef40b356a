import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/runs/safetensors.js';
import type { TensorData } from '../../src/runs/safetensors.js';
import { errorOf } from './fixtures.js';

const shapes = fc.array(fc.nat(4), { maxLength: 3 });
const count = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);

const anyTensor: fc.Arbitrary<TensorData> = shapes.chain((shape) => {
  const n = count(shape);
  const fixed = { minLength: n, maxLength: n };
  return fc.oneof(
    fc.float64Array(fixed).map((data): TensorData => ({ dtype: 'F64', shape, data })),
    fc.float32Array(fixed).map((data): TensorData => ({ dtype: 'F32', shape, data })),
    fc.bigInt64Array(fixed).map((data): TensorData => ({ dtype: 'I64', shape, data })),
    fc.bigUint64Array(fixed).map((data): TensorData => ({ dtype: 'U64', shape, data })),
    fc.int32Array(fixed).map((data): TensorData => ({ dtype: 'I32', shape, data })),
    fc.uint32Array(fixed).map((data): TensorData => ({ dtype: 'U32', shape, data })),
    fc.int16Array(fixed).map((data): TensorData => ({ dtype: 'I16', shape, data })),
    fc.uint16Array(fixed).map((data): TensorData => ({ dtype: 'BF16', shape, data })),
    fc.uint16Array(fixed).map((data): TensorData => ({ dtype: 'F16', shape, data })),
    fc.int8Array(fixed).map((data): TensorData => ({ dtype: 'I8', shape, data })),
    fc.uint8Array(fixed).map((data): TensorData => ({ dtype: 'U8', shape, data })),
    fc.uint8Array({ ...fixed, max: 1 }).map((data): TensorData => ({ dtype: 'BOOL', shape, data })),
  );
});
const anyName = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');
const anyTensors = fc.array(fc.tuple(anyName, anyTensor), { maxLength: 6 }).map((entries) => new Map(entries));

/** A file built by hand: what the format's description says, not what our writer does. */
function handMade(header: string, data: number[], claimed = header.length): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, claimed, true);
  return Uint8Array.from([...length, ...Buffer.from(header), ...data]);
}

describe('safetensors', () => {
  it('writes the bytes that the format asks for', () => {
    const bytes = encodeSafetensors(
      new Map<string, TensorData>([
        ['b', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
        ['a', { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, -2) }],
      ]),
      { format: 'pt' },
    );
    const header =
      // Python: zlib.crc32 of '[["format","pt"]]', '["a","F32",[1,2]]', a's bytes, '["b","U8",[3]]' and b's bytes.
      '{"__metadata__":{"format":"pt","checked":"yes","crc32":"5dc2e01a"},' +
      '"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},' +
      '"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
    const data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 1, 2, 3];
    expect(Array.from(bytes)).toEqual(Array.from(handMade(padded, data)));
  });

  it('reads a file made by hand, with an unpadded header', () => {
    const header = '{"x":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}';
    const { tensors, metadata } = decodeSafetensors(handMade(header, [0xfe, 0xff, 0xff, 0xff]));
    expect(tensors.get('x')).toEqual({ dtype: 'I32', shape: [], data: Int32Array.of(-2) });
    expect(metadata).toEqual({});
  });

  it('gives back any tensors and metadata, bit for bit, from any place in memory', () => {
    fc.assert(
      fc.property(anyTensors, fc.dictionary(fc.string(), fc.string()), fc.nat(9), (tensors, metadata, shift) => {
        const bytes = encodeSafetensors(tensors, metadata);
        const moved = new Uint8Array(bytes.length + shift).subarray(shift);
        moved.set(bytes);
        const back = decodeSafetensors(moved);
        expect(Object.entries(back.metadata).sort()).toEqual(Object.entries(metadata).sort());
        expect(back.tensors.size).toBe(tensors.size);
        for (const [name, tensor] of tensors) {
          const found = back.tensors.get(name)!;
          expect([found.dtype, found.shape]).toEqual([tensor.dtype, tensor.shape]);
          const raw = (t: TensorData): Buffer => Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength);
          expect(raw(found).equals(raw(tensor))).toBe(true);
        }
      }),
    );
  });

  it('aligns the header to 8 bytes and every tensor to its element size, and keeps the order of names', () => {
    fc.assert(
      fc.property(anyTensors, (tensors) => {
        const bytes = encodeSafetensors(tensors);
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        expect(length % 8).toBe(0);
        const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
        const header = JSON.parse(text) as Record<string, { data_offsets: [number, number] }>;
        let from = 0;
        for (const [name, tensor] of tensors) {
          expect(header[name]!.data_offsets[0] % tensor.data.BYTES_PER_ELEMENT).toBe(0);
          const place = text.indexOf(`${JSON.stringify(name)}:{"dtype"`, from);
          expect(place).toBeGreaterThanOrEqual(from);
          from = place;
        }
      }),
    );
  });

  it('does not share memory with the file', () => {
    const bytes = encodeSafetensors(new Map([['x', { dtype: 'U8', shape: [1], data: Uint8Array.of(5) }]]));
    const { tensors } = decodeSafetensors(bytes);
    bytes.fill(0);
    expect(tensors.get('x')!.data[0]).toBe(5);
  });

  const four = [1, 2, 3, 4];
  const entry = (dtype: string, shape: string, offsets: string): string =>
    `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
  const bad: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['an empty file', new Uint8Array(0), /at least 8 bytes, found 0/],
    ['a header longer than the file', handMade('{}', [], 100), /claims 100 bytes, the file has 2/],
    ['a header length of 2^64 − 1', new Uint8Array(16).fill(255), /claims 18446744073709551615 bytes/],
    ['a header that is no JSON', handMade('{"x":', []), /not JSON/],
    ['a header that is no UTF-8', handMade('{}', [], 2).fill(0xff, 8), /not JSON/],
    ['a header that is a list', handMade('[]', []), /not a JSON object/],
    ['metadata that are no texts', handMade('{"__metadata__":{"a":1}}', []), /__metadata__\.a is not a text/],
    ['an entry that is no object', handMade('{"x":1}', []), /x: the header entry/],
    ['an unknown type', handMade(`{"x":${entry('"F8"', '[4]', '[0,4]')}}`, four), /unknown element type "F8"/],
    ['a type out of a prototype', handMade(`{"x":${entry('"toString"', '[4]', '[0,4]')}}`, four), /unknown el/],
    ['a negative size', handMade(`{"x":${entry('"U8"', '[-4]', '[0,4]')}}`, four), /not a list of sizes/],
    ['a broken size', handMade(`{"x":${entry('"U8"', '[1.5]', '[0,4]')}}`, four), /not a list of sizes/],
    ['three offsets', handMade(`{"x":${entry('"U8"', '[4]', '[0,4,4]')}}`, four), /not a pair/],
    ['offsets past the end', handMade(`{"x":${entry('"U8"', '[5]', '[0,5]')}}`, four), /0 to 5 do not lie/],
    ['offsets backwards', handMade(`{"x":${entry('"U8"', '[4]', '[4,0]')}}`, four), /4 to 0 do not lie/],
    ['a shape of another size', handMade(`{"x":${entry('"F32"', '[2]', '[0,4]')}}`, four), /takes 8 bytes, not 4/],
    [
      'a shape whose size overflows',
      handMade(`{"x":${entry('"U8"', '[4294967296,4294967296,4]', '[0,4]')}}`, four),
      /takes .* bytes, not 4/,
    ],
    ['bytes after the data', handMade(`{"x":${entry('"U8"', '[3]', '[0,3]')}}`, four), /expected 3 bytes of data/],
    ['a gap before', handMade(`{"x":${entry('"U8"', '[3]', '[1,4]')}}`, four), /should start at byte 0/],
    [
      'two tensors on the same bytes',
      handMade(`{"x":${entry('"U8"', '[3]', '[0,3]')},"y":${entry('"U8"', '[2]', '[2,4]')}}`, four),
      /tensor y should start at byte 3/,
    ],
  ];
  it.each(bad)('refuses %s', (_what, bytes, message) => {
    const error = errorOf(() => decodeSafetensors(bytes, 'weights'));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toMatch(/^weights: /);
    expect(error.message).toMatch(message);
    expect(error.fix).not.toBe('');
  });

  it('refuses every cut of a file, and never reads outside of a damaged one', () => {
    const good = encodeSafetensors(new Map([['x', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]), {
      a: 'b',
    });
    for (let length = 0; length < good.length; length++)
      expect(errorOf(() => decodeSafetensors(good.subarray(0, length))).code).toBe('BAD_INPUT');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (place, byte) => {
        const changed = good.slice();
        changed[place] = byte;
        try {
          for (const tensor of decodeSafetensors(changed).tensors.values())
            expect(tensor.data.length).toBe(count([...tensor.shape]));
        } catch (error) {
          expect(error).toMatchObject({ name: 'LetterpressError', code: 'BAD_INPUT' });
        }
      }),
    );
  });

  it('refuses to write a tensor that does not fit its shape or type', () => {
    const short: TensorData = { dtype: 'F32', shape: [3], data: new Float32Array(2) };
    expect(errorOf(() => encodeSafetensors(new Map([['x', short]]))).code).toBe('INTERNAL');
    const fine: TensorData = { dtype: 'F32', shape: [2], data: new Float32Array(2) };
    expect(errorOf(() => encodeSafetensors(new Map([['__metadata__', fine]]))).code).toBe('INTERNAL');
  });
});

const golden = new URL('../../../shared/goldens/tiny.safetensors', import.meta.url);
describe.runIf(existsSync(golden))('a file that PyTorch wrote', () => {
  it('is read, and the weights have the names of the state dict', () => {
    const { tensors } = decodeSafetensors(readFileSync(golden));
    const names = [...tensors.keys()].filter((name) => name.includes('transformer_blocks.0.msha.w_k.weight'));
    expect(names.length).toBeGreaterThan(0);
    expect(decodeSafetensors(encodeSafetensors(tensors)).tensors).toEqual(tensors);
  });
});
