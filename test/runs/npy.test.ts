import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from '../../src/runs/npy.js';
import { errorOf } from './fixtures.js';

/** Files that `numpy.save` (1.24) wrote, with what was saved. */
const saved: [values: number[], shape: number[], base64: string][] = [
  [
    [1.5, -2, NaN, Infinity],
    [4],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAD4PwAAAAAAAADAAAAAAAAA+H8AAAAAAADwfw==',
  ],
  [
    [0, 1, 2, 3, 4, 5],
    [2, 3],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAPA/AAAAAAAAAEAAAAAAAAAIQAAAAAAAABBAAAAAAAAAFEA=',
  ],
  [
    [3.25],
    [],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAKQA==',
  ],
  [
    [],
    [0],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
  ],
];

describe('npy', () => {
  it.each(saved)('writes %j of shape %j as numpy.save does, and reads it', (values, shape, base64) => {
    const file = Buffer.from(base64, 'base64');
    expect(Buffer.from(encodeNpy(Float64Array.from(values), shape)).toString('base64')).toBe(base64);
    expect(decodeNpy(file)).toEqual({ shape, values: Float64Array.from(values) });
  });

  it('gives back any values of any shape, with the data aligned to 64 bytes', () => {
    const arrays = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }).chain((shape) => {
      const n = shape.reduce((a, b) => a * b, 1);
      return fc.tuple(fc.constant(shape), fc.float64Array({ minLength: n, maxLength: n }));
    });
    fc.assert(
      fc.property(arrays, ([shape, values]) => {
        const bytes = encodeNpy(values, shape);
        expect((bytes.length - values.byteLength) % 64).toBe(0);
        expect(decodeNpy(bytes)).toEqual({ shape, values });
      }),
    );
  });

  it('refuses cut files, other element types and other orders', () => {
    const good = encodeNpy(Float64Array.of(1, 2));
    for (let length = 0; length < good.length; length++)
      expect(errorOf(() => decodeNpy(good.subarray(0, length))).code).toBe('BAD_INPUT');
    const changed = (from: string, to: string): Uint8Array =>
      Buffer.from(Buffer.from(good).toString('latin1').replace(from, to), 'latin1');
    expect(errorOf(() => decodeNpy(changed('<f8', '<f4'), 'nll.npy')).message).toMatch(/^nll\.npy: .*'<f8'/);
    expect(errorOf(() => decodeNpy(changed('False', 'True '))).message).toMatch(/row-major/);
    expect(errorOf(() => decodeNpy(changed('(2,)', '(3,)'))).message).toMatch(/takes 24 bytes, found 16/);
  });

  it('refuses a shape that does not fit the values', () => {
    expect(errorOf(() => encodeNpy(new Float64Array(3), [2])).code).toBe('INTERNAL');
  });
});
